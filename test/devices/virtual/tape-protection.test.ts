import t from 'tap';
import {
  decodeTapeAlert,
  erase6Cdb,
  loadUnloadCdb,
  locate10Cdb,
  logSenseCdb,
  moveMediumCdb,
  preventAllowMediumRemovalCdb,
  Prevent,
  testUnitReadyCdb,
} from '../../../devices/scsi/index.js';
import { describe, fieldPointer, openAutoloader } from './initiator.js';
import { block, CHANGER, DRIVE, tapeRig } from './tape-rig.js';

void t.test('ERASE makes the end of data where the tape stands, short or long', async (t) => {
  for (const params of [{}, { long: true }, { long: true, immed: true }]) {
    const { send, write, read, rewind, where } = await tapeRig();
    for (const fill of [1, 2, 3]) await write(block(fill, 10));
    await send(locate10Cdb({ logicalObjectIdentifier: 1 }));
    t.equal(describe(await send(erase6Cdb(params))), 'GOOD');
    t.same(await where(), [1, 0], 'the tape stands where it stood');
    t.equal(describe(await read(10)), '08/00/05');
    await rewind();
    t.same((await read(10)).dataIn, block(1, 10));
    t.equal(describe(await write(block(9, 10))), 'GOOD');
  }
  const protectedTape = await tapeRig({ writeProtected: true });
  t.equal(describe(await protectedTape.send(erase6Cdb())), '07/27/00');
});

void t.test('a write-once medium is appended to and never overwritten', async (t) => {
  const { host, send, write, filemarks, read, rewind, where } = await tapeRig({ barcode: 'TST001LY' });
  t.equal(describe(await write(block(1, 10))), 'GOOD');
  t.equal(describe(await filemarks(1)), 'GOOD');
  t.equal(describe(await write(block(2, 10))), 'GOOD');
  t.equal(describe(await filemarks(2)), 'GOOD');
  for (const at of [0, 1, 2]) {
    await send(locate10Cdb({ logicalObjectIdentifier: at }));
    for (const answer of [await write(block(9, 10)), await filemarks(1), await send(erase6Cdb())]) {
      t.equal(describe(answer), '07/30/0C', `at ${at}`);
    }
    t.same((await where())[0], at, 'the tape stands where it stood');
  }
  t.same([...decodeTapeAlert(await host.read(DRIVE, logSenseCdb({ pageCode: 0x2e, allocationLength: 4096 })))], [60]);
  await send(locate10Cdb({ logicalObjectIdentifier: 4 }));
  t.equal(describe(await write(block(3, 10))), 'GOOD', 'in the place of the last filemark, so that the file goes on');
  await rewind();
  for (const fill of [1, undefined, 2, undefined, 3]) {
    const answer = await read(10);
    if (fill === undefined) t.ok(answer.sense?.filemark);
    else t.same(answer.dataIn, block(fill, 10));
  }
  t.equal(describe(await read(10)), '08/00/05');
});

void t.test('a drive takes the write-once media of the generations that it writes, and no others', async (t) => {
  for (const [barcode, sense] of [
    ['TST001LX', 'GOOD'],
    ['TST001LW', '02/30/00'],
  ] as const) {
    const { host } = await openAutoloader({ cartridges: [{ elementAddress: 4096, barcode }] });
    await host.send(CHANGER, moveMediumCdb({ sourceAddress: 4096, destinationAddress: 256 }));
    await host.takeAttentions(DRIVE);
    t.equal(describe(await host.send(DRIVE, testUnitReadyCdb())), sense, barcode);
  }
});

void t.test('HOLD unthreads the tape and keeps the cartridge until it is loaded or let go', async (t) => {
  const { host, send, where, write } = await tapeRig();
  await write(block(1, 10));
  t.equal(describe(await send(loadUnloadCdb({ hold: true }))), 'GOOD');
  t.equal(describe(await send(testUnitReadyCdb())), '02/04/02', 'it must be loaded first');
  t.equal(describe(await send(loadUnloadCdb({ hold: true }))), 'GOOD', 'once more is no error');
  const take = moveMediumCdb({ sourceAddress: 256, destinationAddress: 4096 });
  t.not(describe(await host.send(CHANGER, take)), 'GOOD', 'the picker cannot take it');
  t.equal(describe(await send(loadUnloadCdb({ load: true }))), 'GOOD');
  t.same(await host.takeAttentions(DRIVE), [{ asc: 0x28, ascq: 0x00 }]);
  t.same(await where(), [0, 0]);
  await send(loadUnloadCdb({ hold: true }));
  t.equal(describe(await send(loadUnloadCdb({}))), 'GOOD', 'let go');
  t.equal(describe(await host.send(CHANGER, take)), 'GOOD');
  t.equal(fieldPointer(await send(loadUnloadCdb({ hold: true, eot: true }))), '4.2');
});

void t.test('EOT and RETEN are done on the way', async (t) => {
  const { host, send, write, where } = await tapeRig();
  await write(block(1, 10));
  t.equal(describe(await send(loadUnloadCdb({ load: true, reten: true }))), 'GOOD', 'as mt retension asks');
  t.same(await where(), [0, 0]);
  t.equal(fieldPointer(await send(loadUnloadCdb({ load: true, hold: true }))), '4.3');
  t.equal(describe(await send(loadUnloadCdb({ eot: true, reten: true }))), 'GOOD');
  t.equal(describe(await send(testUnitReadyCdb())), '02/3A/00');
  t.same(await host.takeAttentions(DRIVE), []);
});

void t.test('a drive that was told to prevent removal lets no cartridge go', async (t) => {
  const { send } = await tapeRig();
  await send(preventAllowMediumRemovalCdb({ prevent: Prevent.PREVENT }));
  t.equal(describe(await send(loadUnloadCdb({}))), '05/53/02');
  t.equal(describe(await send(testUnitReadyCdb())), 'GOOD');
  t.equal(describe(await send(loadUnloadCdb({ hold: true }))), 'GOOD', 'what stays in the drive is not removed');
  t.equal(describe(await send(loadUnloadCdb({}))), '05/53/02');
  await send(preventAllowMediumRemovalCdb({ prevent: Prevent.ALLOW }));
  t.equal(describe(await send(loadUnloadCdb({}))), 'GOOD');
});
