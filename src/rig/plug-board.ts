import type { Clock } from '../../devices/clock.js';
import { TraceTransport } from '../../devices/transport/trace.js';
import type { ScsiTransport } from '../../devices/transport/scsi-transport.js';
import type { ControllerHints, DriveAddress, UnitAddress } from '../library/library-definition.js';
import type { Timing } from './rig.js';

export interface PlugInOptions {
  readonly clock: Clock;
  /** Virtual hardware lives in `<stateFolder>/hardware/<library>`. */
  readonly stateFolder: string;
  /** Hears every SCSI command as a line of JSON. */
  readonly trace?: (line: string) => void;
  /** Hears what an administrator should know about a path, such as a device that is driven otherwise than it could be. */
  readonly onNotice?: (text: string) => void;
  /** Overrules the timing of virtual libraries. */
  readonly timing?: Timing;
  /** Where secrets named by variable are looked up; the process's environment unless given. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A changer or a drive on its own, and what its transport knows beyond the rig file. */
export interface ConnectedChanger {
  readonly changer: UnitAddress;
  /** For virtual models whose changer does not tell its drives apart. */
  readonly drives?: readonly DriveAddress[];
  readonly hints: ControllerHints;
}

/**
 * The paths that are in use. Units that share a path share its transport, so that there is one login for each portal,
 * target and credentials, and one owner of each serial line.
 */
export class PlugBoard {
  readonly options: PlugInOptions;
  readonly #paths = new Map<string, Promise<ScsiTransport>>();
  readonly #shared = new Map<string, Promise<unknown>>();
  readonly #closers: (() => Promise<void>)[] = [];
  readonly #closing = new AbortController();

  constructor(options: PlugInOptions) {
    this.options = options;
  }

  /** The transport for `key`, made by `make` for whoever asks first. */
  path(key: string, make: () => Promise<ScsiTransport>): Promise<ScsiTransport> {
    const known = this.#paths.get(key);
    if (known !== undefined) return known;
    const path = make().then(async (transport) => {
      this.onClose(() => transport.close());
      if (this.closing.aborted) await this.close();
      return this.#traced(transport);
    });
    this.#paths.set(key, path);
    return path;
  }

  /** What several paths need, made by `make` for whoever asks first. `make` sees to its end by {@link onClose}. */
  shared<T>(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#shared.get(key);
    // One key is asked for with one type: each transport has keys of its own.
    if (known !== undefined) return known as Promise<T>;
    const made = make();
    this.#shared.set(key, made);
    return made;
  }

  /** Has `close` run when everything is unplugged; what was plugged in last goes first. */
  onClose(close: () => Promise<void>): void {
    this.#closers.unshift(close);
  }

  /** Aborts when everything is about to be unplugged: nothing more is to be asked then. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('everything is being unplugged'));
    for (const close of this.#closers.splice(0)) await close();
  }

  #traced(transport: ScsiTransport): ScsiTransport {
    const { trace, clock } = this.options;
    return trace === undefined ? transport : new TraceTransport({ transport, clock, write: trace });
  }
}

export function unitAddress(transport: ScsiTransport, lun: number): UnitAddress {
  return { transport, lun, deviceName: `${transport.name}, LUN ${lun}` };
}
