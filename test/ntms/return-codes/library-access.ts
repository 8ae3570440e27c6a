import type { Test } from 'tap';
import {
  createNtmsApi,
  NtmsEjectOperation as E,
  NtmsInventoryMethod as M,
  NtmsLibraryType,
  NtmsOperationalState,
} from '../../../src/ntms/index.js';
import { StandAloneHouse } from '../../library/stand-alone-house.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { damageTable, fillDatabase, runOutOfMemory } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, guestOf, NOBODY } from '../house.js';
import { after, withClosedHandle, withoutHandle } from './common.js';
import type { RightCall } from './common.js';

const access: RightCall = ({ library }, { api, session }) =>
  api.AccessNtmsLibraryDoor(session, library.id, M.NTMS_INVENTORY_FAST);
const nothing = (): undefined => undefined;
const own = (library: VirtualLibrary) => access(library, library);
const patchLibrary =
  (patch: { readonly enabled?: boolean; readonly operationalState?: number; readonly libraryType?: number }) =>
  ({ store, library }: VirtualLibrary) =>
    store.table('libraries').update(library.id, patch);

async function byGuest(t: Test, deny: boolean) {
  const library = await VirtualLibrary.open(t);
  const guest = await guestOf(library);
  if (deny) denyGuest(library, library.library.id, 0x4);
  return () => access(library, guest);
}

/** The identifier is taken before the library's record cannot be read any more. */
async function afterSpoiling(t: Test, spoil: (library: VirtualLibrary) => unknown) {
  const library = await VirtualLibrary.open(t);
  const { id } = library.library;
  await spoil(library);
  return () => library.api.AccessNtmsLibraryDoor(library.session, id, M.NTMS_INVENTORY_FAST);
}

export const accessNtmsLibraryDoorCodes = returnCodesOf('AccessNtmsLibraryDoor', [
  ...(['NTMS_INVENTORY_NONE', 'NTMS_INVENTORY_FAST', 'NTMS_INVENTORY_OMID', 'NTMS_INVENTORY_DEFAULT'] as const).map(
    (method) => ({
      symbol: 'ERROR_SUCCESS' as const,
      title: `accepts ${method}`,
      parameter: 'dwAction' as const,
      run: (t: Test) =>
        after(t, nothing, ({ api, session, library }) => api.AccessNtmsLibraryDoor(session, library.id, M[method])),
    }),
  ),
  ...[false, true].map((deny) => ({
    symbol: 'ERROR_ACCESS_DENIED' as const,
    title: `refuses a user ${deny ? 'whom the library denies control' : 'who may use the library but not control it'}`,
    right: 'library' as const,
    run: (t: Test) => byGuest(t, deny),
  })),
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'meets a damaged page of the database',
    run: (t) => afterSpoiling(t, (library) => damageTable(library, 'libraries')),
  },
  {
    symbol: 'ERROR_DATABASE_FULL',
    title: 'finds no room for its request',
    run: (t) => afterSpoiling(t, fillDatabase),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a closed session',
    parameter: 'hSession',
    run: (t) => withClosedHandle(t, access),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a null handle',
    parameter: 'hSession',
    run: (t) => withoutHandle(t, access),
  },
  ...[null, '', NOBODY].map((id) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${id === NOBODY ? 'an id that no library has' : `the library id ${JSON.stringify(id)}`}`,
    parameter: 'lpLibraryId' as const,
    run: (t: Test) =>
      after(t, nothing, ({ api, session }) => api.AccessNtmsLibraryDoor(session, id as never, M.NTMS_INVENTORY_FAST)),
  })),
  ...[M.NTMS_INVENTORY_SLOT, M.NTMS_INVENTORY_STOP, -1].map((action) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses action ${action}`,
    parameter: 'dwAction' as const,
    run: (t: Test) =>
      after(t, nothing, ({ api, session, library }) => api.AccessNtmsLibraryDoor(session, library.id, action)),
  })),
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses the offline library',
    run: (t) => after(t, patchLibrary({ libraryType: NtmsLibraryType.NTMS_LIBRARYTYPE_OFFLINE }), own),
  },
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses a library whose hardware is gone',
    run: (t) => after(t, patchLibrary({ operationalState: NtmsOperationalState.NTMS_NOT_PRESENT }), own),
  },
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY',
    title: 'cannot get the memory to look at the library',
    run: (t) => afterSpoiling(t, (library) => runOutOfMemory(library, 'libraries')),
  },
  {
    symbol: 'ERROR_RESOURCE_DISABLED',
    title: 'refuses a disabled library',
    run: (t) => after(t, patchLibrary({ enabled: false }), own),
  },
  {
    symbol: 'ERROR_RESOURCE_NOT_PRESENT',
    title: 'refuses a library without a door',
    run: (t) =>
      after(
        t,
        ({ store }) => {
          for (const { id } of store.table('doors').list()) store.table('doors').remove(id);
        },
        own,
      ),
  },
]);

const disc = { barcode: null, mediaType: 'L8', ansiVolumeIdentifier: 'DESK01' };

function ejectDisk({ api, driveRow }: Pick<StandAloneHouse, 'api' | 'driveRow'>, option: number = E.NTMS_EJECT_START) {
  return api.EjectDiskFromSADrive(null, 'tests', driveRow.deviceName, null, null, null, option);
}

/** A drive on a desk with a medium inside, then something, then the eject. */
async function withDisk(
  t: Test,
  spoil: (house: StandAloneHouse) => unknown,
  call: (house: StandAloneHouse, deviceName: string) => Promise<unknown> = ({ api }, deviceName) =>
    api.EjectDiskFromSADrive(null, 'tests', deviceName, null, null, null, E.NTMS_EJECT_START),
) {
  const house = await StandAloneHouse.open(t, { inside: disc });
  const { deviceName } = house.driveRow;
  await spoil(house);
  return () => call(house, deviceName);
}

/** The helpers that break a database ask for the parts of a house that both kinds have. */
const asHouse = (house: StandAloneHouse): VirtualLibrary => house as unknown as VirtualLibrary;

export const ejectDiskFromSADriveCodes = returnCodesOf('EjectDiskFromSADrive', [
  ...(
    ['NTMS_EJECT_START', 'NTMS_EJECT_QUEUE', 'NTMS_EJECT_FORCE', 'NTMS_EJECT_IMMEDIATE', 'NTMS_EJECT_ASK_USER'] as const
  ).map((option) => ({
    symbol: 'ERROR_SUCCESS' as const,
    title: `accepts ${option}`,
    parameter: 'dwOptions' as const,
    run: (t: Test) => withDisk(t, nothing, (house) => ejectDisk(house, E[option])),
  })),
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who may use the library but not control it',
    right: 'library',
    run: (t) =>
      withDisk(t, nothing, ({ manager, driveRow }) => {
        const caller = { user: 'guest', groups: [], administrator: false };
        const api = createNtmsApi(manager, { computerName: 'testhost', caller });
        return ejectDisk({ api, driveRow });
      }),
  },
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'meets a damaged page of the database',
    run: (t) => withDisk(t, (house) => damageTable(asHouse(house), 'drives')),
  },
  {
    symbol: 'ERROR_DATABASE_FULL',
    title: 'finds no room for its request',
    run: (t) => withDisk(t, (house) => fillDatabase(asHouse(house))),
  },
  {
    symbol: 'ERROR_DEVICE_NOT_AVAILABLE',
    title: 'refuses a disabled library',
    run: (t) => withDisk(t, ({ store, library }) => store.table('libraries').update(library.id, { enabled: false })),
  },
  {
    symbol: 'ERROR_DEVICE_NOT_AVAILABLE',
    title: 'refuses a drive that needs service',
    run: (t) =>
      withDisk(t, ({ store, driveRow }) =>
        store.table('drives').update(driveRow.id, { operationalState: NtmsOperationalState.NTMS_NEEDS_SERVICE }),
      ),
  },
  {
    symbol: 'ERROR_INVALID_OPERATION',
    title: 'refuses STOP, since there is no operation to name',
    parameter: 'dwOptions',
    run: (t) => withDisk(t, nothing, (house) => ejectDisk(house, E.NTMS_EJECT_STOP)),
  },
  ...[null, '', 'no such drive'].map((deviceName) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses the device name ${JSON.stringify(deviceName)}`,
    parameter: 'lpDeviceName' as const,
    run: (t: Test) =>
      withDisk(t, nothing, ({ api }) =>
        api.EjectDiskFromSADrive(null, null, deviceName as never, null, null, null, E.NTMS_EJECT_START),
      ),
  })),
  ...[6, -1].map((option) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses option ${option}`,
    parameter: 'dwOptions' as const,
    run: (t: Test) => withDisk(t, nothing, (house) => ejectDisk(house, option)),
  })),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a drive of an autoloader',
    run: (t) =>
      after(
        t,
        (library) => library.mount('ORS001L8'),
        (library) => ejectDisk({ api: library.api, driveRow: library.drive(0) }),
      ),
  },
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses a drive whose hardware is gone',
    run: (t) =>
      withDisk(t, ({ store, library }) =>
        store.table('libraries').update(library.id, { operationalState: NtmsOperationalState.NTMS_NOT_PRESENT }),
      ),
  },
  {
    symbol: 'ERROR_MEDIA_NOT_AVAILABLE',
    title: 'refuses a disabled medium',
    run: (t) =>
      withDisk(t, ({ store, inside }) => store.table('physicalMedia').update(inside?.id ?? '', { enabled: false })),
  },
  {
    symbol: 'ERROR_MEDIA_NOT_AVAILABLE',
    title: 'refuses an empty drive',
    run: async (t) => {
      const house = await StandAloneHouse.open(t);
      return () => ejectDisk(house);
    },
  },
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY',
    title: 'cannot get the memory to look at the drive',
    run: (t) => withDisk(t, (house) => runOutOfMemory(asHouse(house), 'drives')),
  },
]);
