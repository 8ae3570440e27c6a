import type { NtmsError } from '../objects/ntms-error.js';
import type { ManagerParts } from './manager-parts.js';
import { MessageChannel } from './message-channel.js';
import type { Messenger } from './messenger.js';
import { ObjectSwitching } from './object-switching.js';
import { Removal } from './removal.js';
import { RequestControl } from './request-control.js';
import { RequestUpkeep } from './request-upkeep.js';
import type { RunningLibrary } from './running-library.js';
import { UiDestinations } from './ui-destinations.js';

/** What an administrator does to requests and objects, and what he is told. */
export class ManagerControl {
  readonly requests: RequestControl;
  readonly upkeep: RequestUpkeep;
  readonly removal: Removal;
  readonly switching: ObjectSwitching;
  readonly uiDestinations: UiDestinations;
  readonly messages: MessageChannel;
  readonly #parts: ManagerParts;
  readonly #ending = new AbortController();
  /** Libraries that were deleted and give their devices back. */
  readonly #leaving: Promise<void>[] = [];

  /** `forget`: takes a library out of those that run. */
  constructor(
    parts: ManagerParts,
    options: {
      readonly messengers: readonly Messenger[];
      readonly forget: (libraryId: string) => RunningLibrary | undefined;
    },
  ) {
    this.#parts = parts;
    this.requests = new RequestControl(parts);
    this.upkeep = new RequestUpkeep(parts);
    this.switching = new ObjectSwitching(parts);
    this.removal = new Removal(parts, (libraryId, error) => this.#leave(options.forget(libraryId), error));
    this.uiDestinations = new UiDestinations(parts.store);
    this.messages = new MessageChannel({
      store: parts.store,
      messengers: options.messengers,
      destinations: this.uiDestinations,
      onFault: (text) => parts.notice(text),
    });
  }

  /** Aborts when the manager is stopped, for those who wait for people. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** First step of a stop: nobody waits any more. */
  end(error: NtmsError): void {
    this.#ending.abort(error);
  }

  /** Last step, when everything else is at rest. */
  async stop(): Promise<void> {
    await Promise.all(this.#leaving);
    this.messages.stop();
  }

  /** Its record is gone: it runs no more. */
  #leave(library: RunningLibrary | undefined, error: NtmsError): void {
    if (library === undefined) return;
    const notice = (fault: unknown): void => this.#parts.notice(`${library.name}: ${String(fault)}`);
    this.#leaving.push(library.stop(error).catch(notice));
  }
}
