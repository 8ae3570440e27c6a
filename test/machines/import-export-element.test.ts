import t from 'tap';
import { portMachine } from '../../machines/import-export-element.js';
import { leafOf, run, step } from './machine-run.js';
import { testRows } from './transition-row.js';

const port = (position: string, content: string, more: object = {}) => ({
  portId: 'p',
  elementAddress: 10,
  maxExtendMs: 60_000,
  position,
  content,
  ...more,
});
const closedEmpty = port('retracted', 'empty');
const inject = { type: 'INJECT_STARTED', requestId: 'r', many: false };
const injectMany = { ...inject, many: true };
const eject = { type: 'EJECT_STARTED', requestId: 'e' };
const EXTENDED = { type: 'PORT_EXTENDED' };
const RETRACTED = { type: 'PORT_RETRACTED' };
const INSERTED = { type: 'MEDIUM_INSERTED' };
const TAKEN = { type: 'MEDIUM_TAKEN' };
const IN = { type: 'MEDIUM_MOVED_IN', mediumId: 'm' };
const OUT = { type: 'MEDIUM_MOVED_OUT' };
const EXPIRED = { type: 'TIMER_EXPIRED', timer: 'portExtended' };
const shows = (position: string, content: string) => [`NTMS_PORTPOSITION_${position}`, `NTMS_PORTCONTENT_${content}`];

testRows(t, portMachine, [
  ...[inject, injectMany].map((start) => ({
    row: 'I1',
    says: `inject ${start.many ? 'STARTMANY' : 'START'} extends the empty port`,
    input: closedEmpty,
    events: [start, EXTENDED],
    region: 'position',
    leaf: 'extended',
    shows: shows('EXTENDED', 'EMPTY'),
    emits: [{ type: 'timer.start', timer: 'portExtended', ms: 60_000 }],
  })),
  {
    row: 'I2',
    says: 'the operator puts a cartridge in',
    input: port('extended', 'empty'),
    events: [INSERTED],
    region: 'content',
    leaf: 'full',
    shows: shows('EXTENDED', 'FULL'),
  },
  {
    row: 'I3',
    says: 'full seen, the port goes in',
    input: closedEmpty,
    events: [inject, EXTENDED, INSERTED, RETRACTED],
    region: 'position',
    leaf: 'retracted',
    shows: shows('RETRACTED', 'FULL'),
    emits: [{ type: 'medium.arrived', requestId: 'r' }],
  },
  ...[{ type: 'STOP_REQUESTED' }, EXPIRED].map((end) => ({
    row: 'I3',
    says: `${end.type} takes the port in`,
    input: closedEmpty,
    events: [inject, EXTENDED, end],
    region: 'position',
    leaf: 'retracting',
    shows: shows('EXTENDED', 'EMPTY'),
    emits: [{ type: 'timer.cancel' }, { type: 'command.retractPort' }],
  })),
  {
    row: 'I3',
    says: 'with nothing in it the inject ends',
    input: closedEmpty,
    events: [inject, EXTENDED, { type: 'STOP_REQUESTED' }, RETRACTED],
    region: 'position',
    leaf: 'retracted',
    shows: shows('RETRACTED', 'EMPTY'),
    emits: [{ type: 'job.finished', requestId: 'r', kind: 'inject' }],
    remembers: { job: null },
  },
  {
    row: 'I3',
    says: 'a port that is pushed in by hand is in',
    input: closedEmpty,
    events: [inject, EXTENDED, RETRACTED],
    region: 'position',
    leaf: 'retracted',
    shows: shows('RETRACTED', 'EMPTY'),
    emits: [{ type: 'timer.cancel' }, { type: 'job.finished' }],
  },
  {
    row: 'I4',
    says: 'the robot empties it and the cartridge is identified',
    input: closedEmpty,
    events: [inject, EXTENDED, INSERTED, RETRACTED, OUT],
    region: 'content',
    leaf: 'empty',
    shows: shows('RETRACTED', 'EMPTY'),
    emits: [
      { type: 'identification.needed', requestId: 'r' },
      { type: 'job.finished', kind: 'inject' },
    ],
  },
  {
    row: 'I5',
    says: 'without a free slot it stays full and a person is asked',
    input: closedEmpty,
    events: [inject, EXTENDED, INSERTED, RETRACTED, { type: 'SLOTS_EXHAUSTED' }],
    region: 'content',
    leaf: 'full',
    shows: shows('RETRACTED', 'FULL'),
    emits: [
      { type: 'operatorRequest.needed', reason: 'no-free-slot' },
      { type: 'job.failed', requestId: 'r', reason: 'no-free-slot' },
    ],
  },
  {
    row: 'I6',
    says: 'STARTMANY opens it again after every find',
    input: closedEmpty,
    events: [injectMany, EXTENDED, INSERTED, RETRACTED, OUT, EXTENDED],
    region: 'position',
    leaf: 'extended',
    shows: shows('EXTENDED', 'EMPTY'),
    emits: [{ type: 'timer.start' }],
    remembers: { job: { kind: 'injectMany', requestId: 'r' } },
  },
  {
    row: 'I7',
    says: 'an eject waits for the robot',
    input: closedEmpty,
    events: [eject],
    region: 'position',
    leaf: 'retracted',
    shows: shows('RETRACTED', 'EMPTY'),
    emits: [],
  },
  {
    row: 'I7',
    says: 'the ejected cartridge is handed out',
    input: closedEmpty,
    events: [eject, IN],
    region: 'position',
    leaf: 'extending',
    shows: shows('RETRACTED', 'FULL'),
    emits: [{ type: 'command.extendPort', portId: 'p', elementAddress: 10 }],
  },
  {
    row: 'I7',
    says: 'until it is out',
    input: closedEmpty,
    events: [eject, IN, EXTENDED],
    region: 'position',
    leaf: 'extended',
    shows: shows('EXTENDED', 'FULL'),
  },
  {
    row: 'I8',
    says: 'the operator takes it, and the port goes in',
    input: closedEmpty,
    events: [eject, IN, EXTENDED, TAKEN],
    region: 'position',
    leaf: 'retracting',
    shows: shows('EXTENDED', 'EMPTY'),
    emits: [{ type: 'timer.cancel' }, { type: 'command.retractPort' }],
  },
  {
    row: 'I8',
    says: 'and the eject ends',
    input: closedEmpty,
    events: [eject, IN, EXTENDED, TAKEN, RETRACTED],
    region: 'position',
    leaf: 'retracted',
    shows: shows('RETRACTED', 'EMPTY'),
    emits: [{ type: 'job.finished', requestId: 'e', kind: 'eject' }],
  },
  {
    row: 'I9',
    says: 'a port that stays out beyond its limit asks a person',
    input: closedEmpty,
    events: [inject, EXTENDED, EXPIRED, { type: 'RETRACT_FAILED', reason: 'held' }],
    region: 'position',
    leaf: 'extended',
    shows: shows('EXTENDED', 'EMPTY'),
    emits: [{ type: 'operatorRequest.needed', reason: 'port-extended-too-long' }, { type: 'timer.start' }],
  },
  {
    row: '',
    says: 'an ejected cartridge that nobody took is pulled back',
    input: closedEmpty,
    events: [eject, IN, EXTENDED, EXPIRED, RETRACTED],
    region: 'position',
    leaf: 'retracted',
    shows: shows('RETRACTED', 'FULL'),
    emits: [{ type: 'eject.timedOut', requestId: 'e', mediumId: 'm' }],
    remembers: { job: null },
  },
  {
    row: '',
    says: 'a second job is refused',
    input: closedEmpty,
    events: [eject, inject],
    region: 'position',
    leaf: 'retracted',
    shows: [],
    emits: [{ type: 'job.refused', requestId: 'r', reason: 'busy' }],
  },
  {
    row: '',
    says: 'an eject into a full port is refused',
    input: port('retracted', 'full'),
    events: [eject],
    region: 'position',
    leaf: 'retracted',
    shows: [],
    emits: [{ type: 'job.refused', requestId: 'e', reason: 'full' }],
  },
  {
    row: '',
    says: 'a disabled port refuses jobs',
    input: port('retracted', 'empty', { enabled: false }),
    events: [inject],
    region: 'position',
    leaf: 'retracted',
    shows: ['DISABLED'],
    emits: [{ type: 'job.refused', reason: 'disabled' }],
  },
  {
    row: '',
    says: 'a port that does not come out fails the job and asks a person',
    input: closedEmpty,
    events: [inject, { type: 'EXTEND_FAILED', reason: 'jam' }],
    region: 'position',
    leaf: 'retracted',
    shows: [],
    emits: [
      { type: 'operatorRequest.needed', reason: 'port-stuck' },
      { type: 'job.failed', reason: 'jam' },
    ],
  },
  {
    row: '',
    says: 'a reading that shows a cartridge counts as seen',
    input: closedEmpty,
    events: [inject, EXTENDED, { type: 'ELEMENT_STATUS_READ', full: true, mediumId: 'm' }],
    region: 'position',
    leaf: 'retracting',
    shows: shows('EXTENDED', 'FULL'),
    remembers: { mediumId: 'm' },
  },
]);

t.test('is disabled only when the job has ended', async (t) => {
  let state = run(portMachine, closedEmpty, [injectMany, EXTENDED, { type: 'DISABLED' }]);
  t.ok(state.snapshot.tags.has('ENABLED'));
  for (const event of [INSERTED, RETRACTED, OUT]) state = step(portMachine, state, event);
  t.equal(leafOf(state, 'position'), 'retracted', 'it is not opened again');
  t.ok(state.snapshot.tags.has('DISABLED'));
});
