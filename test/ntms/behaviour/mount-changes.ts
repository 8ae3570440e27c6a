import type { Test } from 'tap';
import {
  NtmsDriveState as D,
  NtmsLmOperation,
  NtmsLmState,
  NtmsMediaState as M,
  NtmsObjectsTypes,
  NtmsOpreqCommand,
  NtmsOpreqState,
  NtmsSlotState as S,
} from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { mountBy, takeToShelf, watch } from '../house.js';

/** A mount of ORS001L8 with everything watched that it changes. */
async function watchedMount(t: Test) {
  // With real times on a clock that jumps, every state lasts long enough to be seen.
  const library = await VirtualLibrary.open(t, { timing: 'real' });
  const medium = library.medium('ORS001L8').id;
  const slot = library.medium('ORS001L8').location ?? '';
  const drive = library.drive(0).id;
  const media = library.store.table('physicalMedia');
  const mediaState = watch(library, () => media.require(medium), 'mediaState');
  const driveState = watch(library, () => library.store.table('drives').require(drive), 'state');
  const slotState = watch(library, () => library.store.table('slots').require(slot), 'state');
  t.same(await mountBy(library, [library.side('ORS001L8').id]), [drive]);
  return { library, mediaState, driveState, slotState };
}

/** What MountNtmsMedia changes in the objects. */
export const mountNtmsMediaChanges = behaviourOf('MountNtmsMedia', [
  {
    change: 'request-queued',
    title: 'stores a MOUNT request in state QUEUED, which ends as PASSED',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const requests = library.store.table('libRequests');
      const states: unknown[] = [];
      library.store.onChange(({ table, id }) => {
        if (table === 'libRequests') states.push(requests.get(id)?.state);
      });
      await mountBy(library, [library.side('ORS001L8').id]);
      t.equal(states[0], NtmsLmState.NTMS_LM_QUEUED);
      const [request] = requests.list({ operationCode: NtmsLmOperation.NTMS_LM_MOUNT });
      t.match(request, {
        state: NtmsLmState.NTMS_LM_PASSED,
        partitionId: library.side('ORS001L8').id,
        physMediaId: library.medium('ORS001L8').id,
        driveId: library.drive(0).id,
        errorCode: 0,
      });
    },
  },
  {
    change: 'medium-in-use',
    title: 'takes the cartridge from IDLE to INUSE when its turn has come',
    async run(t) {
      const { mediaState } = await watchedMount(t);
      t.same(mediaState.values.slice(0, 2), [M.NTMS_MEDIASTATE_IDLE, M.NTMS_MEDIASTATE_INUSE]);
    },
  },
  {
    change: 'medium-loaded',
    title: 'takes the cartridge from INUSE by MOUNTED to LOADED',
    async run(t) {
      const { mediaState, library } = await watchedMount(t);
      t.same(mediaState.values.slice(1), [
        M.NTMS_MEDIASTATE_INUSE,
        M.NTMS_MEDIASTATE_MOUNTED,
        M.NTMS_MEDIASTATE_LOADED,
      ]);
      const { id } = library.drive(0);
      t.match(library.medium('ORS001L8'), { location: id, locationType: NtmsObjectsTypes.NTMS_DRIVE });
    },
  },
  {
    change: 'drive-loaded',
    title: 'takes the drive from DISMOUNTED by MOUNTED to LOADED',
    async run(t) {
      const { driveState } = await watchedMount(t);
      const states = [D.NTMS_DRIVESTATE_DISMOUNTED, D.NTMS_DRIVESTATE_MOUNTED, D.NTMS_DRIVESTATE_LOADED];
      t.same(driveState.values, states);
    },
  },
  {
    change: 'drive-loaded',
    title: 'takes a dismountable drive to LOADED when it holds the very cartridge',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      await library.dismount('ORS001L8', { deferred: true });
      t.equal(library.drive(0).state, D.NTMS_DRIVESTATE_DISMOUNTABLE);
      await library.mount('ORS001L8');
      t.equal(library.drive(0).state, D.NTMS_DRIVESTATE_LOADED);
    },
  },
  {
    change: 'drive-mount-count',
    title: 'counts the mount at the drive',
    async run(t) {
      const { library } = await watchedMount(t);
      t.equal(library.drive(0).mountCount, 1);
      await library.dismount('ORS001L8');
      await library.mount('ORS002L8');
      t.equal(library.drive(0).mountCount, 2);
    },
  },
  {
    change: 'side-mount-count',
    title: 'counts the mount at the side',
    async run(t) {
      const { library } = await watchedMount(t);
      t.equal(library.side('ORS001L8').mountCount, 1);
      t.equal(library.side('ORS002L8').mountCount, 0);
    },
  },
  {
    change: 'slot-emptied',
    title: 'takes the home slot from FULL to EMPTY',
    async run(t) {
      const { slotState } = await watchedMount(t);
      t.same(slotState.values, [S.NTMS_SLOTSTATE_FULL, S.NTMS_SLOTSTATE_EMPTY]);
    },
  },
  {
    change: 'operator-request-submitted',
    title: 'submits MOVEMEDIA for a medium on the shelf, and takes it back with the mount',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { id } = library.side('ORS001L8');
      await takeToShelf(library, 'ORS001L8');
      const mounting = refusal(mountBy(library, [id]));
      const [question] = library.store.table('opRequests').list();
      t.match(question, {
        request: NtmsOpreqCommand.NTMS_OPREQ_MOVEMEDIA,
        state: NtmsOpreqState.NTMS_OPSTATE_SUBMITTED,
      });
      await library.api.CloseNtmsSession(library.session);
      t.match(await mounting, { symbol: 'ERROR_CANCELLED' });
      t.equal(library.store.table('opRequests').count(), 0);
      t.equal(library.medium('ORS001L8').mediaState, M.NTMS_MEDIASTATE_IDLE);
    },
  },
]);
