import type { Value } from '../../../scsi/layout.js';
import type { textRequest } from '../../../transport/iscsi/pdu.js';
import { RESERVED_TAG } from '../../../transport/iscsi/protocol-values.js';
import { encodeTextKeys, type TextKey } from '../../../transport/iscsi/text-keys.js';
import { PeerFault } from './attach-error.js';
import { RejectReason } from './target-protocol-values.js';
import { TextAssembly } from './text-assembly.js';

export type TextRequest = Value<typeof textRequest>;

/** One text response. */
export interface TextReply {
  readonly final: boolean;
  readonly continues: boolean;
  readonly targetTransferTag: number;
  readonly data: Uint8Array;
}

const EXCHANGE_TAG = 1;

/**
 * Text requests of one connection (RFC 7143 11.10): text in several PDUs in both directions. One exchange at a time; a
 * request without a target transfer tag begins a new one.
 */
export class TextExchange {
  readonly #answer: (keys: readonly TextKey[]) => TextKey[];
  readonly #assembly = new TextAssembly();
  #unsent: Uint8Array = EMPTY;
  #underWay = false;

  /** `answer` gives the answers to whole text. */
  constructor(answer: (keys: readonly TextKey[]) => TextKey[]) {
    this.#answer = answer;
  }

  /** `maxBytes`: the longest data segment that the initiator takes. Throws {@link PeerFault}. */
  receive(request: TextRequest, data: Uint8Array, maxBytes: number): TextReply {
    const { final, continues, targetTransferTag } = request;
    if (final && continues) throw fault('a text request is the last and goes on');
    if (targetTransferTag === RESERVED_TAG) {
      this.#assembly.reset();
      this.#unsent = EMPTY;
    } else if (!this.#underWay || targetTransferTag !== EXCHANGE_TAG) {
      throw fault('a text request goes on with an exchange that is not under way');
    }
    if (this.#unsent.length > 0) {
      if (data.length > 0) throw fault('new text came before the last answer was fetched');
      return this.#reply(final, maxBytes);
    }
    const keys = this.#assembly.add(data, continues);
    if (keys === undefined) {
      this.#underWay = true;
      return { final: false, continues: false, targetTransferTag: EXCHANGE_TAG, data: EMPTY };
    }
    this.#unsent = encodeTextKeys(this.#answer(keys));
    return this.#reply(final, maxBytes);
  }

  #reply(final: boolean, maxBytes: number): TextReply {
    const data = this.#unsent.subarray(0, maxBytes);
    this.#unsent = this.#unsent.subarray(data.length);
    const continues = this.#unsent.length > 0;
    const ends = final && !continues;
    this.#underWay = !ends;
    return { final: ends, continues, targetTransferTag: ends ? RESERVED_TAG : EXCHANGE_TAG, data };
  }
}

const EMPTY = new Uint8Array(0);

function fault(what: string): PeerFault {
  return new PeerFault('PROTOCOL', what, RejectReason.protocolError);
}
