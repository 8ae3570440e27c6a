import { randomInt } from 'node:crypto';

import type { Clock } from '../../../clock.js';
import type { ScsiTarget } from '../../../transport/scsi-target.js';
import { decodeLine, encodeLine, PROTOCOL_VERSION } from '../../../transport/serial/line.js';
import type { HostLine } from './device-messages.js';
import { deviceLine, readHostLine } from './device-messages.js';
import { DeviceTask } from './device-task.js';

const smallestChunkBytes = 16;

export interface SerialLineServerOptions {
  readonly target: ScsiTarget;
  readonly clock: Clock;
  /** Sends one line; the newline is the caller's to add. */
  readonly write: (line: string) => void;
  /** The I_T nexus that every host on this line has; a new session is the loss of the old nexus. */
  readonly nexus?: string;
  /** Differs after each start of the device; random unless said otherwise. */
  readonly bootId?: number;
  /** The largest data chunk this device takes, in bytes. */
  readonly chunkBytes?: number;
  /** The most data-out one command may carry, in bytes. */
  readonly dataOutMax?: number;
  readonly cdbMax?: number;
  /** How long an answer may be held back in the hope that the command ends meanwhile, in milliseconds. */
  readonly turnaroundMs?: number;
}

interface Session {
  readonly id: number;
  readonly nonce: number;
  readonly chunkBytes: number;
}

/** The line that answers the host's last request, held back while the task works. */
interface OwedAnswer {
  readonly task: DeviceTask;
  readonly cancel: () => void;
}

/**
 * The device side of the serial line protocol (docs/serial-protocol.md, "The device"), over whole lines. It speaks only
 * when it is spoken to, and executes the command of one tag at most once.
 */
export class SerialLineServer {
  readonly #target: ScsiTarget;
  readonly #clock: Clock;
  readonly #write: (line: string) => void;
  readonly #nexus: string;
  readonly #bootId: number;
  readonly #limits: { chunkBytes: number; dataOutMax: number; cdbMax: number; turnaroundMs: number };
  #sessionsOffered = 0;
  #session: Session | undefined;
  /** Answered to the last hello; becomes the session with the first line that names it. */
  #offer: Session | undefined;
  #task: DeviceTask | undefined;
  /** Tasks that the target works on. More than one only while a reset overtakes the task it ends. */
  readonly #running = new Set<DeviceTask>();
  #owed: OwedAnswer | undefined;

  constructor(options: SerialLineServerOptions) {
    this.#target = options.target;
    this.#clock = options.clock;
    this.#write = options.write;
    this.#nexus = options.nexus ?? 'serial';
    this.#bootId = options.bootId ?? randomInt(0x1_0000_0000);
    this.#limits = {
      chunkBytes: options.chunkBytes ?? 1_024,
      dataOutMax: options.dataOutMax ?? 0x10_0000,
      cdbMax: options.cdbMax ?? 260,
      turnaroundMs: options.turnaroundMs ?? 50,
    };
  }

  /** Takes one line from the host, without its newline. */
  receive(text: string): void {
    if (text.trim() === '') return;
    const body = decodeLine(text);
    if (body === undefined) {
      this.#error(0, 0, 'CRC', 0);
      return;
    }
    const line = readHostLine(body);
    if (line === undefined) return;
    if (line.type === 'malformed') this.#error(line.session, line.tag, 'FORMAT', 0);
    else if (line.type === 'H') this.#greet(line);
    else if (this.#knows(line.session)) this.#answer(line);
    else this.#error(line.session, line.tag, 'SESSION', this.#bootId);
  }

  /** The line is gone for good: ends the nexus and what still runs. */
  close(): void {
    this.#owed?.cancel();
    this.#owed = undefined;
    this.#task = undefined;
    for (const task of this.#running) task.abort();
    if (this.#session !== undefined) this.#target.nexusLost(this.#nexus);
    this.#session = undefined;
    this.#offer = undefined;
  }

  #greet(line: Extract<HostLine, { type: 'H' }>): void {
    if (line.chunkBytes < smallestChunkBytes) {
      this.#error(0, 0, 'FORMAT', smallestChunkBytes);
      return;
    }
    let session = [this.#offer, this.#session].find((known) => known?.nonce === line.nonce);
    if (session === undefined) {
      session = {
        id: (this.#bootId + this.#sessionsOffered++) % 0x1_0000_0000,
        nonce: line.nonce,
        chunkBytes: Math.min(line.chunkBytes, this.#limits.chunkBytes),
      };
      this.#offer = session;
    }
    const { dataOutMax, cdbMax, turnaroundMs } = this.#limits;
    const { nonce, id, chunkBytes } = session;
    this.#send(
      deviceLine('h', nonce, PROTOCOL_VERSION, this.#bootId, id, chunkBytes, dataOutMax, cdbMax, turnaroundMs),
    );
  }

  /** Whether `id` names the session; an offered one becomes it, and what the old one had is forgotten. */
  #knows(id: number): boolean {
    if (this.#offer?.id !== id) return this.#session?.id === id;
    if (this.#session !== undefined) this.#target.nexusLost(this.#nexus);
    this.#session = this.#offer;
    this.#offer = undefined;
    // A task of the old session ends by itself: a motion is not cut short because a host restarted.
    this.#task = undefined;
    this.#owed?.cancel();
    this.#owed = undefined;
    return true;
  }

  #answer(line: Exclude<HostLine, { type: 'H' }>): void {
    const current = this.#task?.tag ?? 0;
    if (line.tag < current || line.tag === 0) {
      this.#error(line.session, line.tag, 'TAG', current);
      return;
    }
    switch (line.type) {
      case 'D':
        return this.#collect(line);
      case 'X':
        return this.#execute(line);
      case 'R':
        return this.#reset(line);
      case 'G':
        return this.#give(line);
      case 'Q':
      case 'A':
        if (line.tag !== current || this.#task === undefined)
          return this.#error(line.session, line.tag, 'TAG', current);
        if (line.type === 'A') this.#task.abort();
        return this.#report(this.#task);
    }
  }

  #collect(line: Extract<HostLine, { type: 'D' }>): void {
    const { session, tag, offset, data } = line;
    if (offset + data.length > this.#limits.dataOutMax) {
      return this.#error(session, tag, 'LENGTH', this.#limits.dataOutMax);
    }
    let task = this.#task;
    if (task?.tag !== tag) {
      if (this.#running.size > 0) return this.#error(session, tag, 'BUSY', this.#task?.tag ?? 0);
      task = new DeviceTask(session, tag);
      this.#task = task;
    }
    this.#send(deviceLine('d', session, tag, task.collect(offset, data)));
  }

  #execute(line: Extract<HostLine, { type: 'X' }>): void {
    const { session, tag, cdb, dataOutLength } = line;
    if (this.#task?.tag === tag && this.#task.state !== 'collecting') return this.#report(this.#task);
    if (cdb.length === 0 || cdb.length > this.#limits.cdbMax) {
      return this.#error(session, tag, 'LENGTH', this.#limits.cdbMax);
    }
    if (dataOutLength > this.#limits.dataOutMax) return this.#error(session, tag, 'LENGTH', this.#limits.dataOutMax);
    if (this.#running.size > 0) return this.#error(session, tag, 'BUSY', this.#task?.tag ?? 0);

    const isInline = dataOutLength <= this.#session!.chunkBytes;
    const collected = this.#task?.tag === tag ? this.#task.collected : new Uint8Array(0);
    const dataOut = isInline ? line.data : collected;
    if (dataOut.length !== dataOutLength) return this.#error(session, tag, 'DATA', dataOut.length);
    const task = new DeviceTask(session, tag, line.dataInMax);
    this.#begin(task, line.unit, (signal) =>
      this.#target.execute({ nexus: this.#nexus, lun: line.unit, cdb, dataOut, signal }),
    );
  }

  #reset(line: Extract<HostLine, { type: 'R' }>): void {
    const { session, tag, unit } = line;
    if (this.#task?.tag === tag) return this.#report(this.#task);
    if (this.#target.resetLogicalUnit === undefined) return this.#error(session, tag, 'OPTION', 0);
    if ([...this.#running].some((task) => task.unit !== unit)) {
      return this.#error(session, tag, 'BUSY', this.#task?.tag ?? 0);
    }
    for (const task of this.#running) task.abort();
    this.#begin(new DeviceTask(session, tag), unit, async () => {
      await this.#target.resetLogicalUnit?.(unit);
      return { status: 0, sense: new Uint8Array(0), dataIn: new Uint8Array(0) };
    });
  }

  #begin(task: DeviceTask, unit: number, work: Parameters<DeviceTask['run']>[1]): void {
    this.#task = task;
    this.#running.add(task);
    void task.run(unit, work).then(() => {
      this.#running.delete(task);
      if (this.#owed?.task !== task) return;
      this.#owed.cancel();
      this.#owed = undefined;
      this.#report(task);
    });
    this.#report(task);
  }

  /** Says how the task stands; while it works, only after the turnaround time. */
  #report(task: DeviceTask): void {
    if (task.state === 'working') {
      if (this.#owed?.task === task) return;
      this.#owed?.cancel();
      const cancel = this.#clock.after(this.#limits.turnaroundMs, () => {
        this.#owed = undefined;
        this.#send(deviceLine('w', task.session, task.tag));
      });
      this.#owed = { task, cancel };
    } else if (task.state === 'done') {
      const { status, senseLength, dataInLength } = task.result;
      const first = task.payload.subarray(0, this.#session!.chunkBytes);
      this.#send(deviceLine('s', task.session, task.tag, status, senseLength, dataInLength, first));
    } else {
      this.#error(task.session, task.tag, task.state === 'failed' ? 'FAILED' : 'TAG', task.tag);
    }
  }

  #give(line: Extract<HostLine, { type: 'G' }>): void {
    const { session, tag, offset } = line;
    const task = this.#task;
    if (task?.tag !== tag || task.state !== 'done') return this.#error(session, tag, 'TAG', task?.tag ?? 0);
    if (offset >= task.payload.length) return this.#error(session, tag, 'DATA', task.payload.length);
    this.#send(
      deviceLine('g', session, tag, offset, task.payload.subarray(offset, offset + this.#session!.chunkBytes)),
    );
  }

  #error(session: number, tag: number, code: string, detail: number): void {
    this.#send(deviceLine('e', session, tag, code, detail));
  }

  #send(body: string): void {
    this.#write(encodeLine(body));
  }
}
