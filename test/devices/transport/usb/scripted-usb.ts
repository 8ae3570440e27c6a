import type { UsbInterface, UsbSetup, UsbTransfer } from '../../../../devices/transport/usb/usb-interface.js';
import {
  BulkOnlyRequest,
  encodeCommandStatusWrapper,
  parseCommandBlockWrapper,
  type CommandBlockWrapper,
} from '../../../../devices/transport/usb/bulk-only-wrappers.js';

/** What the device does next: the transfer that the host has to make now, and how it ends. */
export interface Step {
  readonly transfer:
    'bulk in' | 'bulk out' | 'clear halt in' | 'clear halt out' | 'reset' | 'GET MAX LUN' | 'GET STATUS';
  /** How many bytes the host offers or sends. */
  readonly length?: number;
  /** `hang`: it does not end by itself. */
  readonly answer: UsbTransfer | ((cbw: CommandBlockWrapper) => UsbTransfer) | 'hang';
}

const nothing = new Uint8Array(0);
export const bulkIn = 0x81;
export const bulkOut = 0x02;

export const done = (data: Uint8Array = nothing): UsbTransfer => ({ kind: 'done', data, length: data.length });
export const stall: UsbTransfer = { kind: 'stall', data: nothing };
export const gone: UsbTransfer = { kind: 'disconnected', message: 'the device was unplugged' };

/** The host sends a CBW. */
export const command = (answer: Step['answer'] = done()): Step => ({ transfer: 'bulk out', length: 31, answer });
/** The host offers room for so many bytes and gets these, or something else. */
export const dataIn = (length: number, answer: Step['answer']): Step => ({ transfer: 'bulk in', length, answer });
export const dataOut = (length: number, answer: Step['answer'] = done()): Step => ({
  transfer: 'bulk out',
  length,
  answer,
});
/** The host takes the CSW; `tag` is added to the right one. */
export const status = (code: number, residue = 0, tag = 0): Step =>
  dataIn(13, (cbw) => done(csw(cbw, code, residue, tag)));
export const clearIn: Step = { transfer: 'clear halt in', answer: done() };
export const clearOut: Step = { transfer: 'clear halt out', answer: done() };
/** Reset recovery (5.3.4), as it has to be. */
export const recovery: readonly Step[] = [{ transfer: 'reset', answer: done() }, clearIn, clearOut];
/** A command without data that ends well: the two sides are in step. */
export const good: readonly Step[] = [command(), status(0)];

export function csw({ tag }: CommandBlockWrapper, code: number, residue = 0, tagOffset = 0): Uint8Array {
  const bytes = encodeCommandStatusWrapper({ tag: (tag + tagOffset) >>> 0, dataResidue: residue, status: 0 });
  bytes[12] = code;
  return bytes;
}

/** Plays a list of steps; whatever the host does beside it is written down as a violation, and fails. */
export class ScriptedUsb implements UsbInterface {
  readonly name = 'scripted';
  readonly speed = 'high';
  readonly configurationDescriptor = nothing;
  readonly interfaceNumber = 3;
  readonly violations: string[] = [];
  /** Every CBW that came, in order. */
  readonly commands: CommandBlockWrapper[] = [];
  readonly dataOut: Uint8Array[] = [];
  #steps: Step[];
  #hanging = new Set<(end: UsbTransfer) => void>();
  #watchers: (() => void)[] = [];

  constructor(...steps: readonly (Step | readonly Step[])[]) {
    this.#steps = steps.flat();
  }

  /** How many steps were not reached. */
  get left(): number {
    return this.#steps.length;
  }

  /** Resolves when a transfer hangs. */
  hangs(): Promise<void> {
    return this.#hanging.size > 0 ? Promise.resolve() : new Promise((resolve) => this.#watchers.push(resolve));
  }

  /** Resolves when no more than so many steps are left. */
  async allBut(left: number): Promise<void> {
    while (this.#steps.length > left) await Promise.resolve();
  }

  controlIn(setup: UsbSetup, length: number): Promise<UsbTransfer> {
    if (setup.type === 'standard' && setup.request === 0) return this.#play('GET STATUS', length);
    this.#hold(setup.type === 'class' && setup.recipient === 'interface', `control in ${JSON.stringify(setup)}`);
    this.#hold(setup.request === BulkOnlyRequest.GET_MAX_LUN && setup.value === 0, `request ${setup.request}`);
    this.#hold(setup.index === this.interfaceNumber, `interface ${setup.index}`);
    return this.#play('GET MAX LUN', length);
  }

  controlOut(setup: UsbSetup, data: Uint8Array): Promise<UsbTransfer> {
    this.#hold(setup.type === 'class' && setup.recipient === 'interface', `control out ${JSON.stringify(setup)}`);
    this.#hold(setup.request === BulkOnlyRequest.RESET && setup.value === 0, `request ${setup.request}`);
    this.#hold(setup.index === this.interfaceNumber && data.length === 0, `interface ${setup.index}`);
    return this.#play('reset', data.length);
  }

  bulkIn(endpoint: number, length: number): Promise<UsbTransfer> {
    this.#hold(endpoint === bulkIn, `bulk in at ${endpoint}`);
    return this.#play('bulk in', length);
  }

  bulkOut(endpoint: number, data: Uint8Array): Promise<UsbTransfer> {
    this.#hold(endpoint === bulkOut, `bulk out at ${endpoint}`);
    if (data.length === 31 && data[0] === 0x55) this.commands.push(parseCommandBlockWrapper(data));
    else this.dataOut.push(data.slice());
    return this.#play('bulk out', data.length);
  }

  clearHalt(endpoint: number): Promise<UsbTransfer> {
    this.#hold(endpoint === bulkIn || endpoint === bulkOut, `clear halt at ${endpoint}`);
    return this.#play(endpoint === bulkIn ? 'clear halt in' : 'clear halt out');
  }

  selectAlternate(alternateSetting: number): Promise<UsbTransfer> {
    this.violations.push(`selected alternate setting ${alternateSetting}`);
    return Promise.resolve(done());
  }

  cancelAll(): Promise<void> {
    for (const end of this.#hanging) end({ kind: 'cancelled' });
    this.#hanging.clear();
    return Promise.resolve();
  }

  close(): Promise<void> {
    for (const end of this.#hanging) end(gone);
    return Promise.resolve();
  }

  #hold(isRight: boolean, what: string): void {
    if (!isRight) this.violations.push(`wrong ${what}`);
  }

  #play(transfer: Step['transfer'], length?: number): Promise<UsbTransfer> {
    const step = this.#steps.shift();
    if (step?.transfer !== transfer || (step.length !== undefined && step.length !== length)) {
      const wanted = step === undefined ? 'nothing' : `${step.transfer} of ${step.length ?? 'any length'}`;
      this.violations.push(`${transfer} of ${length ?? 'no length'} where ${wanted} was due`);
      return Promise.resolve({ kind: 'failed', message: 'not in the script' });
    }
    if (step.answer === 'hang') {
      return new Promise((resolve) => {
        this.#hanging.add(resolve);
        for (const watcher of this.#watchers.splice(0)) watcher();
      });
    }
    const last = this.commands.at(-1);
    if (typeof step.answer !== 'function') return Promise.resolve(step.answer);
    if (last === undefined) throw new Error('the script answers a command that nobody sent');
    return Promise.resolve(step.answer(last));
  }
}
