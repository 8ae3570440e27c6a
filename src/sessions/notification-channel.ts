import type { Clock } from '../../devices/clock.js';
import type { NewsListener, ObjectNews } from '../library/object-news.js';
import { NtmsError } from '../objects/ntms-error.js';

/** How many notifications a channel keeps for a client that does not fetch them. */
export const CHANNEL_CAPACITY = 10_000;

export interface ChannelOptions {
  readonly clock: Clock;
  /** Begins to listen; returns the function that ends it. */
  readonly subscribe: (listener: NewsListener) => () => void;
  /** Whether the client is to hear of it. */
  readonly isFor: (news: ObjectNews) => boolean;
  readonly capacity?: number;
}

interface Waiter {
  readonly resolve: (news: ObjectNews) => void;
  readonly reject: (error: NtmsError) => void;
  readonly disarm: () => void;
}

/**
 * Notifications on their way to one client: kept from the moment that the channel is made, fetched one by one, in order.
 * It keeps a limited number. When that many wait and another one comes, the channel breaks: what it has kept is still
 * fetched, then every wait is refused with ERROR_NO_DATA, and the client knows that it has missed some.
 */
export class NotificationChannel {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #unsubscribe: () => void;
  readonly #waiters = new Set<Waiter>();
  #kept: ObjectNews[] = [];
  #end: NtmsError | undefined;

  constructor({ clock, subscribe, isFor, capacity = CHANNEL_CAPACITY }: ChannelOptions) {
    this.#clock = clock;
    this.#capacity = capacity;
    this.#unsubscribe = subscribe((news) => this.#hear(news, isFor));
  }

  /** How many notifications wait to be fetched. */
  get waiting(): number {
    return this.#kept.length;
  }

  /**
   * The next notification. Several who wait are served in the order in which they came.
   * @param timeoutMs undefined: no limit
   * @throws NtmsError ERROR_TIMEOUT, ERROR_NO_DATA once the channel has broken or was closed
   */
  next(timeoutMs: number | undefined): Promise<ObjectNews> {
    const news = this.#kept.shift();
    if (news !== undefined) return Promise.resolve(news);
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const late = (): NtmsError => new NtmsError('ERROR_TIMEOUT', `nothing happened within ${timeoutMs} ms`);
    if (timeoutMs === 0) return Promise.reject(late());
    return new Promise((resolve, reject) => {
      const expire = (): void => {
        this.#waiters.delete(waiter);
        reject(late());
      };
      const disarm = timeoutMs === undefined ? () => undefined : this.#clock.after(timeoutMs, expire);
      const waiter: Waiter = { resolve, reject, disarm };
      this.#waiters.add(waiter);
    });
  }

  /** Drops what was not fetched, and ends pending waits with the error. Calling it again is harmless. */
  close(error: NtmsError): void {
    this.#kept = [];
    this.#finish(error);
  }

  #hear(news: ObjectNews, isFor: (news: ObjectNews) => boolean): void {
    let wanted: boolean;
    try {
      wanted = isFor(news);
    } catch (error) {
      const detail = 'whether a notification is for this client could not be read';
      return this.#finish(new NtmsError('ERROR_NO_DATA', detail, { cause: error }));
    }
    if (!wanted) return;
    const [waiter] = this.#waiters;
    if (waiter !== undefined) {
      this.#waiters.delete(waiter);
      waiter.disarm();
      waiter.resolve(news);
    } else if (this.#kept.length < this.#capacity) {
      this.#kept.push(news);
    } else {
      const detail = `more than ${this.#capacity} notifications were not fetched; what came after them is lost`;
      this.#finish(new NtmsError('ERROR_NO_DATA', detail));
    }
  }

  #finish(error: NtmsError): void {
    this.#unsubscribe();
    this.#end ??= error;
    for (const waiter of this.#waiters) {
      waiter.disarm();
      waiter.reject(error);
    }
    this.#waiters.clear();
  }
}
