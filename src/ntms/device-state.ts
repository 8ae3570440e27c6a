import { NtmsLibraryType, NtmsOperationalState } from '../objects/ntmsapi/index.js';
import type { LibraryRow } from '../objects/rows.js';

interface Operational {
  readonly operationalState: number;
}

/** Broken: it takes no commands until somebody has mended it. */
export function needsService({ operationalState }: Operational): boolean {
  return operationalState === NtmsOperationalState.NTMS_NEEDS_SERVICE;
}

/** Its hardware is not attached. */
export function isNotPresent({ operationalState }: Operational): boolean {
  return operationalState === NtmsOperationalState.NTMS_NOT_PRESENT;
}

/** The shelf for media that are in no library; it has no hardware to command. */
export function isOfflineLibrary({ libraryType }: Pick<LibraryRow, 'libraryType'>): boolean {
  return libraryType === NtmsLibraryType.NTMS_LIBRARYTYPE_OFFLINE;
}
