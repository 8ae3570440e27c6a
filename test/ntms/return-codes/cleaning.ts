import type { Test } from 'tap';
import { NtmsLibraryType, NtmsOperationalState, NtmsSlotState, NtmsLibraryFlags } from '../../../src/ntms/index.js';
import type { VirtualLibrary } from '../../library/virtual-library.js';
import { breakReference, damageTable, fillDatabase, runOutOfMemory } from '../broken-database.js';
import { emptySlot, reserveSlot } from '../cleaner-house.js';
import { returnCodesOf } from '../coverage-case.js';
import { NOBODY } from '../house.js';
import { after, afterStop } from './common.js';
import type { RightCall } from './common.js';
import { controlCases } from './control-cases.js';

const { NTMS_NOT_PRESENT, NTMS_NEEDS_SERVICE } = NtmsOperationalState;
const { NTMS_LIBRARYTYPE_OFFLINE: OFFLINE } = NtmsLibraryType;

const clean: RightCall = (library, { api, session }) => api.CleanNtmsDrive(session, library.drive(0).id);
const reserve: RightCall = (library, { api, session }) =>
  api.ReserveNtmsCleanerSlot(session, library.library.id, emptySlot(library));
const release: RightCall = ({ library }, { api, session }) => api.ReleaseNtmsCleanerSlot(session, library.id);
const nothing = (): void => undefined;

const patchLibrary =
  (patch: { enabled?: boolean; operationalState?: number; libraryType?: number }) =>
  ({ store, library }: VirtualLibrary) =>
    void store.table('libraries').update(library.id, patch);

export const cleanNtmsDriveCodes = returnCodesOf('CleanNtmsDrive', [
  {
    symbol: 'ERROR_SUCCESS',
    title: 'accepts the cleaning of an empty drive',
    run: (t) => after(t, nothing, (library) => clean(library, library)),
  },
  {
    symbol: 'ERROR_SUCCESS',
    title: 'accepts the cleaning of a drive that is in use',
    run: (t) =>
      after(
        t,
        (library) => library.mount('ORS001L8', { drives: [0] }),
        (library) => clean(library, library),
      ),
  },
  ...controlCases(clean).denied,
  ...controlCases(clean).handles,
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'meets a damaged page of the database',
    run: (t) =>
      after(
        t,
        () => undefined,
        async (library) => {
          const { id } = library.drive(0);
          damageTable(library, 'drives');
          return library.api.CleanNtmsDrive(library.session, id);
        },
      ),
  },
  {
    symbol: 'ERROR_DATABASE_FULL',
    title: 'finds no room for its request',
    run: (t) => after(t, fillDatabase, (library) => clean(library, library)),
  },
  {
    symbol: 'ERROR_DEVICE_NOT_AVAILABLE',
    title: 'refuses a drive that needs service',
    run: (t) =>
      after(
        t,
        (library) =>
          library.store.table('drives').update(library.drive(0).id, { operationalState: NTMS_NEEDS_SERVICE }),
        (library) => clean(library, library),
      ),
  },
  {
    symbol: 'ERROR_DEVICE_NOT_AVAILABLE',
    title: 'refuses a drive of a library that is not attached',
    run: (t) => after(t, patchLibrary({ operationalState: NTMS_NOT_PRESENT }), (library) => clean(library, library)),
  },
  ...[NOBODY, 'x'].map((id) => ({
    symbol: 'ERROR_INVALID_DRIVE' as const,
    title: `refuses an id that no drive has: ${id}`,
    parameter: 'lpDriveId' as const,
    run: (t: Test) => after(t, nothing, ({ api, session }) => api.CleanNtmsDrive(session, id)),
  })),
  {
    symbol: 'ERROR_INVALID_LIBRARY',
    title: 'refuses a drive whose library is lost',
    run: (t) =>
      after(
        t,
        (library) => breakReference(library, 'drives', 'library', library.store.table('drives').list()[0]?.id ?? ''),
        ({ api, session, store }) => api.CleanNtmsDrive(session, store.table('drives').list()[0]?.id ?? ''),
      ),
  },
  ...[null, ''].map((id) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${id === null ? 'a null drive' : 'an empty drive id'}`,
    parameter: 'lpDriveId' as const,
    run: (t: Test) => after(t, nothing, ({ api, session }) => api.CleanNtmsDrive(session, id as never)),
  })),
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY',
    title: 'cannot get the memory to look at the drive',
    run: (t) =>
      after(
        t,
        () => undefined,
        async (library) => {
          const { id } = library.drive(0);
          runOutOfMemory(library, 'drives');
          return library.api.CleanNtmsDrive(library.session, id);
        },
      ),
  },
  ...(['libraries', 'drives'] as const).map((table) => ({
    symbol: 'ERROR_RESOURCE_DISABLED' as const,
    title: `refuses a disabled ${table === 'drives' ? 'drive' : 'library'}`,
    run: (t: Test) =>
      after(
        t,
        (house) => {
          const { id } = table === 'drives' ? house.drive(0) : house.library;
          house.store.table(table).update(id, { enabled: false });
        },
        (library) => clean(library, library),
      ),
  })),
  {
    symbol: 'ERROR_RESOURCE_NOT_PRESENT',
    title: 'refuses a drive that is booked under an offline library',
    run: (t) => after(t, patchLibrary({ libraryType: OFFLINE }), (library) => clean(library, library)),
  },
]);

export const reserveNtmsCleanerSlotCodes = returnCodesOf('ReserveNtmsCleanerSlot', [
  {
    symbol: 'ERROR_SUCCESS',
    title: 'takes an empty slot',
    run: (t) => after(t, nothing, (library) => reserve(library, library)),
  },
  ...controlCases(reserve).denied,
  ...controlCases(reserve).handles,
  {
    symbol: 'ERROR_CLEANER_SLOT_SET',
    title: 'refuses a second slot',
    run: (t) => after(t, reserveSlot, (library) => reserve(library, library)),
  },
  {
    symbol: 'ERROR_DEVICE_NOT_AVAILABLE',
    title: 'refuses a library that is not attached',
    run: (t) => after(t, patchLibrary({ operationalState: NTMS_NOT_PRESENT }), (library) => reserve(library, library)),
  },
  {
    symbol: 'ERROR_INVALID_LIBRARY',
    title: 'refuses an id that no library has',
    parameter: 'lpLibrary',
    run: (t) => after(t, nothing, (house) => house.api.ReserveNtmsCleanerSlot(house.session, NOBODY, emptySlot(house))),
  },
  ...(['lpLibrary', 'lpSlot'] as const).map((parameter) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses a null ${parameter}`,
    parameter,
    run: (t: Test) =>
      after(t, nothing, (house) => {
        const slot = parameter === 'lpSlot' ? null : emptySlot(house);
        const library = parameter === 'lpLibrary' ? null : house.library.id;
        return house.api.ReserveNtmsCleanerSlot(house.session, library as never, slot as never);
      }),
  })),
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND',
    title: 'refuses an id that no slot has',
    parameter: 'lpSlot',
    run: (t) =>
      after(t, nothing, ({ api, session, library }) => api.ReserveNtmsCleanerSlot(session, library.id, NOBODY)),
  },
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND',
    title: 'refuses a slot of another library',
    parameter: 'lpSlot',
    run: (t) =>
      after(
        t,
        ({ store, library }) => {
          const { id } = store.table('libraries').insert({ name: 'other', libraryType: library.libraryType });
          store.table('slots').insert({ library: id, elementAddress: 1, number: 1, state: 2 });
        },
        ({ api, session, library, store }) => {
          const [other] = store
            .table('slots')
            .list()
            .filter((slot) => slot.library !== library.id);
          return api.ReserveNtmsCleanerSlot(session, library.id, other?.id ?? '');
        },
      ),
  },
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses the offline library',
    run: (t) => after(t, patchLibrary({ libraryType: OFFLINE }), (library) => reserve(library, library)),
  },
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'cannot reach a manager that was stopped',
    run: (t) => afterStop(t, reserve),
  },
  {
    symbol: 'ERROR_RESOURCE_NOT_AVAILABLE',
    title: 'refuses a slot that holds a cartridge',
    run: (t) =>
      after(t, nothing, (house) =>
        house.api.ReserveNtmsCleanerSlot(house.session, house.library.id, house.medium('ORS001L8').location ?? ''),
      ),
  },
  {
    symbol: 'ERROR_RESOURCE_NOT_AVAILABLE',
    title: 'refuses a slot whose cartridge is in a drive and will come back',
    run: (t) =>
      after(
        t,
        (house) => house.mount('ORS001L8'),
        (house) =>
          house.api.ReserveNtmsCleanerSlot(house.session, house.library.id, house.medium('ORS001L8').homeSlot ?? ''),
      ),
  },
  {
    symbol: 'ERROR_RESOURCE_NOT_AVAILABLE',
    title: 'refuses a slot whose magazine is out',
    run: (t) =>
      after(
        t,
        async (house) => {
          house.autoloader.operator.removeMagazine('left');
          await house.inventory();
        },
        (house) => {
          const state = NtmsSlotState.NTMS_SLOTSTATE_NOTPRESENT;
          const [slot] = house.store.table('slots').list({ state });
          return house.api.ReserveNtmsCleanerSlot(house.session, house.library.id, slot?.id ?? '');
        },
      ),
  },
]);

export const releaseNtmsCleanerSlotCodes = returnCodesOf('ReleaseNtmsCleanerSlot', [
  {
    symbol: 'ERROR_SUCCESS',
    title: 'gives up a slot that is empty',
    run: (t) => after(t, reserveSlot, (library) => release(library, library)),
  },
  ...controlCases(release).denied,
  ...controlCases(release).handles,
  {
    symbol: 'ERROR_DEVICE_NOT_AVAILABLE',
    title: 'refuses a library that is not attached',
    run: (t) => after(t, patchLibrary({ operationalState: NTMS_NOT_PRESENT }), (library) => release(library, library)),
  },
  {
    symbol: 'ERROR_INVALID_LIBRARY',
    title: 'refuses an id that no library has',
    parameter: 'lpLibrary',
    run: (t) => after(t, nothing, ({ api, session }) => api.ReleaseNtmsCleanerSlot(session, NOBODY)),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null library',
    parameter: 'lpLibrary',
    run: (t) => after(t, nothing, ({ api, session }) => api.ReleaseNtmsCleanerSlot(session, null as never)),
  },
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses the offline library',
    run: (t) =>
      after(t, nothing, ({ api, session, store }) =>
        api.ReleaseNtmsCleanerSlot(session, store.wellKnown.offlineLibrary),
      ),
  },
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'cannot reach a manager that was stopped',
    run: (t) => afterStop(t, release),
  },
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY',
    title: 'cannot get the memory to look at the library',
    run: (t) =>
      after(t, nothing, async (house) => {
        const { id } = house.library;
        runOutOfMemory(house, 'libraries');
        return house.api.ReleaseNtmsCleanerSlot(house.session, id);
      }),
  },
  {
    symbol: 'ERROR_CLEANER_SLOT_NOT_SET',
    title: 'refuses a library that keeps no slot',
    run: (t) => after(t, nothing, (library) => release(library, library)),
  },
  {
    symbol: 'ERROR_RESOURCE_DISABLED',
    title: 'refuses a disabled library',
    run: (t) => after(t, patchLibrary({ enabled: false }), (library) => release(library, library)),
  },
  {
    symbol: 'ERROR_RESOURCE_NOT_PRESENT',
    title: 'refuses a slot whose magazine is out',
    run: (t) =>
      after(
        t,
        async (house) => {
          const slot = await reserveSlot(house);
          house.autoloader.operator.removeMagazine('left');
          house.autoloader.operator.removeMagazine('right');
          await house.inventory();
          return slot;
        },
        (library) => release(library, library),
      ),
  },
  {
    symbol: 'ERROR_RESOURCE_NOT_AVAILABLE',
    title: 'refuses a slot that holds its cleaner',
    run: (t) =>
      after(
        t,
        (house) => {
          const { NTMS_LIBRARYFLAG_CLEANERPRESENT: flags } = NtmsLibraryFlags;
          const cleanerSlot = house.medium('CLNU01L1').location;
          house.store.table('libraries').update(house.library.id, { cleanerSlot, flags, cleanerUsesRemaining: 3 });
        },
        (library) => release(library, library),
      ),
  },
]);
