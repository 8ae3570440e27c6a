import { NtmsError } from '../objects/ntms-error.js';
import type { Guid } from './structures.js';

/** An identifier that must be there; that nothing has it is for the caller to say. */
export function requireId(name: string, id: Guid | null | undefined): void {
  if (!id || typeof id !== 'string') throw new NtmsError('ERROR_INVALID_PARAMETER', `${name} is missing`);
}
