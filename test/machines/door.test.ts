import t from 'tap';
import { doorMachine } from '../../machines/door.js';
import { testRows } from './transition-row.js';

const door = (initial: string, more: object = {}) => ({ doorId: 'd', maxOpenMs: 30_000, initial, ...more });
const access = (action = 'FAST') => ({ type: 'ACCESS_REQUESTED', requestId: 'r', action: `NTMS_INVENTORY_${action}` });
const OPENED = { type: 'DOOR_OPENED' };
const CLOSED = { type: 'DOOR_CLOSED' };

testRows(t, doorMachine, [
  {
    row: 'G1',
    says: 'AccessNtmsLibraryDoor unlocks a closed door',
    input: door('closed'),
    events: [access()],
    leaf: 'closed.unlocked',
    shows: ['NTMS_DOORSTATE_CLOSED'],
    emits: [{ type: 'command.unlockDoor', doorId: 'd' }],
  },
  {
    row: 'G2',
    says: 'the operator opens the unlocked door',
    input: door('closed'),
    events: [access(), OPENED],
    leaf: 'open',
    shows: ['NTMS_DOORSTATE_OPEN'],
    emits: [{ type: 'timer.start', timer: 'doorOpen', ms: 30_000 }],
  },
  {
    row: 'G3',
    says: 'open too long, a person is asked to shut it',
    input: door('closed'),
    events: [access(), OPENED, { type: 'TIMER_EXPIRED', timer: 'doorOpen' }],
    leaf: 'open',
    shows: ['NTMS_DOORSTATE_OPEN'],
    emits: [{ type: 'operatorRequest.needed', reason: 'door-open-too-long' }],
  },
  {
    row: 'G3',
    says: 'a limit of 0 asks at once',
    input: door('closed', { maxOpenMs: 0 }),
    events: [access(), OPENED],
    leaf: 'open',
    shows: ['NTMS_DOORSTATE_OPEN'],
    emits: [{ type: 'operatorRequest.needed', reason: 'door-open-too-long' }],
  },
  ...['FAST', 'OMID', 'DEFAULT'].map((action) => ({
    row: 'G4',
    says: `shut, it is locked and an inventory follows: ${action}`,
    input: door('closed'),
    events: [access(action), OPENED, CLOSED],
    leaf: 'closed.locked',
    shows: ['NTMS_DOORSTATE_CLOSED'],
    emits: [
      { type: 'timer.cancel' },
      { type: 'command.lockDoor' },
      { type: 'inventory.needed', method: `NTMS_INVENTORY_${action}` },
      { type: 'access.finished', requestId: 'r' },
    ],
    remembers: { requestId: null, action: 'NTMS_INVENTORY_DEFAULT' },
  })),
  {
    row: 'G4',
    says: 'NONE wants no inventory',
    input: door('closed'),
    events: [access('NONE'), OPENED, CLOSED],
    leaf: 'closed.locked',
    shows: [],
    emits: [{ type: 'timer.cancel' }, { type: 'command.lockDoor' }, { type: 'access.finished' }],
  },
  {
    row: 'G5',
    says: 'opened without a request, the default inventory follows',
    input: door('closed'),
    events: [OPENED, CLOSED],
    leaf: 'closed.locked',
    shows: [],
    emits: [
      { type: 'timer.cancel' },
      { type: 'command.lockDoor' },
      { type: 'inventory.needed', method: 'NTMS_INVENTORY_DEFAULT' },
    ],
  },
  {
    row: '',
    says: 'a second access is refused',
    input: door('closed'),
    events: [access(), { ...access(), requestId: 's' }],
    leaf: 'closed.unlocked',
    shows: [],
    emits: [{ type: 'access.refused', requestId: 's', reason: 'busy' }],
  },
  {
    row: '',
    says: 'an access that nobody used is given up and the door locked',
    input: door('closed'),
    events: [access(), { type: 'ACCESS_ABANDONED' }],
    leaf: 'closed.locked',
    shows: [],
    emits: [{ type: 'command.lockDoor' }, { type: 'access.finished' }],
  },
  {
    row: '',
    says: 'a disabled door gets no command',
    input: door('open', { enabled: false }),
    events: [CLOSED],
    leaf: 'closed.locked',
    shows: ['DISABLED'],
    emits: [{ type: 'timer.cancel' }, { type: 'inventory.needed' }],
  },
  {
    row: '',
    says: 'a door of which nothing is known is read',
    input: door('unknown'),
    events: [{ type: 'DOOR_STATUS_READ', open: true }],
    leaf: 'open',
    shows: ['NTMS_DOORSTATE_OPEN'],
  },
]);
