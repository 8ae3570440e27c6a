import { randomUUID } from 'node:crypto';
import type { Clock } from '../../devices/clock.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLmOperation } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { LibraryRequests, RequestOrigin } from './library-requests.js';
import type { WantedMount } from './mount-plan.js';
import { MountWork } from './mount-work.js';
import { OfflineMounts } from './offline-mounts.js';
import type { OperatorRequests } from './operator-requests.js';
import type { RunningLibrary } from './running-library.js';

/** A mount as MountNtmsMedia hands it over, all arguments checked. */
export interface MountOrder {
  readonly media: readonly { readonly side: string; readonly medium: string; readonly drive: string | null }[];
  readonly library: string;
  readonly options: number;
  /** Answer ERROR_BUSY instead of waiting for a medium or a drive. */
  readonly failWhenBusy: boolean;
  readonly priority: number;
  readonly origin: RequestOrigin;
  /** How long the caller waits; absent for ever. */
  readonly timeoutMs?: number;
}

export interface SubmittedMount {
  readonly requestIds: readonly string[];
  /** The drives used, in the order of the media. */
  readonly finished: Promise<string[]>;
}

type Media = readonly [WantedMount, ...WantedMount[]];

/** Takes mounts in: stores their requests and gives them to a library's queue, or to a person when media are offline. */
export class MountOrders {
  readonly offline: OfflineMounts;
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #requests: LibraryRequests;
  readonly #libraries: ReadonlyMap<string, RunningLibrary>;
  readonly #cancel: (requestIds: readonly string[], error: NtmsError) => void;

  constructor(options: {
    readonly store: ObjectStore;
    readonly clock: Clock;
    readonly requests: LibraryRequests;
    readonly operatorRequests: OperatorRequests;
    readonly libraries: ReadonlyMap<string, RunningLibrary>;
    /** Withdraws requests, wherever they are. */
    readonly cancel: (requestIds: readonly string[], error: NtmsError) => void;
    readonly onFault: (error: unknown) => void;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#requests = options.requests;
    this.#libraries = options.libraries;
    this.#cancel = options.cancel;
    this.offline = new OfflineMounts({
      ...options,
      resume: (media, priority) => this.#resume(media, priority),
      isHere: (medium) => this.#libraryOf(medium) !== undefined,
    });
  }

  submit(order: MountOrder): SubmittedMount {
    const requestIds = order.media.map(() => randomUUID());
    const wanted = order.media.map((medium, index) => ({ ...medium, requestId: requestIds[index] ?? '' }));
    const [first, ...rest] = wanted;
    if (first === undefined) throw new NtmsError('ERROR_INVALID_PARAMETER', 'a mount needs a medium');
    const media: Media = [first, ...rest];
    const offline = wanted.filter(({ medium }) => this.#libraryOf(medium) === undefined);
    const finished =
      offline.length > 0
        ? this.#askFor(
            offline.map(({ medium }) => medium),
            order,
            media,
          )
        : this.#queue(order, media);
    const inTime = this.#withinTime(finished, order, requestIds);
    // Who does not wait for it reads the request's record.
    inTime.catch(() => undefined);
    return { requestIds, finished: inTime };
  }

  #queue(order: MountOrder, media: Media): Promise<string[]> {
    const library = this.#libraries.get(order.library);
    if (library === undefined) {
      const name = this.#store.table('libraries').get(order.library)?.name ?? order.library;
      throw new NtmsError('ERROR_RESOURCE_NOT_AVAILABLE', `library ${name} is not in this rig`);
    }
    const { failure, queue, context, name } = library;
    if (failure !== undefined) {
      throw new NtmsError('ERROR_RESOURCE_NOT_AVAILABLE', `library ${name}: ${failure.message}`, { cause: failure });
    }
    this.#requireDrives(library, media);
    const work = new MountWork(context, media, { priority: order.priority, timeQueued: this.#clock.now() });
    const needs = order.failWhenBusy ? work.needs(new Set()) : undefined;
    if (needs !== undefined && 'missing' in needs) throw busyError(name, needs.missing);
    this.#create(order, media);
    const finished = queue.add(work).then(() => work.drives);
    // Another request may have been before it in the queue.
    if (order.failWhenBusy && !queue.isRunning(work.requestIds[0])) {
      queue.cancel(work.requestIds[0], busyError(name, 'what it needs'));
    }
    return finished;
  }

  /** A mount that no drive can ever serve is refused; one that has to wait is queued. */
  #requireDrives({ id, name }: RunningLibrary, media: Media): void {
    const drives = this.#store.table('drives').list({ library: id });
    if (drives.length < media.length) {
      throw new NtmsError(
        'ERROR_RESOURCE_NOT_AVAILABLE',
        `${name} has ${drives.length} drives for ${media.length} media`,
      );
    }
    if (drives.filter((drive) => drive.enabled).length < media.length) {
      throw new NtmsError('ERROR_RESOURCE_DISABLED', `too few drives of ${name} are enabled`);
    }
  }

  #askFor(offline: readonly string[], order: MountOrder, media: Media): Promise<string[]> {
    return this.#store.transaction(() => {
      this.#create(order, media);
      return { finished: this.offline.add({ media, offline, priority: order.priority }) };
    }).finished;
  }

  #create(order: MountOrder, media: Media): void {
    this.#store.transaction(() => {
      for (const wanted of media) {
        this.#requests.create({
          id: wanted.requestId,
          operationCode: NtmsLmOperation.NTMS_LM_MOUNT,
          operationOption: order.options,
          library: order.library,
          origin: order.origin,
          partitionId: wanted.side,
          physMediaId: wanted.medium,
          priority: order.priority,
          ...(wanted.drive === null ? {} : { driveId: wanted.drive }),
          ...(media.length > 1 ? { mountGroup: media[0].requestId } : {}),
        });
      }
    });
  }

  /** All media of an offline mount are online now, in one library; undefined when they are not. */
  #resume(media: Media, priority: number): Promise<string[]> | undefined {
    const libraries = new Set(media.map(({ medium }) => this.#libraryOf(medium)));
    const [library] = libraries;
    if (libraries.size !== 1 || library === undefined) return undefined;
    this.#requireDrives(library, media);
    this.#store.transaction(() => {
      for (const { requestId } of media) this.#store.table('libRequests').update(requestId, { library: library.id });
    });
    const work = new MountWork(library.context, media, { priority, timeQueued: this.#clock.now() });
    return library.queue.add(work).then(() => work.drives);
  }

  #withinTime(finished: Promise<string[]>, order: MountOrder, requestIds: readonly string[]): Promise<string[]> {
    const { timeoutMs } = order;
    if (timeoutMs === undefined) return finished;
    const stop = this.#clock.after(timeoutMs, () =>
      this.#cancel(requestIds, new NtmsError('ERROR_TIMEOUT', `the mount was not done within ${timeoutMs} ms`)),
    );
    return finished.finally(stop);
  }

  /** The running library that a cartridge is in; undefined when it is offline. */
  #libraryOf(mediumId: string): RunningLibrary | undefined {
    const { currentLibrary, location } = this.#store.table('physicalMedia').require(mediumId);
    const library = this.#libraries.get(currentLibrary);
    return library === undefined || location === null || library.failure?.code === 'NOT_PRESENT' ? undefined : library;
  }
}

function busyError(library: string, missing: string): NtmsError {
  return new NtmsError('ERROR_BUSY', `${library} would have to wait for ${missing}`);
}
