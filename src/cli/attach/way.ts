import type { Clock } from '../../../devices/clock.js';
import type { Attachment } from '../../../devices/virtual/attach/attachment.js';
import type { VirtualAutoloader } from '../../../devices/virtual/index.js';
import type { PluggedUnit } from '../../rig/rig.js';

/** What each way of attaching a virtual autoloader is given. */
export interface WayContext {
  readonly autoloader: VirtualAutoloader;
  readonly clock: Clock;
  /** The hardware's name; it tells autoloaders of one host apart. */
  readonly name: string;
  readonly stateFolder: string;
  readonly options: WayOptions;
  /** The way broke and is closed: the command ends. */
  readonly onBroken: (cause: Error) => void;
  /** Something about one initiator that an administrator should know; the others go on. */
  readonly onNotice: (text: string) => void;
}

export interface WayOptions {
  readonly host: string;
  readonly usbipPort: number;
  readonly usbProtocol: 'bulk-only' | 'uas' | 'both';
  readonly usbSpeed: 'full' | 'high' | 'super';
  readonly iscsiPort: number;
  readonly targetName?: string;
  readonly chapUser?: string;
  readonly chapSecretFile?: string;
  readonly link?: string;
  readonly folder?: string;
}

/** A way that is open. */
export interface OpenWay {
  readonly attachment: Attachment;
  /** The changer for a rig file; absent where a rig file cannot name it. */
  readonly changer?: PluggedUnit;
  /** To be said beside the attachment's own lines. */
  readonly remarks?: readonly string[];
  /** For --json. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Runs a program so that it sees the autoloader; only where that takes anything. */
  readonly wrap?: (command: readonly string[]) => { command: readonly string[]; env: NodeJS.ProcessEnv };
}
