import type { Test } from 'tap';
import { NtmsLibraryType, NtmsLmOperation } from '../../../src/ntms/index.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { watch } from '../house.js';

/** ORS001L8 mounted in drive 0, with everything watched that a dismount changes. */
export async function mounted(t: Test, { standAlone = false } = {}) {
  // With real times on a clock that jumps, every state lasts long enough to be seen.
  const library = await VirtualLibrary.open(t, { timing: 'real' });
  const home = library.medium('ORS001L8').location ?? '';
  await library.mount('ORS001L8');
  if (standAlone) {
    const { NTMS_LIBRARYTYPE_STANDALONE: libraryType } = NtmsLibraryType;
    library.store.table('libraries').update(library.library.id, { libraryType });
  }
  const { store } = library;
  const medium = library.medium('ORS001L8').id;
  const drive = library.drive(0).id;
  return {
    library,
    home,
    drive,
    medium,
    side: library.side('ORS001L8').id,
    mediaState: watch(library, () => store.table('physicalMedia').require(medium), 'mediaState'),
    driveState: watch(library, () => store.table('drives').require(drive), 'state'),
    slotState: watch(library, () => store.table('slots').require(home), 'state'),
    requestStates: requestStates(library),
    dismountMedium: async (options: number): Promise<void> => {
      await library.api.DismountNtmsMedia(library.session, [library.side('ORS001L8').id], 1, options);
      await library.manager.drain();
    },
    dismountDrive: async (): Promise<void> => {
      await library.api.DismountNtmsDrive(library.session, drive);
      await library.manager.drain();
    },
  };
}

/** The states that DISMOUNT requests go through from now on. */
function requestStates({ store }: VirtualLibrary): number[] {
  const states: number[] = [];
  store.onChange(({ table, id }) => {
    if (table !== 'libRequests') return;
    const row = store.table('libRequests').get(id);
    if (row?.operationCode === NtmsLmOperation.NTMS_LM_DISMOUNT && states.at(-1) !== row.state) states.push(row.state);
  });
  return states;
}

/** What both dismounts do with their request. */
export const queued = {
  change: 'request-queued' as const,
  title: 'stores a DISMOUNT request in state QUEUED, which ends as PASSED',
};
