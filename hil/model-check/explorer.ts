import { happenings } from './happenings.js';
import type { Scene } from './happening.js';
import { broken, isAtRest } from './invariants.js';
import { KnownWorlds, NumberList } from './known-worlds.js';
import { Moment } from './moment.js';
import type { Machines } from './small-library.js';
import { SmallWorlds, worldWidth } from './small-world.js';
import { Symmetry } from './symmetry.js';

export interface Violation {
  readonly wrong: string;
  /** What happened from the start until then: the fewest mishaps, and of those ways the shortest. */
  readonly trace: readonly string[];
}

/** All worlds that come about with so many mishaps and not with fewer. */
export interface Level {
  readonly mishaps: number;
  /** Worlds, those that differ only in which cartridge, drive or slot is which counted once. */
  readonly states: number;
  readonly transitions: number;
  /** One of each kind, at most {@link mostViolations}. */
  readonly violations: readonly Violation[];
}

const mostViolations = 5;
const noWorld = 0xffff_ffff;

/**
 * Visits every world that the machines, devices and people of a small library can bring about, first without mishaps, then with
 * one more, and so on. A world is held to the invariants, and must have a way to rest on which nothing more goes wrong and
 * nobody gives up.
 */
export class Explorer {
  readonly #scene: Scene;
  readonly #worlds: SmallWorlds;
  readonly #symmetry: Symmetry;
  readonly #known = new KnownWorlds();
  readonly #key = new Uint16Array(worldWidth);
  /** Of each world: whence and by what it was found first, and how far from the start. */
  readonly #parent = new NumberList();
  readonly #cause = new NumberList();
  readonly #depth = new NumberList();
  readonly #visited = new NumberList();
  /** Ordinary ways out of each world. */
  readonly #firstWay = new NumberList();
  readonly #wayCount = new NumberList();
  readonly #ways = new NumberList();
  readonly #rests = new NumberList();
  readonly #causes = new Map<string, number>();
  readonly #causeTexts: string[] = [];
  #queue: number[] = [];
  #transitions = 0;
  #found = new Map<string, Violation>();
  #mishaps = 0;
  #levelStart = 0;

  constructor(scene: Scene, machines: Partial<Machines> = {}) {
    this.#scene = scene;
    this.#worlds = new SmallWorlds(machines);
    this.#symmetry = new Symmetry(this.#worlds);
  }

  get states(): number {
    return this.#known.length;
  }

  get transitions(): number {
    return this.#transitions;
  }

  /** Explores what one more mishap brings about, at the first call what comes about without. */
  nextLevel(): Level {
    const start = this.#known.length;
    const transitions = this.#transitions;
    this.#found = new Map();
    if (start === 0) {
      const first = this.#worlds.first();
      this.#symmetry.keyOf(first, this.#key);
      this.#meet(first, noWorld, '');
    } else {
      this.#mishaps += 1;
      for (let number = this.#levelStart; number < start; number += 1) this.#follow(number, true);
    }
    this.#levelStart = start;
    this.#visitQueue();
    this.#findStuck(start);
    return {
      mishaps: this.#mishaps,
      states: this.#known.length - start,
      transitions: this.#transitions - transitions,
      violations: [...this.#found.values()],
    };
  }

  /** In the order of their distance from the start, so that each world is visited on its shortest way. */
  #visitQueue(): void {
    const byDepth: number[][] = [];
    const sort = (): void => {
      for (const number of this.#queue) (byDepth[this.#depth.at(number)] ??= []).push(number);
      this.#queue = [];
    };
    sort();
    for (let depth = 0; depth < byDepth.length; depth += 1) {
      for (const number of byDepth[depth] ?? []) {
        if (this.#visited.at(number) === 1 || this.#depth.at(number) !== depth) continue;
        this.#visited.set(number, 1);
        this.#rests.set(number, isAtRest(new Moment(this.#worlds, this.#known.get(number))) ? 1 : 0);
        this.#firstWay.set(number, this.#ways.length);
        this.#follow(number, false);
        this.#wayCount.set(number, this.#ways.length - this.#firstWay.at(number));
      }
      byDepth[depth] = [];
      sort();
    }
  }

  #follow(number: number, mishaps: boolean): void {
    const world = this.#known.get(number).slice();
    for (const { what, kind, moment } of happenings(this.#worlds, world, this.#scene, mishaps)) {
      this.#transitions += 1;
      const next = this.#reach(number, what, moment);
      if (kind === 'ordinary' && next !== undefined) this.#ways.push(next);
    }
  }

  #reach(from: number, what: string, moment: Moment): number | undefined {
    const wrongs = moment.wrongs.length > 0 ? moment.wrongs : broken(moment);
    if (wrongs.length > 0) {
      for (const wrong of wrongs) this.#blame(wrong, () => [...this.#traceOf(from), what]);
      // What follows from a wrong world says nothing.
      return undefined;
    }
    const world = moment.toWorld();
    this.#symmetry.keyOf(world, this.#key);
    const found = this.#known.find(this.#key);
    if (found < 0) return this.#meet(world, from, what);
    if (this.#visited.at(found) === 0 && this.#depth.at(from) + 1 < this.#depth.at(found)) {
      // The way is told with the names that things have on it.
      this.#known.replace(found, world);
      this.#note(found, from, what);
      this.#queue.push(found);
    }
    return found;
  }

  #meet(world: Uint16Array, parent: number, what: string): number {
    const number = this.#known.add(world, this.#key);
    for (const list of [this.#parent, this.#cause, this.#depth, this.#visited, this.#firstWay, this.#wayCount]) {
      list.push(0);
    }
    this.#rests.push(0);
    this.#note(number, parent, what);
    this.#queue.push(number);
    return number;
  }

  #note(number: number, parent: number, what: string): void {
    let cause = this.#causes.get(what);
    if (cause === undefined) {
      cause = this.#causeTexts.length;
      this.#causes.set(what, cause);
      this.#causeTexts.push(what);
    }
    this.#parent.set(number, parent);
    this.#cause.set(number, cause);
    this.#depth.set(number, parent === noWorld ? 0 : this.#depth.at(parent) + 1);
  }

  /** From the last world to the first, again and again, until no more worlds are found to lead to rest. */
  #findStuck(start: number): void {
    for (let changed = true; changed;) {
      changed = false;
      for (let number = this.#known.length - 1; number >= start; number -= 1) {
        if (this.#rests.at(number) === 1 || !this.#leadsToRest(number)) continue;
        this.#rests.set(number, 1);
        changed = true;
      }
    }
    let nearest = noWorld;
    for (let number = start; number < this.#known.length; number += 1) {
      if (this.#rests.at(number) === 1) continue;
      if (nearest === noWorld || this.#depth.at(number) < this.#depth.at(nearest)) nearest = number;
    }
    if (nearest !== noWorld) this.#blame('from here no way leads to rest', () => this.#traceOf(nearest));
  }

  #leadsToRest(number: number): boolean {
    const first = this.#firstWay.at(number);
    const end = first + this.#wayCount.at(number);
    for (let way = first; way < end; way += 1) if (this.#rests.at(this.#ways.at(way)) === 1) return true;
    return false;
  }

  #blame(wrong: string, trace: () => string[]): void {
    const kind = wrong.replaceAll(/[1-3]\b/g, '').replace(/ and .*/, '');
    if (this.#found.has(kind) || this.#found.size >= mostViolations) return;
    this.#found.set(kind, { wrong, trace: trace() });
  }

  #traceOf(number: number): string[] {
    const trace: string[] = [];
    for (let at = number; at !== noWorld && this.#parent.at(at) !== noWorld; at = this.#parent.at(at)) {
      trace.push(this.#causeTexts[this.#cause.at(at)] ?? '');
    }
    return trace.toReversed();
  }
}
