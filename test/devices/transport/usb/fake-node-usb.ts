import type { NodeUsbBus, NodeUsbDevice, NodeUsbSetup } from '../../../../devices/transport/usb/node-usb-device.js';

export interface FakeDeviceOptions {
  readonly bus?: string;
  readonly ports?: readonly number[];
  readonly serialNumber?: string;
  readonly deviceDescriptor: Uint8Array;
  readonly configurationDescriptor: Uint8Array;
  /** A kernel driver holds the interface. */
  readonly hasKernelDriver?: boolean;
  readonly isConfigured?: boolean;
  /** Steps that fail, with the text of the error. */
  readonly failing?: Readonly<Record<string, string>>;
}

/** A device as the `usb` package 3.1.0 shows it on Linux: its texts, its states, and what it forbids. */
export class FakeNodeUsbDevice implements NodeUsbDevice {
  readonly vendorId = 0x1209;
  readonly productId = 0xb070;
  readonly bus: string;
  /** No real device has it: nothing of this machine is touched at the end of the process. */
  readonly address = 254;
  readonly ports: readonly number[];
  readonly speed = 'high';
  readonly calls: string[] = [];
  /** Answers for bulk reads, in order: bytes, an error's text, or nothing: it hangs. */
  readonly reads: (Uint8Array | string)[] = [];
  /** Answers for bulk writes; without one all bytes are taken. */
  readonly writes: (number | string)[] = [];
  readonly written: Uint8Array[] = [];
  failing: Readonly<Record<string, string>>;
  driver: 'kernel' | 'usbfs' | 'none';
  readonly #options: FakeDeviceOptions;
  readonly #hanging = new Set<(reason: Error) => void>();
  readonly #busy = new Set<string>();

  constructor(options: FakeDeviceOptions) {
    this.#options = options;
    this.bus = options.bus ?? '001';
    this.ports = options.ports ?? [2];
    this.failing = options.failing ?? {};
    this.driver = (options.hasKernelDriver ?? true) ? 'kernel' : 'none';
  }

  get serialNumber(): string | null {
    const text = this.failing['serialNumber'];
    if (text !== undefined) throw new Error(text);
    return this.#options.serialNumber ?? null;
  }

  open = (): Promise<void> => this.#call('open');
  close = (): Promise<void> => this.#call('close');
  reset = (): Promise<void> => this.#call('reset');
  selectConfiguration = (value: number): Promise<void> => this.#call(`selectConfiguration ${value}`);

  async claimInterface(): Promise<void> {
    await this.#call('claimInterface');
    if (this.driver !== 'none') throw new Error('claimInterface error: interface is busy (errno 16)');
    this.driver = 'usbfs';
  }

  async releaseInterface(): Promise<void> {
    await this.#call('releaseInterface');
    if (this.#hanging.size > 0) throw new Error('a pending transfer still holds the interface');
    if (this.driver === 'usbfs') this.driver = 'none';
  }

  selectAlternateInterface = (_: number, setting: number): Promise<void> => this.#call(`selectAlternate ${setting}`);

  async detachKernelDriver(): Promise<void> {
    await this.#call('detachKernelDriver');
    if (this.driver === 'none') throw new Error('detachKernelDriver error: no kernel driver attached (errno 61)');
    this.driver = 'none';
    for (const reject of this.#hanging) reject(new Error('transferIn error: Disconnected'));
    this.#hanging.clear();
  }

  async attachKernelDriver(): Promise<void> {
    await this.#call('attachKernelDriver');
    if (this.driver !== 'none') throw new Error('attachKernelDriver error: kernel driver already attached (errno 16)');
    this.driver = 'kernel';
  }

  async controlTransferIn(setup: NodeUsbSetup, length: number): Promise<{ data?: DataView }> {
    await this.#call(`controlIn ${setup.requestType} ${setup.request} ${setup.value.toString(16)}`, 'controlIn');
    const { deviceDescriptor, configurationDescriptor, isConfigured = true } = this.#options;
    const answers = new Map([
      ['8 0', Uint8Array.of(isConfigured ? 1 : 0)],
      ['6 100', deviceDescriptor],
      ['6 200', configurationDescriptor],
      ['0 0', Uint8Array.of(1, 0)],
    ]);
    const answer = answers.get(`${setup.request} ${setup.value.toString(16)}`);
    if (answer === undefined) throw new Error('controlTransferIn error: endpoint stalled');
    return { data: viewOf(answer.slice(0, length)) };
  }

  async controlTransferOut(setup: NodeUsbSetup, data: Uint8Array): Promise<{ bytesWritten: number }> {
    await this.#call(`controlOut ${setup.requestType} ${setup.request}`, 'controlOut');
    return { bytesWritten: data.length };
  }

  async transferIn(endpoint: number, length: number, timeoutMs: number): Promise<{ data?: DataView }> {
    this.calls.push(`transferIn ${endpoint} ${length} ${timeoutMs}`);
    return this.#alone(`in ${endpoint}`, () => {
      const next = this.reads.shift();
      if (typeof next === 'string') return Promise.reject(new Error(`transferIn error: ${next}`));
      if (next !== undefined) return Promise.resolve({ data: viewOf(next.slice(0, length)) });
      return new Promise((_, reject) => this.#hanging.add(reject));
    });
  }

  async transferOut(endpoint: number, data: Uint8Array): Promise<{ bytesWritten: number }> {
    this.calls.push(`transferOut ${endpoint} ${data.length}`);
    return this.#alone(`out ${endpoint}`, () => {
      const next = this.writes.shift();
      if (typeof next === 'string') return Promise.reject(new Error(`transferOut error: ${next}`));
      this.written.push(data.slice());
      return Promise.resolve({ bytesWritten: next ?? data.length });
    });
  }

  async clearHalt(direction: 'in' | 'out', endpoint: number): Promise<void> {
    await this.#call(`clearHalt ${direction} ${endpoint}`, 'clearHalt');
  }

  /** Calls of one kind, or all that are no reads of descriptors. */
  called(name?: string): string[] {
    return this.calls.filter((call) => (name === undefined ? !call.startsWith('controlIn') : call.startsWith(name)));
  }

  async #call(what: string, name = what): Promise<void> {
    this.calls.push(what);
    await Promise.resolve();
    const text = this.failing[name];
    if (text !== undefined) throw new Error(text);
  }

  async #alone<T>(endpoint: string, run: () => Promise<T>): Promise<T> {
    if (this.driver !== 'usbfs') throw new Error('transferIn error: endpoint not found');
    if (this.#busy.has(endpoint)) throw new Error('transferIn error: endpoint not found');
    this.#busy.add(endpoint);
    try {
      return await run();
    } finally {
      this.#busy.delete(endpoint);
    }
  }
}

export function fakeBus(...devices: NodeUsbDevice[]): NodeUsbBus {
  return { getDevices: () => Promise.resolve(devices) };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
