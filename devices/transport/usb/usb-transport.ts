import type { Clock } from '../../clock.js';
import {
  TransportError,
  type ScsiCommand,
  type ScsiTransport,
  type TransportFailure,
  type TransportResult,
} from '../scsi-transport.js';
import { PendingCommands, type PendingCommand } from './pending-commands.js';
import type { UsbProtocolChoice } from './protocol-choice.js';
import { failedCommand, usbFailure } from './usb-failure.js';
import { UsbPath } from './usb-path.js';
import { usbName, type OpenUsbInterface, type UsbSelection } from './usb-selection.js';

export interface UsbTransportOptions extends Omit<UsbSelection, 'reset'> {
  readonly protocol: UsbProtocolChoice;
  readonly clock: Clock;
  /** How long a command waits for a device that is gone to come back, and how often it is looked for. Default 10 s, 250 ms. */
  readonly reconnect?: { readonly timeoutMs: number; readonly pauseMs: number } | undefined;
  /** Told, in words, what a person should know: a protocol that could not be used, a device that strays from its standard. */
  readonly onNotice?: ((notice: string) => void) | undefined;
  /** Opens the device; the `usb` package unless given. Rejects with `TransportError`. */
  readonly openInterface?: OpenUsbInterface | undefined;
}

/** How often a command that no session with the device began is offered to the next one. */
const MAX_PATHS_PER_COMMAND = 3;
const DEFAULT_RECONNECT = { timeoutMs: 10_000, pauseMs: 250 };
/** After this long without a command the device is asked for a sign of life before the next one is sent. */
const IDLE_MS = 1_000;

/**
 * SCSI commands to a USB mass-storage device, by Bulk-Only Transport or USB Attached SCSI. A device that was pulled out is
 * looked for again with the next command; a command that may have begun is never repeated.
 */
export class UsbTransport implements ScsiTransport {
  readonly name: string;
  readonly #options: UsbTransportOptions;
  readonly #clock: Clock;
  readonly #waiting: PendingCommands;
  readonly #notices = new Set<string>();
  #selection: UsbSelection;
  #path: UsbPath | undefined;
  #connecting: Promise<UsbPath> | undefined;
  #closing = new AbortController();
  #isOpen = false;
  #inFlight = 0;
  #lastUsedMs = 0;

  constructor(options: UsbTransportOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#waiting = new PendingCommands(options.clock);
    const { vendorId, productId, serialNumber, port } = options;
    this.#selection = { vendorId, productId, serialNumber, port };
    this.name = usbName(this.#selection);
  }

  /** What the protocol in use allows; 1 as long as the device was never open. */
  get maxInFlight(): number {
    return this.#path?.protocol.maxInFlight ?? 1;
  }

  /** Which protocol is in use; undefined when the device is not open. */
  get protocol(): 'bulk-only' | 'uas' | undefined {
    return this.#path?.protocolName;
  }

  /** The highest LUN that the device told of (GET MAX LUN); undefined with USB Attached SCSI, which has REPORT LUNS. */
  get maxLun(): number | undefined {
    return this.#path?.maxLun;
  }

  /** One attempt. A path that was closed is opened anew. */
  async open(): Promise<void> {
    if (this.#closing.signal.aborted) this.#closing = new AbortController();
    this.#isOpen = true;
    try {
      await this.#ready(0);
    } catch (error) {
      throw new TransportError(asFailure(error));
    }
  }

  async execute(command: ScsiCommand): Promise<TransportResult> {
    if (!this.#isOpen) return failedCommand(usbFailure('closed', 'no', `${this.name} is not open; open it first`));
    const deadlineMs = this.#clock.now() + command.timeoutMs;
    for (let paths = 0; paths < MAX_PATHS_PER_COMMAND; paths++) {
      const path = this.#readyPath() ?? (await this.#pathFor(this.#withTimeLeft(command, deadlineMs)));
      if (!(path instanceof UsbPath)) return path;
      const result = await this.#executeOn(path, this.#withTimeLeft(command, deadlineMs));
      if (result.kind === 'completed' || !this.#mayBeginAnew(path, result.failure)) return result;
    }
    const message = `${this.name} lost the device each time before the command could begin`;
    return failedCommand(usbFailure('disconnected', 'no', message));
  }

  async resetLogicalUnit(lun: number, timeoutMs: number): Promise<TransportFailure | undefined> {
    if (!this.#isOpen) return usbFailure('closed', 'no', `${this.name} is not open; open it first`);
    const path = await this.#pathFor({ lun, cdb: new Uint8Array(0), timeoutMs });
    if (!(path instanceof UsbPath)) return path.kind === 'failed' ? path.failure : undefined;
    return path.protocol.resetLogicalUnit(lun, timeoutMs);
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    this.#closing.abort(new Error(`${this.name} was closed`));
    this.#waiting.endAll('closed', 'the transport was closed');
    await this.#connecting?.catch(() => undefined);
    const path = this.#path;
    this.#path = undefined;
    await path?.close();
  }

  #withTimeLeft(command: ScsiCommand, deadlineMs: number): ScsiCommand {
    const timeoutMs = Math.max(1, deadlineMs - this.#clock.now());
    return timeoutMs === command.timeoutMs ? command : { ...command, timeoutMs };
  }

  /** Whether the path was lost before the device saw anything of the command. */
  #mayBeginAnew(path: UsbPath, { code, executed }: TransportFailure): boolean {
    // A path that another command gave up is closed under those that wait on it; the transport is not.
    const wasDropped = code === 'closed' && this.#isOpen && this.#path !== path;
    return executed === 'no' && (code === 'disconnected' || code === 'unreachable' || wasDropped);
  }

  async #executeOn(path: UsbPath, command: ScsiCommand): Promise<TransportResult> {
    this.#inFlight++;
    const result = await path.protocol.execute(command);
    this.#inFlight--;
    this.#lastUsedMs = this.#clock.now();
    return result;
  }

  /** The path when there is one, or how the wait for it ended. The device has not seen the command by then. */
  async #pathFor(command: ScsiCommand): Promise<UsbPath | TransportResult> {
    const ready = this.#readyPath();
    if (ready !== undefined) return ready;
    let found: UsbPath | undefined;
    const work = async (pending: PendingCommand): Promise<TransportResult> => {
      try {
        const path = this.#path;
        if (path !== undefined && this.#isIdle() && (await path.isGone())) await this.#drop(path);
        if (!pending.isGivenUp) found = await this.#ready(this.#reconnect.timeoutMs);
        return failedCommand(usbFailure('closed', 'no', 'the wait for the device is over'));
      } catch (error) {
        return failedCommand(asFailure(error));
      }
    };
    const end = await this.#waiting.begin(command, work);
    if (found !== undefined) return found;
    if (end.kind !== 'failed' || end.failure.code !== 'timeout') return end;
    const message = `${this.name} is not there, and did not come back within the ${command.timeoutMs} ms of the command`;
    return failedCommand(usbFailure('unreachable', 'no', message));
  }

  /** The path, if a command can be sent on it without asking first whether the device is still there. */
  #readyPath(): UsbPath | undefined {
    return this.#path?.protocol.usable === true && !this.#isIdle() ? this.#path : undefined;
  }

  #isIdle(): boolean {
    return this.#inFlight === 0 && this.#clock.now() - this.#lastUsedMs > IDLE_MS;
  }

  get #reconnect(): { readonly timeoutMs: number; readonly pauseMs: number } {
    return this.#options.reconnect ?? DEFAULT_RECONNECT;
  }

  /** The path, opened when there is none; everybody who needs it at the same time waits for the same opening. */
  #ready(timeoutMs: number): Promise<UsbPath> {
    if (this.#path?.protocol.usable === true) return Promise.resolve(this.#path);
    this.#connecting ??= this.#connect(timeoutMs).finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(timeoutMs: number): Promise<UsbPath> {
    const { signal } = this.#closing;
    const deadlineMs = this.#clock.now() + timeoutMs;
    // What broke with the device still there is mended by a reset of its port, or not at all.
    const path = this.#path;
    let reset = path !== undefined && !(await path.isGone());
    if (path !== undefined) await this.#drop(path);
    for (;;) {
      try {
        return await this.#openPath(reset, signal);
      } catch (error) {
        const failure = asFailure(error);
        if (signal.aborted || failure.code !== 'unreachable' || this.#clock.now() >= deadlineMs) throw error;
        reset = false;
      }
      await this.#clock.sleep(this.#reconnect.pauseMs, signal);
    }
  }

  async #openPath(reset: boolean, signal: AbortSignal): Promise<UsbPath> {
    const { protocol, openInterface } = this.#options;
    const path = await UsbPath.open({
      selection: { ...this.#selection, reset },
      choice: protocol,
      clock: this.#clock,
      openInterface,
      onNotice: (notice) => this.#noteOnce(notice),
    });
    if (signal.aborted) {
      await path.close();
      throw new TransportError(usbFailure('closed', 'no', `${this.name} was closed`));
    }
    // From now on this very device is meant: another one of its model holds other cartridges.
    const { serialNumber, port } = path.identity;
    if (serialNumber !== undefined) this.#selection = { ...this.#selection, serialNumber };
    else if (port !== undefined) this.#selection = { ...this.#selection, port };
    this.#path = path;
    this.#lastUsedMs = this.#clock.now();
    return path;
  }

  /** Another command may have dropped it meanwhile, and a new one may be in its place. */
  async #drop(path: UsbPath): Promise<void> {
    if (this.#path === path) this.#path = undefined;
    await path.close();
  }

  #noteOnce(notice: string): void {
    if (this.#notices.has(notice)) return;
    this.#notices.add(notice);
    this.#options.onNotice?.(notice);
  }
}

function asFailure(error: unknown): TransportFailure {
  if (error instanceof TransportError) return { ...error.failure, executed: 'no' };
  const message = error instanceof Error ? error.message : String(error);
  return usbFailure('unreachable', 'no', message, error);
}
