/** What the work under way holds: cartridges, drives, and slots that a cartridge will come back to. By object id. */
export class Claims {
  readonly #held = new Map<string, string>();
  #waiters: (() => void)[] = [];

  has(objectId: string): boolean {
    return this.#held.has(objectId);
  }

  /** Whether somebody else than `holder` has it. */
  hasOther(holder: string, objectId: string): boolean {
    const by = this.#held.get(objectId);
    return by !== undefined && by !== holder;
  }

  /** Whether somebody else than `holder` has anything but `apart`. */
  areShared(holder: string, apart: string): boolean {
    return [...this.#held].some(([id, by]) => by !== holder && id !== apart);
  }

  /** Takes all of them for `holder`, or none. */
  take(holder: string, objectIds: readonly string[]): boolean {
    if (objectIds.some((id) => this.hasOther(holder, id))) return false;
    for (const id of objectIds) this.#held.set(id, holder);
    return true;
  }

  releaseAll(holder: string): void {
    for (const [id, by] of this.#held) if (by === holder) this.#held.delete(id);
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  /** Gives some of what `holder` has back, before its work is over. */
  release(holder: string, objectIds: readonly string[]): void {
    for (const id of objectIds) if (this.#held.get(id) === holder) this.#held.delete(id);
  }

  /** Resolves when something is released. */
  nextRelease(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }
}
