import t from 'tap';
import { driveMachine } from '../../machines/drive.js';
import { run, step, types } from './machine-run.js';
import { testRows } from './transition-row.js';

const robotic = { driveId: 'd', elementAddress: 256 };
const standAlone = { driveId: 's', standAlone: true };
const filled = (initial: string, base: object = robotic) => ({ ...base, initial, mediumId: 'm' });

const mount = { type: 'MOUNT_REQUESTED', requestId: 'r1', mediumId: 'm' };
const movedIn = { type: 'MEDIUM_MOVED_IN', mediumId: 'm' };
const ready = { type: 'DRIVE_READY' };
const dismount = { type: 'DISMOUNT_REQUESTED', requestId: 'r2', deferred: false };
const deferred = { type: 'DISMOUNT_REQUESTED', requestId: 'r2', deferred: true };
const claim = { type: 'CLAIMED', requestId: 'r3', mediumId: 'm' };
const opened = { type: 'OPENED' };
const closed = { type: 'CLOSED' };
const mounted = [mount, movedIn, ready];
const unloaded = { type: 'MEDIUM_UNLOADED' };
const movedOut = { type: 'MEDIUM_MOVED_OUT' };
const status = (full: boolean, more: object = {}) => ({ type: 'ELEMENT_STATUS_READ', full, ...more });

const DISMOUNTED = 'NTMS_DRIVESTATE_DISMOUNTED';
const LOADED = 'NTMS_DRIVESTATE_LOADED';
const UNLOADED = 'NTMS_DRIVESTATE_UNLOADED';
const DISMOUNTABLE = 'NTMS_DRIVESTATE_DISMOUNTABLE';

testRows(t, driveMachine, [
  {
    row: 'D1',
    says: 'a cartridge put in by the transport makes the drive mounted and asks whether it is ready',
    input: robotic,
    events: [mount, movedIn],
    leaf: 'mounted',
    shows: ['NTMS_DRIVESTATE_MOUNTED', 'NTMS_READY', 'ENABLED'],
    emits: [{ type: 'command.waitUntilReady', driveId: 'd', elementAddress: 256, mediumId: 'm', requestId: 'r1' }],
  },
  {
    row: 'D1',
    says: 'a cartridge put in by a person makes a stand-alone drive mounted',
    input: standAlone,
    events: [movedIn],
    leaf: 'mounted',
    shows: ['NTMS_DRIVESTATE_MOUNTED'],
    emits: [{ type: 'command.waitUntilReady', mediumId: 'm', requestId: null, load: false }],
  },
  {
    row: 'D2',
    says: 'ready makes it loaded and ends the mount',
    input: robotic,
    events: mounted,
    leaf: 'loaded.closed',
    shows: [LOADED],
    emits: [{ type: 'mount.finished', driveId: 'd', requestId: 'r1', mediumId: 'm' }],
    remembers: { claimed: true, ready: true },
  },
  {
    row: 'D3',
    says: 'a deferred dismount leaves the cartridge dismountable',
    input: robotic,
    events: [...mounted, deferred],
    leaf: 'dismountable',
    shows: [DISMOUNTABLE],
    emits: [{ type: 'dismount.finished', requestId: 'r2', mediumId: 'm', stays: true }],
    remembers: { claimed: false },
  },
  {
    row: 'D4',
    says: 'an immediate dismount unloads first',
    input: robotic,
    events: [...mounted, dismount],
    leaf: 'unloading',
    shows: [UNLOADED],
    emits: [{ type: 'command.unload', driveId: 'd', mediumId: 'm', requestId: 'r2' }],
  },
  {
    row: 'D4',
    says: 'and is dismounted when the transport is done',
    input: robotic,
    events: [...mounted, dismount, unloaded, movedOut],
    leaf: 'empty',
    shows: [DISMOUNTED],
    emits: [{ type: 'dismount.finished', requestId: 'r2', mediumId: 'm', stays: false }],
    remembers: { mediumId: null, occupied: false, pending: null },
  },
  {
    row: 'D5',
    says: 'a mount of the very cartridge inside loads it without a move',
    input: filled('dismountable'),
    events: [claim],
    leaf: 'loaded.closed',
    shows: [LOADED],
    emits: [{ type: 'mount.finished', requestId: 'r3', mediumId: 'm' }],
  },
  {
    row: 'D6',
    says: 'another cartridge that needs the drive is mounted after an eviction',
    input: filled('dismountable'),
    events: [dismount, unloaded, movedOut, { ...mount, mediumId: 'n' }, { ...movedIn, mediumId: 'n' }, ready],
    leaf: 'loaded.closed',
    shows: [LOADED],
    emits: [{ type: 'mount.finished', requestId: 'r1', mediumId: 'n' }],
  },
  {
    row: 'D7',
    says: 'tidying up unloads a dismountable drive',
    input: filled('dismountable'),
    events: [dismount, unloaded],
    leaf: 'dismounting',
    shows: [UNLOADED],
    emits: [],
  },
  ...['mounted', 'loaded', 'unloaded', 'dismountable'].map((state) => ({
    row: 'D8',
    says: `DismountNtmsDrive on a stand-alone drive that is ${state} moves nothing`,
    input: filled(state, standAlone),
    events: [dismount],
    leaf: 'dismountable',
    shows: [DISMOUNTABLE],
    emits: [{ type: 'dismount.finished', requestId: 'r2', stays: true }],
  })),
  ...['mounted', 'loaded', 'unloaded', 'dismountable'].map((state) => ({
    row: 'D9',
    says: `DismountNtmsDrive empties a robotic drive that is ${state}`,
    input: filled(state),
    events: [dismount, unloaded, movedOut],
    leaf: 'empty',
    shows: [DISMOUNTED],
    emits: [{ type: 'dismount.finished', requestId: 'r2', stays: false }],
  })),
  ...[robotic, standAlone].map((base) => ({
    row: 'D10',
    says: 'a dismount of an empty drive is refused as empty',
    input: base,
    events: [dismount],
    leaf: 'empty',
    shows: [DISMOUNTED],
    emits: [{ type: 'dismount.refused', requestId: 'r2', reason: 'empty' }],
  })),
  ...[robotic, standAlone].map((base) => ({
    row: 'D11',
    says: 'a dismount of an opened drive is refused as opened',
    input: filled('loaded', base),
    events: [opened, dismount],
    leaf: 'loaded.opened',
    shows: [LOADED],
    emits: [{ type: 'dismount.refused', requestId: 'r2', reason: 'opened' }],
  })),
  {
    row: 'D12',
    says: 'a clean work item makes an empty robotic drive be cleaned',
    input: robotic,
    events: [{ type: 'CLEANING_STARTED' }],
    leaf: 'cleaning',
    shows: ['NTMS_DRIVESTATE_BEING_CLEANED'],
    emits: [],
  },
  {
    row: 'D12',
    says: 'and it is empty and stamped afterwards',
    input: robotic,
    events: [
      { type: 'CLEANING_STARTED' },
      { ...movedIn, mediumId: 'cleaner' },
      movedOut,
      { type: 'CLEANING_FINISHED' },
    ],
    leaf: 'empty',
    shows: [DISMOUNTED],
    emits: [{ type: 'cleaning.finished', driveId: 'd' }],
  },
  ...['empty', 'loaded', 'dismountable', 'unloaded', 'failed'].map((state) => ({
    row: 'D13',
    says: `cleaning a stand-alone drive that is ${state} only stamps it`,
    input: filled(state, standAlone),
    events: [{ type: 'CLEANING_STARTED' }],
    leaf: { loaded: 'loaded.closed', failed: 'failed.full' }[state] ?? state,
    shows: [],
    emits: [{ type: 'cleaning.finished', driveId: 's' }],
  })),
  {
    row: 'D14',
    says: 'a drive that is disabled during its dismount is disabled when the cartridge is out',
    input: filled('loaded'),
    events: [dismount, { type: 'DISABLED' }, unloaded, movedOut],
    leaf: 'empty',
    shows: [DISMOUNTED, 'DISABLED'],
  },
  {
    row: 'D14',
    says: 'a drive that cannot be emptied keeps its cartridge and is disabled',
    input: filled('loaded'),
    events: [opened, { type: 'DISABLED' }],
    leaf: 'loaded.opened',
    shows: [LOADED, 'DISABLED'],
  },
  {
    row: 'D15',
    says: 'a person takes the cartridge from a stand-alone drive',
    input: filled('dismountable', standAlone),
    events: [movedOut],
    leaf: 'empty',
    shows: [DISMOUNTED],
    emits: [],
  },
  {
    row: 'D15',
    says: 'EjectDiskFromSADrive unloads, and a person takes the cartridge',
    input: filled('dismountable', standAlone),
    events: [{ type: 'EJECT_REQUESTED', requestId: 'e' }, unloaded, movedOut],
    leaf: 'empty',
    shows: [DISMOUNTED],
    emits: [{ type: 'dismount.finished', requestId: 'e', stays: false }],
  },
  {
    row: 'D16',
    says: 'identification loads a cartridge and dismounts it again',
    input: robotic,
    events: [...mounted, dismount, unloaded, movedOut],
    leaf: 'empty',
    shows: [DISMOUNTED],
  },
  {
    row: 'D16',
    says: 'identification may leave the cartridge dismountable',
    input: robotic,
    events: [...mounted, deferred],
    leaf: 'dismountable',
    shows: [DISMOUNTABLE],
  },
  {
    row: 'D17',
    says: 'an inventory dismounts an idle cartridge',
    input: filled('dismountable'),
    events: [dismount, unloaded, movedOut],
    leaf: 'empty',
    shows: [DISMOUNTED],
  },
  {
    row: '',
    says: 'a drive that spun down by itself is unloaded and can be claimed again',
    input: robotic,
    events: [...mounted, { type: 'DRIVE_NOT_READY' }, claim],
    leaf: 'mounted',
    shows: ['NTMS_DRIVESTATE_MOUNTED'],
    emits: [{ type: 'command.waitUntilReady', load: true, requestId: 'r3' }],
  },
  {
    row: '',
    says: 'a mount whose cartridge never came leaves the drive empty',
    input: robotic,
    events: [mount, { type: 'MOUNT_FAILED', reason: 'refused' }],
    leaf: 'empty',
    shows: [DISMOUNTED],
    emits: [{ type: 'mount.failed', requestId: 'r1', reason: 'refused' }],
    remembers: { mediumId: null, pending: null },
  },
  {
    row: '',
    says: 'a mount is never answered done with the wrong cartridge',
    input: robotic,
    events: [mount, { ...movedIn, mediumId: 'other' }],
    leaf: 'unloaded',
    shows: [UNLOADED],
    emits: [{ type: 'discrepancy.found' }, { type: 'mount.failed', requestId: 'r1', reason: 'other-medium' }],
    remembers: { mediumId: 'other' },
  },
  {
    row: '',
    says: 'the mount fails when the bar code read while spinning up differs',
    input: robotic,
    events: [mount, movedIn, status(true, { mediumId: 'other' })],
    leaf: 'unloaded',
    shows: [UNLOADED],
    emits: [{ type: 'discrepancy.found' }, { type: 'mount.failed', reason: 'other-medium' }],
  },
  {
    row: '',
    says: 'a dismount that fails leaves the cartridge in the drive for others',
    input: filled('loaded'),
    events: [dismount, { type: 'DISMOUNT_FAILED', reason: 'prevented' }],
    leaf: 'dismountable',
    shows: [DISMOUNTABLE],
    emits: [{ type: 'dismount.failed', requestId: 'r2', reason: 'prevented' }],
  },
  {
    row: '',
    says: 'a fault during a mount fails it, and service makes the drive usable',
    input: robotic,
    events: [mount, movedIn, { type: 'FAULT_REPORTED', reason: 'hardware' }, { type: 'SERVICED' }],
    leaf: 'unloaded',
    shows: [UNLOADED, 'NTMS_READY'],
    remembers: { mediumId: 'm', faultReason: null },
  },
  {
    row: '',
    says: 'a reading that finds an unexpected cartridge tells it',
    input: robotic,
    events: [status(true, { mediumId: 'x', ready: true })],
    leaf: 'dismountable',
    shows: [DISMOUNTABLE],
    emits: [{ type: 'discrepancy.found', believed: { full: false }, found: { full: true, mediumId: 'x' } }],
  },
  {
    row: '',
    says: 'a reading that misses the cartridge empties the drive and tells it',
    input: filled('loaded'),
    events: [status(false)],
    leaf: 'empty',
    shows: [DISMOUNTED],
    emits: [{ type: 'discrepancy.found', believed: { full: true, mediumId: 'm' } }],
  },
  {
    row: '',
    says: 'a disabled drive refuses mounts',
    input: { ...robotic, enabled: false },
    events: [mount],
    leaf: 'empty',
    shows: [DISMOUNTED, 'DISABLED'],
    emits: [{ type: 'mount.refused', reason: 'disabled' }],
  },
  {
    row: '',
    says: 'a disabled drive refuses dismounts before it looks at the content',
    input: { ...robotic, enabled: false },
    events: [dismount],
    leaf: 'empty',
    shows: ['DISABLED'],
    emits: [{ type: 'dismount.refused', reason: 'disabled' }],
  },
  {
    row: '',
    says: 'a loaded drive that a mount holds cannot be claimed by another',
    input: robotic,
    events: [...mounted, claim],
    leaf: 'loaded.closed',
    shows: [LOADED],
    emits: [{ type: 'mount.refused', requestId: 'r3', reason: 'busy' }],
  },
  {
    row: '',
    says: 'a claim of another cartridge than the one inside is refused',
    input: filled('dismountable'),
    events: [{ ...claim, mediumId: 'other' }],
    leaf: 'dismountable',
    shows: [DISMOUNTABLE],
    emits: [{ type: 'mount.refused', reason: 'other-medium' }],
  },
]);

t.test('is opened while at least one handle is open', async (t) => {
  let drive = run(driveMachine, filled('loaded'), [opened, opened, closed]);
  t.match(drive.snapshot.value, { operation: { loaded: 'opened' } });
  drive = step(driveMachine, drive, closed);
  t.match(drive.snapshot.value, { operation: { loaded: 'closed' } });
  t.same(types(step(driveMachine, drive, closed)), ['event.unexpected'], 'there is none left to close');
});

t.test('starts in the state that database and hardware tell', async (t) => {
  const starts = ['empty', 'mounted', 'loaded', 'dismountable', 'unloaded', 'cleaning', 'failed'];
  for (const initial of starts) {
    const { snapshot } = run(driveMachine, filled(initial));
    const { operation } = snapshot.value as { operation: string | object };
    t.equal(typeof operation === 'string' ? operation : Object.keys(operation)[0], initial);
  }
});

t.test('waits for readiness when it starts mounted, but not when it is disabled', async (t) => {
  t.same(types(run(driveMachine, filled('mounted'))), ['command.waitUntilReady']);
  t.same(types(run(driveMachine, { ...filled('mounted'), enabled: false })), []);
});

t.test('names the state and the event when it cannot take an event', async (t) => {
  const drive = run(driveMachine, robotic, [ready]);
  t.match(drive.effects, [
    {
      type: 'event.unexpected',
      machine: 'drive',
      state: 'operation.empty, availability.enabled',
      event: { type: 'DRIVE_READY' },
    },
  ]);
});

t.test('is still on while it finishes what it had begun, yet takes nothing new', async (t) => {
  let drive = run(driveMachine, robotic, [mount, { type: 'DISABLED' }]);
  t.ok(drive.snapshot.tags.has('ENABLED'));
  drive = step(driveMachine, drive, mount);
  t.match(drive.effects, [{ type: 'mount.refused', reason: 'disabled' }]);
  drive = step(driveMachine, step(driveMachine, drive, movedIn), ready);
  t.ok(drive.snapshot.tags.has('DISABLED'));
  drive = step(driveMachine, drive, { type: 'ENABLED' });
  t.ok(drive.snapshot.tags.has('ENABLED'));
});
