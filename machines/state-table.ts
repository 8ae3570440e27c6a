import { changerMachine } from './changer.js';
import { cleanerSlotMachine } from './cleaner-slot.js';
import { doorMachine } from './door.js';
import { driveMachine } from './drive.js';
import { portMachine } from './import-export-element.js';
import { libraryMachine } from './library.js';
import { libraryRequestMachine } from './library-request.js';
import { pickerMachine } from './medium-transport-element.js';
import { operatorRequestMachine } from './operator-request.js';
import { physicalMediumMachine } from './physical-medium.js';
import { sideMachine } from './side.js';
import { slotMachine } from './storage-element.js';

/** The NTMS enumerations that machines show, with the members that a leaf may carry as a tag. */
export const shownEnumerations = {
  NtmsDriveState: [
    'NTMS_DRIVESTATE_DISMOUNTED',
    'NTMS_DRIVESTATE_MOUNTED',
    'NTMS_DRIVESTATE_LOADED',
    'NTMS_DRIVESTATE_UNLOADED',
    'NTMS_DRIVESTATE_BEING_CLEANED',
    'NTMS_DRIVESTATE_DISMOUNTABLE',
  ],
  NtmsSlotState: [
    'NTMS_SLOTSTATE_UNKNOWN',
    'NTMS_SLOTSTATE_FULL',
    'NTMS_SLOTSTATE_EMPTY',
    'NTMS_SLOTSTATE_NOTPRESENT',
    'NTMS_SLOTSTATE_NEEDSINVENTORY',
  ],
  NtmsDoorState: ['NTMS_DOORSTATE_UNKNOWN', 'NTMS_DOORSTATE_CLOSED', 'NTMS_DOORSTATE_OPEN'],
  NtmsPortPosition: ['NTMS_PORTPOSITION_UNKNOWN', 'NTMS_PORTPOSITION_EXTENDED', 'NTMS_PORTPOSITION_RETRACTED'],
  NtmsPortContent: ['NTMS_PORTCONTENT_UNKNOWN', 'NTMS_PORTCONTENT_FULL', 'NTMS_PORTCONTENT_EMPTY'],
  NtmsMediaState: [
    'NTMS_MEDIASTATE_IDLE',
    'NTMS_MEDIASTATE_INUSE',
    'NTMS_MEDIASTATE_MOUNTED',
    'NTMS_MEDIASTATE_LOADED',
    'NTMS_MEDIASTATE_UNLOADED',
    'NTMS_MEDIASTATE_OPERROR',
    'NTMS_MEDIASTATE_OPREQ',
  ],
  NtmsPartitionState: [
    'NTMS_PARTSTATE_UNKNOWN',
    'NTMS_PARTSTATE_UNPREPARED',
    'NTMS_PARTSTATE_INCOMPATIBLE',
    'NTMS_PARTSTATE_DECOMMISSIONED',
    'NTMS_PARTSTATE_AVAILABLE',
    'NTMS_PARTSTATE_ALLOCATED',
    'NTMS_PARTSTATE_COMPLETE',
    'NTMS_PARTSTATE_FOREIGN',
    'NTMS_PARTSTATE_IMPORT',
    'NTMS_PARTSTATE_RESERVED',
  ],
  NtmsLmState: [
    'NTMS_LM_QUEUED',
    'NTMS_LM_INPROCESS',
    'NTMS_LM_PASSED',
    'NTMS_LM_FAILED',
    'NTMS_LM_INVALID',
    'NTMS_LM_WAITING',
    'NTMS_LM_DEFERRED',
    'NTMS_LM_CANCELLED',
    'NTMS_LM_STOPPED',
  ],
  NtmsOpreqState: [
    'NTMS_OPSTATE_UNKNOWN',
    'NTMS_OPSTATE_SUBMITTED',
    'NTMS_OPSTATE_ACTIVE',
    'NTMS_OPSTATE_INPROGRESS',
    'NTMS_OPSTATE_REFUSED',
    'NTMS_OPSTATE_COMPLETE',
  ],
  NtmsOperationalState: ['NTMS_READY', 'NTMS_INITIALIZING', 'NTMS_NEEDS_SERVICE', 'NTMS_NOT_PRESENT'],
} as const;

export type ShownEnumeration = keyof typeof shownEnumerations;

/** Every machine: what it stands for, its file, and which enumerations it shows, each in the region named. */
export const stateTable = [
  {
    machine: libraryMachine,
    title: 'Library',
    file: 'library.ts',
    shows: { NtmsOperationalState: 'operation' },
  },
  {
    machine: changerMachine,
    title: 'Changer',
    file: 'changer.ts',
    shows: { NtmsOperationalState: 'operation' },
  },
  {
    machine: pickerMachine,
    title: 'Medium transport element (picker)',
    file: 'medium-transport-element.ts',
    shows: { NtmsOperationalState: 'operation' },
  },
  {
    machine: driveMachine,
    title: 'Data transfer element (drive)',
    file: 'drive.ts',
    shows: { NtmsDriveState: 'operation', NtmsOperationalState: 'operation' },
  },
  {
    machine: slotMachine,
    title: 'Storage element (slot)',
    file: 'storage-element.ts',
    shows: { NtmsSlotState: 'operation' },
  },
  {
    machine: portMachine,
    title: 'Import/export element (port)',
    file: 'import-export-element.ts',
    shows: { NtmsPortPosition: 'position', NtmsPortContent: 'content' },
  },
  { machine: cleanerSlotMachine, title: 'Cleaner slot', file: 'cleaner-slot.ts', shows: {} },
  { machine: doorMachine, title: 'Door', file: 'door.ts', shows: { NtmsDoorState: 'operation' } },
  {
    machine: physicalMediumMachine,
    title: 'Physical medium (cartridge)',
    file: 'physical-medium.ts',
    shows: { NtmsMediaState: 'operation' },
  },
  { machine: sideMachine, title: 'Side (partition)', file: 'side.ts', shows: { NtmsPartitionState: '' } },
  {
    machine: libraryRequestMachine,
    title: 'Library request',
    file: 'library-request.ts',
    shows: { NtmsLmState: '' },
  },
  {
    machine: operatorRequestMachine,
    title: 'Operator request',
    file: 'operator-request.ts',
    shows: { NtmsOpreqState: '' },
  },
] as const;

/** Thrown by {@link ntmsState}: the machine does not show that enumeration. */
export class StateTableError extends Error {
  override readonly name = 'StateTableError';
  readonly code = 'enumeration-not-shown';
}

/**
 * The member of `enumeration` that the snapshot shows, by its documented name: `NTMS_DRIVESTATE_LOADED`.
 * Throws {@link StateTableError} when the machine shows none.
 */
export function ntmsState<Enumeration extends ShownEnumeration>(
  snapshot: { readonly tags: ReadonlySet<string> },
  enumeration: Enumeration,
): (typeof shownEnumerations)[Enumeration][number] {
  const members: readonly (typeof shownEnumerations)[Enumeration][number][] = shownEnumerations[enumeration];
  const shown = members.find((member) => snapshot.tags.has(member));
  if (shown === undefined) {
    throw new StateTableError(
      `this machine does not show ${enumeration}; its tags are ${[...snapshot.tags].join(', ')}: ask for one of those`,
    );
  }
  return shown;
}

/** Whether the element is switched on. One that is being switched off still counts as on until it has come to rest. */
export function isEnabled(snapshot: { readonly tags: ReadonlySet<string> }): boolean {
  return snapshot.tags.has('ENABLED');
}
