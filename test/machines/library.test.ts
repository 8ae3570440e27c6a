import t from 'tap';
import { changerMachine } from '../../machines/changer.js';
import { libraryMachine } from '../../machines/library.js';
import { testRows } from './transition-row.js';

const library = (initial: string, more: object = {}) => ({ libraryId: 'l', initial, ...more });
const FOUND = { type: 'DEVICE_FOUND' };
const LOST = { type: 'DEVICE_LOST' };
const FAILED = { type: 'DEVICE_FAILED', reason: 'hardware error' };
const DELETE = { type: 'DELETE_REQUESTED' };

t.test('library', async (t) => {
  testRows(t, libraryMachine, [
    ...['notPresent', 'initializing', 'ready', 'needsService'].map((state) => ({
      row: 'B1',
      says: `a device found while ${state} is initialised`,
      input: library(state),
      events: [FOUND],
      leaf: 'initializing',
      shows: ['NTMS_INITIALIZING'],
      emits: [{ type: 'command.initialize', libraryId: 'l' }],
    })),
    {
      row: 'B2',
      says: 'initialised it is ready and wants its default inventory',
      input: library('initializing'),
      events: [{ type: 'INITIALIZED' }],
      leaf: 'ready',
      shows: ['NTMS_READY'],
      emits: [{ type: 'inventory.needed', method: 'NTMS_INVENTORY_DEFAULT' }],
    },
    {
      row: 'B3',
      says: 'a failed device needs service, and a person is asked',
      input: library('ready'),
      events: [FAILED],
      leaf: 'needsService',
      shows: ['NTMS_NEEDS_SERVICE'],
      emits: [{ type: 'operatorRequest.needed', reason: 'device-service', detail: 'hardware error' }],
    },
    {
      row: 'B4',
      says: 'serviced it is initialised again',
      input: library('needsService'),
      events: [{ type: 'SERVICED' }],
      leaf: 'initializing',
      shows: ['NTMS_INITIALIZING'],
      emits: [{ type: 'command.initialize' }],
    },
    ...['initializing', 'ready', 'needsService', 'notPresent'].map((state) => ({
      row: 'B5',
      says: `unplugged while ${state} it is not present`,
      input: library(state),
      events: [LOST],
      leaf: 'notPresent',
      shows: ['NTMS_NOT_PRESENT'],
    })),
    {
      row: 'B6',
      says: 'back again it is initialised',
      input: library('ready'),
      events: [LOST, FOUND],
      leaf: 'initializing',
      shows: ['NTMS_INITIALIZING'],
    },
    {
      row: 'B7',
      says: 'an enabled library whose device is gone can be deleted',
      input: library('notPresent'),
      events: [DELETE],
      leaf: 'notPresent',
      shows: ['ENABLED'],
      emits: [{ type: 'record.deleted', libraryId: 'l' }],
    },
    ...[
      { input: library('ready'), reason: 'present' },
      { input: library('notPresent', { enabled: false }), reason: 'disabled' },
      { input: library('notPresent', { shelf: true }), reason: 'shelf' },
    ].map(({ input, reason }) => ({
      row: 'B7',
      says: `deletion is refused: ${reason}`,
      input,
      events: [DELETE],
      leaf: input.initial,
      shows: [],
      emits: [{ type: 'delete.refused', reason }],
    })),
    {
      row: 'B8',
      says: 'DisableNtmsObject leaves the operational state alone',
      input: library('ready'),
      events: [{ type: 'DISABLED' }],
      leaf: 'ready',
      shows: ['NTMS_READY', 'DISABLED'],
    },
    {
      row: 'B9',
      says: 'EnableNtmsObject enables it',
      input: library('ready', { enabled: false }),
      events: [{ type: 'ENABLED' }],
      leaf: 'ready',
      shows: ['NTMS_READY', 'ENABLED'],
    },
    {
      row: '',
      says: 'a disabled library is initialised when it is enabled',
      input: library('notPresent', { enabled: false }),
      events: [FOUND, { type: 'ENABLED' }],
      leaf: 'initializing',
      shows: ['ENABLED'],
      emits: [{ type: 'command.initialize' }],
    },
  ]);
});

const changer = (initial: string, more: object = {}) => ({ changerId: 'c', initial, ...more });

t.test('changer', async (t) => {
  testRows(t, changerMachine, [
    {
      row: '',
      says: 'a device found is asked whether it is ready',
      input: changer('offline'),
      events: [FOUND],
      leaf: 'becomingReady',
      shows: ['NTMS_INITIALIZING'],
      emits: [{ type: 'command.testUnitReady', changerId: 'c' }],
    },
    {
      row: '',
      says: 'one that is becoming ready is asked again later',
      input: changer('offline', { pollMs: 60_000 }),
      events: [FOUND, { type: 'CHANGER_BECOMING_READY' }],
      leaf: 'becomingReady',
      shows: ['NTMS_INITIALIZING'],
      emits: [{ type: 'timer.start', timer: 'poll', ms: 60_000 }],
    },
    {
      row: '',
      says: 'it is asked again when the time is over',
      input: changer('offline'),
      events: [FOUND, { type: 'CHANGER_BECOMING_READY' }, { type: 'TIMER_EXPIRED', timer: 'poll' }],
      leaf: 'becomingReady',
      shows: [],
      emits: [{ type: 'command.testUnitReady' }],
    },
    {
      row: '',
      says: 'ready, its elements are read',
      input: changer('becomingReady'),
      events: [{ type: 'CHANGER_READY' }],
      leaf: 'initializing.reading',
      shows: ['NTMS_INITIALIZING'],
      emits: [{ type: 'timer.cancel' }, { type: 'command.readElementStatus' }],
    },
    {
      row: '',
      says: 'elements that were never scanned are scanned first',
      input: changer('becomingReady'),
      events: [{ type: 'CHANGER_READY' }, { type: 'SCAN_REQUIRED' }, { type: 'ELEMENTS_SCANNED' }],
      leaf: 'initializing.reading',
      shows: [],
      emits: [{ type: 'command.readElementStatus' }],
    },
    {
      row: '',
      says: 'with its elements known it is ready',
      input: changer('initializing'),
      events: [{ type: 'ELEMENT_STATUS_READ' }],
      leaf: 'ready',
      shows: ['NTMS_READY'],
      emits: [{ type: 'changer.ready' }],
    },
    {
      row: '',
      says: 'a unit attention makes everything known doubtful',
      input: changer('ready'),
      events: [{ type: 'UNIT_ATTENTION_REPORTED' }],
      leaf: 'becomingReady',
      shows: ['NTMS_INITIALIZING'],
      emits: [{ type: 'command.testUnitReady' }],
    },
    {
      row: '',
      says: 'broken it needs service',
      input: changer('ready'),
      events: [{ type: 'FAULT_REPORTED', reason: 'gripper' }],
      leaf: 'failed',
      shows: ['NTMS_NEEDS_SERVICE'],
      emits: [{ type: 'changer.failed', reason: 'gripper' }],
    },
    {
      row: '',
      says: 'unplugged it is not present',
      input: changer('ready'),
      events: [LOST],
      leaf: 'offline',
      shows: ['NTMS_NOT_PRESENT'],
    },
    {
      row: '',
      says: 'disabled it gets no command until it is enabled',
      input: changer('offline', { enabled: false }),
      events: [FOUND, { type: 'UNIT_ATTENTION_REPORTED' }],
      leaf: 'becomingReady',
      shows: ['DISABLED'],
      emits: [],
    },
  ]);
});
