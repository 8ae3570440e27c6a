import t from 'tap';
import { physicalMediumMachine } from '../../machines/physical-medium.js';
import { run, step } from './machine-run.js';
import { testRows } from './transition-row.js';

const inSlot = { mediumId: 'm', location: { kind: 'slot', elementAddress: 1000 } };
const offline = { mediumId: 'm', location: { kind: 'offline', elementAddress: null } };
const inDrive = (initial: string) => ({ mediumId: 'm', initial, location: { kind: 'drive', elementAddress: 500 } });

const accepted = { type: 'REQUEST_ACCEPTED', requestId: 'r' };
const movedIn = { type: 'MEDIUM_MOVED_IN', elementAddress: 500 };
const loaded = { type: 'MEDIUM_LOADED' };
const started = { type: 'DISMOUNT_STARTED' };
const stored = { type: 'MEDIUM_STORED', elementAddress: 1000 };
const raised = { type: 'OPERATOR_REQUEST_RAISED' };
const fault = { type: 'FAULT_REPORTED', reason: 'write error' };

const IDLE = 'NTMS_MEDIASTATE_IDLE';
const INUSE = 'NTMS_MEDIASTATE_INUSE';

testRows(t, physicalMediumMachine, [
  { row: 'M1', says: 'a new cartridge is idle', input: inSlot, events: [], leaf: 'idle', shows: [IDLE, 'ENABLED'] },
  {
    row: 'M2',
    says: 'an accepted request makes it in use',
    input: inSlot,
    events: [accepted],
    leaf: 'inUse',
    shows: [INUSE],
    remembers: { requestId: 'r' },
  },
  {
    row: 'M3',
    says: 'placed in a drive it is mounted',
    input: inSlot,
    events: [accepted, movedIn],
    leaf: 'mounted',
    shows: ['NTMS_MEDIASTATE_MOUNTED'],
    remembers: { location: { kind: 'drive', elementAddress: 500 } },
  },
  {
    row: 'M4',
    says: 'ready and verified it is loaded',
    input: inSlot,
    events: [accepted, movedIn, loaded],
    leaf: 'loaded',
    shows: ['NTMS_MEDIASTATE_LOADED'],
  },
  {
    row: 'M5',
    says: 'an immediate dismount makes it unloaded',
    input: inDrive('loaded'),
    events: [started],
    leaf: 'unloaded',
    shows: ['NTMS_MEDIASTATE_UNLOADED'],
  },
  {
    row: 'M6',
    says: 'back in its slot it is idle',
    input: inDrive('loaded'),
    events: [started, stored],
    leaf: 'idle',
    shows: [IDLE],
    remembers: { location: { kind: 'slot', elementAddress: 1000 }, requestId: null },
  },
  {
    row: 'M7',
    says: 'a deferred dismount makes it idle in its drive',
    input: inDrive('loaded'),
    events: [{ type: 'DISMOUNT_DEFERRED' }],
    leaf: 'idle',
    shows: [IDLE],
    remembers: { location: { kind: 'drive', elementAddress: 500 } },
  },
  {
    row: 'M7',
    says: 'from where it can be mounted again without a move',
    input: inDrive('loaded'),
    events: [{ type: 'DISMOUNT_DEFERRED' }, accepted, loaded],
    leaf: 'loaded',
    shows: ['NTMS_MEDIASTATE_LOADED'],
  },
  {
    row: 'M8',
    says: 'a mount of an offline cartridge raises an operator request',
    input: offline,
    events: [raised],
    leaf: 'operatorRequest',
    shows: ['NTMS_MEDIASTATE_OPREQ'],
  },
  {
    row: 'M9',
    says: 'satisfied and found online it is in use and goes on',
    input: offline,
    events: [raised, stored, { type: 'OPERATOR_REQUEST_SATISFIED' }],
    leaf: 'inUse',
    shows: [INUSE],
    remembers: { location: { kind: 'slot', elementAddress: 1000 } },
  },
  ...['OPERATOR_REQUEST_REFUSED', 'REQUEST_ABANDONED'].map((type) => ({
    row: 'M10',
    says: `it is idle again after ${type}`,
    input: offline,
    events: [raised, { type }],
    leaf: 'idle',
    shows: [IDLE],
  })),
  ...['mounted', 'loaded', 'unloaded'].map((state) => ({
    row: 'M11',
    says: `a fault while ${state} makes it an operator error`,
    input: inDrive(state),
    events: [fault],
    leaf: 'operatorError',
    shows: ['NTMS_MEDIASTATE_OPERROR'],
    remembers: { former: state, faultReason: 'write error' },
  })),
  ...['idle', 'inUse', 'mounted', 'loaded', 'unloaded'].map((state) => ({
    row: 'M12',
    says: `a cleared fault brings ${state} back`,
    input: inDrive(state),
    events: [fault, { type: 'FAULT_CLEARED' }],
    leaf: state,
    shows: [],
    remembers: { former: null, faultReason: null },
  })),
  {
    row: 'M13',
    says: 'the eject of a kept cartridge ends idle and offline',
    input: inSlot,
    events: [accepted, { type: 'EJECTED', kept: true }],
    leaf: 'idle',
    shows: [IDLE],
    emits: [],
    remembers: { location: { kind: 'offline', elementAddress: null } },
  },
  {
    row: 'M14',
    says: 'the eject of a cartridge that is not kept deletes its record',
    input: inSlot,
    events: [accepted, { type: 'EJECTED', kept: false }],
    leaf: 'idle',
    shows: [],
    emits: [{ type: 'record.deleted', mediumId: 'm' }],
  },
  {
    row: 'M15',
    says: 'an offline cartridge without sides in use can be deleted',
    input: offline,
    events: [{ type: 'DELETE_REQUESTED', sidesInUse: false }],
    leaf: 'idle',
    shows: [],
    emits: [{ type: 'record.deleted', mediumId: 'm' }],
  },
  {
    row: 'M15',
    says: 'not while a side is in use',
    input: offline,
    events: [{ type: 'DELETE_REQUESTED', sidesInUse: true }],
    leaf: 'idle',
    shows: [],
    emits: [{ type: 'delete.refused', reason: 'sides-in-use' }],
  },
  {
    row: 'M15',
    says: 'not while it is online',
    input: inSlot,
    events: [{ type: 'DELETE_REQUESTED', sidesInUse: false }],
    leaf: 'idle',
    shows: [],
    emits: [{ type: 'delete.refused', reason: 'online' }],
  },
  {
    row: 'M16',
    says: 'a request that ends before placing leaves it idle',
    input: inSlot,
    events: [accepted, { type: 'REQUEST_ABANDONED' }],
    leaf: 'idle',
    shows: [IDLE],
    remembers: { requestId: null },
  },
  {
    row: '',
    says: 'a second request is refused while one holds it',
    input: inSlot,
    events: [accepted, { ...accepted, requestId: 's' }],
    leaf: 'inUse',
    shows: [INUSE],
    emits: [{ type: 'request.refused', requestId: 's', reason: 'busy' }],
    remembers: { requestId: 'r' },
  },
  {
    row: '',
    says: 'a disabled cartridge refuses requests',
    input: { ...inSlot, enabled: false },
    events: [accepted],
    leaf: 'idle',
    shows: ['DISABLED'],
    emits: [{ type: 'request.refused', reason: 'disabled' }],
  },
  {
    row: '',
    says: 'found in a slot though believed loaded it is idle there',
    input: inDrive('loaded'),
    events: [{ type: 'LOCATED', location: { kind: 'slot', elementAddress: 1001 } }],
    leaf: 'idle',
    shows: [IDLE],
    emits: [{ type: 'discrepancy.found', believed: { kind: 'drive' }, found: { kind: 'slot', elementAddress: 1001 } }],
  },
]);

t.test('does not come back to loaded after a fault when it is not in a drive any more', async (t) => {
  let medium = run(physicalMediumMachine, inDrive('loaded'), [fault]);
  medium = step(physicalMediumMachine, medium, {
    type: 'LOCATED',
    location: { kind: 'slot', elementAddress: 1000 },
  });
  medium = step(physicalMediumMachine, medium, { type: 'FAULT_CLEARED' });
  t.match(medium.snapshot.value, { operation: 'idle' });
});
