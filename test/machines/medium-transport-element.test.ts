import t from 'tap';
import { createActor } from 'xstate';
import { pickerMachine } from '../../machines/medium-transport-element.js';
import { run, step } from './machine-run.js';
import { testRows } from './transition-row.js';

const input = { pickerId: 'p', elementAddress: 1 };
const move = { moveId: 'a', mediumId: 'm', source: 1000, destination: 500 };
const requested = { type: 'MOVE_REQUESTED', ...move };
const completed = { type: 'MOVE_COMPLETED', moveId: 'a' };
const unknown = { type: 'MOVE_OUTCOME_UNKNOWN', moveId: 'a' };
const verified = (outcome: string) => ({ type: 'MOVE_VERIFIED', moveId: 'a', outcome });
const READY = ['NTMS_READY'];
const SERVICE = ['NTMS_NEEDS_SERVICE'];

testRows(t, pickerMachine, [
  {
    row: '',
    says: 'sends MOVE MEDIUM when it is free',
    input,
    events: [requested],
    leaf: 'moving',
    shows: READY,
    emits: [{ type: 'command.moveMedium', pickerId: 'p', ...move }],
  },
  {
    row: '',
    says: 'reads back after GOOD, which is no proof',
    input,
    events: [requested, completed],
    leaf: 'verifying',
    shows: READY,
    emits: [{ type: 'command.readBack', ...move }],
  },
  {
    row: '',
    says: 'reads back after an unknown outcome and does not repeat the motion',
    input,
    events: [requested, unknown],
    leaf: 'verifying',
    shows: READY,
    emits: [{ type: 'command.readBack', ...move }],
  },
  ...['moved', 'not-moved', 'elsewhere'].map((outcome) => ({
    row: '',
    says: `is free again when the cartridge was found: ${outcome}`,
    input,
    events: [requested, completed, verified(outcome)],
    leaf: 'idle',
    shows: READY,
    emits: [{ type: 'move.finished', ...move, outcome }],
    remembers: { move: null, occupied: false },
  })),
  {
    row: '',
    says: 'holds a cartridge that stuck on it',
    input,
    events: [requested, unknown, verified('on-picker')],
    leaf: 'holding',
    shows: READY,
    emits: [{ type: 'move.finished', outcome: 'on-picker' }],
    remembers: { mediumId: 'm', move: null },
  },
  {
    row: '',
    says: 'moves nothing while a cartridge is lost',
    input,
    events: [requested, unknown, verified('uncertain'), { ...requested, moveId: 'b' }],
    leaf: 'uncertain',
    shows: SERVICE,
    emits: [{ type: 'move.refused', moveId: 'b', reason: 'uncertain' }],
  },
  {
    row: '',
    says: 'tells when the lost cartridge is found',
    input,
    events: [requested, unknown, verified('uncertain'), verified('moved')],
    leaf: 'idle',
    shows: READY,
    emits: [{ type: 'move.resolved', moveId: 'a', outcome: 'moved' }],
  },
  {
    row: '',
    says: 'passes on what the device refused',
    input,
    events: [requested, { type: 'MOVE_REFUSED', moveId: 'a', reason: 'destination full' }],
    leaf: 'idle',
    shows: READY,
    emits: [{ type: 'move.refused', moveId: 'a', reason: 'destination full' }],
  },
  {
    row: '',
    says: 'refuses a second motion while one is under way',
    input,
    events: [requested, { ...requested, moveId: 'b' }],
    leaf: 'moving',
    shows: READY,
    emits: [{ type: 'move.refused', moveId: 'b', reason: 'busy' }],
    remembers: { move: { moveId: 'a' } },
  },
  {
    row: '',
    says: 'refuses a second motion while one is verified',
    input,
    events: [requested, completed, { ...requested, moveId: 'b' }],
    leaf: 'verifying',
    shows: READY,
    emits: [{ type: 'move.refused', moveId: 'b', reason: 'busy' }],
  },
  {
    row: '',
    says: 'refuses a motion to where the cartridge is',
    input,
    events: [{ ...requested, destination: 1000 }],
    leaf: 'idle',
    shows: READY,
    emits: [{ type: 'move.refused', reason: 'same-element' }],
  },
  {
    row: '',
    says: 'does not take the outcome of another motion',
    input,
    events: [requested, { type: 'MOVE_COMPLETED', moveId: 'b' }],
    leaf: 'moving',
    shows: READY,
    emits: [{ type: 'event.unexpected', machine: 'picker' }],
  },
  {
    row: '',
    says: 'moves the held cartridge away',
    input: { ...input, initial: 'holding', mediumId: 'm' },
    events: [{ ...requested, source: 1 }, completed, verified('moved')],
    leaf: 'idle',
    shows: READY,
    remembers: { occupied: false, mediumId: null },
  },
  {
    row: '',
    says: 'moves no other cartridge while it holds one',
    input: { ...input, initial: 'holding', mediumId: 'm' },
    events: [{ ...requested, mediumId: 'n' }],
    leaf: 'holding',
    shows: READY,
    emits: [{ type: 'move.refused', reason: 'holding' }],
  },
  {
    row: '',
    says: 'still holds the cartridge after the device refused to take it away',
    input: { ...input, initial: 'holding', mediumId: 'm' },
    events: [
      { ...requested, source: 1 },
      { type: 'MOVE_REFUSED', moveId: 'a', reason: 'destination full' },
    ],
    leaf: 'holding',
    shows: READY,
    remembers: { occupied: true, mediumId: 'm', move: null },
  },
  {
    row: '',
    says: 'ends the motion as uncertain when it fails, and looks for the cartridge after service',
    input,
    events: [requested, { type: 'FAULT_REPORTED', reason: 'jam' }, { type: 'SERVICED' }],
    leaf: 'uncertain',
    shows: SERVICE,
    emits: [{ type: 'command.readBack', ...move }],
  },
  {
    row: '',
    says: 'refuses motions while it is disabled',
    input: { ...input, enabled: false },
    events: [requested],
    leaf: 'idle',
    shows: ['DISABLED'],
    emits: [{ type: 'move.refused', reason: 'disabled' }],
  },
  {
    row: '',
    says: 'is held by a cartridge that a reading finds on it',
    input,
    events: [{ type: 'ELEMENT_STATUS_READ', full: true, mediumId: 'x' }],
    leaf: 'holding',
    shows: READY,
    emits: [{ type: 'discrepancy.found', found: { full: true, mediumId: 'x' } }],
  },
]);

t.test('tells every motion exactly one end', async (t) => {
  const jam = { type: 'FAULT_REPORTED', reason: 'jam' };
  const ways = [
    [completed, verified('moved')],
    [unknown, verified('uncertain'), verified('uncertain'), verified('on-picker')],
    [jam, { type: 'SERVICED' }, verified('not-moved')],
    [completed, jam, jam],
    [{ type: 'MOVE_REFUSED', moveId: 'a', reason: 'no' }],
  ];
  for (const way of ways) {
    const ends = run(pickerMachine, input, [requested, ...way]).all.filter((effect) =>
      ['move.finished', 'move.refused'].includes(effect.type),
    );
    t.equal(ends.length, 1, way.map((event) => event.type).join(' '));
  }
});

t.test('reads nothing back while it is disabled', async (t) => {
  let picker = run(pickerMachine, input, [requested, { type: 'FAULT_REPORTED', reason: 'jam' }, { type: 'DISABLED' }]);
  picker = step(pickerMachine, picker, { type: 'SERVICED' });
  t.same(picker.effects, []);
  t.match(picker.snapshot.value, { operation: 'uncertain', availability: 'disabled' });
});

t.test('goes on from a stored snapshot without repeating the motion', async (t) => {
  const first = createActor(pickerMachine, { input });
  first.start();
  first.send({ type: 'MOVE_REQUESTED', ...move });
  const stored = JSON.parse(JSON.stringify(first.getPersistedSnapshot())) as ReturnType<
    typeof first.getPersistedSnapshot
  >;
  const second = createActor(pickerMachine, { snapshot: stored, input });
  const heard: string[] = [];
  second.on('*', (effect) => heard.push(effect.type));
  second.start();
  t.same(heard, []);
  second.send({ type: 'MOVE_OUTCOME_UNKNOWN', moveId: 'a' });
  t.same(heard, ['command.readBack']);
});
