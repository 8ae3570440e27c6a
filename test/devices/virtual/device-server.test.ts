import t from 'tap';
import {
  AdditionalSense,
  decodeSense,
  inquiryCdb,
  moveMediumCdb,
  PersistentReserveOutAction as Out,
  reportLunsCdb,
  requestSenseCdb,
  reserve6Cdb,
  ReservationType as Type,
  testUnitReadyCdb,
} from '../../../devices/scsi/index.js';
import { describe, fieldPointer, Initiator, openAutoloader } from './initiator.js';
import { threeHosts } from './reservation-hosts.js';

const CHANGER = 1;
const CONFLICT = 'status 18';
const move = moveMediumCdb({ sourceAddress: 4096, destinationAddress: 4110 });

void t.test('tells of a reset before all that happened earlier', async (t) => {
  const { autoloader, host } = await openAutoloader();
  autoloader.establishUnitAttention(CHANGER, AdditionalSense.MODE_PARAMETERS_CHANGED);
  autoloader.establishUnitAttention(CHANGER, AdditionalSense.INQUIRY_DATA_HAS_CHANGED);
  await autoloader.resetLogicalUnit(CHANGER);
  autoloader.establishUnitAttention(CHANGER, AdditionalSense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);
  await autoloader.resetLogicalUnit(CHANGER);
  t.same(await host.takeAttentions(CHANGER), [
    { asc: 0x29, ascq: 0x00 },
    { asc: 0x29, ascq: 0x03 },
    { asc: 0x2a, ascq: 0x01 },
    { asc: 0x3f, ascq: 0x03 },
  ]);
});

void t.test('a host hears of a reset before it hears that the unit is reserved', async (t) => {
  const { autoloader, a, b } = await threeHosts();
  const late = new Initiator(autoloader, 'late');
  t.equal(describe(await a.send(CHANGER, reserve6Cdb())), 'GOOD');
  t.equal(describe(await late.send(CHANGER, move)), '06/29/00', 'the power-on');
  t.equal(describe(await late.send(CHANGER, move)), CONFLICT);
  await autoloader.resetLogicalUnit(CHANGER);
  t.equal(await a.attentions(), '29/03');
  await a.reserveOut(Out.REGISTER, { newKey: 1n });
  await a.reserveOut(Out.RESERVE, { key: 1n, type: Type.EXCLUSIVE_ACCESS });
  t.equal(describe(await b.send(CHANGER, move)), '06/29/03');
  t.equal(describe(await b.send(CHANGER, move)), CONFLICT);
});

void t.test('of anything else it hears only when the reservation lets the command through', async (t) => {
  const { autoloader, a, b } = await threeHosts();
  t.equal(describe(await a.send(CHANGER, reserve6Cdb())), 'GOOD');
  autoloader.establishUnitAttention(CHANGER, AdditionalSense.MODE_PARAMETERS_CHANGED);
  t.equal(describe(await b.send(CHANGER, move)), CONFLICT);
  t.equal(describe(await b.send(CHANGER, reportLunsCdb({ allocationLength: 64 }))), 'GOOD');
  await autoloader.resetLogicalUnit(CHANGER);
  t.equal(await b.attentions(), '29/03 2A/01', 'nothing of it is lost');
});

void t.test('sense is gone with the next command, whichever that is', async (t) => {
  const { host } = await openAutoloader();
  for (const next of [inquiryCdb({ allocationLength: 36 }), reportLunsCdb({ allocationLength: 64 })]) {
    t.equal(describe(await host.send(CHANGER, moveMediumCdb({ sourceAddress: 1, destinationAddress: 2 }))), '05/21/01');
    t.equal(describe(await host.send(CHANGER, next)), 'GOOD');
    t.match(decodeSense(await host.read(CHANGER, requestSenseCdb())), { key: 0, asc: 0, ascq: 0 });
  }
});

void t.test('refuses a command that asks for auto contingent allegiance, and does nothing', async (t) => {
  const { autoloader, host } = await openAutoloader();
  for (const cdb of [
    testUnitReadyCdb().with(5, 0x04),
    move.with(11, 0x04),
    inquiryCdb({ allocationLength: 5 }).with(5, 0x04),
  ]) {
    const refused = await host.send(CHANGER, cdb);
    t.equal(`${describe(refused)} at ${fieldPointer(refused)}`, `05/24/00 at ${cdb.length - 1}.2`);
  }
  t.notOk(autoloader.inspect().find(({ address }) => address === 4110)?.full);
});
