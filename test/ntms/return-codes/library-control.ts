import { NtmsAccessMask, NtmsInventoryMethod, NtmsLibraryType, NtmsOperationalState } from '../../../src/ntms/index.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { breakReference, damageTable, fillDatabase, runOutOfMemory } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, guestOf, NOBODY, openMedium } from '../house.js';
import { after, afterStop, withClosedHandle, withoutHandle } from './common.js';
import type { RightCall } from './common.js';
import type { Test } from 'tap';

const { NTMS_INVENTORY_FAST: FAST } = NtmsInventoryMethod;

const dismountDrive: RightCall = (library, { api, session }) => api.DismountNtmsDrive(session, library.drive(0).id);
const inventory: RightCall = ({ library }, { api, session }) => api.InventoryNtmsLibrary(session, library.id, FAST);

/** A cartridge in drive 0, then something, then the dismount. */
async function withLoadedDrive(t: Test, prepare: (library: VirtualLibrary) => unknown) {
  const library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8');
  const { id } = library.drive(0);
  await prepare(library);
  return () => library.api.DismountNtmsDrive(library.session, id);
}

export const dismountNtmsDriveCodes = returnCodesOf('DismountNtmsDrive', [
  { symbol: 'ERROR_SUCCESS', title: 'empties a loaded drive', run: (t) => withLoadedDrive(t, () => undefined) },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who may use the library but not modify it',
    right: 'library',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      const guest = await guestOf(library);
      return () => dismountDrive(library, guest);
    },
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user whom the library denies modification',
    right: 'library',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      const guest = await guestOf(library);
      denyGuest(library, library.library.id, NtmsAccessMask.NTMS_MODIFY_ACCESS);
      return () => dismountDrive(library, guest);
    },
  },
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'meets a damaged page of the database',
    run: (t) => withLoadedDrive(t, (library) => damageTable(library, 'drives')),
  },
  {
    symbol: 'ERROR_DATABASE_FULL',
    title: 'finds no room for its request',
    run: (t) => withLoadedDrive(t, fillDatabase),
  },
  ...(['libraries', 'drives'] as const).map((table) => ({
    symbol: 'ERROR_DEVICE_NOT_AVAILABLE' as const,
    title: `refuses a disabled ${table === 'drives' ? 'drive' : 'library'}`,
    run: (t: Test) =>
      withLoadedDrive(t, (house) => {
        house.store.table(table).update(table === 'drives' ? house.drive(0).id : house.library.id, { enabled: false });
      }),
  })),
  ...(['libraries', 'drives'] as const).map((table) => ({
    symbol: 'ERROR_DEVICE_NOT_AVAILABLE' as const,
    title: `refuses a ${table === 'drives' ? 'drive' : 'library'} that needs service`,
    run: (t: Test) =>
      withLoadedDrive(t, (house) => {
        const { NTMS_NEEDS_SERVICE: operationalState } = NtmsOperationalState;
        house.store
          .table(table)
          .update(table === 'drives' ? house.drive(0).id : house.library.id, { operationalState });
      }),
  })),
  {
    symbol: 'ERROR_INVALID_DRIVE',
    title: 'refuses an id that no drive has',
    parameter: 'lpDriveId',
    run: (t) =>
      after(
        t,
        () => undefined,
        ({ api, session }) => api.DismountNtmsDrive(session, NOBODY),
      ),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a closed session',
    parameter: 'hSession',
    run: (t) => withClosedHandle(t, dismountDrive),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a null handle',
    parameter: 'hSession',
    run: (t) => withoutHandle(t, dismountDrive),
  },
  {
    symbol: 'ERROR_INVALID_LIBRARY',
    title: 'refuses a drive whose library is lost',
    run: (t) => withLoadedDrive(t, (library) => breakReference(library, 'drives', 'library', library.drive(0).id)),
  },
  ...[null, ''].map((id) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${id === null ? 'a null drive' : 'an empty drive id'}`,
    parameter: 'lpDriveId' as const,
    run: (t: Test) =>
      after(
        t,
        () => undefined,
        ({ api, session }) => api.DismountNtmsDrive(session, id as never),
      ),
  })),
  {
    symbol: 'ERROR_INVALID_STATE',
    title: 'refuses an empty drive',
    run: (t) =>
      after(
        t,
        () => undefined,
        (library) => dismountDrive(library, library),
      ),
  },
  {
    symbol: 'ERROR_INVALID_STATE',
    title: 'refuses a drive whose medium is open',
    run: (t) => withLoadedDrive(t, (library) => openMedium(library, library.drive(0).id)),
  },
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses a drive of a library whose hardware is gone',
    run: (t) =>
      withLoadedDrive(t, ({ store, library }) => {
        const { NTMS_NOT_PRESENT: operationalState } = NtmsOperationalState;
        store.table('libraries').update(library.id, { operationalState });
      }),
  },
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses a drive that is booked under an offline library',
    run: (t) =>
      withLoadedDrive(t, ({ store, library }) => {
        store.table('libraries').update(library.id, { libraryType: NtmsLibraryType.NTMS_LIBRARYTYPE_OFFLINE });
      }),
  },
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY',
    title: 'cannot get the memory to look at the drive',
    run: (t) => withLoadedDrive(t, (library) => runOutOfMemory(library, 'drives')),
  },
]);

export const inventoryNtmsLibraryCodes = returnCodesOf('InventoryNtmsLibrary', [
  ...(['NTMS_INVENTORY_FAST', 'NTMS_INVENTORY_OMID', 'NTMS_INVENTORY_DEFAULT', 'NTMS_INVENTORY_STOP'] as const).map(
    (action) => ({
      symbol: 'ERROR_SUCCESS' as const,
      title: `accepts ${action}`,
      parameter: 'dwAction' as const,
      run: (t: Test) =>
        after(
          t,
          () => undefined,
          ({ api, session, library }) => api.InventoryNtmsLibrary(session, library.id, NtmsInventoryMethod[action]),
        ),
    }),
  ),
  {
    symbol: 'ERROR_SUCCESS',
    title: 'accepts a library that needs service, since an inventory is what brings it back',
    run: (t) =>
      after(
        t,
        ({ store, library }) => {
          const { NTMS_NEEDS_SERVICE: operationalState } = NtmsOperationalState;
          store.table('libraries').update(library.id, { operationalState });
        },
        (library) => inventory(library, library),
      ),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who may use the library but not control it',
    right: 'library',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const guest = await guestOf(library);
      return () => inventory(library, guest);
    },
  },
  {
    symbol: 'ERROR_DEVICE_NOT_AVAILABLE',
    title: 'refuses a library whose changer does not answer',
    run: (t) =>
      after(
        t,
        () => undefined,
        (library) => inventory(library, library),
        {
          wrap: (transport) => ({
            name: transport.name,
            maxInFlight: 1,
            open: () => Promise.resolve(),
            close: () => transport.close(),
            execute: () =>
              Promise.resolve({
                kind: 'failed',
                failure: { code: 'unreachable', executed: 'no', message: 'nobody listens there; start the device' },
              }),
          }),
        },
      ),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a closed session',
    parameter: 'hSession',
    run: (t) => withClosedHandle(t, inventory),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a null handle',
    parameter: 'hSession',
    run: (t) => withoutHandle(t, inventory),
  },
  {
    symbol: 'ERROR_INVALID_LIBRARY',
    title: 'refuses an id that no library has',
    parameter: 'lpLibraryId',
    run: (t) =>
      after(
        t,
        () => undefined,
        ({ api, session }) => api.InventoryNtmsLibrary(session, NOBODY, FAST),
      ),
  },
  {
    symbol: 'ERROR_INVALID_LIBRARY',
    title: 'refuses the id of a drive',
    parameter: 'lpLibraryId',
    run: (t) =>
      after(
        t,
        () => undefined,
        (library) => library.api.InventoryNtmsLibrary(library.session, library.drive(0).id, FAST),
      ),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null library',
    parameter: 'lpLibraryId',
    run: (t) =>
      after(
        t,
        () => undefined,
        ({ api, session }) => api.InventoryNtmsLibrary(session, null as never, FAST),
      ),
  },
  ...[4, 6, -1, 1.5].map((action) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses action ${action}${action === 4 ? ', NTMS_INVENTORY_SLOT' : ''}`,
    parameter: 'dwAction' as const,
    run: (t: Test) =>
      after(
        t,
        () => undefined,
        ({ api, session, library }) => api.InventoryNtmsLibrary(session, library.id, action),
      ),
  })),
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses the offline library',
    parameter: 'lpLibraryId',
    run: (t) =>
      after(
        t,
        () => undefined,
        ({ api, session, store }) => api.InventoryNtmsLibrary(session, store.wellKnown.offlineLibrary, FAST),
      ),
  },
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'cannot reach a manager that was stopped',
    run: (t) => afterStop(t, inventory),
  },
  {
    symbol: 'ERROR_RESOURCE_DISABLED',
    title: 'refuses a disabled library',
    run: (t) =>
      after(
        t,
        ({ store, library }) => store.table('libraries').update(library.id, { enabled: false }),
        (library) => inventory(library, library),
      ),
  },
]);
