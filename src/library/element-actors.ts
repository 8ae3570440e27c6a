import { createActor, setup, spawnChild, stopChild } from 'xstate';
import type { ActorRefFrom, AnyActorRef, EmittedFrom, EventObject, InputFrom } from 'xstate';
import { doorMachine } from '../../machines/door.js';
import { driveMachine } from '../../machines/drive.js';
import { libraryRequestMachine } from '../../machines/library-request.js';
import { libraryMachine } from '../../machines/library.js';
import { pickerMachine } from '../../machines/medium-transport-element.js';
import { portMachine } from '../../machines/import-export-element.js';
import { physicalMediumMachine } from '../../machines/physical-medium.js';
import { slotMachine } from '../../machines/storage-element.js';

/** The machines that a library runs, by what they stand for. */
const machines = {
  library: libraryMachine,
  picker: pickerMachine,
  drive: driveMachine,
  slot: slotMachine,
  port: portMachine,
  door: doorMachine,
  medium: physicalMediumMachine,
  request: libraryRequestMachine,
} as const;

export type ElementKind = keyof typeof machines;
export type MachineOf<Kind extends ElementKind> = (typeof machines)[Kind];
export type ElementActor<Kind extends ElementKind> = ActorRefFrom<MachineOf<Kind>>;
export type ElementInput<Kind extends ElementKind> = InputFrom<MachineOf<Kind>>;
/** What a machine of a kind emits. */
export type ElementEffect<Kind extends ElementKind> = EmittedFrom<MachineOf<Kind>>;

/** What every machine's snapshot shows. */
export interface TaggedSnapshot {
  readonly tags: ReadonlySet<string>;
}

/** What the library does about its machines: writes states down, carries effects out. */
export interface ElementListener {
  stateChanged(kind: ElementKind, id: string, snapshot: TaggedSnapshot): void;
  effectEmitted(kind: ElementKind, id: string, effect: EventObject): void;
  /** A listener threw outside of {@link ElementActors.guarded}: the records do not show what the machine does. */
  failed(error: unknown): void;
}

type SpawnEvent = { readonly type: 'SPAWN'; readonly kind: ElementKind; readonly id: string; readonly input: unknown };
type StopEvent = { readonly type: 'STOP'; readonly id: string };

/**
 * The actor system of one library: a root, and below it one long-lived actor for each element, cartridge and request,
 * known by the GUID of its object. An actor is started when its element is first touched, in the state that the caller
 * reads from the database and the hardware.
 */
const systemMachine = setup({
  types: { events: {} as SpawnEvent | StopEvent },
  actors: machines,
}).createMachine({
  id: 'librarySystem',
  on: {
    SPAWN: (Object.keys(machines) as ElementKind[]).map((kind) => ({
      guard: ({ event }) => event.kind === kind,
      actions: spawnChild(kind, {
        id: ({ event }) => event.id,
        input: ({ event }) => (event as SpawnEvent).input as never,
      }),
    })),
    STOP: { actions: stopChild(({ event }) => event.id) },
  },
});

export class ElementActors {
  readonly #root = createActor(systemMachine);
  readonly #listener: ElementListener;
  #guard: { error?: unknown } | undefined;

  constructor(listener: ElementListener) {
    this.#listener = listener;
    this.#root.start();
  }

  /** The actor of an object; `input` is asked for only when it has to be started. */
  get<Kind extends ElementKind>(kind: Kind, id: string, input: () => ElementInput<Kind>): ElementActor<Kind> {
    const running = this.#find(kind, id);
    if (running !== undefined) return running;
    this.#root.send({ type: 'SPAWN', kind, id, input: input() });
    const started = this.#find(kind, id);
    if (started === undefined) throw new Error(`the ${kind} machine ${id} did not start`);
    const actor = started as unknown as AnyActorRef;
    actor.subscribe((snapshot: TaggedSnapshot) => this.#listen(() => this.#listener.stateChanged(kind, id, snapshot)));
    actor.on('*', (effect) => this.#listen(() => this.#listener.effectEmitted(kind, id, effect)));
    return started;
  }

  /** The actor of an object if it runs already. */
  running<Kind extends ElementKind>(kind: Kind, id: string): ElementActor<Kind> | undefined {
    return this.#find(kind, id);
  }

  /** Ends one actor: its object is gone, or its request is finished. */
  release(id: string): void {
    this.#root.send({ type: 'STOP', id });
  }

  stop(): void {
    this.#root.stop();
  }

  /**
   * Runs `work`, which sends events, and throws what a listener threw meanwhile. Inside a transaction this makes a state
   * that could not be written undo the whole of it.
   */
  guarded<T>(work: () => T): T {
    const outer = this.#guard;
    const guard: { error?: unknown } = {};
    this.#guard = guard;
    try {
      const result = work();
      if ('error' in guard) throw guard.error;
      return result;
    } finally {
      this.#guard = outer;
    }
  }

  /** A listener's error must not end the machine that it listens to, nor the process. */
  #listen(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      if (this.#guard === undefined) this.#listener.failed(error);
      else this.#guard.error ??= error;
    }
  }

  #find<Kind extends ElementKind>(kind: Kind, id: string): ElementActor<Kind> | undefined {
    void kind;
    const children = this.#root.getSnapshot().children as Record<string, AnyActorRef | undefined>;
    return children[id] as ElementActor<Kind> | undefined;
  }
}
