import type { EventObject } from 'xstate';
import type { ElementEffect } from './element-actors.js';
import type { LibraryElement } from './library-elements.js';
import type { Turn } from './work-item.js';

export type PortEffect = ElementEffect<'port'>;

/** What a port's machine tells whoever uses the port. */
export type PortNews = Extract<
  PortEffect,
  { type: 'medium.arrived' | 'identification.needed' | 'eject.timedOut' | `job.${'finished' | 'failed' | 'refused'}` }
>;

const newsTypes: readonly string[] = [
  'medium.arrived',
  'identification.needed',
  'eject.timedOut',
  'job.finished',
  'job.failed',
  'job.refused',
];

export function isPortNews(effect: EventObject): effect is PortNews {
  return newsTypes.includes(effect.type);
}

export interface PortUseOptions {
  readonly requestId: string;
  readonly ports: readonly LibraryElement[];
  /** Whether a port that is seen full ends the wait; a station with several ports is filled until somebody says so. */
  readonly endsWhenFull: boolean;
}

/** One request's use of some ports: the news of their machines, one after another, and when the ports may open. */
export class PortUse {
  readonly requestId: string;
  readonly ports: readonly LibraryElement[];
  readonly endsWhenFull: boolean;
  readonly ended = new AbortController();
  readonly #news: PortNews[] = [];
  #failure: { readonly reason: unknown } | undefined;
  #wake: () => void = () => undefined;
  #open: Promise<void> = Promise.resolve();
  #letOpen: () => void = () => undefined;

  constructor(options: PortUseOptions) {
    this.requestId = options.requestId;
    this.ports = options.ports;
    this.endsWhenFull = options.endsWhenFull;
  }

  /** Whoever used the ports has left them. */
  isOver(): boolean {
    return this.ended.signal.aborted;
  }

  /** Resolves when the picker keeps away from the ports. */
  get mayOpen(): Promise<void> {
    return this.#open;
  }

  /**
   * Has `stop` called when nobody wants the work any more, and ends the wait for a person at a shutdown; also when that was
   * said before. Gives what ends the listening.
   */
  follow({ signal, shutdown }: Pick<Turn, 'signal' | 'shutdown'>, stop: () => void): () => void {
    const fail = (): void => this.fail(shutdown.reason);
    const stopUnlessShutdown = (): void => {
      if (!shutdown.aborted) stop();
    };
    signal.addEventListener('abort', stopUnlessShutdown, { once: true });
    shutdown.addEventListener('abort', fail, { once: true });
    if (shutdown.aborted) fail();
    else if (signal.aborted) stop();
    return () => {
      signal.removeEventListener('abort', stopUnlessShutdown);
      shutdown.removeEventListener('abort', fail);
    };
  }

  /** The picker works at the ports: none of them opens until {@link release}. */
  hold(): void {
    this.#letOpen();
    this.#open = new Promise((resolve) => {
      this.#letOpen = resolve;
    });
  }

  release(): void {
    this.#letOpen();
  }

  tell(news: PortNews): void {
    this.#news.push(news);
    this.#wake();
  }

  /** Ends the wait for news: the devices or the library are lost, or nobody may wait any more. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#wake();
  }

  /** The next news; rejects with what {@link fail} was given, once what came before is told. */
  async next(): Promise<PortNews> {
    for (;;) {
      const news = this.#news.shift();
      if (news !== undefined) return news;
      if (this.#failure !== undefined) throw this.#failure.reason;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
