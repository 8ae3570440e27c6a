/** A place on the tape: between two objects. */
export interface TapePosition {
  /** Byte in the image. */
  readonly offset: number;
  /** Objects before it. */
  readonly objectNumber: number;
  /** Filemarks before it. */
  readonly fileNumber: number;
}

const BEGINNING: TapePosition = { offset: 0, objectNumber: 0, fileNumber: 0 };
/** One position is remembered for so many objects: a tape of a million blocks takes four thousand of them. */
const OBJECTS_APART = 256;

/** Positions which the head has passed, in their order, so that LOCATE need not read the tape from its beginning. */
export class TapeIndex {
  readonly #passed: TapePosition[] = [BEGINNING];
  /** The farthest that was seen; it need not be {@link OBJECTS_APART} from the one before. */
  #farthest: TapePosition = BEGINNING;

  /** The farthest position that is known. */
  get last(): TapePosition {
    return this.#farthest;
  }

  /** The head is here. `farthest`: nothing comes behind it. */
  note(position: TapePosition, farthest = false): void {
    const known = this.#passed.at(-1) ?? BEGINNING;
    if (position.objectNumber >= known.objectNumber + OBJECTS_APART) this.#passed.push(position);
    if (farthest || position.offset > this.#farthest.offset) this.#farthest = position;
  }

  /** What lay behind this byte is gone. */
  cutOff(offset: number): void {
    while ((this.#passed.at(-1)?.offset ?? 0) > offset) this.#passed.pop();
    if (this.#farthest.offset > offset) this.#farthest = this.#passed.at(-1) ?? BEGINNING;
  }

  /** The last known position of which `what` is at most `number`; the beginning for a negative number. */
  before(what: 'objectNumber' | 'fileNumber', number: number): TapePosition {
    if (this.#farthest[what] <= number) return this.#farthest;
    let low = 0;
    let high = this.#passed.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#passed[middle]?.[what] ?? 0) <= number) low = middle;
      else high = middle - 1;
    }
    return this.#passed[low] ?? BEGINNING;
  }
}
