import { createHash, getHashes } from 'node:crypto';

/** A CHAP name with its shared secret. RFC 7143 12.1.3 wants secrets of at least 12 random bytes. */
export interface ChapCredentials {
  readonly user: string;
  readonly secret: string;
}

export type ChapAlgorithm = 'MD5' | 'SHA1' | 'SHA256' | 'SHA3-256';

/** CHAP_A numbers of the IANA registry of PPP authentication algorithms, and the hash names of the crypto library. */
export const chapAlgorithms: Readonly<Record<ChapAlgorithm, { number: number; hash: string }>> = {
  MD5: { number: 5, hash: 'md5' },
  SHA1: { number: 6, hash: 'sha1' },
  SHA256: { number: 7, hash: 'sha256' },
  'SHA3-256': { number: 8, hash: 'sha3-256' },
};

/** How long a challenge of ours is, and the longest that is taken (RFC 7143 12.1.3). */
export const CHALLENGE_BYTES = 32;
export const MAX_CHALLENGE_BYTES = 1024;

/** The value that proves a secret: hash over identifier, secret and challenge (RFC 1994 4.1). */
export function chapResponse(
  algorithm: ChapAlgorithm,
  identifier: number,
  secret: string,
  challenge: Uint8Array,
): Uint8Array {
  return createHash(chapAlgorithms[algorithm].hash)
    .update(Uint8Array.of(identifier))
    .update(secret, 'utf8')
    .update(challenge)
    .digest();
}

/** Which of these algorithms this Node.js can compute: some builds of the crypto library leave old hashes out. */
export function availableAlgorithms(names: readonly ChapAlgorithm[]): ChapAlgorithm[] {
  const available = new Set(getHashes());
  return names.filter((name) => available.has(chapAlgorithms[name].hash));
}
