import fc from 'fast-check';
import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { LogicalUnit } from '../../devices/logical-unit.js';
import { MediaChanger } from '../../devices/media-changer.js';
import { AdditionalSense } from '../../devices/scsi/asc-ascq.js';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { SenseKey } from '../../devices/scsi/sense.js';
import { ScsiStatus } from '../../devices/scsi/status.js';
import type { TransportResult } from '../../devices/transport/scsi-transport.js';
import { checkCondition, good, lost, status } from './test-device/scripted-transport.js';
import { TestChanger, type TestChangerOptions } from './test-device/test-changer.js';

const moveOpcode = OperationCode.MOVE_MEDIUM;
const slot = 4096;
const otherSlot = 4100;
const drive = 256;
const picker = 1;
const fromSlotToDrive = { source: slot, destination: drive };

async function setUp(options: TestChangerOptions = { media: { [slot]: 'ORS001L8' } }) {
  const clock = new SimulatedClock({ auto: true });
  const device = new TestChanger(options);
  const unit = new LogicalUnit({ transport: device, lun: 1, clock, name: 'test changer' });
  const changer = new MediaChanger({ unit, clock });
  const setup = await changer.prepare();
  if (!setup.ok) throw new Error(setup.failure.message);
  device.sent.length = 0;
  return { clock, device, changer };
}

t.test('a move that the device did is moved, with what was read back', async (t) => {
  const { changer, device } = await setUp();
  const move = await changer.moveAndVerify(fromSlotToDrive, { correlationId: 'request-1' });
  t.match(move, {
    outcome: /^moved$/,
    volumeIdentifier: 'ORS001L8',
    source: { address: slot, full: false },
    destination: { address: drive, full: true, primaryVolumeTag: { volumeIdentifier: 'ORS001L8' } },
    failure: undefined,
  });
  t.equal(device.count(moveOpcode), 1);
  t.ok(device.sent.every(({ correlationId }) => correlationId === 'request-1'));
});

t.test('a medium without a label is moved as well', async (t) => {
  const { changer } = await setUp({ media: { [slot]: '' } });
  t.match(await changer.moveAndVerify(fromSlotToDrive), { outcome: /^moved$/ });
});

t.test('status GOOD is not proof: nothing moved is not-moved', async (t) => {
  const { changer, device } = await setUp();
  device.push(({ cdb }) => (cdb[0] === moveOpcode ? good() : undefined));
  t.match(await changer.moveAndVerify(fromSlotToDrive), { outcome: 'not-moved', source: { full: true } });
  t.equal(device.count(moveOpcode), 1);
});

t.test('a changer that shows the old place for a moment is looked at again', async (t) => {
  const { changer, device, clock } = await setUp();
  device.once(moveOpcode, () => {
    clock.after(1_500, () => device.move(slot, drive));
    return good();
  });
  t.match(await changer.moveAndVerify(fromSlotToDrive), { outcome: /^moved$/ });
});

t.test('a refused move is not-moved, with the reason', async (t) => {
  const { changer } = await setUp({ media: { [slot]: 'ORS001L8', [drive]: 'ORS002L8' } });
  const move = await changer.moveAndVerify(fromSlotToDrive);
  t.match(move, {
    outcome: 'not-moved',
    failure: { layer: 'sense', executed: /^no$/, sense: { asc: 0x3b, ascq: 0x0d } },
  });
});

t.test('an empty source is refused by the device, and nobody claims to know more', async (t) => {
  const { changer } = await setUp({ media: {} });
  const move = await changer.moveAndVerify({ ...fromSlotToDrive, volumeIdentifier: 'ORS001L8' });
  t.match(move, { outcome: 'uncertain', failure: { sense: { asc: 0x3b, ascq: 0x0e } } });
});

t.test('another barcode at the source: the move is not sent', async (t) => {
  const { changer, device } = await setUp();
  const move = await changer.moveAndVerify({ ...fromSlotToDrive, volumeIdentifier: 'ORS009L8' });
  t.match(move, { outcome: 'not-moved', failure: { executed: /^no$/, message: /holds ORS001L8, not ORS009L8/ } });
  t.equal(device.count(moveOpcode), 0);
});

t.test('another barcode at the destination is never called moved', async (t) => {
  const { changer, device } = await setUp({ media: { [slot]: 'ORS001L8', [otherSlot]: 'ORS002L8' } });
  device.once(moveOpcode, () => {
    device.move(otherSlot, drive);
    device.media.delete(slot);
    return good();
  });
  const move = await changer.moveAndVerify(fromSlotToDrive);
  t.match(move, { outcome: 'uncertain', message: /holds ORS002L8, not ORS001L8/ });
});

t.test('a medium that the device put elsewhere is found by its label', async (t) => {
  const { changer, device } = await setUp();
  device.once(moveOpcode, () => {
    device.move(slot, otherSlot);
    return good();
  });
  t.match(await changer.moveAndVerify(fromSlotToDrive), { outcome: 'elsewhere', foundAt: { address: otherSlot } });
});

t.test('a label that is found twice proves nothing', async (t) => {
  const { changer, device } = await setUp();
  device.once(moveOpcode, () => {
    device.move(slot, otherSlot);
    device.media.set(otherSlot + 1, 'ORS001L8');
    return good();
  });
  t.match(await changer.moveAndVerify(fromSlotToDrive), { outcome: 'uncertain', foundAt: undefined });
});

t.test('a medium that is nowhere is uncertain', async (t) => {
  const { changer, device } = await setUp();
  device.once(moveOpcode, () => {
    device.media.clear();
    return good();
  });
  t.match(await changer.moveAndVerify(fromSlotToDrive), { outcome: 'uncertain', message: /all empty/ });
});

t.test('a mechanical error with the medium in the gripper is on-picker', async (t) => {
  const { changer, device } = await setUp();
  device.once(moveOpcode, () => {
    device.move(slot, picker);
    return checkCondition({ key: SenseKey.HARDWARE_ERROR, ...AdditionalSense.MECHANICAL_POSITIONING_ERROR });
  });
  const move = await changer.moveAndVerify(fromSlotToDrive);
  t.match(move, { outcome: 'on-picker', pickers: [{ address: picker, full: true }], failure: { executed: 'unknown' } });
  t.equal(device.count(moveOpcode), 1);
});

t.test('an error after the motion is moved all the same, and the failure is told', async (t) => {
  const { changer, device } = await setUp();
  device.once(moveOpcode, () => {
    device.move(slot, drive);
    return checkCondition({ key: SenseKey.HARDWARE_ERROR, ...AdditionalSense.MECHANICAL_POSITIONING_ERROR });
  });
  t.match(await changer.moveAndVerify(fromSlotToDrive), { outcome: /^moved$/, failure: { layer: 'sense' } });
});

t.test('after a lost answer it reconnects, waits for the motion to end, and sees that it was done', async (t) => {
  const { changer, device, clock } = await setUp();
  const unreachable = { code: 'unreachable', executed: 'no', message: 'Nobody is there.' } as const;
  let movingUntilMs = 0;
  device.once(moveOpcode, () => {
    movingUntilMs = clock.now() + 40_000;
    clock.after(10_000, () => device.move(slot, picker));
    clock.after(40_000, () => device.move(picker, drive));
    device.openFailures.push(unreachable, unreachable);
    return lost('disconnected');
  });
  device.push(({ cdb }): TransportResult | undefined => {
    if (cdb[0] === moveOpcode || clock.now() >= movingUntilMs - 20_000) return undefined;
    return checkCondition({ key: SenseKey.NOT_READY, ...AdditionalSense.LOGICAL_UNIT_NOT_READY_OPERATION_IN_PROGRESS });
  });
  const move = await changer.moveAndVerify(fromSlotToDrive);
  t.match(move, { outcome: /^moved$/, failure: { layer: 'transport', executed: 'unknown' } });
  t.equal(device.count(moveOpcode), 1, 'never sent twice');
});

t.test('after a lost answer a motion that begins late is waited for', async (t) => {
  const { changer, device, clock } = await setUp();
  device.once(moveOpcode, () => {
    clock.after(20_000, () => device.move(slot, drive));
    return lost('timeout');
  });
  t.match(await changer.moveAndVerify(fromSlotToDrive), { outcome: /^moved$/ });
});

t.test('after a lost answer a picture that stands still is not-moved', async (t) => {
  const { changer, device } = await setUp();
  device.once(moveOpcode, lost('timeout'));
  t.match(await changer.moveAndVerify(fromSlotToDrive), { outcome: 'not-moved', failure: { layer: 'transport' } });
  t.equal(device.count(moveOpcode), 1);
});

t.test('after a lost answer a medium that stays in the gripper is on-picker in the end', async (t) => {
  const { changer, device, clock } = await setUp();
  const startMs = clock.now();
  device.once(moveOpcode, () => {
    device.move(slot, picker);
    return lost('disconnected');
  });
  t.match(await changer.moveAndVerify(fromSlotToDrive), { outcome: 'on-picker' });
  t.ok(clock.now() - startMs >= changer.unit.timeouts.motion, 'it had the time that a motion may take');
});

t.test('a changer that never comes back leaves the move uncertain', async (t) => {
  const { changer, device } = await setUp();
  device.once(moveOpcode, () => {
    device.push(() => lost('disconnected'));
    return lost('disconnected');
  });
  const move = await changer.moveAndVerify(fromSlotToDrive);
  t.match(move, { outcome: 'uncertain', source: undefined, failure: { command: 'MOVE MEDIUM' }, message: /read back/ });
});

t.test('a changer that cannot be asked beforehand is sent no move', async (t) => {
  const { changer, device } = await setUp();
  device.push(() => status(ScsiStatus.RESERVATION_CONFLICT));
  t.match(await changer.moveAndVerify(fromSlotToDrive), { outcome: 'not-moved', failure: { layer: 'status' } });
  t.equal(device.count(moveOpcode), 0);
});

t.test(
  'after an attention that media may have changed, the source is looked at before the move is sent again',
  async (t) => {
    const { changer, device } = await setUp();
    device.once(moveOpcode, () => {
      // Someone exchanged the cartridge while the door was open.
      device.media.set(slot, 'ORS777L8');
      const code = AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED;
      return checkCondition({ key: SenseKey.UNIT_ATTENTION, ...code });
    });
    const move = await changer.moveAndVerify({ ...fromSlotToDrive, volumeIdentifier: 'ORS001L8' });
    t.match(move, { outcome: 'not-moved', failure: { message: /ORS777L8/ } });
    t.equal(device.count(moveOpcode), 1);
    t.equal(device.media.get(slot), 'ORS777L8');
  },
);

t.test('after any other attention the move is sent again', async (t) => {
  const { changer, device } = await setUp();
  for (let i = 0; i < 3; i++) {
    const code = AdditionalSense.MODE_PARAMETERS_CHANGED;
    device.once(moveOpcode, checkCondition({ key: SenseKey.UNIT_ATTENTION, ...code }));
  }
  t.match(await changer.moveAndVerify(fromSlotToDrive), { outcome: /^moved$/ });
  t.equal(device.count(moveOpcode), 4);
});

t.test('an endless row of attentions ends', async (t) => {
  const { changer, device } = await setUp();
  const attention = checkCondition({ key: SenseKey.UNIT_ATTENTION, ...AdditionalSense.MODE_PARAMETERS_CHANGED });
  device.push(({ cdb }) => (cdb[0] === moveOpcode ? attention : undefined));
  t.match(await changer.moveAndVerify(fromSlotToDrive), { outcome: 'not-moved', failure: { executed: /^no$/ } });
});

t.test('a move that was cancelled under way is looked at once, and not called not-moved', async (t) => {
  const { changer, device } = await setUp();
  const cancel = new AbortController();
  device.once(moveOpcode, () => {
    cancel.abort();
    return lost('aborted');
  });
  const move = await changer.moveAndVerify(fromSlotToDrive, { signal: cancel.signal });
  t.match(move, { outcome: 'uncertain', source: { full: true }, failure: { transport: { code: 'aborted' } } });
});

t.test('a caller that cancels while a lost move is watched does not wait for its end', async (t) => {
  const { changer, device, clock } = await setUp();
  const cancel = new AbortController();
  device.once(moveOpcode, () => {
    device.move(slot, picker);
    clock.after(7_000, () => cancel.abort());
    return lost('disconnected');
  });
  const beganMs = clock.now();
  const move = await changer.moveAndVerify(fromSlotToDrive, { signal: cancel.signal });
  t.match(move, { outcome: 'on-picker', failure: { transport: { code: 'disconnected' } } });
  t.ok(clock.now() - beganMs < 10_000, 'it was told what was seen last');
});

t.test('a move that another host had aborted is watched until the picture stands still', async (t) => {
  const { changer, device, clock } = await setUp();
  device.once(moveOpcode, () => {
    clock.after(10_000, () => device.move(slot, drive));
    return status(ScsiStatus.TASK_ABORTED);
  });
  t.match(await changer.moveAndVerify(fromSlotToDrive), { outcome: /^moved$/, failure: { layer: 'status' } });
  t.equal(device.count(moveOpcode), 1);
});

t.test('a move that was cancelled before it was sent is not-moved', async (t) => {
  const { changer, device } = await setUp();
  const cancel = new AbortController();
  device.once(moveOpcode, () => {
    cancel.abort();
    return lost('aborted', 'no');
  });
  const move = await changer.moveAndVerify(fromSlotToDrive, { signal: cancel.signal });
  t.match(move, { outcome: 'not-moved', failure: { executed: /^no$/ } });
});

t.test('a medium turned over in its place has moved when the command says so', async (t) => {
  const { changer, device } = await setUp();
  device.once(moveOpcode, good());
  const inPlace = { source: slot, destination: slot, invert: true };
  t.match(await changer.moveAndVerify(inPlace), { outcome: /^moved$/ });
  device.once(moveOpcode, checkCondition({ key: SenseKey.ILLEGAL_REQUEST, ...AdditionalSense.INVALID_FIELD_IN_CDB }));
  t.match(await changer.moveAndVerify(inPlace), { outcome: 'not-moved' });
});

t.test('whatever the device does with the media and answers, the outcome is true', async () => {
  const labels = ['ORS001L8', 'ORS002L8', ''];
  const places = [slot, drive, picker, otherSlot, -1];
  const answers = ['good', 'hardware', 'lost', 'aborted'] as const;
  const scenario = fc.record({
    mover: fc.constantFrom(...places),
    strangerFrom: fc.constantFrom(otherSlot, drive),
    strangerTo: fc.constantFrom(...places),
    label: fc.constantFrom(...labels.slice(0, 1), ''),
    stranger: fc.constantFrom('ORS002L8', ''),
    answer: fc.constantFrom(...answers),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ mover, strangerFrom, strangerTo, label, stranger, answer }) => {
      const { changer, device } = await setUp({ media: { [slot]: label, [strangerFrom]: stranger } });
      device.once(moveOpcode, () => {
        device.media.clear();
        if (strangerTo !== -1) device.media.set(strangerTo, stranger);
        if (mover !== -1) device.media.set(mover, label);
        if (answer === 'good') return good();
        if (answer === 'hardware') return checkCondition({ key: SenseKey.HARDWARE_ERROR, asc: 0x15, ascq: 1 });
        return lost(answer === 'lost' ? 'disconnected' : 'timeout');
      });
      const { outcome, foundAt } = await changer.moveAndVerify(fromSlotToDrive);
      if (device.count(moveOpcode) !== 1) throw new Error('the move was sent twice');
      // Without labels a stranger cannot be told from the medium; with one, no outcome may be untrue.
      if (label === '') return true;
      const where = {
        moved: drive,
        'not-moved': slot,
        'on-picker': picker,
        elsewhere: foundAt?.address,
        uncertain: mover,
      };
      // A stranger without a label where the medium was to go cannot be told from it either.
      return stranger === '' || where[outcome] === mover;
    }),
    { numRuns: 300 },
  );
});
