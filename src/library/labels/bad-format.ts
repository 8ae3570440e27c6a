import { NtmsError } from '../../objects/ntms-error.js';

/** What a label library throws for a label of another format. */
export function badFormat(detail: string): NtmsError {
  return new NtmsError('ERROR_BAD_FORMAT', detail);
}

export function isBadFormat(error: unknown): boolean {
  return error instanceof NtmsError && error.symbol === 'ERROR_BAD_FORMAT';
}
