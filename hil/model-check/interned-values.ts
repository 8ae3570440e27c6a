import { drives, slots, tapes } from './small-library.js';

/** A way to exchange cartridges, drives and slots for one another: from each name to the one that takes its place. */
export type Exchange = ReadonlyMap<string, string>;

/** All ways, the one that changes nothing first. Names and element addresses go together. */
export const exchanges: readonly Exchange[] = permutations(tapes).flatMap((toTapes) =>
  permutations(drives).flatMap((toDrives) =>
    permutations(slots).map(
      (toSlots) =>
        new Map<string, string>([
          ...tapes.map((tape, at): [string, string] => [tape, toTapes[at] ?? tape]),
          ...drives.map((drive, at): [string, string] => [drive, toDrives[at] ?? drive]),
          ...slots.map((slot, at): [string, string] => [slot, toSlots[at] ?? slot]),
          ...drives.map((_, at): [string, string] => [`50${at}`, `50${drives.indexOf(toDrives[at] ?? 'drive1')}`]),
          ...slots.map((_, at): [string, string] => [`100${at}`, `100${slots.indexOf(toSlots[at] ?? 'slot1')}`]),
        ]),
    ),
  ),
);

const renamed = /\b(?:tape[123]|drive[12]|slot[123]|50[01]|100[0-2])\b/g;

/** What fits a world's packed form. */
const mostValues = 0xffff;

/** Values by number: of each text there is one number, and with it what the text stands for. */
export class InternedValues<Payload> {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];
  readonly #payloads: (Payload | undefined)[] = [];
  readonly #renamed: Int32Array[] = [];
  readonly #shapes: number[] = [];
  readonly #shapeNumbers = new Map<string, number>();
  /** The parts of a text that are a list, which is ordered anew when names change. */
  readonly #ordered: (text: string) => string;

  constructor(ordered: (text: string) => string = (text) => text) {
    this.#ordered = ordered;
  }

  get size(): number {
    return this.#texts.length;
  }

  numberOf(text: string, payload?: () => Payload): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#texts.length;
      if (number > mostValues) throw new Error('the machines have more states than a packed world can name');
      this.#numbers.set(text, number);
      this.#texts.push(text);
      this.#renamed.push(new Int32Array(exchanges.length).fill(-1));
      const shape = text.replaceAll(renamed, (name) => name.replace(/\d+$/, ''));
      if (!this.#shapeNumbers.has(shape)) this.#shapeNumbers.set(shape, this.#shapeNumbers.size);
      this.#shapes.push(this.#shapeNumbers.get(shape) ?? 0);
    }
    if (payload !== undefined) this.#payloads[number] ??= payload();
    return number;
  }

  payload(number: number): Payload {
    return this.#payloads[number] as Payload;
  }

  /** Equal for values that differ in names only. */
  shapeOf(number: number): number {
    return this.#shapes[number] ?? 0;
  }

  /** The number of the same value after an exchange of names. */
  rename(number: number, exchange: number): number {
    const row = this.#renamed[number] as Int32Array;
    const known = row[exchange] ?? -1;
    if (known >= 0) return known;
    const names = exchanges[exchange] as Exchange;
    const text = (this.#texts[number] ?? '').replaceAll(renamed, (name) => names.get(name) ?? name);
    const found = this.numberOf(this.#ordered(text));
    row[exchange] = found;
    return found;
  }
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first, at) => permutations(items.toSpliced(at, 1)).map((rest) => [first, ...rest]));
}
