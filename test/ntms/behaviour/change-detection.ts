import { SimulatedClock } from '../../../devices/clock.js';
import { DETECTION_POLL_MS } from '../../../src/library/change-detection.js';
import { NtmsDriveState as D, NtmsObjectsTypes } from '../../../src/ntms/index.js';
import { StandAloneHouse } from '../../library/stand-alone-house.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';

const { NTMS_LIBRARY, NTMS_PHYSICAL_MEDIA, NTMS_MEDIA_TYPE } = NtmsObjectsTypes;
const labelled = (ansiVolumeIdentifier: string) => ({ barcode: null, mediaType: 'L8', ansiVolumeIdentifier });

/** A house whose time a test moves, and what follows when it has. */
async function timed(t: Parameters<typeof StandAloneHouse.open>[0], inside?: ReturnType<typeof labelled>) {
  const clock = new SimulatedClock();
  const house = await StandAloneHouse.open(t, { clock, ...(inside === undefined ? {} : { inside }) });
  const pass = async (): Promise<void> => {
    await clock.advance(DETECTION_POLL_MS);
    await house.manager.changeDetection.check([]);
    await house.manager.drain();
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  return { house, clock, pass };
}

export const beginNtmsDeviceChangeDetectionBehaviour = behaviourOf('BeginNtmsDeviceChangeDetection', [
  {
    rule: 'serves-stand-alone-drives',
    title: 'a watched drive tells of what a person put in and took out',
    async run(t) {
      const { house, pass } = await timed(t);
      const { api, session, library } = house;
      const handle = await api.BeginNtmsDeviceChangeDetection(session);
      await api.SetNtmsDeviceChangeDetection(session, handle, [library.id], NTMS_LIBRARY, 1);
      await house.putIn(labelled('DESK01'));
      await pass();
      t.match(house.sideOf(house.inside?.id ?? ''), { omidLabelInfo: /DESK01/ });
      await house.takeOut();
      await pass();
      t.equal(house.inside, undefined);
      t.equal(house.driveRow.state, D.NTMS_DRIVESTATE_DISMOUNTED);
    },
  },
  {
    rule: 'only-windows-2000-did',
    title: 'does real work, as Windows 2000 did: without a detection nobody asks the drive',
    async run(t) {
      const { house, pass } = await timed(t);
      await house.putIn(labelled('DESK01'));
      await pass();
      t.equal(house.inside, undefined);
    },
  },
  {
    change: 'detection-exists-open-success',
    parameter: 'lpDetectHandle',
    title: 'each call gives a handle of its own',
    async run(t) {
      const { api, session, manager } = await VirtualLibrary.open(t);
      const handles = [
        await api.BeginNtmsDeviceChangeDetection(session),
        await api.BeginNtmsDeviceChangeDetection(session),
      ] as const;
      t.not(handles[0], handles[1]);
      for (const handle of handles) t.ok(manager.changeDetection.isOpen(handle, session.id));
    },
  },
]);

export const setNtmsDeviceChangeDetectionBehaviour = behaviourOf('SetNtmsDeviceChangeDetection', [
  {
    rule: 'all-ids-call-share',
    title: 'refuses ids of two kinds, and then watches none of them',
    async run(t) {
      const house = await StandAloneHouse.open(t, { inside: labelled('DESK01') });
      const { api, session, library, manager } = house;
      const handle = await api.BeginNtmsDeviceChangeDetection(session);
      const ids = [library.id, house.inside?.id ?? ''];
      const call = api.SetNtmsDeviceChangeDetection(session, handle, ids, NTMS_LIBRARY, 2);
      t.match(await refusal(call), { symbol: 'ERROR_INVALID_PARAMETER' });
      t.same(manager.changeDetection.watched(handle), []);
    },
  },
  {
    rule: 'media-media-type-ids',
    title: 'media and media types select the drives that can hold them',
    async run(t) {
      const house = await StandAloneHouse.open(t, { inside: labelled('DESK01') });
      const { api, session, library, manager, store } = house;
      const foreign = store.table('mediaTypes').insert({ name: 'punched card' });
      const medium = house.inside;
      const cases = [
        { dwType: NTMS_PHYSICAL_MEDIA, id: medium?.id ?? '', selected: [library.id] },
        { dwType: NTMS_MEDIA_TYPE, id: medium?.mediaType ?? '', selected: [library.id] },
        { dwType: NTMS_MEDIA_TYPE, id: foreign.id, selected: [] },
      ];
      for (const { dwType, id, selected } of cases) {
        const handle = await api.BeginNtmsDeviceChangeDetection(session);
        await api.SetNtmsDeviceChangeDetection(session, handle, [id], dwType, 1);
        t.same(manager.changeDetection.watched(handle), selected);
      }
    },
  },
  {
    rule: 'null-handle-checks-devices',
    title: 'asks the drives once, and the records say what they told when the call returns',
    async run(t) {
      const { house, pass } = await timed(t);
      const { api, session, library } = house;
      const check = () => api.SetNtmsDeviceChangeDetection(session, null, [library.id], NTMS_LIBRARY, 1);
      await house.putIn(labelled('DESK01'));
      await check();
      t.match(house.sideOf(house.inside?.id ?? ''), { omidLabelInfo: /DESK01/ });
      await house.takeOut();
      await pass();
      t.ok(house.inside, 'nobody goes on asking');
      await check();
      t.equal(house.inside, undefined);
    },
  },
  {
    rule: 'targets-accumulate-until-detection',
    change: 'detection-targets-set-plus',
    title: 'adds to what it watches',
    async run(t) {
      const house = await StandAloneHouse.open(t);
      const { api, session, library, manager, store } = house;
      const other = store.table('libraries').insert({ name: 'other', libraryType: 3 });
      const handle = await api.BeginNtmsDeviceChangeDetection(session);
      for (const id of [library.id, other.id, library.id]) {
        await api.SetNtmsDeviceChangeDetection(session, handle, [id], NTMS_LIBRARY, 1);
      }
      t.same(manager.changeDetection.watched(handle), [library.id, other.id]);
    },
  },
  {
    change: 'drive-state-saved-partition',
    title: 'a mounted side that a person took is neither in the drive nor mounted any more',
    async run(t) {
      const house = await StandAloneHouse.open(t, { inside: labelled('DESK01') });
      const { api, session, library, store } = house;
      const medium = house.inside?.id ?? '';
      await api.MountNtmsMedia(session, [house.sideOf(medium).id], [null], 1, 0, 0, 0xffff_ffff, null);
      t.equal(house.driveRow.savedPartitionId, house.sideOf(medium).id);
      await house.takeOut();
      await api.SetNtmsDeviceChangeDetection(session, null, [library.id], NTMS_LIBRARY, 1);
      t.match(house.driveRow, { state: D.NTMS_DRIVESTATE_DISMOUNTED, savedPartitionId: null });
      t.match(store.table('physicalMedia').require(medium), {
        location: null,
        claimedBy: null,
        mountedPartition: null,
      });
    },
  },
]);

export const endNtmsDeviceChangeDetectionBehaviour = behaviourOf('EndNtmsDeviceChangeDetection', [
  {
    rule: 'stops-watching-all-targets',
    change: 'detection-exists-closed-success',
    title: 'nobody asks the drives any more, and the handle is none',
    async run(t) {
      const { house, pass } = await timed(t);
      const { api, session, library, manager } = house;
      const handle = await api.BeginNtmsDeviceChangeDetection(session);
      await api.SetNtmsDeviceChangeDetection(session, handle, [library.id], NTMS_LIBRARY, 1);
      await api.EndNtmsDeviceChangeDetection(session, handle);
      await house.putIn(labelled('DESK01'));
      await pass();
      t.equal(house.inside, undefined);
      t.notOk(manager.changeDetection.isOpen(handle, session.id));
    },
  },
  {
    rule: 'session-close-does-same',
    title: 'a session that closes ends its detections, and no other',
    async run(t) {
      const { house, pass } = await timed(t);
      const { api, session, library, manager } = house;
      const handle = await api.BeginNtmsDeviceChangeDetection(session);
      const other = await api.OpenNtmsSession(null, 'other', 0);
      const kept = await api.BeginNtmsDeviceChangeDetection(other);
      await api.SetNtmsDeviceChangeDetection(session, handle, [library.id], NTMS_LIBRARY, 1);
      await api.CloseNtmsSession(session);
      await house.putIn(labelled('DESK01'));
      await pass();
      t.equal(house.inside, undefined);
      t.ok(manager.changeDetection.isOpen(kept, other.id));
    },
  },
]);

export const closeNtmsSessionDetections = behaviourOf('CloseNtmsSession', [
  {
    rule: 'change-detection-handles',
    title: 'ends the detections of the session',
    async run(t) {
      const { api, session, manager } = await VirtualLibrary.open(t);
      const handle = await api.BeginNtmsDeviceChangeDetection(session);
      await api.CloseNtmsSession(session);
      t.notOk(manager.changeDetection.isOpen(handle, session.id));
    },
  },
]);
