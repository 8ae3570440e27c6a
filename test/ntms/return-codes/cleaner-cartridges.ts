import type { Test } from 'tap';
import {
  NtmsEjectOperation,
  NtmsInjectOperation,
  NtmsLibraryType,
  NtmsOperationalState,
} from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import type { VirtualLibrary } from '../../library/virtual-library.js';
import { runOutOfMemory } from '../broken-database.js';
import {
  bringCleaner,
  ejectCleaner,
  injectCleaner,
  reserveSlot,
  withoutPort,
  withPort,
  withReservedSlot,
} from '../cleaner-house.js';
import { returnCodesOf } from '../coverage-case.js';
import { NOBODY } from '../house.js';
import { after, afterStop } from './common.js';
import type { RightCall } from './common.js';
import { controlCases } from './control-cases.js';

const {
  NTMS_INJECT_START: START,
  NTMS_INJECT_STOP: STOP,
  NTMS_INJECT_RETRACT,
  NTMS_INJECT_STARTMANY,
} = NtmsInjectOperation;
const { NTMS_EJECT_START, NTMS_EJECT_STOP, NTMS_EJECT_QUEUE, NTMS_EJECT_FORCE } = NtmsEjectOperation;
const { NTMS_LIBRARYTYPE_OFFLINE: libraryType } = NtmsLibraryType;
const { NTMS_NOT_PRESENT: operationalState } = NtmsOperationalState;
const nothing = (): void => undefined;

const inject: RightCall = ({ library }, { api, session }) => api.InjectNtmsCleaner(session, library.id, null, 5, START);
const eject: RightCall = ({ library }, { api, session }) =>
  api.EjectNtmsCleaner(session, library.id, null, NTMS_EJECT_START);

/** A house with one port and a reserved slot, something done to it, and then the call. */
async function reserved(
  t: Test,
  prepare: (library: VirtualLibrary, slot: Guid) => unknown,
  call: (library: VirtualLibrary) => Promise<unknown>,
  options = {},
): Promise<() => Promise<unknown>> {
  const { library, slot } = await withReservedSlot(t, { ...withPort, ...options });
  await prepare(library, slot);
  return () => call(library);
}

const patch =
  (fields: { enabled?: boolean; operationalState?: number; libraryType?: number }) =>
  ({ store, library }: VirtualLibrary) =>
    void store.table('libraries').update(library.id, fields);

async function removeMagazines(house: VirtualLibrary): Promise<void> {
  for (const { name } of house.autoloader.profile.magazines) house.autoloader.operator.removeMagazine(name);
  await house.inventory();
}

export const injectNtmsCleanerCodes = returnCodesOf('InjectNtmsCleaner', [
  {
    symbol: 'ERROR_SUCCESS',
    title: 'accepts a cleaner',
    run: (t) => reserved(t, nothing, (house) => injectCleaner(house)),
  },
  ...[0, 0xffff_ffff].map((count) => ({
    symbol: 'ERROR_SUCCESS' as const,
    title: `accepts ${count} cleanings`,
    parameter: 'dwNumberOfCleansLeft' as const,
    run: (t: Test) => reserved(t, nothing, (house) => injectCleaner(house, count)),
  })),
  ...controlCases(inject).denied,
  ...controlCases(inject).handles,
  {
    symbol: 'ERROR_CLEANER_SLOT_NOT_SET',
    title: 'refuses a library that keeps no slot',
    run: (t) => after(t, nothing, (house) => injectCleaner(house), withPort),
  },
  {
    symbol: 'ERROR_DEVICE_NOT_AVAILABLE',
    title: 'refuses a library that is not attached',
    run: (t) => reserved(t, patch({ operationalState }), (house) => injectCleaner(house)),
  },
  {
    symbol: 'ERROR_INVALID_LIBRARY',
    title: 'refuses an id that no library has',
    parameter: 'lpLibrary',
    run: (t) => after(t, nothing, ({ api, session }) => api.InjectNtmsCleaner(session, NOBODY, null, 5, START)),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null library',
    parameter: 'lpLibrary',
    run: (t) => after(t, nothing, ({ api, session }) => api.InjectNtmsCleaner(session, null as never, null, 5, START)),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses an operation that is left out',
    parameter: 'lpInjectOperation',
    run: (t) =>
      reserved(t, nothing, ({ api, session, library }) =>
        api.InjectNtmsCleaner(session, library.id, undefined as never, 5, START),
      ),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses STOP without an operation',
    parameter: 'lpInjectOperation',
    run: (t) =>
      reserved(t, nothing, ({ api, session, library }) => api.InjectNtmsCleaner(session, library.id, null, 5, STOP)),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses STOP of an operation that there is not',
    parameter: 'lpInjectOperation',
    run: (t) =>
      reserved(t, nothing, ({ api, session, library }) => api.InjectNtmsCleaner(session, library.id, NOBODY, 5, STOP)),
  },
  ...[NTMS_INJECT_RETRACT, NTMS_INJECT_STARTMANY, 7, -1].map((action) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses action ${action}`,
    parameter: 'dwAction' as const,
    run: (t: Test) =>
      reserved(t, nothing, ({ api, session, library }) => api.InjectNtmsCleaner(session, library.id, 'x', 5, action)),
  })),
  ...[-1, 0.5, 2 ** 32].map((count) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${count} cleanings`,
    parameter: 'dwNumberOfCleansLeft' as const,
    run: (t: Test) => reserved(t, nothing, (house) => injectCleaner(house, count)),
  })),
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses the offline library',
    run: (t) => reserved(t, patch({ libraryType }), (house) => injectCleaner(house)),
  },
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY',
    title: 'cannot get the memory to look at the library',
    run: (t) =>
      after(t, nothing, async (house) => {
        const { id } = house.library;
        runOutOfMemory(house, 'libraries');
        return house.api.InjectNtmsCleaner(house.session, id, null, 5, START);
      }),
  },
  {
    symbol: 'ERROR_NOT_SUPPORTED',
    title: 'refuses STOP where there is only a door',
    parameter: 'dwAction',
    run: (t) =>
      after(
        t,
        reserveSlot,
        ({ api, session, library }) => api.InjectNtmsCleaner(session, library.id, NOBODY, 5, STOP),
        withoutPort,
      ),
  },
  {
    symbol: 'ERROR_RESOURCE_DISABLED',
    title: 'refuses a disabled library',
    run: (t) => reserved(t, patch({ enabled: false }), (house) => injectCleaner(house)),
  },
  {
    symbol: 'ERROR_RESOURCE_NOT_AVAILABLE',
    title: 'refuses a second cleaner',
    run: (t) =>
      reserved(
        t,
        (house) => bringCleaner(house),
        (house) => injectCleaner(house),
      ),
  },
  {
    symbol: 'ERROR_RESOURCE_NOT_PRESENT',
    title: 'refuses a slot whose magazine is out',
    run: (t) => reserved(t, removeMagazines, (house) => injectCleaner(house)),
  },
]);

export const ejectNtmsCleanerCodes = returnCodesOf('EjectNtmsCleaner', [
  {
    symbol: 'ERROR_SUCCESS',
    title: 'accepts the eject of a cleaner',
    run: (t) => reserved(t, (house) => bringCleaner(house), ejectCleaner),
  },
  ...controlCases(eject).denied,
  ...controlCases(eject).handles,
  {
    symbol: 'ERROR_INVALID_LIBRARY',
    title: 'refuses an id that no library has',
    parameter: 'lpLibrary',
    run: (t) => after(t, nothing, ({ api, session }) => api.EjectNtmsCleaner(session, NOBODY, null, NTMS_EJECT_START)),
  },
  {
    symbol: 'ERROR_INVALID_OPERATION',
    title: 'refuses STOP of an operation that there is not',
    parameter: 'lpEjectOperation',
    run: (t) =>
      reserved(t, nothing, ({ api, session, library }) =>
        api.EjectNtmsCleaner(session, library.id, NOBODY, NTMS_EJECT_STOP),
      ),
  },
  {
    symbol: 'ERROR_INVALID_OPERATION',
    title: 'refuses STOP of an inject',
    parameter: 'lpEjectOperation',
    async run(t) {
      const { library: house } = await withReservedSlot(t);
      const operation = await injectCleaner(house);
      return () => house.api.EjectNtmsCleaner(house.session, house.library.id, operation, NTMS_EJECT_STOP);
    },
  },
  {
    symbol: 'ERROR_INVALID_OPERATION',
    title: 'refuses STOP where there is only a door',
    parameter: 'dwAction',
    run: (t) =>
      after(
        t,
        reserveSlot,
        ({ api, session, library }) => api.EjectNtmsCleaner(session, library.id, NOBODY, NTMS_EJECT_STOP),
        withoutPort,
      ),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null library',
    parameter: 'lpLibrary',
    run: (t) =>
      after(t, nothing, ({ api, session }) => api.EjectNtmsCleaner(session, null as never, null, NTMS_EJECT_START)),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses an operation that is left out',
    parameter: 'lpEjectOperation',
    run: (t) =>
      reserved(t, nothing, ({ api, session, library }) =>
        api.EjectNtmsCleaner(session, library.id, undefined as never, NTMS_EJECT_START),
      ),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses STOP without an operation',
    parameter: 'lpEjectOperation',
    run: (t) =>
      reserved(t, nothing, ({ api, session, library }) =>
        api.EjectNtmsCleaner(session, library.id, null, NTMS_EJECT_STOP),
      ),
  },
  ...[NTMS_EJECT_QUEUE, NTMS_EJECT_FORCE, 9].map((action) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses action ${action}`,
    parameter: 'dwAction' as const,
    run: (t: Test) =>
      reserved(t, nothing, ({ api, session, library }) => api.EjectNtmsCleaner(session, library.id, 'x', action)),
  })),
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses the offline library',
    run: (t) => reserved(t, patch({ libraryType }), ejectCleaner),
  },
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses a library that is not attached',
    run: (t) => reserved(t, patch({ operationalState }), ejectCleaner),
  },
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'cannot reach a manager that was stopped',
    run: (t) => afterStop(t, eject),
  },
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY',
    title: 'cannot get the memory to look at the library',
    run: (t) =>
      after(t, nothing, async (house) => {
        const { id } = house.library;
        runOutOfMemory(house, 'libraries');
        return house.api.EjectNtmsCleaner(house.session, id, null, NTMS_EJECT_START);
      }),
  },
  {
    symbol: 'ERROR_CLEANER_SLOT_NOT_SET',
    title: 'refuses a library that keeps no slot',
    run: (t) => after(t, nothing, ejectCleaner, withPort),
  },
  {
    symbol: 'ERROR_RESOURCE_DISABLED',
    title: 'refuses a disabled library',
    run: (t) => reserved(t, patch({ enabled: false }), ejectCleaner),
  },
  {
    symbol: 'ERROR_EMPTY',
    title: 'refuses when nothing is in the slot',
    run: (t) => reserved(t, nothing, ejectCleaner),
  },
  {
    symbol: 'ERROR_RESOURCE_NOT_PRESENT',
    title: 'refuses a slot whose magazine is out',
    run: (t) => reserved(t, removeMagazines, ejectCleaner),
  },
]);
