import { InputReader } from './input-reader.js';

/** What an edit does to a message of a peer; a byte of the input says which. */
export const MessageEdit = {
  /** Bytes from an offset on become the value. */
  SET: 0,
  /** One byte is combined with the value by exclusive or. */
  FLIP: 1,
  /** The value is added to one byte. */
  ADD: 2,
  INSERT: 3,
  DROP: 4,
  /** The message comes twice. */
  REPEAT: 5,
  /** The message does not come. */
  LOSE: 6,
  /** It comes up to the offset, and nothing after it. */
  STALL: 7,
  /** It comes up to the offset, then the peer is gone. */
  CLOSE: 8,
  /** It comes after the next one. */
  DELAY: 9,
} as const;
export type MessageEdit = (typeof MessageEdit)[keyof typeof MessageEdit];
const KINDS = 10;
const MOST_EDITS = 64;
/** A conversation here has about this many messages. */
const MESSAGES = 48;

interface Edit {
  readonly message: number;
  readonly kind: number;
  readonly at: number;
  readonly count: number;
  readonly value: number;
}

/** An edit as it stands in an input. */
export function editBytes(kind: MessageEdit, message: number, at = 0, value = 0, count = 1): Uint8Array {
  return Uint8Array.of(message, kind, at, count, value);
}

/** The messages of a well-behaved peer, made hostile by the edits that an input is. */
export class EditedMessages {
  readonly #edits: Edit[] = [];
  readonly #valueOf: (value: number) => number;
  #message = -1;
  #delayed: Uint8Array[] = [];
  #ended: 'stalled' | 'closed' | undefined;

  /** `valueOf` makes of an input's byte one that can stand in a message, where few can. */
  constructor(input: Uint8Array, valueOf: (value: number) => number = (value) => value) {
    this.#valueOf = valueOf;
    const reader = new InputReader(input);
    while (!reader.isAtEnd && this.#edits.length < MOST_EDITS) {
      this.#edits.push({
        message: reader.byte() % MESSAGES,
        kind: reader.byte() % KINDS,
        at: reader.byte(),
        count: reader.byte(),
        value: reader.byte(),
      });
    }
  }

  get ended(): 'stalled' | 'closed' | undefined {
    return this.#ended;
  }

  /** What comes instead of this message. */
  push(message: Uint8Array): Uint8Array[] {
    if (this.#ended !== undefined) return [];
    this.#message += 1;
    const delayed = this.#delayed.splice(0);
    let bytes = Uint8Array.from(message);
    let times = 1;
    for (const edit of this.#edits) {
      if (edit.message !== this.#message || this.#ended !== undefined) continue;
      const { kind, at } = edit;
      if (kind === MessageEdit.REPEAT) times += 1;
      else if (kind === MessageEdit.LOSE) times = 0;
      else if (kind === MessageEdit.DELAY) this.#delayed.push(bytes);
      else if (kind === MessageEdit.STALL || kind === MessageEdit.CLOSE) {
        this.#ended = kind === MessageEdit.STALL ? 'stalled' : 'closed';
        bytes = bytes.slice(0, at);
      } else bytes = this.#changed(bytes, edit);
    }
    if (this.#delayed.length > 0) times = 0;
    return [...Array.from({ length: times }, () => bytes), ...delayed];
  }

  #changed(bytes: Uint8Array<ArrayBuffer>, { kind, at, count, value: given }: Edit): Uint8Array<ArrayBuffer> {
    if (bytes.length === 0) return bytes;
    const start = at % bytes.length;
    const value = this.#valueOf(given);
    const [before, rest] = [bytes.subarray(0, start), bytes.subarray(start)];
    if (kind === MessageEdit.INSERT) return Uint8Array.from([...before, ...new Uint8Array(count).fill(value), ...rest]);
    if (kind === MessageEdit.DROP) return Uint8Array.from([...before, ...rest.subarray(count)]);
    const changed = bytes.slice();
    const byte = bytes[start] ?? 0;
    if (kind === MessageEdit.SET) changed.fill(value, start, start + Math.max(1, count % 9));
    else if (kind === MessageEdit.FLIP) changed[start] = byte ^ given;
    else changed[start] = byte + given;
    return changed;
  }
}
