import { randomBytes, timingSafeEqual } from 'node:crypto';
import {
  availableAlgorithms,
  CHALLENGE_BYTES,
  chapAlgorithms,
  chapResponse,
  MAX_CHALLENGE_BYTES,
  type ChapAlgorithm,
  type ChapCredentials,
} from '../../../transport/iscsi/chap-response.js';
import { decodeBinaryValue, encodeBinaryValue, type TextKey } from '../../../transport/iscsi/text-keys.js';
import { LoginRefusal } from './login-refusal.js';
import { numberOf } from './operational-keys.js';
import { LoginStatus } from './target-protocol-values.js';

/** Who may log in, and with `mutual`, how the target proves itself when an initiator asks it to. */
export interface ChapAccounts extends ChapCredentials {
  readonly mutual?: ChapCredentials;
}

const everyAlgorithm = Object.keys(chapAlgorithms) as ChapAlgorithm[];

type Challenge = { readonly algorithm: ChapAlgorithm; readonly identifier: number; readonly challenge: Uint8Array };

/** The target's side of one CHAP exchange (RFC 7143 12.1.3). Methods throw {@link LoginRefusal}. */
export class ChapTarget {
  readonly #accounts: ChapAccounts;
  #sent: Challenge | undefined;

  constructor(accounts: ChapAccounts) {
    this.#accounts = accounts;
  }

  /** Whether the challenge is out and the initiator's proof is awaited. */
  get challenged(): boolean {
    return this.#sent !== undefined;
  }

  /** Answers CHAP_A with the first algorithm of the initiator's list that this side can compute, and a challenge. */
  challenge(keys: ReadonlyMap<string, string>): TextKey[] {
    const offered = required(keys, 'CHAP_A').split(',');
    const available = availableAlgorithms(everyAlgorithm);
    const algorithm = offered
      .map((number) => available.find((name) => String(chapAlgorithms[name].number) === number))
      .find((name) => name !== undefined);
    if (algorithm === undefined) throw failed(`no CHAP algorithm of ${offered.join(',').slice(0, 80)} is known here`);
    this.#sent = { algorithm, identifier: randomBytes(1)[0] ?? 0, challenge: randomBytes(CHALLENGE_BYTES) };
    return [
      ['CHAP_A', String(chapAlgorithms[algorithm].number)],
      ['CHAP_I', String(this.#sent.identifier)],
      ['CHAP_C', encodeBinaryValue(this.#sent.challenge)],
    ];
  }

  /** Checks the initiator's proof; gives ours when it asks for it. */
  verify(keys: ReadonlyMap<string, string>): TextKey[] {
    const sent = this.#sent;
    if (sent === undefined) throw failed('CHAP_R came before a challenge was sent');
    const { user, secret } = this.#accounts;
    const proof = binary(keys, 'CHAP_R');
    const expected = chapResponse(sent.algorithm, sent.identifier, secret, sent.challenge);
    const isRight = proof.length === expected.length && timingSafeEqual(proof, expected);
    if (required(keys, 'CHAP_N') !== user || !isRight) throw failed('the CHAP user or secret is wrong');
    return keys.has('CHAP_C') || keys.has('CHAP_I') ? this.#prove(sent, keys) : [];
  }

  #prove(sent: Challenge, keys: ReadonlyMap<string, string>): TextKey[] {
    const { mutual } = this.#accounts;
    if (mutual === undefined) {
      throw failed('the initiator wants mutual CHAP; give the target a mutual user and secret');
    }
    const identifier = numberOf(required(keys, 'CHAP_I'), 0, 255);
    if (identifier === undefined) throw failed('CHAP_I is no number from 0 to 255');
    const challenge = binary(keys, 'CHAP_C');
    if (challenge.length === 0 || challenge.length > MAX_CHALLENGE_BYTES) {
      throw failed(`CHAP_C has ${challenge.length} bytes, allowed is 1 to ${MAX_CHALLENGE_BYTES}`);
    }
    // Whoever sends our own challenge back wants us to compute its answer (12.1.3).
    if (Buffer.compare(challenge, sent.challenge) === 0) throw failed('the initiator reflected the challenge');
    return [
      ['CHAP_N', mutual.user],
      ['CHAP_R', encodeBinaryValue(chapResponse(sent.algorithm, identifier, mutual.secret, challenge))],
    ];
  }
}

function required(keys: ReadonlyMap<string, string>, key: string): string {
  const value = keys.get(key);
  if (value === undefined) throw new LoginRefusal(LoginStatus.missingParameter, `${key} is missing from CHAP`);
  return value;
}

function binary(keys: ReadonlyMap<string, string>, key: string): Uint8Array {
  const text = required(keys, key);
  try {
    return decodeBinaryValue(key, text);
  } catch {
    throw failed(`${key} is neither a hexadecimal nor a base64 value`);
  }
}

function failed(why: string): LoginRefusal {
  return new LoginRefusal(LoginStatus.authenticationFailed, `authentication failed: ${why}`);
}
