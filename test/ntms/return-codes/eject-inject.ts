import type { Test } from 'tap';
import {
  NtmsEjectOperation as E,
  NtmsInjectOperation as I,
  NtmsLibraryType,
  NtmsOperationalState,
  NtmsSlotState,
} from '../../../src/ntms/index.js';
import { onePort } from '../../library/person-at-port.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { damageTable, fillDatabase, runOutOfMemory } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, guestOf, NOBODY, takeToShelf } from '../house.js';
import { after, withClosedHandle, withoutHandle } from './common.js';
import type { RightCall } from './common.js';

const eject: RightCall = (library, { api, session }) =>
  api.EjectNtmsMedia(session, library.medium('ORS001L8').id, null, E.NTMS_EJECT_START);
const inject: RightCall = ({ library }, { api, session }) =>
  api.InjectNtmsMedia(session, library.id, null, I.NTMS_INJECT_START);
const queue = (library: VirtualLibrary, barCode: string) =>
  library.api.EjectNtmsMedia(library.session, library.medium(barCode).id, null, E.NTMS_EJECT_QUEUE);
const nothing = (): undefined => undefined;
const own = (call: RightCall) => (library: VirtualLibrary) => call(library, library);
const patchLibrary =
  (patch: { readonly enabled?: boolean; readonly operationalState?: number; readonly libraryType?: number }) =>
  ({ store, library }: VirtualLibrary) =>
    store.table('libraries').update(library.id, patch);

/** The identifier is taken before the medium's record cannot be read any more. */
async function afterWith(t: Test, spoil: (library: VirtualLibrary) => unknown, options = {}) {
  const library = await VirtualLibrary.open(t, options);
  const { id } = library.medium('ORS001L8');
  await spoil(library);
  return () => library.api.EjectNtmsMedia(library.session, id, null, E.NTMS_EJECT_START);
}

async function byGuest(t: Test, call: RightCall, deny: boolean) {
  const library = await VirtualLibrary.open(t);
  const guest = await guestOf(library);
  if (deny) denyGuest(library, library.library.id, 0x4);
  return () => call(library, guest);
}

export const ejectNtmsMediaCodes = returnCodesOf('EjectNtmsMedia', [
  {
    symbol: 'ERROR_SUCCESS',
    title: 'accepts a cartridge in its slot',
    parameter: 'lpMediaId',
    run: (t) => after(t, nothing, own(eject)),
  },
  ...(['NTMS_EJECT_START', 'NTMS_EJECT_QUEUE', 'NTMS_EJECT_FORCE'] as const).map((action) => ({
    symbol: 'ERROR_SUCCESS' as const,
    title: `accepts ${action}`,
    parameter: 'dwAction' as const,
    run: (t: Test) =>
      after(t, nothing, (library) =>
        library.api.EjectNtmsMedia(library.session, library.medium('ORS001L8').id, null, E[action]),
      ),
  })),
  ...[false, true].map((deny) => ({
    symbol: 'ERROR_ACCESS_DENIED' as const,
    title: `refuses a user ${deny ? 'whom the library denies control' : 'who may use the library but not control it'}`,
    right: 'library' as const,
    run: (t: Test) => byGuest(t, eject, deny),
  })),
  {
    symbol: 'ERROR_BUSY',
    title: 'refuses a mounted cartridge',
    run: (t) => after(t, (library) => library.mount('ORS001L8'), own(eject)),
  },
  {
    symbol: 'ERROR_BUSY',
    title: 'refuses to collect more cartridges than the ports take',
    run: (t) =>
      after(
        t,
        (library) => queue(library, 'ORS001L8'),
        (library) => queue(library, 'ORS002L8'),
        onePort,
      ),
  },
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'meets a damaged page of the database',
    run: (t) => afterWith(t, (library) => damageTable(library, 'physical_media')),
  },
  { symbol: 'ERROR_DATABASE_FULL', title: 'finds no room for its request', run: (t) => afterWith(t, fillDatabase) },
  {
    symbol: 'ERROR_DEVICE_NOT_AVAILABLE',
    title: 'refuses a library whose hardware is gone',
    run: (t) => after(t, patchLibrary({ operationalState: NtmsOperationalState.NTMS_NOT_PRESENT }), own(eject)),
  },
  {
    symbol: 'ERROR_DEVICE_NOT_AVAILABLE',
    title: 'refuses a library that needs service',
    run: (t) => after(t, patchLibrary({ operationalState: NtmsOperationalState.NTMS_NEEDS_SERVICE }), own(eject)),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a closed session',
    parameter: 'hSession',
    run: (t) => withClosedHandle(t, eject),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a null handle',
    parameter: 'hSession',
    run: (t) => withoutHandle(t, eject),
  },
  {
    symbol: 'ERROR_INVALID_OPERATION',
    title: 'refuses to stop what is no eject',
    parameter: 'lpEjectOperation',
    run: (t) => after(t, nothing, ({ api, session }) => api.EjectNtmsMedia(session, null, NOBODY, E.NTMS_EJECT_STOP)),
  },
  {
    symbol: 'ERROR_INVALID_OPERATION',
    title: 'refuses to stop an inject',
    parameter: 'lpEjectOperation',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const operation = await library.api.InjectNtmsMedia(
        library.session,
        library.library.id,
        null,
        I.NTMS_INJECT_START,
      );
      return () => library.api.EjectNtmsMedia(library.session, null, operation, E.NTMS_EJECT_STOP);
    },
  },
  ...[
    { id: undefined, title: 'a medium that is left out' },
    { id: null, title: 'no medium, when nothing was queued' },
    { id: NOBODY, title: 'an id that no medium has' },
  ].map(({ id, title }) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${title}`,
    parameter: 'lpMediaId' as const,
    run: (t: Test) =>
      after(t, nothing, ({ api, session }) => api.EjectNtmsMedia(session, id as never, null, E.NTMS_EJECT_START)),
  })),
  ...[E.NTMS_EJECT_IMMEDIATE, E.NTMS_EJECT_ASK_USER, -1].map((action) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses action ${action}`,
    parameter: 'dwAction' as const,
    run: (t: Test) =>
      after(t, nothing, (library) =>
        library.api.EjectNtmsMedia(library.session, library.medium('ORS001L8').id, null, action),
      ),
  })),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses STOP without an operation',
    parameter: 'lpEjectOperation',
    run: (t) => after(t, nothing, ({ api, session }) => api.EjectNtmsMedia(session, null, null, E.NTMS_EJECT_STOP)),
  },
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses a cartridge that is on the shelf',
    run: (t) => afterWith(t, (library) => takeToShelf(library, 'ORS001L8')),
  },
  {
    symbol: 'ERROR_MEDIA_NOT_AVAILABLE',
    title: 'refuses a disabled cartridge',
    run: (t) =>
      after(
        t,
        (library) => library.store.table('physicalMedia').update(library.medium('ORS001L8').id, { enabled: false }),
        own(eject),
      ),
  },
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY',
    title: 'cannot get the memory to look at the medium',
    run: (t) => afterWith(t, (library) => runOutOfMemory(library, 'physical_media')),
  },
  {
    symbol: 'ERROR_RESOURCE_DISABLED',
    title: 'refuses a disabled library',
    run: (t) => after(t, patchLibrary({ enabled: false }), own(eject)),
  },
  {
    symbol: 'ERROR_RESOURCE_DISABLED',
    title: 'refuses a cartridge in a disabled drive',
    run: (t) =>
      after(
        t,
        async (library) => {
          await library.mount('ORS001L8');
          await library.dismount('ORS001L8', { deferred: true });
          library.store.table('drives').update(library.drive(0).id, { enabled: false });
        },
        own(eject),
      ),
  },
]);

export const injectNtmsMediaCodes = returnCodesOf('InjectNtmsMedia', [
  ...(['NTMS_INJECT_START', 'NTMS_INJECT_STARTMANY'] as const).map((action) => ({
    symbol: 'ERROR_SUCCESS' as const,
    title: `accepts ${action}`,
    parameter: 'dwAction' as const,
    run: (t: Test) =>
      after(t, nothing, ({ api, session, library }) => api.InjectNtmsMedia(session, library.id, null, I[action])),
  })),
  ...(['NTMS_INJECT_STOP', 'NTMS_INJECT_RETRACT'] as const).map((action) => ({
    symbol: 'ERROR_SUCCESS' as const,
    title: `accepts ${action} of an inject of many`,
    parameter: 'dwAction' as const,
    async run(t: Test) {
      const { api, session, library } = await VirtualLibrary.open(t);
      const operation = await api.InjectNtmsMedia(session, library.id, null, I.NTMS_INJECT_STARTMANY);
      return () => api.InjectNtmsMedia(session, library.id, operation, I[action]);
    },
  })),
  ...[false, true].map((deny) => ({
    symbol: 'ERROR_ACCESS_DENIED' as const,
    title: `refuses a user ${deny ? 'whom the library denies control' : 'who may use the library but not control it'}`,
    right: 'library' as const,
    run: (t: Test) => byGuest(t, inject, deny),
  })),
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'meets a damaged page of the database',
    run: async (t) => {
      const library = await VirtualLibrary.open(t);
      const { id } = library.library;
      damageTable(library, 'slots');
      return () => library.api.InjectNtmsMedia(library.session, id, null, I.NTMS_INJECT_START);
    },
  },
  {
    symbol: 'ERROR_DATABASE_FULL',
    title: 'finds no room for its request',
    run: (t) => after(t, fillDatabase, own(inject)),
  },
  {
    symbol: 'ERROR_DEVICE_NOT_AVAILABLE',
    title: 'refuses a disabled library',
    run: (t) => after(t, patchLibrary({ enabled: false }), own(inject)),
  },
  {
    symbol: 'ERROR_DEVICE_NOT_AVAILABLE',
    title: 'refuses a library without a port',
    run: (t) => after(t, nothing, own(inject), { profile: 'quantum-superloader3' }),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a closed session',
    parameter: 'hSession',
    run: (t) => withClosedHandle(t, inject),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a null handle',
    parameter: 'hSession',
    run: (t) => withoutHandle(t, inject),
  },
  {
    symbol: 'ERROR_INVALID_OPERATION',
    title: 'refuses to stop what is no inject',
    parameter: 'lpInjectOperation',
    run: (t) =>
      after(t, nothing, ({ api, session, library }) =>
        api.InjectNtmsMedia(session, library.id, NOBODY, I.NTMS_INJECT_STOP),
      ),
  },
  {
    symbol: 'ERROR_INVALID_OPERATION',
    title: 'refuses to retract an inject of one',
    parameter: 'lpInjectOperation',
    async run(t) {
      const { api, session, library } = await VirtualLibrary.open(t);
      const operation = await api.InjectNtmsMedia(session, library.id, null, I.NTMS_INJECT_START);
      return () => api.InjectNtmsMedia(session, library.id, operation, I.NTMS_INJECT_RETRACT);
    },
  },
  ...[null, '', NOBODY].map((id) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${id === NOBODY ? 'an id that no library has' : id === null ? 'a null library' : 'an empty library id'}`,
    parameter: 'lpLibraryId' as const,
    run: (t: Test) =>
      after(t, nothing, ({ api, session }) => api.InjectNtmsMedia(session, id as never, null, I.NTMS_INJECT_START)),
  })),
  ...[4, -1].map((action) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses action ${action}`,
    parameter: 'dwAction' as const,
    run: (t: Test) =>
      after(t, nothing, ({ api, session, library }) => api.InjectNtmsMedia(session, library.id, null, action)),
  })),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses STOP without an operation',
    parameter: 'lpInjectOperation',
    run: (t) =>
      after(t, nothing, ({ api, session, library }) =>
        api.InjectNtmsMedia(session, library.id, null, I.NTMS_INJECT_STOP),
      ),
  },
  {
    symbol: 'ERROR_LIBRARY_FULL',
    title: 'refuses a library without an empty slot',
    run: (t) =>
      after(
        t,
        ({ store }) => {
          for (const { id } of store.table('slots').list({ state: NtmsSlotState.NTMS_SLOTSTATE_EMPTY })) {
            store.table('slots').update(id, { enabled: false });
          }
        },
        own(inject),
      ),
  },
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses the offline library',
    run: (t) =>
      after(t, nothing, ({ api, session, store }) =>
        api.InjectNtmsMedia(session, store.wellKnown.offlineLibrary, null, I.NTMS_INJECT_START),
      ),
  },
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses a library that is booked as offline',
    run: (t) => after(t, patchLibrary({ libraryType: NtmsLibraryType.NTMS_LIBRARYTYPE_OFFLINE }), own(inject)),
  },
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY',
    title: 'cannot get the memory to look at the library',
    run: async (t) => {
      const library = await VirtualLibrary.open(t);
      const { id } = library.library;
      runOutOfMemory(library, 'libraries');
      return () => library.api.InjectNtmsMedia(library.session, id, null, I.NTMS_INJECT_START);
    },
  },
]);
