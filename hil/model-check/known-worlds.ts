import { worldWidth } from './small-world.js';
import type { World } from './small-world.js';

/** Unsigned numbers in a typed array that grows. */
export class NumberList {
  #items = new Uint32Array(1024);
  length = 0;

  push(item: number): void {
    if (this.length === this.#items.length) {
      const more = new Uint32Array(this.length * 2);
      more.set(this.#items);
      this.#items = more;
    }
    this.#items[this.length] = item;
    this.length += 1;
  }

  at(index: number): number {
    return this.#items[index] ?? 0;
  }

  set(index: number, item: number): void {
    this.#items[index] = item;
  }
}

/** Worlds in the order in which they were found, packed, and found again by their keys: some 80 bytes for each. */
export class KnownWorlds {
  #worlds = new Uint16Array(worldWidth * 1024);
  #keys = new Uint16Array(worldWidth * 1024);
  /** Open addressing; 0 is free, otherwise the world's number and 1. */
  #table = new Uint32Array(4096);
  length = 0;

  get(number: number): World {
    return this.#worlds.subarray(number * worldWidth, (number + 1) * worldWidth);
  }

  /** The number of the world with this key, or -1. */
  find(key: Uint16Array): number {
    return (this.#table[this.#slotOf(key)] ?? 0) - 1;
  }

  add(world: World, key: Uint16Array): number {
    if (this.length * 2 > this.#table.length) this.#rehash();
    const number = this.length;
    if ((number + 1) * worldWidth > this.#worlds.length) {
      this.#worlds = grown(this.#worlds);
      this.#keys = grown(this.#keys);
    }
    this.#worlds.set(world, number * worldWidth);
    this.#keys.set(key, number * worldWidth);
    this.#table[this.#slotOf(key)] = number + 1;
    this.length += 1;
    return number;
  }

  /** Another world with the same key takes its place. */
  replace(number: number, world: World): void {
    this.#worlds.set(world, number * worldWidth);
  }

  #slotOf(key: Uint16Array): number {
    const mask = this.#table.length - 1;
    for (let slot = hashOf(key, 0) & mask; ; slot = (slot + 1) & mask) {
      const number = this.#table[slot] ?? 0;
      if (number === 0 || this.#hasKey(number - 1, key)) return slot;
    }
  }

  #hasKey(number: number, key: Uint16Array): boolean {
    const from = number * worldWidth;
    for (let at = 0; at < worldWidth; at += 1) if (this.#keys[from + at] !== key[at]) return false;
    return true;
  }

  #rehash(): void {
    const table = new Uint32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (let number = 0; number < this.length; number += 1) {
      let slot = hashOf(this.#keys, number * worldWidth) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = number + 1;
    }
    this.#table = table;
  }
}

function grown(items: Uint16Array<ArrayBuffer>): Uint16Array<ArrayBuffer> {
  const more = new Uint16Array(items.length * 2);
  more.set(items);
  return more;
}

function hashOf(items: Uint16Array, from: number): number {
  let hash = 0;
  for (let at = from; at < from + worldWidth; at += 1) {
    hash = Math.imul(hash ^ (items[at] ?? 0), 0x9e37_79b1);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
