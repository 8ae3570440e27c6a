import type { AnyEventObject, AnyMachineSnapshot } from 'xstate';
import { InternedValues } from './interned-values.js';
import { start, step } from './machine-steps.js';
import { inputOf, kindOf, names, realMachines, startingPlaces, tapes } from './small-library.js';
import type { Drive, Machines, Name, Place, Tape } from './small-library.js';

/** A command that a machine gave and no device has answered yet. */
export type Command = AnyEventObject & { readonly from: Name };

/** What is really so, whatever the machines believe. */
export interface Truth {
  readonly where: Readonly<Record<Tape, Place>>;
  /** The port stands out, for a person to reach into. */
  readonly portOut: boolean;
  readonly doorOpen: boolean;
  /** The port's time limit runs. */
  readonly timer: boolean;
  /** The door was shut, and nobody has looked into the slots since. */
  readonly lookDue: boolean;
  /** The drives on whose medium an application has a handle. */
  readonly handles: readonly Drive[];
}

/** One number for each machine, in the order of `names`, then truth and commands: their values are interned. */
export type World = Uint16Array;
export const truthAt = names.length;
export const commandsAt = names.length + 1;
export const worldWidth = names.length + 2;

interface KnownStep {
  readonly next: number;
  readonly effects: readonly AnyEventObject[];
}

/** The machines of the small library as numbers; they are pure, so each is asked every question once. */
export class SmallWorlds {
  readonly states = new InternedValues<AnyMachineSnapshot>();
  readonly truths = new InternedValues<Truth>(inOrder);
  readonly commands = new InternedValues<readonly Command[]>(inOrder);
  readonly #machines: Machines;
  readonly #steps = new Map<string, KnownStep>();

  /** `machines`: in place of the real ones. */
  constructor(machines: Partial<Machines> = {}) {
    this.#machines = { ...realMachines, ...machines };
  }

  first(): World {
    const world = new Uint16Array(worldWidth);
    names.forEach((name, at) => {
      world[at] = this.#numberOf(name, start(this.#machines[kindOf(name)], inputOf(name)).snapshot);
    });
    world[truthAt] = this.truthNumber({
      where: startingPlaces,
      portOut: false,
      doorOpen: false,
      timer: false,
      lookDue: false,
      handles: [],
    });
    world[commandsAt] = this.commandsNumber([]);
    return world;
  }

  step(name: Name, state: number, event: AnyEventObject): KnownStep {
    const key = `${state} ${JSON.stringify(event)}`;
    let known = this.#steps.get(key);
    if (known === undefined) {
      const after = step(this.#machines[kindOf(name)], this.states.payload(state), event);
      known = { next: this.#numberOf(name, after.snapshot), effects: after.effects };
      this.#steps.set(key, known);
    }
    return known;
  }

  truthNumber(truth: Truth): number {
    const facts = tapes.map((tape) => `${tape} in ${truth.where[tape]}`);
    for (const drive of truth.handles) facts.push(`handle on ${drive}`);
    for (const fact of ['portOut', 'doorOpen', 'timer', 'lookDue'] as const) if (truth[fact]) facts.push(fact);
    return this.truths.numberOf(inOrder(facts.join('\n')), () => truth);
  }

  commandsNumber(commands: readonly Command[]): number {
    return this.commands.numberOf(inOrder(commands.map((one) => JSON.stringify(one)).join('\n')), () => commands);
  }

  /** Where a machine started decides nothing afterwards, so it does not tell states apart. */
  #numberOf(name: Name, snapshot: AnyMachineSnapshot): number {
    const { startIn, startDisabled, startPosition, startContent, ...context } = snapshot.context as Record<
      string,
      unknown
    >;
    void [startIn, startDisabled, startPosition, startContent];
    return this.states.numberOf(`${name} ${JSON.stringify([snapshot.value, context])}`, () => snapshot);
  }
}

function inOrder(text: string): string {
  return text.includes('\n') ? text.split('\n').toSorted().join('\n') : text;
}
