import { NtmsLibraryFlags, NtmsOperationalState } from '../../src/ntms/index.js';
import type { VirtualLibrary } from '../library/virtual-library.js';
import type { ApiCaller } from './house.js';

type Call = (library: VirtualLibrary, caller: ApiCaller) => Promise<unknown>;

const { NTMS_NOT_PRESENT: operationalState } = NtmsOperationalState;
const slotOf = (library: VirtualLibrary, barCode: string) => library.medium(barCode).location ?? '';

const clean: Call = (library, { api, session }) => api.CleanNtmsDrive(session, library.drive(0).id);
const reserve: Call = (library, { api, session }) =>
  api.ReserveNtmsCleanerSlot(session, library.library.id, slotOf(library, 'ORS001L8'));
const release: Call = ({ library }, { api, session }) => api.ReleaseNtmsCleanerSlot(session, library.id);
const identify: Call = (library, { api, session }) => api.IdentifyNtmsSlot(session, slotOf(library, 'ORS001L8'), 0);

const inject: Call = ({ library }, { api, session }) => api.InjectNtmsCleaner(session, library.id, null, 1, 0);
const eject: Call = ({ library }, { api, session }) => api.EjectNtmsCleaner(session, library.id, null, 0);

const absent = ({ store, library }: VirtualLibrary) =>
  store.table('libraries').update(library.id, { operationalState });
const disabled = ({ store, library }: VirtualLibrary) =>
  store.table('libraries').update(library.id, { enabled: false });

function cleanerPresent({ store, library }: VirtualLibrary, slot: string): void {
  const { NTMS_LIBRARYFLAG_CLEANERPRESENT: flags } = NtmsLibraryFlags;
  store.table('libraries').update(library.id, { cleanerSlot: slot, cleanerUsesRemaining: 3, flags });
}

/** States of which a caller without control of the library must not learn. */
export const cleaningSecrets = [
  { function: 'CleanNtmsDrive', title: 'that the library is disabled', prepare: disabled, call: clean },
  { function: 'CleanNtmsDrive', title: 'that the library is not there', prepare: absent, call: clean },
  { function: 'ReserveNtmsCleanerSlot', title: 'that the slot is full', prepare: () => undefined, call: reserve },
  { function: 'ReserveNtmsCleanerSlot', title: 'that the library is not there', prepare: absent, call: reserve },
  { function: 'ReleaseNtmsCleanerSlot', title: 'that no slot is reserved', prepare: () => undefined, call: release },
  {
    function: 'ReleaseNtmsCleanerSlot',
    title: 'that a cleaner is there',
    prepare: (library: VirtualLibrary) => cleanerPresent(library, slotOf(library, 'CLNU01L1')),
    call: release,
  },
  { function: 'InjectNtmsCleaner', title: 'that no slot is reserved', prepare: () => undefined, call: inject },
  { function: 'InjectNtmsCleaner', title: 'that the library is disabled', prepare: disabled, call: inject },
  { function: 'EjectNtmsCleaner', title: 'that no slot is reserved', prepare: () => undefined, call: eject },
  { function: 'EjectNtmsCleaner', title: 'that the library is not there', prepare: absent, call: eject },
  { function: 'IdentifyNtmsSlot', title: 'that the library is not there', prepare: absent, call: identify },
] as const;
