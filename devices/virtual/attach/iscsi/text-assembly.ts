import { decodeTextKeys, type TextKey } from '../../../transport/iscsi/text-keys.js';
import { PeerFault } from './attach-error.js';
import { RejectReason } from './target-protocol-values.js';

const MAX_BYTES = 64 * 1024;
const MAX_KEYS = 256;
/** Longer values have no use in any key; RFC 7143 6.1 lets a side refuse beyond 255 bytes, and CHAP_C goes to 2050. */
const MAX_VALUE_CHARACTERS = 8192;

/** Joins the key=value text of one request that came in several PDUs (the C bit), within bounds. */
export class TextAssembly {
  #parts: Uint8Array[] = [];
  #bytes = 0;

  /** The keys once the last part is there. Throws {@link PeerFault}, or `ISCSI_PROTOCOL` for text that is none. */
  add(data: Uint8Array, continues: boolean): TextKey[] | undefined {
    this.#bytes += data.length;
    if (this.#bytes > MAX_BYTES || this.#parts.length > MAX_KEYS) {
      throw new PeerFault(
        'PROTOCOL',
        `a text exceeds ${MAX_BYTES} bytes or ${MAX_KEYS} PDUs`,
        RejectReason.outOfResources,
      );
    }
    if (data.length > 0) this.#parts.push(data);
    if (continues) return undefined;
    const text = this.#parts.length === 1 ? (this.#parts[0] ?? data) : Buffer.concat(this.#parts);
    this.reset();
    return boundedKeys(text);
  }

  reset(): void {
    this.#parts = [];
    this.#bytes = 0;
  }
}

function boundedKeys(text: Uint8Array): TextKey[] {
  let entries = 0;
  for (let at = text.indexOf(0); at !== -1 && entries <= MAX_KEYS; at = text.indexOf(0, at + 1)) entries += 1;
  if (entries > MAX_KEYS) {
    throw new PeerFault('PROTOCOL', `a text has more than ${MAX_KEYS} keys`, RejectReason.outOfResources);
  }
  const keys = decodeTextKeys(text);
  const long = keys.find(([, value]) => value.length > MAX_VALUE_CHARACTERS);
  if (long !== undefined) {
    throw new PeerFault('PROTOCOL', `the value of ${long[0]} is too long`, RejectReason.protocolError);
  }
  return keys;
}
