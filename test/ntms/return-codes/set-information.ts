import { NtmsObjectsTypes as K } from '../../../src/ntms/index.js';
import type { NTMS_OBJECTINFORMATION } from '../../../src/ntms/index.js';
import type { VirtualLibrary } from '../../library/virtual-library.js';
import { returnCodesOf } from '../coverage-case.js';
import { NOBODY } from '../house.js';
import { badHandles, byGuest, damaged, prepared, withoutMemory, withoutRoom } from './prepared-call.js';
import type { Prepare } from './prepared-call.js';

/** Reads an object's record, and writes it back as `change` says. */
const setRecord =
  (
    id: (library: VirtualLibrary) => string = (library) => library.drive(0).id,
    change: (record: NTMS_OBJECTINFORMATION) => unknown = (record) => ({ ...record, szDescription: 'new' }),
  ): Prepare =>
  async (library) => {
    const object = id(library);
    const request = { dwType: K.NTMS_UNKNOWN };
    const record = await library.api.GetNtmsObjectInformation(library.session, object, request);
    const changed = change(record) as NTMS_OBJECTINFORMATION;
    return ({ api, session }) => api.SetNtmsObjectInformation(session, object, changed);
  };

/** Another value in the part of the record that the kind decides. */
const withInfo =
  (member: string, fields: Readonly<Record<string, unknown>>) =>
  (record: NTMS_OBJECTINFORMATION): unknown => {
    const info = record.Info as unknown as Readonly<Record<string, object>>;
    return { ...record, Info: { [member]: { ...info[member], ...fields } } };
  };

const ofLibrary = ({ library }: VirtualLibrary): string => library.id;
const ofComputer = ({ store }: VirtualLibrary): string => store.wellKnown.computer;
const ofMedium = (library: VirtualLibrary): string => library.medium('ORS001L8').id;
const ofDoor = ({ store }: VirtualLibrary): string => store.table('doors').find({})?.id ?? '';
const ofPort = ({ store }: VirtualLibrary): string => store.table('ports').find({})?.id ?? '';

/** An application pool for the media of the house. */
export function addPool(house: VirtualLibrary, name = 'Backup', mediaType?: string | null): string {
  const { store } = house;
  const type = mediaType === undefined ? house.medium('ORS001L8').mediaType : mediaType;
  return store.table('mediaPools').insert({ name, poolType: 1000, mediaType: type, parent: store.wellKnown.rootPool })
    .id;
}

const wrongFields = [
  { title: 'a name that is no text', id: ofMedium, change: { szName: 7 } },
  { title: 'a name of 64 characters', id: ofMedium, change: { szName: 'x'.repeat(64) } },
  { title: 'a description of 127 characters', id: ofMedium, change: { szDescription: 'x'.repeat(127) } },
  { title: 'a description with a null', id: ofMedium, change: { szDescription: 'a\0b' } },
  { title: 'no description', id: ofMedium, change: { szDescription: undefined } },
  { title: 'an empty name for a library', id: ofLibrary, change: { szName: ' ' } },
  { title: 'the name of another library', id: ofLibrary, change: { szName: 'offline LIBRARY' } },
  { title: 'a path as the name of a pool', id: addPool, change: { szName: 'a\\b' } },
  { title: 'the name of a pool beside it', id: addPool, change: { szName: 'FREE' } },
  { title: 'a record without its part', id: ofLibrary, change: { Info: {} } },
  { title: 'a size that is too small', id: ofLibrary, change: { dwSize: 8 } },
  { title: 'a kind that has no records', id: ofLibrary, change: { dwType: K.NTMS_UI_DESTINATION } },
  { title: 'the record of another kind', id: ofLibrary, change: { dwType: K.NTMS_CHANGER } },
].map(({ title, id, change }) => ({
  title: `refuses ${title}`,
  prepare: setRecord(id, (record) => ({ ...record, ...change })),
}));

const wrongInfo = [
  { id: (library: VirtualLibrary) => library.drive(0).id, member: 'Drive', field: 'dwDeferDismountDelay', value: -1 },
  { id: ofDoor, member: 'IEDoor', field: 'MaxOpenSecs', value: 2 ** 32 },
  { id: ofPort, member: 'IEPort', field: 'MaxExtendSecs', value: 65_536 },
  { id: ofLibrary, member: 'Library', field: 'AutoRecovery', value: 1 },
  { id: ofLibrary, member: 'Library', field: 'InventoryMethod', value: 3 },
  { id: ofLibrary, member: 'Library', field: 'dwFlags', value: 0x20 },
  { id: ofLibrary, member: 'Library', field: 'dwCleanerUsesRemaining', value: 5 },
  { id: ofLibrary, member: 'Library', field: 'dwCleanerUsesRemaining', value: 0.5 },
  { id: ofComputer, member: 'Computer', field: 'dwLibRequestPurgeTime', value: null },
  { id: ofComputer, member: 'Computer', field: 'dwOpRequestPurgeTime', value: -1 },
  { id: ofComputer, member: 'Computer', field: 'dwLibRequestFlags', value: 4 },
  { id: ofComputer, member: 'Computer', field: 'dwOpRequestFlags', value: 4 },
  { id: ofComputer, member: 'Computer', field: 'dwMediaPoolPolicy', value: 4 },
  { id: addPool, member: 'MediaPool', field: 'AllocationPolicy', value: 2 },
  { id: addPool, member: 'MediaPool', field: 'DeallocationPolicy', value: 2 },
  { id: addPool, member: 'MediaPool', field: 'dwMaxAllocates', value: -1 },
  { id: addPool, member: 'MediaPool', field: 'MediaType', value: '' },
  { id: addPool, member: 'MediaPool', field: 'MediaType', value: NOBODY },
].map(({ id, member, field, value }) => ({
  title: `refuses ${value} as ${field}`,
  prepare: setRecord(id, withInfo(member, { [field]: value })),
}));

const wrongPoolTypes: { readonly title: string; readonly prepare: Prepare }[] = [
  {
    title: 'refuses another media type for a pool of the system',
    prepare: setRecord(
      ({ store }) => store.wellKnown.free,
      (record) => withInfo('MediaPool', { MediaType: NOBODY })(record),
    ),
  },
  {
    title: 'refuses another media type for a pool that holds cartridges',
    prepare: async (library, t) => {
      const pool = addPool(library);
      const call = await setRecord(() => pool, withInfo('MediaPool', { MediaType: null }))(library, t);
      library.store.table('physicalMedia').update(library.medium('ORS001L8').id, { mediaPool: pool });
      return call;
    },
  },
  {
    title: 'refuses a media type for a pool that holds pools',
    prepare: async (library, t) => {
      const pool = addPool(library, 'Backup', null);
      library.store.table('mediaPools').insert({ name: 'Weekly', poolType: 1000, parent: pool });
      const { mediaType } = library.medium('ORS001L8');
      return setRecord(() => pool, withInfo('MediaPool', { MediaType: mediaType }))(library, t);
    },
  },
];

export const setNtmsObjectInformationCodes = returnCodesOf('SetNtmsObjectInformation', [
  { symbol: 'ERROR_SUCCESS', title: 'writes a description', run: prepared(setRecord()) },
  ...(
    [
      { right: 'library', title: 'a user who may not modify the library of a drive', id: undefined },
      { right: 'media pool', title: 'a user who may not modify the pool of a cartridge', id: ofMedium },
      { right: 'computer', title: 'a user who may not modify the computer', id: ofComputer },
    ] as const
  ).map(({ right, title, id }) => ({
    ...{ symbol: 'ERROR_ACCESS_DENIED' as const, title: `refuses ${title}`, right },
    run: byGuest(setRecord(id)),
  })),
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who may modify the library but not control it',
    right: 'library',
    run: byGuest(setRecord(ofLibrary), ({ store, library }) => {
      store.table('accessEntries').insert({ object: library.id, trustee: 'everyone', mask: 0x3 });
    }),
  },
  damaged(setRecord(ofDoor), 'doors'),
  withoutRoom(setRecord(), 'drives', 'UPDATE'),
  ...badHandles(setRecord()),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null object',
    parameter: 'lpObjectId',
    run: prepared(async (library) => {
      const { api, session } = library;
      const record = await api.GetNtmsObjectInformation(session, ofLibrary(library), { dwType: 0 });
      return (caller) => caller.api.SetNtmsObjectInformation(caller.session, null as never, record);
    }),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null record',
    parameter: 'lpInfo',
    run: prepared(setRecord(ofLibrary, () => null)),
  },
  ...[...wrongFields, ...wrongInfo, ...wrongPoolTypes].map(({ title, prepare }) => ({
    ...{ symbol: 'ERROR_INVALID_PARAMETER' as const, title, parameter: 'lpInfo' as const },
    run: prepared(prepare),
  })),
  withoutMemory(setRecord(), 'drives'),
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND',
    title: 'finds no object of that id',
    parameter: 'lpObjectId',
    run: prepared(async (library) => {
      const { api, session } = library;
      const record = await api.GetNtmsObjectInformation(session, ofLibrary(library), { dwType: 0 });
      return (caller) => caller.api.SetNtmsObjectInformation(caller.session, NOBODY, record);
    }),
  },
]);
