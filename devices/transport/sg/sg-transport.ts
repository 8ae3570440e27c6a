import { endianness } from 'node:os';

import type { Clock } from '../../clock.js';
import {
  TransportError,
  type ScsiCommand,
  type ScsiTransport,
  type TransportFailure,
  type TransportFailureCode,
  type TransportResult,
} from '../scsi-transport.js';
import { resolveNode, type ResolvedNode } from './device-node.js';
import { errnoName } from './errno-name.js';
import { groupOf } from './file-group.js';
import { judgeAnswer } from './sg-answer.js';
import type { CallOutcome, SgCalls, SgIoRequest } from './sg-calls.js';
import { commandFailure, openFailure, resetFailure, type SgFailure } from './sg-failure.js';
import { noTimeout } from './sg-io-header.js';
import { SgLanes } from './sg-lanes.js';
import { SgProcess } from './sg-process.js';
import { sgResetNoEscalate, SgReset } from './sg-requests.js';

/** No device takes or sends more with one command; kernels allow far less. */
const mostTransferBytes = 64 * 1_024 * 1_024;
const longestCdb = 252;
/** A driver that does not let go of an open(2) shall not hold up whoever asks. */
const openTimeoutMs = 60_000;
/** Where `sg_io_hdr` has the shape that is written here. */
const processors: readonly string[] = ['x64', 'arm64', 'riscv64', 'loong64'];
const gone: readonly string[] = ['ENODEV', 'ENXIO'];

export interface SgTransportOptions {
  /** `/dev/sg3`, `/dev/sch0`, `/dev/tape/by-id/...`: any device file of the unit, or a link to one. */
  readonly path: string;
  readonly clock: Clock;
  /** What makes the system calls. Several transports may share one, which then is for its owner to end. */
  readonly calls?: SgCalls;
  /** Finds the file to open; for tests. */
  readonly resolve?: (path: string) => Promise<ResolvedNode>;
}

/** Ends a command that is under way. */
type Stop = (code: TransportFailureCode, why: string, cause?: unknown) => void;

interface Pending {
  /** The kernel has it. */
  isSent: boolean;
  isOver: boolean;
}

/**
 * Linux SG_IO: commands to the logical unit behind one device file, for autoloaders on SAS, Fibre Channel, parallel SCSI, and
 * whatever else the kernel drives. The file is the unit, so the LUN of every command has to be 0.
 *
 * SG_IO cannot be cancelled. A command that is aborted, or whose time is up, ends here at once; in the kernel it goes on until
 * its timeout there, and the next command is sent beside it through another file. `close` leaves it behind. After the device
 * was unplugged, the next command opens the same path again, and refuses another device that took its name.
 */
export class SgTransport implements ScsiTransport {
  readonly name: string;
  readonly maxInFlight = 4;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #calls: SgCalls;
  readonly #ownsCalls: boolean;
  readonly #resolve: (path: string) => Promise<ResolvedNode>;
  readonly #stops = new Set<Stop>();
  #isOpen = false;
  #lanes: SgLanes | undefined;
  #opening: Promise<SgLanes> | undefined;
  readonly #openWaits = new Set<() => void>();
  #fingerprint: string | undefined;

  constructor(options: SgTransportOptions) {
    this.name = `sg://${options.path}`;
    this.#path = options.path;
    this.#clock = options.clock;
    this.#calls = options.calls ?? new SgProcess();
    this.#ownsCalls = options.calls === undefined;
    this.#resolve = options.resolve ?? resolveNode;
  }

  async open(): Promise<void> {
    this.#isOpen = true;
    await this.#openLanes();
  }

  execute(command: ScsiCommand): Promise<TransportResult> {
    const refusal = this.#refusal(command);
    if (refusal !== undefined) return Promise.resolve(this.#failed(refusal, command.signal?.reason));
    return new Promise((resolve) => {
      const { signal, timeoutMs } = command;
      const pending: Pending = { isSent: false, isOver: false };
      const settle = (result: TransportResult): void => {
        if (pending.isOver) return;
        pending.isOver = true;
        this.#stops.delete(stop);
        cancelTimeout();
        signal?.removeEventListener('abort', onAbort);
        resolve(result);
      };
      const stop: Stop = (code, why, cause) => settle(this.#failed(stopped(code, why, pending), cause));
      const onAbort = (): void => stop('aborted', 'the caller gave it up', signal?.reason);
      const cancelTimeout = this.#clock.after(timeoutMs, () =>
        stop('timeout', `no status came within ${timeoutMs} ms`),
      );
      this.#stops.add(stop);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#carry(command, pending).then(settle, (cause: unknown) => settle(this.#failed(failureOf(cause), cause)));
    });
  }

  /** Takes CAP_SYS_ADMIN and CAP_SYS_RAWIO. */
  async resetLogicalUnit(lun: number, timeoutMs: number): Promise<TransportFailure | undefined> {
    if (!this.#isOpen) return this.#failure(notOpen);
    if (lun !== 0) return this.#failure(otherUnit(lun));
    return new Promise((resolve) => {
      const cancel = this.#clock.after(timeoutMs, () =>
        resolve(
          this.#failure({ code: 'timeout', executed: 'unknown', message: `the reset did not end in ${timeoutMs} ms` }),
        ),
      );
      this.#reset()
        .then((failure) => resolve(failure === undefined ? undefined : this.#failure(failure)))
        .catch((cause: unknown) => resolve(this.#failure(failureOf(cause), cause)))
        .finally(cancel);
    });
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    this.#opening = undefined;
    this.#fingerprint = undefined;
    for (const stop of this.#stops) stop('closed', 'the transport was closed');
    for (const endWait of this.#openWaits) endWait();
    this.#lanes?.close();
    this.#lanes = undefined;
    if (this.#ownsCalls) await this.#calls.end();
  }

  /** Rejects with {@link TransportError}. */
  #openLanes(): Promise<SgLanes> {
    if (this.#lanes !== undefined) return Promise.resolve(this.#lanes);
    if (this.#opening !== undefined) return this.#opening;
    const opening: Promise<SgLanes> = this.#openPath(() => this.#opening === opening).finally(() => {
      if (this.#opening === opening) this.#opening = undefined;
    });
    this.#opening = opening;
    return opening;
  }

  async #openPath(isWanted: () => boolean): Promise<SgLanes> {
    const problem = systemProblem();
    if (problem !== undefined) throw new TransportError(this.#failure(unreachable(problem)));
    const { path, fingerprint } = await this.#resolve(this.#path);
    if (this.#fingerprint !== undefined && fingerprint !== this.#fingerprint) {
      const now =
        fingerprint === undefined
          ? `nothing tells whether ${this.#path} is still the same device`
          : `another device has the name ${this.#path} now`;
      const message = `${now}; name the unit by /dev/tape/by-id, or plug it in again`;
      throw new TransportError(this.#failure(unreachable(message)));
    }
    const lanes = new SgLanes(this.#calls, path);
    const opened = await this.#withinTime(lanes.start());
    if (opened === undefined) {
      lanes.close();
      if (!isWanted()) throw new TransportError(this.#failure(closedMeanwhile));
      const message = `${path} was not opened within ${openTimeoutMs / 1_000} s; the kernel's log (dmesg) may say why`;
      throw new TransportError(this.#failure(unreachable(message)));
    }
    if (!isWanted()) {
      lanes.close();
      throw new TransportError(this.#failure(closedMeanwhile));
    }
    if (opened.kind === 'refused') {
      const group = await groupOf(path);
      throw new TransportError(this.#failure(openFailure(path, opened.errno, group)));
    }
    if (opened.kind === 'lost') throw new TransportError(this.#failure(unreachable(opened.message)));
    this.#fingerprint ??= fingerprint;
    this.#lanes = lanes;
    return lanes;
  }

  /** Undefined: it takes longer than an open may, or the transport was closed. */
  #withinTime<T>(opening: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      const endWait = (opened?: T): void => {
        this.#openWaits.delete(endWait);
        cancel();
        resolve(opened);
      };
      const cancel = this.#clock.after(openTimeoutMs, endWait);
      this.#openWaits.add(endWait);
      void opening.then(endWait);
    });
  }

  async #carry(command: ScsiCommand, pending: Pending): Promise<TransportResult> {
    const lanes = await this.#openLanes();
    const lane = await lanes.take();
    if (lane === undefined) return this.#failed({ ...notOpen, code: 'disconnected', message: 'the path was lost' });
    if (pending.isOver) {
      lanes.giveBack(lane);
      return this.#failed(stopped('closed', 'nobody waits for it any more', pending));
    }
    pending.isSent = true;
    const outcome = await lane.handle.command(requestOf(command));
    this.#keepOrDrop(lanes, outcome);
    lanes.giveBack(lane);
    switch (outcome.kind) {
      case 'done': {
        const answer = judgeAnswer(outcome);
        return answer.kind === 'completed' ? answer : this.#failed(answer.failure);
      }
      case 'refused':
        return this.#failed(commandFailure(outcome.errno, dataLength(command)));
      case 'lost':
        return this.#failed(lost(outcome.message));
    }
  }

  async #reset(): Promise<SgFailure | undefined> {
    const { path } = await this.#openLanes();
    // A file of its own: those of the commands may be blocked, which is why somebody asks for a reset.
    const opened = await this.#calls.open(path);
    if (opened.kind === 'refused') return openFailure(path, opened.errno);
    if (opened.kind === 'lost') return unreachable(opened.message);
    const outcome = await opened.handle.reset(SgReset.DEVICE | sgResetNoEscalate);
    opened.handle.close();
    if (outcome.kind === 'lost') return lost(outcome.message);
    return outcome.kind === 'refused' ? resetFailure(outcome.errno) : undefined;
  }

  /** Files of a device that was unplugged lead nowhere for ever, even when it is plugged in again. */
  #keepOrDrop(lanes: SgLanes, outcome: { readonly kind: 'done' } | CallOutcome): void {
    const isGone = outcome.kind === 'lost' || (outcome.kind === 'refused' && gone.includes(errnoName(outcome.errno)));
    if (!isGone) return;
    lanes.close();
    if (this.#lanes === lanes) this.#lanes = undefined;
  }

  #refusal(command: ScsiCommand): SgFailure | undefined {
    const { lun, cdb, dataInLength = 0, dataOut, signal } = command;
    if (!this.#isOpen) return notOpen;
    if (lun !== 0) return otherUnit(lun);
    if (dataInLength > 0 && (dataOut?.length ?? 0) > 0) {
      return unsupported('a command with both data-in and data-out can not be carried; split it');
    }
    if (cdb.length > longestCdb) return unsupported(`a CDB of ${cdb.length} bytes; at most ${longestCdb} are carried`);
    if (dataLength(command) > mostTransferBytes) {
      return unsupported(`${dataLength(command)} bytes at once; ask for at most ${mostTransferBytes}`);
    }
    if (signal?.aborted !== true) return undefined;
    return { code: 'aborted', executed: 'no', message: 'the caller gave it up before it was sent' };
  }

  #failed(failure: SgFailure, cause?: unknown): TransportResult {
    return { kind: 'failed', failure: this.#failure(failure, cause) };
  }

  #failure({ code, executed, message }: SgFailure, cause?: unknown): TransportFailure {
    const text = message.startsWith(this.name) ? message : `${this.name}: ${message}`;
    return { code, executed, message: text, ...(cause !== undefined && { cause }) };
  }
}

const notOpen = { code: 'closed', executed: 'no', message: 'the transport is not open; call open() first' } as const;

const closedMeanwhile = { ...notOpen, message: 'the transport was closed while it was opened' } as const;

const unsupported = (message: string): SgFailure => ({ code: 'unsupported', executed: 'no', message });
const unreachable = (message: string): SgFailure => ({ code: 'unreachable', executed: 'no', message });
const lost = (why: string): SgFailure => ({
  code: 'disconnected',
  executed: 'unknown',
  message: `${why}; look at the device before sending it again`,
});

const otherUnit = (lun: number): SgFailure =>
  unsupported(`LUN ${lun} was asked for, but one device file is one unit, LUN 0; name the other unit's own file`);

function stopped(code: TransportFailureCode, why: string, { isSent }: Pending): SgFailure {
  return isSent
    ? { code, executed: 'unknown', message: `${why}; look at the device before sending it again` }
    : { code, executed: 'no', message: `${why}; it had not been sent` };
}

function failureOf(cause: unknown): SgFailure {
  if (cause instanceof TransportError) return cause.failure;
  return { code: 'protocol', executed: 'unknown', message: cause instanceof Error ? cause.message : String(cause) };
}

function requestOf({ cdb, dataInLength = 0, dataOut = new Uint8Array(0), timeoutMs }: ScsiCommand): SgIoRequest {
  return { cdb, dataInLength, dataOut, timeoutMs: Math.min(Math.max(1, Math.ceil(timeoutMs)), noTimeout - 1) };
}

function dataLength({ dataInLength = 0, dataOut }: ScsiCommand): number {
  return Math.max(dataInLength, dataOut?.length ?? 0);
}

function systemProblem(): string | undefined {
  if (process.platform !== 'linux') return 'SG_IO is a call of Linux; use another transport on this system';
  if (endianness() === 'LE' && processors.includes(process.arch)) return undefined;
  return `SG_IO is only carried on 64-bit little-endian processors, this is ${process.arch}`;
}
