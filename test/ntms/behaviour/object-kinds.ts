import { NtmsObjectsTypes as K } from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import type { VirtualLibrary } from '../../library/virtual-library.js';
import { addLogicalMedium } from '../house.js';

/** The kinds that have records, each with the kinds that may contain it (sdk EnumerateNtmsObject) and its governor. */
export const kinds = [
  { kind: K.NTMS_CHANGER, member: 'Changer', containers: [K.NTMS_LIBRARY], governor: 'library' },
  { kind: K.NTMS_CHANGER_TYPE, member: 'ChangerType', containers: [], governor: 'computer' },
  { kind: K.NTMS_COMPUTER, member: 'Computer', containers: [], governor: 'computer' },
  { kind: K.NTMS_DRIVE, member: 'Drive', containers: [K.NTMS_LIBRARY], governor: 'library' },
  { kind: K.NTMS_DRIVE_TYPE, member: 'DriveType', containers: [], governor: 'computer' },
  { kind: K.NTMS_IEDOOR, member: 'IEDoor', containers: [K.NTMS_LIBRARY], governor: 'library' },
  { kind: K.NTMS_IEPORT, member: 'IEPort', containers: [K.NTMS_LIBRARY], governor: 'library' },
  { kind: K.NTMS_LIBRARY, member: 'Library', containers: [], governor: 'library' },
  { kind: K.NTMS_LIBREQUEST, member: 'LibRequest', containers: [K.NTMS_LIBRARY], governor: 'library' },
  {
    kind: K.NTMS_LOGICAL_MEDIA,
    member: 'LogicalMedia',
    containers: [K.NTMS_MEDIA_POOL, K.NTMS_PARTITION],
    governor: 'pool',
  },
  { kind: K.NTMS_MEDIA_POOL, member: 'MediaPool', containers: [K.NTMS_MEDIA_POOL], governor: 'pool' },
  { kind: K.NTMS_MEDIA_TYPE, member: 'MediaType', containers: [K.NTMS_LIBRARY], governor: 'computer' },
  {
    kind: K.NTMS_PARTITION,
    member: 'Partition',
    containers: [K.NTMS_LOGICAL_MEDIA, K.NTMS_PHYSICAL_MEDIA, K.NTMS_MEDIA_POOL],
    governor: 'pool',
  },
  {
    kind: K.NTMS_PHYSICAL_MEDIA,
    member: 'PhysicalMedia',
    containers: [K.NTMS_MEDIA_POOL, K.NTMS_LIBRARY],
    governor: 'pool',
  },
  { kind: K.NTMS_STORAGESLOT, member: 'StorageSlot', containers: [K.NTMS_LIBRARY], governor: 'library' },
  { kind: K.NTMS_OPREQUEST, member: 'OpRequest', containers: [], governor: 'computer' },
] as const;

export type RecordKind = (typeof kinds)[number]['kind'];

/** Kinds that contain something. */
export const containerKinds: readonly RecordKind[] = [
  ...new Set(kinds.flatMap(({ containers }): readonly RecordKind[] => containers)),
];

/** A house with at least one object of every kind, and one of each that belong to one another. */
export function oneOfEach(library: VirtualLibrary): Readonly<Record<RecordKind, Guid>> {
  const { store } = library;
  const medium = library.medium('ORS001L8');
  const side = library.side('ORS001L8').id;
  const first = (table: 'changers' | 'changerTypes' | 'driveTypes' | 'doors' | 'ports'): Guid =>
    store.table(table).find({})?.id ?? '';
  const request = store
    .table('libRequests')
    .insert({ operationCode: 17, state: 0, library: library.library.id, timeQueued: 1, physMediaId: medium.id });
  const question = store.table('opRequests').insert({ request: 5, submitted: 1, message: 'look' });
  return {
    [K.NTMS_CHANGER]: first('changers'),
    [K.NTMS_CHANGER_TYPE]: first('changerTypes'),
    [K.NTMS_COMPUTER]: store.wellKnown.computer,
    [K.NTMS_DRIVE]: library.drive(0).id,
    [K.NTMS_DRIVE_TYPE]: first('driveTypes'),
    [K.NTMS_IEDOOR]: first('doors'),
    [K.NTMS_IEPORT]: first('ports'),
    [K.NTMS_LIBRARY]: library.library.id,
    [K.NTMS_LIBREQUEST]: request.id,
    [K.NTMS_LOGICAL_MEDIA]: addLogicalMedium(library, side),
    [K.NTMS_MEDIA_POOL]: medium.mediaPool,
    [K.NTMS_MEDIA_TYPE]: medium.mediaType ?? '',
    [K.NTMS_PARTITION]: side,
    [K.NTMS_PHYSICAL_MEDIA]: medium.id,
    [K.NTMS_STORAGESLOT]: medium.location ?? '',
    [K.NTMS_OPREQUEST]: question.id,
  };
}

/** The pool, library or computer whose access list decides about these objects. */
export function governorOf(library: VirtualLibrary, governor: (typeof kinds)[number]['governor']): Guid {
  if (governor === 'library') return library.library.id;
  return governor === 'pool' ? library.medium('ORS001L8').mediaPool : library.store.wellKnown.computer;
}
