import t from 'tap';
import {
  NtmsInventoryMethod,
  NtmsMediaState,
  NtmsMountOptions,
  NtmsObjectsTypes,
  NtmsOperationalState,
  NtmsPartitionState,
} from '../../src/ntms/index.js';
import type { DocumentedName } from '../../src/ntms/documented-functions.js';
import { refusal, VirtualLibrary } from '../library/virtual-library.js';
import { addAllocated } from './allocation-house.js';
import { damageTable } from './broken-database.js';
import { cleaningSecrets } from './cleaning-secrets.js';
import { mediaSecrets } from './media-secrets.js';
import { controlSecrets } from './control-secrets.js';
import { objectSecrets } from './object-secrets.js';
import { addOtherLibrary, denyGuest, guestOf, mountBy, openMedium } from './house.js';
import type { ApiCaller } from './house.js';
import { own, updateLabel } from './labelled-medium.js';

/** A state of which a caller without rights must not learn, and the call that would tell. */
interface Secret {
  readonly function: DocumentedName;
  readonly title: string;
  readonly prepare: (library: VirtualLibrary) => unknown;
  readonly call: (library: VirtualLibrary, caller: ApiCaller) => Promise<unknown>;
}

const flags = NtmsMountOptions.NTMS_MOUNT_WRITE | NtmsMountOptions.NTMS_MOUNT_ERROR_NOT_AVAILABLE;
const offlineIsError = flags | NtmsMountOptions.NTMS_MOUNT_ERROR_OFFLINE;
const { NTMS_NOT_PRESENT, NTMS_NEEDS_SERVICE } = NtmsOperationalState;

const patchLibrary =
  (patch: { readonly enabled?: boolean; readonly operationalState?: number }) =>
  ({ store, library }: VirtualLibrary) =>
    store.table('libraries').update(library.id, patch);
const patchMedium =
  (patch: { readonly enabled?: boolean; readonly mediaState?: number; readonly cleaner?: boolean }) =>
  (library: VirtualLibrary) =>
    library.store.table('physicalMedia').update(library.medium('ORS001L8').id, patch);
const patchSide = (state: number) => (library: VirtualLibrary) =>
  library.store.table('sides').update(library.side('ORS001L8').id, { state });
const patchDrive = (patch: { readonly enabled: boolean }) => (library: VirtualLibrary) =>
  library.store.table('drives').update(library.drive(0).id, patch);
const mountFirst = (library: VirtualLibrary) => library.mount('ORS001L8');

const mount: Secret['call'] = (library, caller) =>
  mountBy(caller, [library.side('ORS001L8').id], { flags: offlineIsError });
const dismount: Secret['call'] = (library, { api, session }) =>
  api.DismountNtmsMedia(session, [library.side('ORS001L8').id], 1, 0);
const dismountDrive: Secret['call'] = (library, { api, session }) =>
  api.DismountNtmsDrive(session, library.drive(0).id);
const inventory: Secret['call'] = ({ library }, { api, session }) =>
  api.InventoryNtmsLibrary(session, library.id, NtmsInventoryMethod.NTMS_INVENTORY_FAST);

const allocated = (library: VirtualLibrary): void => {
  addAllocated(library, 'ORS001L8', 'one');
  addAllocated(library, 'ORS002L8', 'two');
};
const logical = (library: VirtualLibrary, barCode = 'ORS001L8'): string => library.side(barCode).logicalMedia ?? '';
const poolOf = (library: VirtualLibrary, barCode = 'ORS001L8'): string => library.medium(barCode).mediaPool;

const eject: Secret['call'] = (library, { api, session }) =>
  api.EjectNtmsMedia(session, library.medium('ORS001L8').id, null, 0);
const inject: Secret['call'] = ({ library }, { api, session }) => api.InjectNtmsMedia(session, library.id, null, 0);
const accessDoor: Secret['call'] = ({ library }, { api, session }) => api.AccessNtmsLibraryDoor(session, library.id, 1);

const secrets: readonly Secret[] = [
  ...cleaningSecrets,
  ...mediaSecrets,
  ...objectSecrets,
  ...controlSecrets,
  ...[
    { title: 'that no medium is available', prepare: allocated },
    { title: 'that the pool is not an application pool', prepare: () => undefined },
  ].map((one) => ({
    ...one,
    function: 'AllocateNtmsMedia' as const,
    call: (library: VirtualLibrary, { api, session }: ApiCaller) =>
      api.AllocateNtmsMedia(session, poolOf(library), null, null, 0, 0),
  })),
  ...[
    {
      function: 'DeallocateNtmsMedia' as const,
      call: (library: VirtualLibrary, { api, session }: ApiCaller) =>
        api.DeallocateNtmsMedia(session, logical(library), 0),
    },
    {
      function: 'SetNtmsMediaComplete' as const,
      call: (library: VirtualLibrary, { api, session }: ApiCaller) =>
        api.SetNtmsMediaComplete(session, logical(library)),
    },
  ].map((one) => ({
    ...one,
    title: 'that the medium is mounted',
    prepare: async (library: VirtualLibrary) => {
      allocated(library);
      await mountFirst(library);
    },
  })),
  {
    function: 'SwapNtmsMedia',
    title: 'that the media are in two pools',
    prepare: allocated,
    call: (library, { api, session }) => api.SwapNtmsMedia(session, logical(library), logical(library, 'ORS002L8')),
  },
  {
    function: 'DecommissionNtmsMedia',
    title: 'that the side is not available',
    prepare: () => undefined,
    call: (library, { api, session }) => api.DecommissionNtmsMedia(session, library.side('ORS001L8').id),
  },
  ...[
    { title: 'that the library is disabled', prepare: patchLibrary({ enabled: false }) },
    { title: 'that the library is not there', prepare: patchLibrary({ operationalState: NTMS_NOT_PRESENT }) },
    { title: 'that the medium is disabled', prepare: patchMedium({ enabled: false }) },
    {
      title: 'that the medium is broken',
      prepare: patchMedium({ mediaState: NtmsMediaState.NTMS_MEDIASTATE_OPERROR }),
    },
    { title: 'that the medium is a cleaner', prepare: patchMedium({ cleaner: true }) },
    { title: 'that the side is complete', prepare: patchSide(NtmsPartitionState.NTMS_PARTSTATE_COMPLETE) },
    { title: 'that the side fits no drive', prepare: patchSide(NtmsPartitionState.NTMS_PARTSTATE_INCOMPATIBLE) },
    { title: 'that the medium is in use', prepare: mountFirst },
    {
      title: 'that the drives are in use',
      prepare: (library: VirtualLibrary) => library.mount(['ORS002L8', 'ORS003L8']),
    },
  ].map((one) => ({ ...one, function: 'MountNtmsMedia' as const, call: mount })),
  {
    function: 'MountNtmsMedia',
    title: 'that two sides are on one cartridge',
    prepare: () => undefined,
    call(library, caller) {
      const { id, physicalMedia } = library.side('ORS001L8');
      const second =
        library.store.table('sides').find({ physicalMedia, side: 1 }) ??
        library.store.table('sides').insert({ physicalMedia, side: 1 });
      return mountBy(caller, [id, second.id]);
    },
  },
  {
    function: 'MountNtmsMedia',
    title: 'that two media are in different libraries',
    prepare: (library) => addOtherLibrary(library),
    call(library, caller) {
      const [other] = library.store.table('physicalMedia').list({ barCode: 'OTHER1' });
      const side = library.store.table('sides').find({ physicalMedia: other?.id ?? '' });
      return mountBy(caller, [library.side('ORS001L8').id, side?.id ?? '']);
    },
  },
  ...[
    { title: 'that the medium is not mounted', prepare: () => undefined },
    {
      title: 'that the medium is open',
      prepare: async (library: VirtualLibrary) => {
        await mountFirst(library);
        await openMedium(library, library.drive(0).id);
      },
    },
    ...[
      { title: 'that the medium is disabled', spoil: patchMedium({ enabled: false }) },
      { title: 'that the drive is disabled', spoil: patchDrive({ enabled: false }) },
      { title: 'that the library is disabled', spoil: patchLibrary({ enabled: false }) },
      { title: 'that the library is not there', spoil: patchLibrary({ operationalState: NTMS_NOT_PRESENT }) },
    ].map(({ title, spoil }) => ({
      title,
      prepare: async (library: VirtualLibrary) => {
        await mountFirst(library);
        spoil(library);
      },
    })),
  ].map((one) => ({ ...one, function: 'DismountNtmsMedia' as const, call: dismount })),
  ...[
    { title: 'that the drive is empty', prepare: () => undefined },
    { title: 'that the drive is disabled', prepare: patchDrive({ enabled: false }) },
    { title: 'that the library is disabled', prepare: patchLibrary({ enabled: false }) },
    { title: 'that the library is not there', prepare: patchLibrary({ operationalState: NTMS_NOT_PRESENT }) },
    { title: 'that the library needs service', prepare: patchLibrary({ operationalState: NTMS_NEEDS_SERVICE }) },
  ].map((one) => ({ ...one, function: 'DismountNtmsDrive' as const, call: dismountDrive })),
  ...[
    { title: 'that the library is disabled', prepare: patchLibrary({ enabled: false }) },
    { title: 'that the library is not there', prepare: patchLibrary({ operationalState: NTMS_NOT_PRESENT }) },
  ].map((one) => ({ ...one, function: 'InventoryNtmsLibrary' as const, call: inventory })),
  {
    function: 'InventoryNtmsLibrary',
    title: 'which library is the offline one',
    prepare: () => undefined,
    call: ({ store }, { api, session }) => api.InventoryNtmsLibrary(session, store.wellKnown.offlineLibrary, 1),
  },
  ...[
    { title: 'that the medium is disabled', prepare: patchMedium({ enabled: false }) },
    { title: 'that the library is disabled', prepare: patchLibrary({ enabled: false }) },
    { title: 'that the library is not there', prepare: patchLibrary({ operationalState: NTMS_NOT_PRESENT }) },
    { title: 'that the medium is in use', prepare: mountFirst },
  ].map((one) => ({ ...one, function: 'EjectNtmsMedia' as const, call: eject })),
  ...[
    { title: 'that the library is disabled', prepare: patchLibrary({ enabled: false }) },
    { title: 'that the library is not there', prepare: patchLibrary({ operationalState: NTMS_NOT_PRESENT }) },
    {
      title: 'that the library is full',
      prepare: ({ store }: VirtualLibrary) => {
        for (const { id } of store.table('slots').list()) store.table('slots').update(id, { enabled: false });
      },
    },
  ].map((one) => ({ ...one, function: 'InjectNtmsMedia' as const, call: inject })),
  ...[
    { title: 'that the library is disabled', prepare: patchLibrary({ enabled: false }) },
    { title: 'that the library is not there', prepare: patchLibrary({ operationalState: NTMS_NOT_PRESENT }) },
  ].map((one) => ({ ...one, function: 'AccessNtmsLibraryDoor' as const, call: accessDoor })),
  {
    function: 'EnumerateNtmsObject',
    title: 'how many drives there are',
    prepare: () => undefined,
    call: ({ library }, { api, session }) =>
      api.EnumerateNtmsObject(session, library.id, 0, NtmsObjectsTypes.NTMS_DRIVE, 0),
  },
  {
    function: 'GetNtmsObjectInformation',
    title: 'of which kind an object is',
    prepare: () => undefined,
    call: (library, { api, session }) =>
      api.GetNtmsObjectInformation(session, library.drive(0).id, { dwType: NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA }),
  },
  {
    function: 'UpdateNtmsOmidInfo',
    title: 'which labels are known',
    prepare: (library) => own(library, 'ORS005L8'),
    call: (library, caller) => updateLabel(caller, library.side('ORS005L8').logicalMedia ?? '', Uint8Array.of(0)),
  },
  {
    function: 'ExportNtmsDatabase',
    title: 'that the database is damaged',
    prepare: (library) => damageTable(library, 'slots'),
    call: (_, { api, session }) => api.ExportNtmsDatabase(session),
  },
  {
    function: 'ImportNtmsDatabase',
    title: 'that nothing was exported',
    prepare: () => undefined,
    call: (_, { api, session }) => api.ImportNtmsDatabase(session),
  },
];

for (const { function: name, title, prepare, call } of secrets) {
  await t.test(`${name} does not tell a user without rights ${title}`, async (t) => {
    const library = await VirtualLibrary.open(t);
    const guest = await guestOf(library);
    denyGuest(library, library.library.id, 0x7);
    denyGuest(library, library.store.wellKnown.offlineLibrary, 0x7);
    await prepare(library);
    t.match(await refusal(call(library, guest)), { symbol: 'ERROR_ACCESS_DENIED', code: 5 });
    const told = await refusal(call(library, library));
    t.not(told.symbol, 'ERROR_ACCESS_DENIED', 'who has the right is told');
  });
}

await t.test('an administrator passes every check', async (t) => {
  const library = await VirtualLibrary.open(t, {
    caller: { user: 'root', groups: [], administrator: true },
  });
  for (const object of [library.library.id, library.store.wellKnown.computer, library.medium('ORS001L8').mediaPool]) {
    library.store.table('accessEntries').insert({ object, trustee: 'user:root', mask: 0x7, deny: true });
  }
  t.same(await library.mount('ORS001L8'), [0]);
  await library.dismount('ORS001L8');
  await library.api.ExportNtmsDatabase(library.session);
});
