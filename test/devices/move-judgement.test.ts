import t from 'tap';
import { judgeMove, sameSnapshot, type MoveOutcome, type MoveSnapshot } from '../../devices/move-judgement.js';
import type { ElementStatus } from '../../devices/scsi/smc/element-status.js';
import { TestChanger } from './test-device/test-changer.js';

/** undefined: empty; '': full without a label. */
type Content = string | undefined;

function element(address: number, content: Content): ElementStatus {
  const media = content === undefined ? {} : { [address]: content };
  return new TestChanger({ media }).element(address === 1 ? 1 : 2, address);
}

function snapshot(source: Content, destination: Content, picker?: Content): MoveSnapshot {
  return { source: element(10, source), destination: element(20, destination), pickers: [element(1, picker)] };
}

const A = 'ORS001L8';
const B = 'ORS002L8';
const none = undefined;

/** before: destination; after: source, destination, picker. The source had the medium before. */
const cases: [what: string, label: Content, before: Content, after: [Content, Content, Content], MoveOutcome][] = [
  ['it is at the destination', A, none, [none, A, none], 'moved'],
  ['its label is not readable at the destination', A, none, [none, '', none], 'moved'],
  ['nothing has a label', '', none, [none, '', none], 'moved'],
  ['the source was filled again meanwhile', A, none, [B, A, none], 'moved'],
  ['it is at the source', A, none, [A, none, none], 'not-moved'],
  ['another medium sits at the destination', A, B, [A, B, none], 'not-moved'],
  ['a medium without label sat at the destination before', A, '', [A, '', none], 'not-moved'],
  ['a medium without label came to the destination', A, none, [A, '', none], 'uncertain'],
  ['its label is at both places', A, none, [A, A, none], 'uncertain'],
  ['another medium is at the source', A, none, [B, none, none], 'uncertain'],
  ['another medium is at the destination, and the source is empty', A, none, [none, B, none], 'uncertain'],
  ['the destination was full before without label, and the source is empty', A, '', [none, '', none], 'uncertain'],
  ['the gripper has it', A, none, [none, none, A], 'on-picker'],
  ['the gripper has it, and another medium sits at the destination', A, B, [none, B, A], 'on-picker'],
  ['the gripper has another medium, and it is at the source', A, none, [A, none, B], 'not-moved'],
  ['the gripper has another medium, and it is nowhere', A, none, [none, none, B], 'uncertain'],
  ['everything is empty', A, none, [none, none, none], 'uncertain'],
];

for (const [what, label, destinationBefore, [source, destination, picker], outcome] of cases) {
  t.test(`${what}: ${outcome}, whatever the status was`, async (t) => {
    const before = snapshot(label, destinationBefore);
    const after = snapshot(source, destination, picker);
    const volumeIdentifier = label === '' || label === undefined ? {} : { volumeIdentifier: label };
    for (const commandSucceeded of [true, false]) {
      t.equal(judgeMove({ before, after, commandSucceeded, ...volumeIdentifier }).outcome, outcome);
    }
  });
}

t.test('two snapshots are the same when the same elements are full with the same labels', async (t) => {
  t.ok(sameSnapshot(snapshot(A, none), snapshot(A, none)));
  t.notOk(sameSnapshot(snapshot(A, none), snapshot(B, none)));
  t.notOk(sameSnapshot(snapshot(A, none), snapshot(none, A)));
  t.notOk(sameSnapshot(snapshot(A, none), snapshot(A, none, '')));
});
