import type { Test } from 'tap';
import { NtmsAccessMask, NtmsLibraryType, NtmsOperationalState } from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { breakReference, damageTable, needRoomToDelete, runOutOfMemory } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { addOtherLibrary, denyGuest, guestOf, NOBODY } from '../house.js';
import type { ApiCaller } from '../house.js';
import { kernelWithTape } from '../kernel-tree.js';
import { after, withClosedHandle, withoutHandle } from './common.js';

const { NTMS_NOT_PRESENT: GONE, NTMS_READY: READY } = NtmsOperationalState;

type Other = ReturnType<typeof addOtherLibrary>;
type OnId = (caller: ApiCaller, id: Guid) => Promise<unknown>;

const deleteLibrary: OnId = ({ api, session }, id) => api.DeleteNtmsLibrary(session, id);
const deleteDrive: OnId = ({ api, session }, id) => api.DeleteNtmsDrive(session, id);

/** A house with the records of a library that is not attached, something done to them, then the call. */
const withOther =
  (call: OnId, idOf: (other: Other) => Guid) =>
  (
    t: Test,
    prepare: (library: VirtualLibrary, other: Other) => unknown = () => undefined,
    state: number = GONE,
  ): Promise<() => Promise<unknown>> => {
    let id = '';
    return after(
      t,
      async (library) => {
        const other = addOtherLibrary(library, state);
        id = idOf(other);
        await prepare(library, other);
      },
      (library) => call(library, id),
    );
  };

const onLibrary = withOther(deleteLibrary, ({ library }) => library.id);
const onDrive = withOther(deleteDrive, ({ drive }) => drive);

const byGuest = (call: OnId, idOf: (other: Other) => Guid) =>
  [false, true].map((deny) => ({
    symbol: 'ERROR_ACCESS_DENIED' as const,
    title: `refuses a user ${deny ? 'whom the library denies it' : 'who may use the library but not modify it'}`,
    right: 'library' as const,
    async run(t: Test) {
      const house = await VirtualLibrary.open(t);
      const other = addOtherLibrary(house, GONE);
      const guest = await guestOf(house);
      if (deny) denyGuest(house, other.library.id, NtmsAccessMask.NTMS_MODIFY_ACCESS);
      return () => call(guest, idOf(other));
    },
  }));

const handles = (call: OnId) => [
  {
    symbol: 'ERROR_INVALID_HANDLE' as const,
    title: 'refuses a closed session',
    parameter: 'hSession' as const,
    run: (t: Test) => withClosedHandle(t, (_, caller) => call(caller, NOBODY)),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE' as const,
    title: 'refuses a null handle',
    parameter: 'hSession' as const,
    run: (t: Test) => withoutHandle(t, (_, caller) => call(caller, NOBODY)),
  },
];

const withId = (t: Test, call: OnId, id: unknown): Promise<() => Promise<unknown>> =>
  after(
    t,
    () => undefined,
    (library) => call(library, id as never),
  );

export const deleteNtmsLibraryCodes = returnCodesOf('DeleteNtmsLibrary', [
  { symbol: 'ERROR_SUCCESS', title: 'deletes a library that is not attached', run: (t) => onLibrary(t) },
  ...byGuest(deleteLibrary, ({ library }) => library.id),
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'meets a damaged page of the database',
    run: (t) => onLibrary(t, (library) => damageTable(library, 'libraries')),
  },
  {
    symbol: 'ERROR_DATABASE_FULL',
    title: 'finds no room for the change',
    run: (t) => onLibrary(t, (library) => needRoomToDelete(library, 'libraries')),
  },
  ...handles(deleteLibrary),
  {
    symbol: 'ERROR_INVALID_LIBRARY',
    title: 'refuses an id that no library has',
    parameter: 'lpLibraryId',
    run: (t) => withId(t, deleteLibrary, NOBODY),
  },
  {
    symbol: 'ERROR_INVALID_LIBRARY',
    title: 'refuses the id of a drive',
    parameter: 'lpLibraryId',
    run: (t) =>
      after(
        t,
        () => undefined,
        (library) => deleteLibrary(library, library.drive(0).id),
      ),
  },
  {
    symbol: 'ERROR_INVALID_LIBRARY',
    title: 'refuses the offline library',
    parameter: 'lpLibraryId',
    run: (t) =>
      after(
        t,
        () => undefined,
        (library) => deleteLibrary(library, library.store.wellKnown.offlineLibrary),
      ),
  },
  ...[null, ''].map((id) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${id === null ? 'a null library' : 'an empty library id'}`,
    parameter: 'lpLibraryId' as const,
    run: (t: Test) => withId(t, deleteLibrary, id),
  })),
  {
    symbol: 'ERROR_INVALID_STATE',
    title: 'refuses a library that is attached',
    run: (t) =>
      after(
        t,
        () => undefined,
        (library) => deleteLibrary(library, library.library.id),
      ),
  },
  {
    symbol: 'ERROR_INVALID_STATE',
    title: 'refuses a disabled library, though it is not attached',
    run: (t) =>
      onLibrary(t, ({ store }, { library }) => store.table('libraries').update(library.id, { enabled: false })),
  },
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY',
    title: 'cannot get the memory to look at the library',
    run: (t) => onLibrary(t, (library) => runOutOfMemory(library, 'drives')),
  },
]);

export const deleteNtmsDriveCodes = returnCodesOf('DeleteNtmsDrive', [
  { symbol: 'ERROR_SUCCESS', title: 'deletes a drive of a library that is not attached', run: (t) => onDrive(t) },
  {
    symbol: 'ERROR_SUCCESS',
    title: 'deletes a drive that is not attached from a library that is',
    run: (t) =>
      onDrive(t, ({ store }, { drive }) => store.table('drives').update(drive, { operationalState: GONE }), READY),
  },
  ...byGuest(deleteDrive, ({ drive }) => drive),
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'meets a damaged page of the database',
    run: (t) => onDrive(t, (library) => damageTable(library, 'drives')),
  },
  {
    symbol: 'ERROR_DATABASE_FULL',
    title: 'finds no room for the change',
    run: (t) => onDrive(t, (library) => needRoomToDelete(library, 'drives')),
  },
  {
    symbol: 'ERROR_INVALID_DRIVE',
    title: 'refuses an id that no drive has',
    parameter: 'lpDriveId',
    run: (t) => withId(t, deleteDrive, NOBODY),
  },
  ...handles(deleteDrive),
  {
    symbol: 'ERROR_INVALID_LIBRARY',
    title: 'refuses a drive whose library is lost',
    run: (t) => onDrive(t, (library, { drive }) => breakReference(library, 'drives', 'library', drive)),
  },
  ...[null, ''].map((id) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${id === null ? 'a null drive' : 'an empty drive id'}`,
    parameter: 'lpDriveId' as const,
    run: (t: Test) => withId(t, deleteDrive, id),
  })),
  {
    symbol: 'ERROR_INVALID_STATE',
    title: 'refuses a drive that is attached',
    run: (t) =>
      after(
        t,
        () => undefined,
        (library) => deleteDrive(library, library.drive(0).id),
      ),
  },
  {
    symbol: 'ERROR_INVALID_STATE',
    title: 'refuses a drive of a disabled library',
    run: (t) => onDrive(t, ({ store }, { library }) => store.table('libraries').update(library.id, { enabled: false })),
  },
  {
    symbol: 'ERROR_INVALID_STATE',
    title: 'refuses the drive of a stand-alone library that is attached',
    run: (t) =>
      onDrive(
        t,
        ({ store }, { library, drive }) => {
          store.table('libraries').update(library.id, { libraryType: NtmsLibraryType.NTMS_LIBRARYTYPE_STANDALONE });
          store.table('drives').update(drive, { operationalState: GONE });
        },
        READY,
      ),
  },
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY',
    title: 'cannot get the memory to look at the drive',
    run: (t) => onDrive(t, (library) => runOutOfMemory(library, 'drives')),
  },
]);

export const getVolumesFromDriveCodes = returnCodesOf('GetVolumesFromDrive', [
  {
    symbol: 'ERROR_SUCCESS',
    title: 'names the tape of a drive that the kernel serves',
    parameter: 'pszDriveName',
    async run(t) {
      const kernelFiles = await kernelWithTape(t);
      const library = await VirtualLibrary.open(t, { kernelFiles });
      library.store.table('drives').update(library.drive(0).id, { deviceName: '/dev/sg3' });
      return () => library.api.GetVolumesFromDrive('/dev/sg3');
    },
  },
]);
