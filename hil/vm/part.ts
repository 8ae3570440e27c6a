import type { Profile } from '../../devices/profiles/profile.js';
import type { VirtualAutoloader, VirtualAutoloaderOptions } from '../../devices/virtual/index.js';
import type { TgtBench, TgtOptions } from '../tgt/start-tgt.js';
import type { GuestMachine } from './guest-machine.js';
import type { Report } from './tap-writer.js';

/** One thing that the bench finds out. */
export interface Part {
  /** What `--only` takes: `usbip-bulk-only`. */
  readonly name: string;
  /** What it shows, one line for a person. */
  readonly shows: string;
  /** Longest time from start to end, cleaning up included. */
  readonly timeoutMs: number;
  run(bench: Bench, report: Report): Promise<void>;
}

/** What a part works with. Everything that it makes here is ended with the part, however the part ends. */
export interface Bench {
  /** The part's own folder: logs of guests and servers. */
  readonly folder: string;
  /** The project, as the guests see it too. */
  readonly projectRoot: string;
  /** Boots a guest with these further devices (QEMU's arguments). */
  guest(options?: { readonly devices?: readonly string[]; readonly memoryMb?: number }): Promise<GuestMachine>;
  /** A changer that is not ours: a private tgtd on a free port. */
  tgt(options?: Omit<TgtOptions, 'dir'>): Promise<TgtBench>;
  /** A new virtual autoloader in memory. */
  autoloader(
    profile: Profile,
    options?: Partial<Omit<VirtualAutoloaderOptions, 'profile'>>,
  ): Promise<VirtualAutoloader>;
  /** Runs when the part has ended, latest first. */
  atEnd(cleanUp: () => Promise<void>): void;
}
