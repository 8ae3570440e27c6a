import type { Test } from 'tap';
import { NtmsOperationalState } from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { breakReference, damageTable, fillDatabase, lockDatabase, runOutOfMemory } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { addOtherLibrary, denyGuest, guestOf, NOBODY, openMedium, takeToShelf } from '../house.js';

/** A mounted cartridge, something done to the house, and then a plain dismount of it. */
async function withMountedMedium(t: Test, prepare: (library: VirtualLibrary) => unknown, options = 0) {
  const library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8');
  const { id } = library.side('ORS001L8');
  await prepare(library);
  return () => library.api.DismountNtmsMedia(library.session, [id], 1, options);
}

/** A mounted cartridge, and arguments given as they are. */
async function withArguments(
  t: Test,
  change: (side: Guid) => { readonly media?: unknown; readonly count?: number; readonly options?: number },
) {
  const library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8');
  const { id } = library.side('ORS001L8');
  const { media, count, options } = { media: [id], count: 1, options: 0, ...change(id) };
  return () => library.api.DismountNtmsMedia(library.session, media as Guid[], count, options);
}

export const dismountNtmsMediaCodes = returnCodesOf('DismountNtmsMedia', [
  ...[0, 1, 2].map((options) => ({
    symbol: 'ERROR_SUCCESS' as const,
    title: `accepts option ${options}`,
    parameter: 'dwOptions' as const,
    run: (t: Test) => withMountedMedium(t, () => undefined, options),
  })),
  ...(['media pool', 'library'] as const).map((right) => ({
    symbol: 'ERROR_ACCESS_DENIED' as const,
    title: `refuses a user whom the ${right} denies its use`,
    right,
    async run(t: Test) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      const { api, session } = await guestOf(library);
      denyGuest(library, right === 'library' ? library.library.id : library.medium('ORS001L8').mediaPool);
      return () => api.DismountNtmsMedia(session, [library.side('ORS001L8').id], 1, 0);
    },
  })),
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'meets a damaged page of the database',
    run: (t) => withMountedMedium(t, (library) => damageTable(library, 'sides')),
  },
  {
    symbol: 'ERROR_DATABASE_FULL',
    title: 'finds no room for its request',
    run: (t) => withMountedMedium(t, fillDatabase),
  },
  ...(['libraries', 'drives'] as const).flatMap((table) =>
    [{ enabled: false }, { operationalState: NtmsOperationalState.NTMS_NEEDS_SERVICE }].map((patch) => ({
      symbol: 'ERROR_DEVICE_NOT_AVAILABLE' as const,
      title: `refuses a ${table === 'drives' ? 'drive' : 'library'} that ${'enabled' in patch ? 'is disabled' : 'needs service'}`,
      run: (t: Test) =>
        withMountedMedium(t, (house) => {
          const { id } = table === 'drives' ? house.drive(0) : house.library;
          house.store.table(table).update(id, patch);
        }),
    })),
  ),
  {
    symbol: 'ERROR_INVALID_LIBRARY',
    title: 'refuses a medium whose library is lost',
    run: (t) =>
      withMountedMedium(t, (library) => {
        breakReference(library, 'physical_media', 'current_library', library.medium('ORS001L8').id);
      }),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses an id that no medium has',
    parameter: 'lpMediaId',
    run: (t) => withArguments(t, () => ({ media: [NOBODY] })),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses a medium that is listed twice',
    parameter: 'lpMediaId',
    run: (t) => withArguments(t, (side) => ({ media: [side, side], count: 2 })),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a count of zero',
    parameter: 'dwCount',
    run: (t) => withArguments(t, () => ({ count: 0 })),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a count that differs from the media',
    parameter: 'dwCount',
    run: (t) => withArguments(t, () => ({ count: 2 })),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null media array',
    parameter: 'lpMediaId',
    run: (t) => withArguments(t, () => ({ media: null })),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses an option that nobody defined',
    parameter: 'dwOptions',
    run: (t) => withArguments(t, () => ({ options: 3 })),
  },
  {
    symbol: 'ERROR_INVALID_STATE',
    title: 'refuses a medium that is in its slot',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      return () => library.api.DismountNtmsMedia(library.session, [library.side('ORS001L8').id], 1, 0);
    },
  },
  {
    symbol: 'ERROR_INVALID_STATE',
    title: 'refuses a medium that an application has open',
    run: (t) => withMountedMedium(t, (library) => openMedium(library, library.drive(0).id)),
  },
  {
    symbol: 'ERROR_MEDIA_NOT_AVAILABLE',
    title: 'refuses a disabled medium',
    run: (t) =>
      withMountedMedium(t, (library) => {
        library.store.table('physicalMedia').update(library.medium('ORS001L8').id, { enabled: false });
      }),
  },
  {
    symbol: 'ERROR_MEDIA_OFFLINE',
    title: 'refuses a medium that is on the shelf',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { id } = library.side('ORS001L8');
      await takeToShelf(library, 'ORS001L8');
      return () => library.api.DismountNtmsMedia(library.session, [id], 1, 0);
    },
  },
  {
    symbol: 'ERROR_MEDIA_OFFLINE',
    title: 'refuses a medium of a library whose hardware is gone',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { side } = addOtherLibrary(library, NtmsOperationalState.NTMS_NOT_PRESENT);
      return () => library.api.DismountNtmsMedia(library.session, [side], 1, 0);
    },
  },
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY',
    title: 'cannot get the memory to look at the medium',
    run: (t) => withMountedMedium(t, (library) => runOutOfMemory(library, 'sides')),
  },
  {
    symbol: 'ERROR_TIMEOUT',
    title: 'gives up while another program holds the database locked',
    run: (t) => withMountedMedium(t, (library) => lockDatabase(t, library)),
  },
]);
