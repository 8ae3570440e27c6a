import type { Test } from 'tap';
import {
  NtmsDismountOptions,
  NtmsDriveState as D,
  NtmsLmState,
  NtmsMediaState as M,
  NtmsSlotState as S,
} from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { mountBy, openMedium } from '../house.js';
import { mounted, queued } from './mounted-cartridge.js';

const { NTMS_DISMOUNT_DEFERRED: DEFERRED } = NtmsDismountOptions;

/** LOAD UNLOAD with LOAD zero (SSC-3 7.2). */
const UNLOAD = new Uint8Array([0x1b, 0, 0, 0, 0, 0]);

export const dismountNtmsDriveBehaviour = behaviourOf('DismountNtmsDrive', [
  {
    rule: 'empty-drive',
    title: 'refuses an empty drive, and stores no request',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const call = library.api.DismountNtmsDrive(library.session, library.drive(0).id);
      t.match(await refusal(call), { symbol: 'ERROR_INVALID_STATE', code: 5023 });
      t.equal(library.store.table('libRequests').count(), 0);
    },
  },
  {
    rule: 'opened-drive',
    title: 'refuses a drive whose medium is open, also a stand-alone one, and says why',
    async run(t) {
      for (const standAlone of [false, true]) {
        const { library, drive } = await mounted(t, { standAlone });
        await openMedium(library, drive);
        const refused = await refusal(library.api.DismountNtmsDrive(library.session, drive));
        t.match(refused, { symbol: 'ERROR_INVALID_STATE', detail: /open/ });
        t.equal(library.drive(0).state, D.NTMS_DRIVESTATE_LOADED);
        await library.manager.stop();
        library.store.close();
      }
    },
  },
  {
    rule: 'back-to-slot',
    title: 'brings the cartridge back to its slot, from a loaded drive and from a dismountable one',
    async run(t) {
      const { library, home, dismountDrive, dismountMedium } = await mounted(t);
      await dismountDrive();
      t.equal(library.medium('ORS001L8').location, home);
      await library.mount('ORS001L8');
      await dismountMedium(DEFERRED);
      await dismountDrive();
      t.equal(library.medium('ORS001L8').location, home);
      t.same(library.inDrives(), [null, null]);
      t.same(library.disagreements(), []);
    },
  },
  {
    rule: 'stand-alone-drive',
    title: 'moves nothing on a stand-alone drive, which turns dismountable, however often it is asked',
    async run(t) {
      const { library, dismountDrive } = await mounted(t, { standAlone: true });
      const motions = library.motions();
      await dismountDrive();
      t.equal(library.drive(0).state, D.NTMS_DRIVESTATE_DISMOUNTABLE);
      await dismountDrive();
      t.equal(library.drive(0).state, D.NTMS_DRIVESTATE_DISMOUNTABLE);
      t.equal(library.motions(), motions);
      t.same(library.inDrives(), ['ORS001L8', null]);
    },
  },
  {
    rule: 'queued',
    title: 'returns before anything moves',
    async run(t) {
      const { library, drive } = await mounted(t);
      await library.api.DismountNtmsDrive(library.session, drive);
      t.same(library.inDrives(), ['ORS001L8', null]);
      await library.manager.drain();
      t.same(library.inDrives(), [null, null]);
    },
  },
  {
    rule: 'partner-of-mount',
    parameter: 'lpDriveId',
    title: 'takes the drives that MountNtmsMedia returned',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const sides = ['ORS001L8', 'ORS002L8'].map((barCode) => library.side(barCode).id);
      for (const drive of await mountBy(library, sides)) await library.api.DismountNtmsDrive(library.session, drive);
      await library.manager.drain();
      t.same(library.inDrives(), [null, null]);
      t.same(library.disagreements(), []);
    },
  },
  {
    ...queued,
    async run(t) {
      const { requestStates: states, dismountDrive } = await mounted(t);
      await dismountDrive();
      t.same(states, [NtmsLmState.NTMS_LM_QUEUED, NtmsLmState.NTMS_LM_INPROCESS, NtmsLmState.NTMS_LM_PASSED]);
    },
  },
  ...(['LOADED', 'DISMOUNTABLE', 'UNLOADED'] as const).map((from) => ({
    change: 'drive-dismounted' as const,
    title: `takes a drive that is ${from} to DISMOUNTED`,
    async run(t: Test) {
      const { library, dismountDrive, dismountMedium } = await mounted(t);
      let house = library;
      if (from !== 'LOADED') await dismountMedium(DEFERRED);
      if (from === 'UNLOADED') {
        // Spun down by somebody else: the next look at the library finds a cartridge in a drive that is not ready.
        const lun = library.autoloader.lunsOfDrives[0] ?? 0;
        await library.autoloader.execute({ nexus: 'other', lun, cdb: UNLOAD, dataOut: new Uint8Array() });
        await library.autoloader.execute({ nexus: 'other', lun, cdb: UNLOAD, dataOut: new Uint8Array() });
        house = await library.restart();
      }
      t.equal(house.drive(0).state, D[`NTMS_DRIVESTATE_${from}`]);
      if (house === library) await dismountDrive();
      else {
        await house.api.DismountNtmsDrive(house.session, house.drive(0).id);
        await house.manager.drain();
      }
      t.equal(house.drive(0).state, D.NTMS_DRIVESTATE_DISMOUNTED);
      if (house !== library) await house.manager.stop();
    },
  })),
  {
    change: 'drive-dismountable',
    title: 'takes a stand-alone drive from LOADED to DISMOUNTABLE',
    async run(t) {
      const { driveState, dismountDrive } = await mounted(t, { standAlone: true });
      await dismountDrive();
      t.same(driveState.values, [D.NTMS_DRIVESTATE_LOADED, D.NTMS_DRIVESTATE_DISMOUNTABLE]);
    },
  },
  {
    change: 'saved-side-forgotten',
    title: 'forgets which side was in the drive when it is empty',
    async run(t) {
      const { library, side, dismountDrive } = await mounted(t);
      t.equal(library.drive(0).savedPartitionId, side);
      await dismountDrive();
      t.equal(library.drive(0).savedPartitionId, null);
    },
  },
  {
    change: 'medium-idle',
    title: 'takes the cartridge from LOADED to IDLE',
    async run(t) {
      for (const standAlone of [false, true]) {
        const { library, mediaState, dismountDrive } = await mounted(t, { standAlone });
        await dismountDrive();
        t.equal(mediaState.values[0], M.NTMS_MEDIASTATE_LOADED);
        t.equal(mediaState.values.at(-1), M.NTMS_MEDIASTATE_IDLE);
        await library.manager.stop();
        library.store.close();
      }
    },
  },
  {
    change: 'slot-filled',
    title: 'takes the home slot from EMPTY to FULL',
    async run(t) {
      const { slotState, dismountDrive } = await mounted(t);
      await dismountDrive();
      t.same(slotState.values, [S.NTMS_SLOTSTATE_EMPTY, S.NTMS_SLOTSTATE_FULL]);
    },
  },
]);
