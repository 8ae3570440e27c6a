import type { Test } from 'tap';
import { SimulatedClock } from '../../../devices/clock.js';
import { NtmsMediaState, NtmsMountOptions, NtmsOperationalState, NtmsPartitionState } from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { breakReference, damageTable, fillDatabase, runOutOfMemory } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { addOtherLibrary, denyGuest, guestOf, mountBy, NOBODY, takeToShelf } from '../house.js';
import { after } from './common.js';
import type { RightCall } from './common.js';

const O = NtmsMountOptions;

const mountFirst: RightCall = (library, caller) => mountBy(caller, [library.side('ORS001L8').id]);

/** A house, something done to it, and then a plain mount of the first cartridge. */
async function beforeMount(t: Test, prepare: (library: VirtualLibrary) => unknown, flags = 0) {
  const library = await VirtualLibrary.open(t);
  const { id } = library.side('ORS001L8');
  await prepare(library);
  return () => mountBy(library, [id], { flags });
}

/** All arguments given as they are. */
function withArguments(
  t: Test,
  change: Partial<{ media: unknown; drives: unknown; count: unknown; options: unknown; priority: unknown }> &
    Partial<{ timeout: unknown; information: unknown }>,
) {
  return after(
    t,
    () => undefined,
    (library) => {
      const right = { media: [library.side('ORS001L8').id], drives: [null], count: 1, options: 0, priority: 0 };
      const given = { ...right, timeout: 1000, information: null, ...change };
      return library.api.MountNtmsMedia(
        library.session,
        given.media as Guid[],
        given.drives as Guid[],
        given.count as number,
        given.options as number,
        given.priority as number,
        given.timeout as number,
        given.information as null,
      );
    },
  );
}

export const mountNtmsMediaCodes = returnCodesOf('MountNtmsMedia', [
  { symbol: 'ERROR_SUCCESS', title: 'mounts a medium', run: (t) => beforeMount(t, () => undefined) },
  ...[-15, 15].map((priority) => ({
    symbol: 'ERROR_SUCCESS' as const,
    title: `mounts with priority ${priority}`,
    parameter: 'dwPriority' as const,
    run: (t: Test) => withArguments(t, { priority }),
  })),
  ...(['media pool', 'library'] as const).map((right) => ({
    symbol: 'ERROR_ACCESS_DENIED' as const,
    title: `refuses a user whom the ${right} denies its use`,
    right,
    async run(t: Test) {
      const library = await VirtualLibrary.open(t);
      const guest = await guestOf(library);
      denyGuest(library, right === 'library' ? library.library.id : library.medium('ORS001L8').mediaPool);
      return () => mountFirst(library, guest);
    },
  })),
  {
    symbol: 'ERROR_BUSY',
    title: 'refuses at once when all drives are in use',
    parameter: 'dwOptions',
    run: (t) => beforeMount(t, (library) => library.mount(['ORS002L8', 'ORS003L8']), O.NTMS_MOUNT_ERROR_NOT_AVAILABLE),
  },
  {
    symbol: 'ERROR_BUSY',
    title: 'refuses at once when the medium is in use',
    parameter: 'dwOptions',
    run: (t) => beforeMount(t, (library) => library.mount('ORS001L8'), O.NTMS_MOUNT_ERROR_IF_UNAVAILABLE),
  },
  {
    symbol: 'ERROR_CANCELLED',
    title: 'ends when its session is closed while it waits',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount(['ORS002L8', 'ORS003L8']);
      const waiting = mountFirst(library, library);
      waiting.catch(() => undefined);
      await library.api.CloseNtmsSession(library.session);
      return () => waiting;
    },
  },
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'meets a damaged page of the database',
    run: (t) => beforeMount(t, (library) => damageTable(library, 'sides')),
  },
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'finds the database closed',
    run: (t) => beforeMount(t, ({ store }) => store.close()),
  },
  {
    symbol: 'ERROR_DATABASE_FULL',
    title: 'finds no room for its request',
    run: (t) => beforeMount(t, fillDatabase),
  },
  {
    symbol: 'ERROR_DRIVE_MEDIA_MISMATCH',
    title: 'refuses a drive of another library',
    parameter: 'lpDriveId',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { drive } = addOtherLibrary(library);
      const flags = O.NTMS_MOUNT_SPECIFIC_DRIVE;
      return () => mountBy(library, [library.side('ORS001L8').id], { drives: [drive], flags });
    },
  },
  {
    symbol: 'ERROR_DRIVE_MEDIA_MISMATCH',
    title: 'refuses media of two libraries',
    parameter: 'lpMediaId',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { side } = addOtherLibrary(library);
      return () => mountBy(library, [library.side('ORS001L8').id, side]);
    },
  },
  ...[
    { what: 'an id that no drive has', drives: [NOBODY] },
    { what: 'no drive where one is wanted', drives: [null] },
  ].map(({ what, drives }) => ({
    symbol: 'ERROR_INVALID_DRIVE' as const,
    title: `refuses ${what}`,
    parameter: 'lpDriveId' as const,
    run: (t: Test) => withArguments(t, { drives, options: O.NTMS_MOUNT_SPECIFIC_DRIVE }),
  })),
  {
    symbol: 'ERROR_INVALID_DRIVE',
    title: 'refuses one drive for two media',
    parameter: 'lpDriveId',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const sides = ['ORS001L8', 'ORS002L8'].map((barCode) => library.side(barCode).id);
      const { id } = library.drive(0);
      return () => mountBy(library, sides, { drives: [id, id], flags: O.NTMS_MOUNT_SPECIFIC_DRIVE });
    },
  },
  {
    symbol: 'ERROR_INVALID_LIBRARY',
    title: 'refuses a medium whose library is lost',
    run: (t) =>
      beforeMount(t, (library) => {
        breakReference(library, 'physical_media', 'current_library', library.medium('ORS001L8').id);
      }),
  },
  ...[
    { what: 'an id that no medium has', media: [NOBODY] },
    { what: 'null for a medium', media: [null] },
  ].map(({ what, media }) => ({
    symbol: 'ERROR_INVALID_MEDIA' as const,
    title: `refuses ${what}`,
    parameter: 'lpMediaId' as const,
    run: (t: Test) => withArguments(t, { media }),
  })),
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses a medium that is listed twice',
    parameter: 'lpMediaId',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { id } = library.side('ORS001L8');
      return () => mountBy(library, [id, id]);
    },
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses two sides of one cartridge',
    parameter: 'lpMediaId',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { id, physicalMedia } = library.side('ORS001L8');
      const second = library.store.table('sides').insert({ physicalMedia, side: 1 });
      return () => mountBy(library, [id, second.id]);
    },
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses a cleaner cartridge',
    parameter: 'lpMediaId',
    run: (t) =>
      beforeMount(t, (library) =>
        library.store.table('physicalMedia').update(library.medium('ORS001L8').id, { cleaner: true }),
      ),
  },
  ...(
    [
      ['dwCount', 'a count of zero', { count: 0 }],
      ['dwCount', 'a count of minus one', { count: -1 }],
      ['dwCount', 'a count that differs from the media', { count: 2 }],
      ['lpMediaId', 'a null media array', { media: null }],
      ['lpDriveId', 'a null drive array', { drives: null }],
      ['lpDriveId', 'a drive array of another length', { drives: [] }],
      ['dwOptions', 'an option bit that nobody defined', { options: 0x40 }],
      ['dwPriority', 'priority 16', { priority: 16 }],
      ['dwPriority', 'priority -16', { priority: -16 }],
      ['dwTimeout', 'a timeout below zero', { timeout: -1 }],
      ['dwTimeout', 'a timeout of more than 32 bits', { timeout: 2 ** 32 }],
      ['lpMountInformation', 'mount information, which is reserved', { information: {} }],
    ] as const
  ).map(([parameter, what, change]) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${what}`,
    parameter,
    run: (t: Test) => withArguments(t, change),
  })),
  {
    symbol: 'ERROR_INVALID_STATE',
    title: 'finds another label on the medium than the stored one',
    run: (t) =>
      beforeMount(t, (library) => {
        const label = { state: 8, omidLabelId: 'ab'.repeat(32), omidLabelType: 'ANSI VOL1' };
        library.store.table('sides').update(library.side('ORS001L8').id, label);
      }),
  },
  ...[
    {
      what: 'a side that the drives cannot handle',
      spoil: ({ store }: VirtualLibrary, side: Guid) =>
        store.table('sides').update(side, { state: NtmsPartitionState.NTMS_PARTSTATE_INCOMPATIBLE }),
    },
    {
      what: 'a cartridge with a fault that nobody has cleared',
      spoil: (library: VirtualLibrary) =>
        library.store
          .table('physicalMedia')
          .update(library.medium('ORS001L8').id, { mediaState: NtmsMediaState.NTMS_MEDIASTATE_OPERROR }),
    },
  ].map(({ what, spoil }) => ({
    symbol: 'ERROR_INVALID_STATE' as const,
    title: `refuses ${what}`,
    run: (t: Test) => beforeMount(t, (library) => spoil(library, library.side('ORS001L8').id)),
  })),
  {
    symbol: 'ERROR_MEDIA_OFFLINE',
    title: 'refuses at once when the medium is on the shelf',
    parameter: 'dwOptions',
    run: (t) => beforeMount(t, (library) => takeToShelf(library, 'ORS001L8'), O.NTMS_MOUNT_ERROR_OFFLINE),
  },
  {
    symbol: 'ERROR_MEDIA_OFFLINE',
    title: 'refuses at once when the hardware of its library is gone',
    parameter: 'dwOptions',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { side } = addOtherLibrary(library, NtmsOperationalState.NTMS_NOT_PRESENT);
      return () => mountBy(library, [side], { flags: O.NTMS_MOUNT_ERROR_IF_OFFLINE });
    },
  },
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY',
    title: 'cannot get the memory to look at the medium',
    run: (t) => beforeMount(t, (library) => runOutOfMemory(library, 'sides')),
  },
  {
    symbol: 'ERROR_REQUEST_REFUSED',
    title: 'ends when the operator declines to bring the medium',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { id } = library.side('ORS001L8');
      await takeToShelf(library, 'ORS001L8');
      const waiting = mountBy(library, [id]);
      waiting.catch(() => undefined);
      const [question] = library.manager.operatorRequests.open();
      library.manager.operatorRequests.answer(question?.id ?? '', 'refused');
      return () => waiting;
    },
  },
  ...(['library', 'medium', 'drive'] as const).map((what) => ({
    symbol: 'ERROR_RESOURCE_DISABLED' as const,
    title: `refuses a disabled ${what}`,
    async run(t: Test) {
      const library = await VirtualLibrary.open(t);
      const drive = library.drive(0).id;
      if (what === 'library') library.store.table('libraries').update(library.library.id, { enabled: false });
      else if (what === 'drive') library.store.table('drives').update(drive, { enabled: false });
      else library.store.table('physicalMedia').update(library.medium('ORS001L8').id, { enabled: false });
      const { id } = library.side('ORS001L8');
      return () => mountBy(library, [id], { drives: [drive], flags: O.NTMS_MOUNT_SPECIFIC_DRIVE });
    },
  })),
  {
    symbol: 'ERROR_RESOURCE_DISABLED',
    title: 'refuses when every drive of the library is disabled',
    run: (t) =>
      beforeMount(t, ({ store }) => {
        for (const { id } of store.table('drives').list()) store.table('drives').update(id, { enabled: false });
      }),
  },
  {
    symbol: 'ERROR_RESOURCE_NOT_AVAILABLE',
    title: 'refuses more media than the library has drives',
    parameter: 'dwCount',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const sides = ['ORS001L8', 'ORS002L8', 'ORS003L8'].map((barCode) => library.side(barCode).id);
      return () => mountBy(library, sides);
    },
  },
  {
    symbol: 'ERROR_TIMEOUT',
    title: 'gives up when its time is over',
    parameter: 'dwTimeout',
    async run(t) {
      const clock = new SimulatedClock();
      const library = await VirtualLibrary.open(t, { clock });
      await library.mount(['ORS002L8', 'ORS003L8']);
      const waiting = mountBy(library, [library.side('ORS001L8').id], { timeoutMs: 5000 });
      waiting.catch(() => undefined);
      await clock.advance(5000);
      return () => waiting;
    },
  },
  {
    symbol: 'ERROR_WRITE_PROTECT',
    title: 'refuses to mount a complete side for writing',
    run: (t) =>
      beforeMount(
        t,
        (library) => {
          const { NTMS_PARTSTATE_COMPLETE: state } = NtmsPartitionState;
          library.store.table('sides').update(library.side('ORS001L8').id, { state });
        },
        O.NTMS_MOUNT_READ | O.NTMS_MOUNT_WRITE,
      ),
  },
]);
