import type { Test } from 'tap';
import { SimulatedClock } from '../../../../devices/clock.js';
import type { ScsiCommand, TransportFailure, TransportResult } from '../../../../devices/transport/scsi-transport.js';
import {
  encodeSenseUnit,
  parseCommandPipeUnit,
  readReadyUnit,
  responseUnit,
  writeReadyUnit,
  type CommandPipeUnit,
} from '../../../../devices/transport/usb/information-units.js';
import { UasProtocol, type UasProtocolOptions } from '../../../../devices/transport/usb/uas-protocol.js';
import type { UsbInterface, UsbTransfer } from '../../../../devices/transport/usb/usb-interface.js';

export const Pipe = { command: 0x01, status: 0x82, dataIn: 0x83, dataOut: 0x04 } as const;
export type PipeName = keyof typeof Pipe;

export const NOTHING = new Uint8Array(0);
export const GOOD = 0x00;
export const CHECK_CONDITION = 0x02;
export const someSense = Uint8Array.from([0x70, 0, 0x05, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x24, 0, 0, 0, 0, 0]);

/** One transfer that the host made and nobody has answered. */
export interface Call {
  readonly pipe: PipeName;
  /** To the device. */
  readonly data: Uint8Array;
  /** Room for data to the host. */
  readonly length: number;
  readonly timeoutMs: number;
  answer(transfer: UsbTransfer): void;
  /** Whether it ended without an answer: by its time, or cancelled. */
  readonly ended: boolean;
}

/** A device that does nothing by itself: the test takes each transfer and answers it. */
export class ScriptedUsb implements UsbInterface {
  readonly name = 'usb://1209:b070/SCRIPT';
  readonly speed = 'high';
  readonly configurationDescriptor = NOTHING;
  readonly interfaceNumber = 0;
  /** `clear halt 82h`, `cancel all` */
  readonly log: string[] = [];
  readonly #clock: SimulatedClock;
  #open: (Call & { end(transfer: UsbTransfer): void; taken: boolean })[] = [];
  #takers: { pipe: PipeName; take: (call: Call) => void }[] = [];

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
  }

  /** How many transfers are under way. */
  get outstanding(): number {
    return this.#open.length;
  }

  /** Whether a transfer is under way on the pipe that the test has not taken yet. */
  waits(pipe: PipeName): boolean {
    return this.#open.some((call) => call.pipe === pipe && !call.taken);
  }

  /** The next transfer on the pipe; waits for it. */
  next(pipe: PipeName): Promise<Call> {
    const here = this.#open.find((call) => call.pipe === pipe && !call.taken);
    if (here !== undefined) {
      here.taken = true;
      return Promise.resolve(here);
    }
    return new Promise((take) => this.#takers.push({ pipe, take }));
  }

  /** Takes one unit from the command pipe. */
  async unit(): Promise<CommandPipeUnit> {
    const call = await this.next('command');
    call.answer({ kind: 'done', data: NOTHING, length: call.data.length });
    return parseCommandPipeUnit(call.data);
  }

  /** Takes a COMMAND IU and gives its tag. */
  async command(): Promise<number> {
    const unit = await this.unit();
    if (unit.kind !== 'command') throw new Error(`a COMMAND IU was due, a ${unit.kind} unit came`);
    return unit.tag;
  }

  async taskManagement() {
    const unit = await this.unit();
    if (unit.kind !== 'taskManagement') throw new Error(`a TASK MANAGEMENT IU was due, a ${unit.kind} unit came`);
    return unit;
  }

  /** Sends bytes on the status pipe when the host reads it. */
  async status(bytes: Uint8Array): Promise<void> {
    (await this.next('status')).answer({ kind: 'done', data: bytes, length: bytes.length });
  }

  sense(tag: number, status: number = GOOD, sense: Uint8Array = NOTHING): Promise<void> {
    return this.status(encodeSenseUnit({ tag, status, sense }));
  }

  readReady(tag: number): Promise<void> {
    return this.status(readReadyUnit.encode({ tag }));
  }

  writeReady(tag: number): Promise<void> {
    return this.status(writeReadyUnit.encode({ tag }));
  }

  response(tag: number, responseCode: number): Promise<void> {
    return this.status(responseUnit.encode({ tag, responseCode }));
  }

  /** Answers one read of the data-in pipe. */
  async dataIn(data: Uint8Array): Promise<void> {
    (await this.next('dataIn')).answer({ kind: 'done', data, length: data.length });
  }

  bulkIn(endpoint: number, length: number, timeoutMs: number): Promise<UsbTransfer> {
    return this.#transfer(endpoint, NOTHING, length, timeoutMs);
  }

  bulkOut(endpoint: number, data: Uint8Array, timeoutMs: number): Promise<UsbTransfer> {
    return this.#transfer(endpoint, data.slice(), 0, timeoutMs);
  }

  clearHalt(endpoint: number): Promise<UsbTransfer> {
    this.log.push(`clear halt ${endpoint.toString(16).padStart(2, '0')}h`);
    return Promise.resolve({ kind: 'done', data: NOTHING, length: 0 });
  }

  cancelAll(): Promise<void> {
    this.log.push('cancel all');
    for (const call of [...this.#open]) call.end({ kind: 'cancelled' });
    return Promise.resolve();
  }

  /** The cable is pulled. */
  vanish(): void {
    for (const call of [...this.#open]) call.end({ kind: 'disconnected', message: 'no such device' });
  }

  controlIn(): Promise<UsbTransfer> {
    return Promise.resolve({ kind: 'stall' });
  }

  controlOut(): Promise<UsbTransfer> {
    return Promise.resolve({ kind: 'stall' });
  }

  selectAlternate(): Promise<UsbTransfer> {
    return Promise.resolve({ kind: 'stall' });
  }

  close(): Promise<void> {
    this.vanish();
    return Promise.resolve();
  }

  #transfer(endpoint: number, data: Uint8Array, length: number, timeoutMs: number): Promise<UsbTransfer> {
    const pipe = (Object.keys(Pipe) as PipeName[]).find((name) => Pipe[name] === endpoint);
    if (pipe === undefined) throw new Error(`the host used endpoint ${endpoint.toString(16)}h`);
    if (this.#open.some((call) => call.pipe === pipe)) throw new Error(`two transfers at once on the ${pipe} pipe`);
    return new Promise((resolve) => {
      const cancelTimeout = this.#clock.after(timeoutMs, () => call.end({ kind: 'timeout' }));
      const settle = (transfer: UsbTransfer): void => {
        cancelTimeout();
        this.#open = this.#open.filter((other) => other !== call);
        resolve(transfer);
      };
      const call = {
        pipe,
        data,
        length,
        timeoutMs,
        taken: false,
        ended: false,
        answer: settle,
        end: (transfer: UsbTransfer) => {
          call.ended = true;
          settle(transfer);
        },
      };
      this.#open.push(call);
      const taker = this.#takers.find((one) => one.pipe === pipe);
      if (taker === undefined) return;
      this.#takers = this.#takers.filter((one) => one !== taker);
      call.taken = true;
      taker.take(call);
    });
  }
}

export interface UasBench {
  readonly clock: SimulatedClock;
  readonly usb: ScriptedUsb;
  readonly uas: UasProtocol;
  readonly notices: string[];
}

export function uasBench(t: Test, options: Partial<UasProtocolOptions> = {}): UasBench {
  const clock = new SimulatedClock();
  const usb = new ScriptedUsb(clock);
  const notices: string[] = [];
  const pipe = (name: PipeName) => ({ endpoint: Pipe[name], maxPacketSize: 512 });
  const pipes = {
    command: pipe('command'),
    status: pipe('status'),
    dataIn: pipe('dataIn'),
    dataOut: pipe('dataOut'),
    maxStreams: 0,
  };
  const uas = new UasProtocol({ usb, pipes, clock, onNotice: (notice) => notices.push(notice), ...options });
  t.teardown(async () => {
    const closed = uas.close();
    await clock.advance(60_000);
    await closed;
  });
  return { clock, usb, uas, notices };
}

export function testUnitReady(more: Partial<ScsiCommand> = {}): ScsiCommand {
  return { lun: 0, cdb: new Uint8Array(6), timeoutMs: 10_000, ...more };
}

/** INQUIRY for `dataInLength` bytes. */
export function inquiry(dataInLength: number, more: Partial<ScsiCommand> = {}): ScsiCommand {
  const cdb = Uint8Array.from([0x12, 0, 0, dataInLength >> 8, dataInLength & 0xff, 0]);
  return { lun: 0, cdb, dataInLength, timeoutMs: 10_000, ...more };
}

export function modeSelect(dataOut: Uint8Array, more: Partial<ScsiCommand> = {}): ScsiCommand {
  return { lun: 0, cdb: Uint8Array.from([0x15, 0x10, 0, 0, dataOut.length, 0]), dataOut, timeoutMs: 10_000, ...more };
}

export function completed(status: number, dataIn: Uint8Array = NOTHING, sense: Uint8Array = NOTHING): TransportResult {
  return { kind: 'completed', status, dataIn, sense };
}

export function failureOf(result: TransportResult): TransportFailure {
  if (result.kind !== 'failed') throw new Error(`the command completed with status ${result.status}`);
  return result.failure;
}
