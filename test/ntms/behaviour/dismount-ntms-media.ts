import { SimulatedClock } from '../../../devices/clock.js';
import {
  NtmsDismountOptions,
  NtmsDriveState as D,
  NtmsLmState,
  NtmsMediaState as M,
  NtmsMountOptions,
  NtmsObjectsTypes,
  NtmsSlotState as S,
} from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { addLogicalMedium, denyGuest, guestOf, mountBy, NOBODY } from '../house.js';
import { mounted, queued } from './mounted-cartridge.js';

const { NTMS_DISMOUNT_DEFERRED: DEFERRED, NTMS_DISMOUNT_IMMEDIATE: IMMEDIATE } = NtmsDismountOptions;

export const dismountNtmsMediaBehaviour = behaviourOf('DismountNtmsMedia', [
  {
    parameter: 'hSession',
    title: 'refuses a closed session and a null handle with ERROR_INVALID_HANDLE, which its table leaves out',
    async run(t) {
      const { library, side } = await mounted(t);
      const { api, session } = library;
      await api.CloseNtmsSession(session);
      for (const handle of [session, null as never]) {
        const call = api.DismountNtmsMedia(handle, [side], 1, 0);
        t.match(await refusal(call), { symbol: 'ERROR_INVALID_HANDLE', code: 6 });
      }
    },
  },
  {
    parameter: 'lpMediaId',
    title: 'dismounts a logical medium by its id',
    async run(t) {
      const { library, side } = await mounted(t);
      const lmid = addLogicalMedium(library, side);
      await library.api.DismountNtmsMedia(library.session, [lmid], 1, 0);
      await library.manager.drain();
      t.same(library.inDrives(), [null, null]);
    },
  },
  {
    parameter: 'dwCount',
    title: 'dismounts several media with one call, or none when one of them cannot be',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount(['ORS001L8', 'ORS002L8']);
      const sides = ['ORS001L8', 'ORS002L8', 'ORS003L8'].map((barCode) => library.side(barCode).id);
      const call = library.api.DismountNtmsMedia(library.session, sides, 3, 0);
      t.match(await refusal(call), { symbol: 'ERROR_INVALID_STATE' });
      await library.manager.drain();
      t.same(library.inDrives(), ['ORS001L8', 'ORS002L8']);
      await library.api.DismountNtmsMedia(library.session, sides.slice(0, 2), 2, 0);
      await library.manager.drain();
      t.same(library.inDrives(), [null, null]);
    },
  },
  {
    rule: 'list-first',
    title: 'refuses a zero count and a null list before it looks at ids or rights',
    async run(t) {
      const { library } = await mounted(t);
      const { api, session } = await guestOf(library);
      denyGuest(library, library.library.id);
      t.match(await refusal(api.DismountNtmsMedia(session, [NOBODY], 0, 0)), { symbol: 'ERROR_INVALID_PARAMETER' });
      const call = api.DismountNtmsMedia(session, null as never, 1, 0);
      t.match(await refusal(call), { symbol: 'ERROR_INVALID_PARAMETER' });
    },
  },
  {
    rule: 'returns-when-queued',
    title: 'returns before anything moves; the cartridge is idle when it is done',
    async run(t) {
      const { library, side } = await mounted(t);
      await library.api.DismountNtmsMedia(library.session, [side], 1, 0);
      t.same(library.inDrives(), ['ORS001L8', null]);
      t.not(library.medium('ORS001L8').mediaState, M.NTMS_MEDIASTATE_IDLE);
      await library.manager.drain();
      t.equal(library.medium('ORS001L8').mediaState, M.NTMS_MEDIASTATE_IDLE);
      t.same(library.inDrives(), [null, null]);
    },
  },
  {
    rule: 'deferred-stays',
    parameter: 'dwOptions',
    title: 'leaves the cartridge in a drive that is dismountable',
    async run(t) {
      const { library, dismountMedium } = await mounted(t);
      await dismountMedium(DEFERRED);
      t.same(library.inDrives(), ['ORS001L8', null]);
      t.equal(library.drive(0).state, D.NTMS_DRIVESTATE_DISMOUNTABLE);
      t.equal(library.medium('ORS001L8').mediaState, M.NTMS_MEDIASTATE_IDLE);
    },
  },
  {
    rule: 'deferral-delay',
    title: 'keeps a deferred cartridge in its drive for the 300 seconds, and longer while nobody needs the drive',
    async run(t) {
      const clock = new SimulatedClock();
      const library = await VirtualLibrary.open(t, { clock });
      const { api, session } = library;
      await library.mount('ORS001L8');
      await library.dismount('ORS001L8', { deferred: true });
      const record = await api.GetNtmsObjectInformation(session, library.drive(0).id, {
        dwType: NtmsObjectsTypes.NTMS_DRIVE,
      });
      t.match(record.Info, { Drive: { dwDeferDismountDelay: 300, State: D.NTMS_DRIVESTATE_DISMOUNTABLE } });
      await clock.advance(299_999);
      t.same(library.inDrives(), ['ORS001L8', null]);
    },
  },
  {
    rule: 'blocked-until-dismounted',
    title: 'keeps a mounted medium from other sessions, and gives it free with the dismount',
    async run(t) {
      const { library, side, dismountMedium } = await mounted(t);
      const guest = await guestOf(library);
      const flags = NtmsMountOptions.NTMS_MOUNT_ERROR_NOT_AVAILABLE;
      t.match(await refusal(mountBy(guest, [side], { flags })), { symbol: 'ERROR_BUSY' });
      await dismountMedium(DEFERRED);
      t.same(await mountBy(guest, [side], { flags }), [library.drive(0).id]);
    },
  },
  {
    rule: 'blocked-until-dismounted',
    title: 'keeps it blocked when the session that mounted it is closed',
    async run(t) {
      const { library, side } = await mounted(t);
      await library.api.CloseNtmsSession(library.session);
      const guest = await guestOf(library);
      const flags = NtmsMountOptions.NTMS_MOUNT_ERROR_NOT_AVAILABLE;
      t.match(await refusal(mountBy(guest, [side], { flags })), { symbol: 'ERROR_BUSY' });
    },
  },
  {
    ...queued,
    async run(t) {
      const { requestStates: states, dismountMedium } = await mounted(t);
      await dismountMedium(IMMEDIATE);
      t.same(states, [NtmsLmState.NTMS_LM_QUEUED, NtmsLmState.NTMS_LM_INPROCESS, NtmsLmState.NTMS_LM_PASSED]);
    },
  },
  {
    change: 'medium-idle',
    title: 'takes the cartridge from LOADED by UNLOADED to IDLE',
    async run(t) {
      const { mediaState, dismountMedium } = await mounted(t);
      await dismountMedium(IMMEDIATE);
      t.same(mediaState.values, [M.NTMS_MEDIASTATE_LOADED, M.NTMS_MEDIASTATE_UNLOADED, M.NTMS_MEDIASTATE_IDLE]);
    },
  },
  {
    change: 'drive-dismounted',
    title: 'takes the drive from LOADED by UNLOADED to DISMOUNTED',
    async run(t) {
      const { driveState, dismountMedium } = await mounted(t);
      await dismountMedium(0);
      const states = [D.NTMS_DRIVESTATE_LOADED, D.NTMS_DRIVESTATE_UNLOADED, D.NTMS_DRIVESTATE_DISMOUNTED];
      t.same(driveState.values, states);
    },
  },
  {
    change: 'drive-dismountable',
    title: 'takes the drive from LOADED to DISMOUNTABLE when deferred',
    async run(t) {
      const { driveState, requestStates: states, dismountMedium } = await mounted(t);
      await dismountMedium(DEFERRED);
      t.same(driveState.values, [D.NTMS_DRIVESTATE_LOADED, D.NTMS_DRIVESTATE_DISMOUNTABLE]);
      t.equal(states.at(-1), NtmsLmState.NTMS_LM_DEFERRED);
    },
  },
  {
    change: 'slot-filled',
    title: 'takes the home slot from EMPTY to FULL',
    async run(t) {
      const { library, home, slotState, dismountMedium } = await mounted(t);
      await dismountMedium(IMMEDIATE);
      t.same(slotState.values, [S.NTMS_SLOTSTATE_EMPTY, S.NTMS_SLOTSTATE_FULL]);
      t.equal(library.medium('ORS001L8').location, home);
    },
  },
]);
