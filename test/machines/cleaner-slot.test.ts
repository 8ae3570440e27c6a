import t from 'tap';
import { cleanerSlotMachine } from '../../machines/cleaner-slot.js';
import { driveMachine } from '../../machines/drive.js';
import { testRows } from './transition-row.js';

const none = { libraryId: 'l' };
const empty = { libraryId: 'l', slotId: 's' };
const holding = (usesRemaining: number) => ({ ...empty, full: true, usesRemaining });
const notCounted = 0xffff_ffff;
const asked = (type: string, content = 'empty') => ({ type, slotId: 's', content });
const reserve = (content?: string) => asked('CLEANER_SLOT_REQUESTED', content);
const release = (content?: string) => asked('CLEANER_SLOT_GIVEN_UP', content);
const inject = (content?: string) => asked('CLEANER_INJECT_REQUESTED', content);
const eject = (content?: string) => asked('CLEANER_EJECT_REQUESTED', content);
const accepted = (request: string) => ({ type: 'cleanerSlot.accepted', libraryId: 'l', request });
const refused = (request: string, reason: string) => ({ type: 'cleanerSlot.refused', libraryId: 'l', request, reason });

testRows(t, cleanerSlotMachine, [
  {
    row: 'C1',
    says: 'an empty slot is reserved',
    input: none,
    events: [reserve()],
    leaf: 'reserved.empty',
    shows: [],
    emits: [accepted('CLEANER_SLOT_REQUESTED')],
    remembers: { slotId: 's', usesRemaining: 0 },
  },
  ...(
    [
      [empty, 'reserved.empty'],
      [holding(3), 'reserved.usable'],
      [holding(0), 'reserved.spent'],
    ] as const
  ).map(([input, leaf]) => ({
    row: 'C2',
    says: `a second reservation is refused: ${leaf}`,
    input,
    events: [reserve()],
    leaf,
    shows: [],
    emits: [refused('CLEANER_SLOT_REQUESTED', 'set')],
  })),
  {
    row: 'C3',
    says: 'an inject is taken, and its cleaner has the uses given',
    input: empty,
    events: [inject(), { type: 'CLEANER_INSERTED', uses: 20 }],
    leaf: 'reserved.usable',
    shows: [],
    remembers: { usesRemaining: 20 },
  },
  {
    row: 'C4',
    says: 'no inject without a reserved slot',
    input: none,
    events: [inject()],
    leaf: 'none',
    shows: [],
    emits: [refused('CLEANER_INJECT_REQUESTED', 'not-set')],
  },
  {
    row: 'C5',
    says: 'no second cleaner',
    input: holding(1),
    events: [inject('full')],
    leaf: 'reserved.usable',
    shows: [],
    emits: [refused('CLEANER_INJECT_REQUESTED', 'full')],
  },
  {
    row: 'C6',
    says: 'each cleaning takes a use',
    input: holding(2),
    events: [{ type: 'DRIVE_CLEANED' }],
    leaf: 'reserved.usable',
    shows: [],
    remembers: { usesRemaining: 1 },
  },
  {
    row: 'C6',
    says: 'the last use spends it',
    input: holding(2),
    events: [{ type: 'DRIVE_CLEANED' }, { type: 'DRIVE_CLEANED' }],
    leaf: 'reserved.spent',
    shows: [],
    remembers: { usesRemaining: 0 },
  },
  {
    row: 'C6',
    says: 'uses that are not counted stay so',
    input: holding(notCounted),
    events: [{ type: 'DRIVE_CLEANED' }],
    leaf: 'reserved.usable',
    shows: [],
    remembers: { usesRemaining: notCounted },
  },
  {
    row: 'C7',
    says: 'a spent cleaner makes a person be asked for another',
    input: holding(0),
    events: [{ type: 'CLEANING_REQUESTED' }],
    leaf: 'reserved.spent',
    shows: [],
    emits: [{ type: 'cleaner.needed', libraryId: 'l', reason: 'spent' }],
  },
  ...[none, empty].map((input) => ({
    row: 'C7',
    says: `without a cleaner one is asked for: ${JSON.stringify(input)}`,
    input,
    events: [{ type: 'CLEANING_REQUESTED' }],
    leaf: input === none ? 'none' : 'reserved.empty',
    shows: [],
    emits: [{ type: 'cleaner.needed', libraryId: 'l', reason: 'none' }],
  })),
  {
    row: 'C8',
    says: 'an ejected cleaner leaves the slot reserved',
    input: holding(4),
    events: [eject('full'), { type: 'CLEANER_REMOVED' }],
    leaf: 'reserved.empty',
    shows: [],
    remembers: { slotId: 's', usesRemaining: 0 },
  },
  {
    row: 'C9',
    says: 'there is nothing to eject',
    input: empty,
    events: [eject()],
    leaf: 'reserved.empty',
    shows: [],
    emits: [refused('CLEANER_EJECT_REQUESTED', 'empty')],
  },
  {
    row: 'C10',
    says: 'an empty slot is given up',
    input: empty,
    events: [release()],
    leaf: 'none',
    shows: [],
    emits: [accepted('CLEANER_SLOT_GIVEN_UP')],
    remembers: { slotId: null },
  },
  {
    row: 'C11',
    says: 'a slot with its cleaner is not given up',
    input: holding(1),
    events: [release('full')],
    leaf: 'reserved.usable',
    shows: [],
    emits: [refused('CLEANER_SLOT_GIVEN_UP', 'full')],
  },
  {
    row: 'C11',
    says: 'nor while the cleaner is in a drive',
    input: holding(1),
    events: [release('empty')],
    leaf: 'reserved.usable',
    shows: [],
    emits: [refused('CLEANER_SLOT_GIVEN_UP', 'full')],
  },
  ...[release(), eject()].map((event) => ({
    row: 'C12',
    says: `nothing is reserved: ${event.type}`,
    input: none,
    events: [event],
    leaf: 'none',
    shows: [],
    emits: [refused(event.type, 'not-set')],
  })),
  ...[
    { input: none, event: reserve('notPresent') },
    { input: empty, event: release('notPresent') },
    { input: empty, event: inject('notPresent') },
    { input: empty, event: eject('notPresent') },
    { input: holding(1), event: release('notPresent') },
    { input: holding(1), event: inject('notPresent') },
    { input: holding(1), event: eject('notPresent') },
  ].map(({ input, event }) => ({
    row: 'C13',
    says: `the magazine is out: ${event.type} of ${JSON.stringify(input)}`,
    input,
    events: [event],
    leaf: input === none ? 'none' : input === empty ? 'reserved.empty' : 'reserved.usable',
    shows: [],
    emits: [refused(event.type, 'not-present')],
  })),
  ...[reserve('full')].map((event) => ({
    row: '',
    says: 'a slot with a cartridge in it is not reserved',
    input: none,
    events: [event],
    leaf: 'none',
    shows: [],
    emits: [refused(event.type, 'full')],
  })),
  ...[release('full'), inject('full')].map((event) => ({
    row: '',
    says: `somebody put another cartridge into the reserved slot: ${event.type}`,
    input: empty,
    events: [event],
    leaf: 'reserved.empty',
    shows: [],
    emits: [refused(event.type, 'full')],
  })),
  {
    row: '',
    says: 'a cleaner without a use is spent from the start',
    input: empty,
    events: [{ type: 'CLEANER_INSERTED', uses: 0 }],
    leaf: 'reserved.spent',
    shows: [],
  },
  {
    row: '',
    says: 'the drive overrules the count',
    input: holding(notCounted),
    events: [{ type: 'CLEANER_EXPIRED' }],
    leaf: 'reserved.spent',
    shows: [],
    remembers: { usesRemaining: 0 },
  },
]);

testRows(t, driveMachine, [
  {
    row: '',
    says: 'a cleaning that failed before the cleaner came leaves the drive empty',
    input: { driveId: 'd', elementAddress: 500 },
    events: [{ type: 'CLEANING_STARTED' }, { type: 'CLEANING_FAILED', reason: 'not moved' }],
    leaf: 'empty',
    shows: ['NTMS_DRIVESTATE_DISMOUNTED', 'NTMS_READY'],
    emits: [{ type: 'cleaning.failed', driveId: 'd', reason: 'not moved' }],
  },
  {
    row: '',
    says: 'a cleaner that does not come out is a cartridge in the drive',
    input: { driveId: 'd', elementAddress: 500 },
    events: [
      { type: 'CLEANING_STARTED' },
      { type: 'MEDIUM_MOVED_IN', mediumId: 'c' },
      { type: 'CLEANING_FAILED', reason: 'stuck' },
    ],
    leaf: 'unloaded',
    shows: ['NTMS_DRIVESTATE_UNLOADED', 'NTMS_READY'],
    emits: [{ type: 'cleaning.failed', driveId: 'd', reason: 'stuck' }],
  },
]);
