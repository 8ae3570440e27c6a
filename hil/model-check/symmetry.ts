import { exchanges } from './interned-values.js';
import { drives, names, slots, tapes } from './small-library.js';
import type { Name } from './small-library.js';
import { commandsAt, truthAt, worldWidth } from './small-world.js';
import type { SmallWorlds, World } from './small-world.js';

/** For each exchange: where in a world the machine of each name goes. */
const targets = exchanges.map((exchange) =>
  Uint8Array.from(names, (name) => names.indexOf((exchange.get(name) ?? name) as Name)),
);

/** Every two names that may be exchanged for one another, as places in a world, the former first. */
const comparisons = [drives, slots, tapes].flatMap((group) => {
  const places = group.map((name) => names.indexOf(name));
  return places.flatMap((one, at) => places.slice(at + 1).map((other) => [one, other] as const));
});

/**
 * Gives worlds that differ only in which cartridge, drive or slot is which the same key: the least of all that exchanges of
 * names make, among those that bring machines of like states in order.
 */
export class Symmetry {
  readonly #worlds: SmallWorlds;
  readonly #shapes = new Int32Array(names.length);
  readonly #candidate = new Uint16Array(worldWidth);
  readonly #orderings = new Map<number, readonly number[]>();

  constructor(worlds: SmallWorlds) {
    this.#worlds = worlds;
  }

  /** Writes the key into `key`. */
  keyOf(world: World, key: Uint16Array): void {
    const { states } = this.#worlds;
    for (let at = 0; at < names.length; at += 1) this.#shapes[at] = states.shapeOf(world[at] ?? 0);
    let found = false;
    for (const exchange of this.#inOrder()) {
      if (this.#rename(world, exchange, targets[exchange] as Uint8Array, found ? key : undefined)) {
        key.set(this.#candidate);
        found = true;
      }
    }
  }

  /** The exchanges that bring machines of like states in order; how the shapes compare decides which they are. */
  #inOrder(): readonly number[] {
    let pattern = 0;
    for (const [one, other] of comparisons) {
      pattern = pattern * 3 + Math.sign((this.#shapes[one] ?? 0) - (this.#shapes[other] ?? 0)) + 1;
    }
    let ordering = this.#orderings.get(pattern);
    if (ordering === undefined) {
      ordering = targets.flatMap((target, exchange) => (this.#bringsInOrder(target) ? [exchange] : []));
      this.#orderings.set(pattern, ordering);
    }
    return ordering;
  }

  #bringsInOrder(target: Uint8Array): boolean {
    const moved = new Int32Array(names.length);
    for (let at = 0; at < names.length; at += 1) moved[target[at] ?? 0] = this.#shapes[at] ?? 0;
    return comparisons.every(([one, other]) => (moved[one] ?? 0) <= (moved[other] ?? 0));
  }

  /** Makes the candidate; false when it is not less than the best so far. */
  #rename(world: World, exchange: number, target: Uint8Array, best: Uint16Array | undefined): boolean {
    const { states, truths, commands } = this.#worlds;
    const candidate = this.#candidate;
    for (let at = 0; at < names.length; at += 1) {
      candidate[target[at] ?? 0] = states.rename(world[at] ?? 0, exchange);
    }
    candidate[truthAt] = truths.rename(world[truthAt] ?? 0, exchange);
    candidate[commandsAt] = commands.rename(world[commandsAt] ?? 0, exchange);
    if (best === undefined) return true;
    for (let at = 0; at < worldWidth; at += 1) {
      const difference = (candidate[at] ?? 0) - (best[at] ?? 0);
      if (difference !== 0) return difference < 0;
    }
    return false;
  }
}
