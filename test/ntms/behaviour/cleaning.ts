import type { Test } from 'tap';
import {
  NtmsDriveState,
  NtmsLibraryFlags,
  NtmsLibraryType,
  NtmsLmOperation,
  NtmsLmState,
  NtmsOpreqCommand,
  NtmsOpreqState,
  NtmsSlotState,
} from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { watch } from '../house.js';
import { emptySlot, reserveSlot } from '../cleaner-house.js';

const withoutCleaner = { cartridges: [{ elementAddress: 4096, barcode: 'ORS001L8' }] };

function lastRequest({ session, store }: VirtualLibrary) {
  return store.table('libRequests').require(session.requestIds.at(-1) ?? '');
}

async function clean(library: VirtualLibrary) {
  await library.api.CleanNtmsDrive(library.session, library.drive(0).id);
  await library.manager.drain();
  return lastRequest(library);
}

/** The objects of which a change is told while `work` runs. */
async function toldDuring({ store }: VirtualLibrary, work: () => Promise<unknown>): Promise<string[]> {
  const told: string[] = [];
  const end = store.onChange(({ id }) => void told.push(id));
  await work();
  end();
  return told;
}

/** The cleaner of a new house lies in the reserved slot, with so many uses. */
function reserveForCleaner(library: VirtualLibrary, cleanerUsesRemaining: number): void {
  const { NTMS_LIBRARYFLAG_CLEANERPRESENT: flags } = NtmsLibraryFlags;
  const cleanerSlot = library.medium('CLNU01L1').location;
  library.store.table('libraries').update(library.library.id, { cleanerSlot, cleanerUsesRemaining, flags });
}

export const cleanNtmsDriveBehaviour = behaviourOf('CleanNtmsDrive', [
  {
    rule: 'stand-alone-is-stamped',
    title: 'notes the time for a stand-alone drive, loaded or not, and moves nothing',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8', { drives: [0] });
      const { NTMS_LIBRARYTYPE_STANDALONE: libraryType } = NtmsLibraryType;
      library.store.table('libraries').update(library.library.id, { libraryType });
      const motions = library.motions();
      t.match(await clean(library), { state: NtmsLmState.NTMS_LM_PASSED, driveId: library.drive(0).id });
      t.equal(library.drive(0).lastCleaned, library.clock.now());
      t.equal(library.drive(0).state, NtmsDriveState.NTMS_DRIVESTATE_LOADED);
      t.equal(library.motions(), motions);
    },
  },
  {
    rule: 'looks-for-cleaner-or-asks',
    title: 'fetches a cleaner that the library has, and asks nobody',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      t.match(await clean(library), { state: NtmsLmState.NTMS_LM_PASSED });
      const cleaner = library.autoloader.inspect().find(({ barcode }) => barcode === 'CLNU01L1');
      t.equal(cleaner?.cleaningUsesRemaining, 49);
      t.equal(library.store.table('opRequests').count(), 0);
    },
  },
  {
    rule: 'looks-for-cleaner-or-asks',
    change: 'operator-asked',
    title: 'asks a person for a cleaner when the library has none, and waits',
    async run(t) {
      const library = await VirtualLibrary.open(t, withoutCleaner);
      t.match(await clean(library), { state: NtmsLmState.NTMS_LM_WAITING });
      t.match(library.store.table('opRequests').list(), [
        { request: NtmsOpreqCommand.NTMS_OPREQ_CLEANER, state: NtmsOpreqState.NTMS_OPSTATE_SUBMITTED },
      ]);
    },
  },
  {
    rule: 'looks-for-cleaner-or-asks',
    title: 'asks for another cleaner when the one that is there is used up',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      reserveForCleaner(library, 0);
      t.match(await clean(library), { state: NtmsLmState.NTMS_LM_WAITING });
      t.match(library.store.table('opRequests').list(), [{ request: NtmsOpreqCommand.NTMS_OPREQ_CLEANER }]);
      t.equal(library.motions(), 0);
    },
  },
  {
    rule: 'offline-is-not-present',
    title: 'says RESOURCE_NOT_PRESENT where its siblings say LIBRARY_OFFLINE',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { NTMS_LIBRARYTYPE_OFFLINE: libraryType } = NtmsLibraryType;
      library.store.table('libraries').update(library.library.id, { libraryType });
      const { api, session } = library;
      t.match(await refusal(api.CleanNtmsDrive(session, library.drive(0).id)), { code: 4316 });
      t.match(await refusal(api.ReleaseNtmsCleanerSlot(session, library.library.id)), { code: 4305 });
    },
  },
  {
    rule: 'ends-with-service',
    title: 'is cancelled when the service ends, and its question to the operator with it',
    async run(t) {
      const library = await VirtualLibrary.open(t, withoutCleaner);
      const { id } = await clean(library);
      await library.restart();
      t.match(library.store.table('libRequests').require(id), { state: NtmsLmState.NTMS_LM_CANCELLED });
      t.equal(library.store.table('opRequests').count(), 0);
    },
  },
  {
    rule: 'completion-announced',
    parameter: 'lpDriveId',
    title: 'tells whoever listens of the drive when it is done',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { id } = library.drive(0);
      const told = await toldDuring(library, () => clean(library));
      t.equal(told.lastIndexOf(id) > told.indexOf(lastRequest(library).id), true);
    },
  },
  {
    change: 'request-queued',
    title: 'stores a request for the drive that has not begun',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = library;
      await api.CleanNtmsDrive(session, library.drive(0).id);
      const { store } = library;
      t.match(store.table('libRequests').list(), [
        {
          operationCode: NtmsLmOperation.NTMS_LM_CLEANDRIVE,
          driveId: library.drive(0).id,
          application: 'tests',
          user: 'tester',
        },
      ]);
      await library.manager.drain();
    },
  },
  {
    change: 'drive-being-cleaned',
    title: 'shows the drive as being cleaned, then empty again',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const states = watch(library, () => library.drive(0), 'state');
      const conditions = new Set<string>();
      library.store.onChange(() => {
        const drive = library.autoloader.inspect().find(({ address }) => address === library.drive(0).elementAddress);
        if (library.drive(0).state === NtmsDriveState.NTMS_DRIVESTATE_BEING_CLEANED)
          conditions.add(drive?.barcode ?? '');
      });
      await clean(library);
      const { NTMS_DRIVESTATE_DISMOUNTED: empty, NTMS_DRIVESTATE_BEING_CLEANED: cleaned } = NtmsDriveState;
      t.same(states.values, [empty, cleaned, empty]);
      t.ok(conditions.has('CLNU01L1'), 'the cleaner is in the drive meanwhile');
      t.same(library.inDrives(), [null, null]);
    },
  },
  {
    change: 'drive-last-cleaned',
    title: 'notes when it was cleaned',
    async run(t) {
      const library = await VirtualLibrary.open(t, { timing: 'real' });
      t.equal(library.drive(0).lastCleaned, null);
      const startMs = library.clock.now();
      await clean(library);
      const at = library.drive(0).lastCleaned ?? 0;
      t.ok(at > startMs + 60_000 && at < library.clock.now(), 'after the cleaning, before the cleaner was home');
    },
  },
  ...[
    { uses: 5, left: 4 },
    { uses: 0xffff_ffff, left: 0xffff_ffff },
  ].map(({ uses, left }) => ({
    change: 'library-uses-counted' as const,
    title: `leaves ${left} of ${uses} uses`,
    async run(t: Test) {
      const library = await VirtualLibrary.open(t);
      reserveForCleaner(library, uses);
      await clean(library);
      t.equal(library.library.cleanerUsesRemaining, left);
    },
  })),
]);

export const reserveNtmsCleanerSlotBehaviour = behaviourOf('ReserveNtmsCleanerSlot', [
  {
    rule: 'one-slot-per-library',
    title: 'keeps the first of two that are asked for at once',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, manager } = library;
      const [first, second] = library.store
        .table('slots')
        .list({ state: NtmsSlotState.NTMS_SLOTSTATE_EMPTY })
        .sort((a, b) => a.number - b.number);
      await api.ReserveNtmsCleanerSlot(session, library.library.id, first?.id ?? '');
      await api.ReserveNtmsCleanerSlot(session, library.library.id, second?.id ?? '').catch(() => undefined);
      await manager.drain();
      t.equal(library.library.cleanerSlot, first?.id);
      const again = await refusal(api.ReserveNtmsCleanerSlot(session, library.library.id, second?.id ?? ''));
      t.equal(again.code, 4331);
    },
  },
  {
    rule: 'slot-present-and-empty',
    parameter: 'lpSlot',
    title: 'takes no slot that is filled, and changes nothing then',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = library;
      const full = library.medium('ORS001L8').location ?? '';
      t.equal((await refusal(api.ReserveNtmsCleanerSlot(session, library.library.id, full))).code, 5006);
      t.equal(library.library.cleanerSlot, null);
      t.equal(library.store.table('libRequests').count(), 0);
    },
  },
  {
    rule: 'slot-present-and-empty',
    title: 'fails in its turn when the slot was filled meanwhile',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const slot = emptySlot(library);
      const call = library.api.ReserveNtmsCleanerSlot(library.session, library.library.id, slot);
      library.store.table('slots').update(slot, { state: NtmsSlotState.NTMS_SLOTSTATE_FULL });
      await call;
      await library.manager.drain();
      t.match(lastRequest(library), { state: NtmsLmState.NTMS_LM_FAILED, errorCode: 5006 });
      t.equal(library.library.cleanerSlot, null);
    },
  },
  {
    rule: 'release-before-change',
    title: 'takes another slot once the old one is released',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, manager } = library;
      const old = await reserveSlot(library);
      await api.ReleaseNtmsCleanerSlot(session, library.library.id);
      await manager.drain();
      const [other] = library.store
        .table('slots')
        .list({ state: NtmsSlotState.NTMS_SLOTSTATE_EMPTY })
        .filter(({ id }) => id !== old);
      await api.ReserveNtmsCleanerSlot(session, library.library.id, other?.id ?? '');
      await manager.drain();
      t.equal(library.library.cleanerSlot, other?.id);
    },
  },
  {
    rule: 'completion-announced',
    parameter: 'lpLibrary',
    title: 'tells whoever listens of the library when it is done',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const told = await toldDuring(library, () => reserveSlot(library));
      t.ok(told.includes(library.library.id));
    },
  },
  {
    change: 'library-slot-set',
    title: 'writes the slot into the library, and no cartridge goes there from then on',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      const slot = await reserveSlot(library);
      t.equal(library.library.cleanerSlot, slot);
      const home = library.medium('ORS001L8').homeSlot ?? '';
      // Its own slot is taken away, so that it needs another one.
      library.store.table('slots').update(home, { enabled: false });
      await library.dismount('ORS001L8');
      const { location } = library.medium('ORS001L8');
      t.not(location, slot);
      t.not(location, home);
      t.same(library.disagreements(), []);
    },
  },
  {
    change: 'request-queued',
    title: 'stores a request',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const slot = emptySlot(library);
      await library.api.ReserveNtmsCleanerSlot(library.session, library.library.id, slot);
      t.match(lastRequest(library), { operationCode: NtmsLmOperation.NTMS_LM_RESERVECLEANER, slotId: slot });
      await library.manager.drain();
      t.match(lastRequest(library), { state: NtmsLmState.NTMS_LM_PASSED });
    },
  },
]);

export const releaseNtmsCleanerSlotBehaviour = behaviourOf('ReleaseNtmsCleanerSlot', [
  {
    rule: 'slot-reserved-present-empty',
    title: 'leaves a slot with its cleaner reserved, also while the cleaner is in a drive',
    async run(t) {
      const library = await VirtualLibrary.open(t, { timing: 'real' });
      reserveForCleaner(library, 3);
      const { api, session, library: row } = library;
      t.equal((await refusal(api.ReleaseNtmsCleanerSlot(session, row.id))).code, 5006);
      const refusals: Promise<unknown>[] = [];
      library.store.onChange(() => {
        if (library.inDrives().includes('CLNU01L1') && refusals.length === 0) {
          refusals.push(refusal(api.ReleaseNtmsCleanerSlot(session, row.id)));
        }
      });
      await clean(library);
      t.match(await Promise.all(refusals), [{ code: 5006 }]);
      t.equal(library.library.cleanerSlot, row.cleanerSlot ?? library.medium('CLNU01L1').location);
    },
  },
  {
    rule: 'freed-slot-takes-data',
    title: 'lets a cartridge for data into the slot again',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      const slot = await reserveSlot(library);
      await library.api.ReleaseNtmsCleanerSlot(library.session, library.library.id);
      await library.manager.drain();
      library.store.table('slots').update(library.medium('ORS001L8').homeSlot ?? '', { enabled: false });
      await library.dismount('ORS001L8');
      t.equal(library.medium('ORS001L8').location, slot, 'the first that is empty');
    },
  },
  {
    rule: 'completion-announced',
    title: 'tells whoever listens of the library when it is done',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await reserveSlot(library);
      const told = await toldDuring(library, async () => {
        await library.api.ReleaseNtmsCleanerSlot(library.session, library.library.id);
        await library.manager.drain();
      });
      t.ok(told.includes(library.library.id));
    },
  },
  ...(['library-slot-null', 'request-queued'] as const).map((change) => ({
    change,
    title: 'takes the slot out of the library, by a request',
    async run(t: Test) {
      const library = await VirtualLibrary.open(t);
      const slot = await reserveSlot(library);
      await library.api.ReleaseNtmsCleanerSlot(library.session, library.library.id);
      t.match(lastRequest(library), { operationCode: NtmsLmOperation.NTMS_LM_RELEASECLEANER, slotId: slot });
      await library.manager.drain();
      t.match(lastRequest(library), { state: NtmsLmState.NTMS_LM_PASSED });
      t.equal(library.library.cleanerSlot, null);
    },
  })),
]);
