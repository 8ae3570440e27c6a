import { randomBytes, timingSafeEqual } from 'node:crypto';
import {
  availableAlgorithms,
  CHALLENGE_BYTES,
  chapAlgorithms,
  chapResponse,
  MAX_CHALLENGE_BYTES,
  type ChapAlgorithm,
  type ChapCredentials,
} from './chap-response.js';
import { IscsiError, protocolError } from './iscsi-error.js';
import { decodeBinaryValue, decodeNumber, encodeBinaryValue, type TextKey } from './text-keys.js';

export { chapResponse, type ChapAlgorithm, type ChapCredentials };

export interface ChapOptions extends ChapCredentials {
  /** What the target must prove in its turn: mutual CHAP. */
  readonly mutual?: ChapCredentials;
  /**
   * Hashes to offer, best first; MD5 alone by default. More are not offered unasked: tgt 1.0.85 reads algorithm 7 as
   * SHA-1 where the IANA registry says SHA-256, and then no secret fits.
   */
  readonly algorithms?: readonly ChapAlgorithm[];
}

/** The initiator's side of one CHAP exchange (RFC 7143 12.1.3): algorithms, response, and for mutual CHAP the check. */
export class ChapInitiator {
  readonly #options: ChapOptions;
  readonly #offered: readonly ChapAlgorithm[];
  #ownChallenge: { algorithm: ChapAlgorithm; identifier: number; challenge: Uint8Array } | undefined;

  /** Throws `ISCSI_OPTION`. */
  constructor(options: ChapOptions) {
    this.#options = options;
    this.#offered = availableAlgorithms(options.algorithms ?? ['MD5']);
    if (this.#offered.length === 0) {
      throw new IscsiError('ISCSI_OPTION', 'None of the CHAP algorithms asked for is available in this Node.js');
    }
    if (options.user === '' || options.secret === '') {
      throw new IscsiError('ISCSI_OPTION', 'CHAP needs a user and a secret');
    }
    if (options.mutual?.secret === options.secret) {
      throw new IscsiError('ISCSI_OPTION', 'The mutual CHAP secret must differ from the first; use another one');
    }
  }

  offerAlgorithms(): TextKey[] {
    return [['CHAP_A', this.#offered.map((name) => chapAlgorithms[name].number).join(',')]];
  }

  /** Answers the target's CHAP_A, CHAP_I and CHAP_C. Throws `ISCSI_AUTHENTICATION`, `ISCSI_PROTOCOL`. */
  respond(keys: ReadonlyMap<string, string>): TextKey[] {
    const chosen = required(keys, 'CHAP_A');
    const algorithm = this.#offered.find((name) => String(chapAlgorithms[name].number) === chosen);
    if (algorithm === undefined) {
      throw new IscsiError(
        'ISCSI_AUTHENTICATION',
        `The target chose CHAP algorithm ${chosen}, offered was ${this.offerAlgorithms()[0]?.[1] ?? ''}`,
      );
    }
    const identifier = decodeNumber('CHAP_I', required(keys, 'CHAP_I'), 0, 255);
    const challenge = decodeBinaryValue('CHAP_C', required(keys, 'CHAP_C'));
    if (challenge.length > MAX_CHALLENGE_BYTES) throw protocolError(`CHAP_C has ${challenge.length} bytes`);
    const { user, secret, mutual } = this.#options;
    const answer: TextKey[] = [
      ['CHAP_N', user],
      ['CHAP_R', encodeBinaryValue(chapResponse(algorithm, identifier, secret, challenge))],
    ];
    if (mutual === undefined) return answer;
    const own = { algorithm, identifier: randomBytes(1)[0] ?? 0, challenge: randomBytes(CHALLENGE_BYTES) };
    this.#ownChallenge = own;
    return [...answer, ['CHAP_I', String(own.identifier)], ['CHAP_C', encodeBinaryValue(own.challenge)]];
  }

  /** Checks the target's proof; without mutual CHAP there is none. Throws `ISCSI_AUTHENTICATION`. */
  verifyTarget(keys: ReadonlyMap<string, string>): void {
    const { mutual } = this.#options;
    const own = this.#ownChallenge;
    if (mutual === undefined || own === undefined) return;
    const name = keys.get('CHAP_N');
    const proof = keys.get('CHAP_R');
    if (name === undefined || proof === undefined) {
      throw untrusted('sent no proof of its own; give it an outgoing account, or leave mutual CHAP out');
    }
    const expected = chapResponse(own.algorithm, own.identifier, mutual.secret, own.challenge);
    const received = decodeBinaryValue('CHAP_R', proof);
    if (name !== mutual.user) throw untrusted(`calls itself "${name}", expected is "${mutual.user}"`);
    if (received.length !== expected.length || !timingSafeEqual(received, expected)) {
      throw untrusted('does not know the mutual CHAP secret; it may be an impostor');
    }
  }
}

function required(keys: ReadonlyMap<string, string>, key: string): string {
  const value = keys.get(key);
  if (value === undefined) throw protocolError(`${key} is missing from the target's part of CHAP`);
  return value;
}

function untrusted(what: string): IscsiError {
  return new IscsiError('ISCSI_AUTHENTICATION', `The target ${what}`);
}
