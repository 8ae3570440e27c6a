import type { Test } from 'tap';
import { NtmsAccessMask, NtmsLibraryType, NtmsOperationalState } from '../../../src/ntms/index.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { emptySlot } from '../cleaner-house.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, guestOf, NOBODY } from '../house.js';
import { after, withClosedHandle, withoutHandle } from './common.js';
import type { RightCall } from './common.js';

const slotOf = (library: VirtualLibrary, barCode: string) => library.medium(barCode).location ?? '';
const identify: RightCall = (library, { api, session }) =>
  api.IdentifyNtmsSlot(session, slotOf(library, 'ORS001L8'), 0);
const nothing = (): void => undefined;

export const identifyNtmsSlotCodes = returnCodesOf('IdentifyNtmsSlot', [
  ...[0, 1, 2].map((option) => ({
    symbol: 'ERROR_SUCCESS' as const,
    title: `accepts option ${option}`,
    parameter: 'dwOption' as const,
    run: (t: Test) =>
      after(t, nothing, (house) => house.api.IdentifyNtmsSlot(house.session, slotOf(house, 'ORS001L8'), option)),
  })),
  {
    symbol: 'ERROR_SUCCESS',
    title: 'accepts an empty slot',
    parameter: 'lpSlotId',
    run: (t) => after(t, nothing, (house) => house.api.IdentifyNtmsSlot(house.session, emptySlot(house), 0)),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who may use the library but not control it',
    right: 'library',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const guest = await guestOf(library);
      return () => identify(library, guest);
    },
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user whom the library denies control',
    right: 'library',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const guest = await guestOf(library);
      denyGuest(library, library.library.id, NtmsAccessMask.NTMS_CONTROL_ACCESS);
      return () => identify(library, guest);
    },
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a closed session',
    parameter: 'hSession',
    run: (t) => withClosedHandle(t, identify),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a null handle',
    parameter: 'hSession',
    run: (t) => withoutHandle(t, identify),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null slot',
    parameter: 'lpSlotId',
    run: (t) => after(t, nothing, ({ api, session }) => api.IdentifyNtmsSlot(session, null as never, 0)),
  },
  ...[3, -1, 0.5].map((option) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses option ${option}`,
    parameter: 'dwOption' as const,
    run: (t: Test) =>
      after(t, nothing, (house) => house.api.IdentifyNtmsSlot(house.session, slotOf(house, 'ORS001L8'), option)),
  })),
  ...[
    {
      title: 'refuses a slot that is booked under an offline library',
      libraryType: NtmsLibraryType.NTMS_LIBRARYTYPE_OFFLINE,
    },
    {
      title: 'refuses a slot of a library that is not attached',
      operationalState: NtmsOperationalState.NTMS_NOT_PRESENT,
    },
  ].map(({ title, ...patch }) => ({
    symbol: 'ERROR_LIBRARY_OFFLINE' as const,
    title,
    run: (t: Test) =>
      after(
        t,
        ({ store, library }) => store.table('libraries').update(library.id, patch),
        (library) => identify(library, library),
      ),
  })),
  ...[NOBODY, 'x'].map((id) => ({
    symbol: 'ERROR_OBJECT_NOT_FOUND' as const,
    title: `refuses an id that no slot has: ${id}`,
    parameter: 'lpSlotId' as const,
    run: (t: Test) => after(t, nothing, ({ api, session }) => api.IdentifyNtmsSlot(session, id, 0)),
  })),
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND',
    title: 'refuses the id of a drive',
    parameter: 'lpSlotId',
    run: (t) => after(t, nothing, (house) => house.api.IdentifyNtmsSlot(house.session, house.drive(0).id, 0)),
  },
]);
