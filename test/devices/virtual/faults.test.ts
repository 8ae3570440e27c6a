import t from 'tap';
import {
  decodeSense,
  inquiryCdb,
  moveMediumCdb,
  OperationCode,
  requestSenseCdb,
  ScsiStatus,
  SenseKey,
  testUnitReadyCdb,
} from '../../../devices/scsi/index.js';
import {
  checkConditionFault,
  cutDataFault,
  lostAnswerFault,
  lostCommandFault,
  statusFault,
} from '../../../devices/virtual/index.js';
import { describe, Initiator, openAutoloader, places } from './initiator.js';

const CHANGER = 1;
const move = moveMediumCdb({ sourceAddress: 4096, destinationAddress: 4110 });
const nothing = Symbol('nothing yet');
const soon = () => new Promise((resolve) => setImmediate(() => setImmediate(() => resolve(nothing))));

void t.test('answers with a wrong sense as often as told, then as usual', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const sense = { key: SenseKey.HARDWARE_ERROR, asc: 0x15, ascq: 0x01 };
  autoloader.addFault(checkConditionFault({ lun: CHANGER, opcode: OperationCode.MOVE_MEDIUM, times: 2 }, sense));
  t.equal(describe(await host.send(CHANGER, testUnitReadyCdb())), 'GOOD', 'another command is not met');
  t.equal(describe(await host.send(CHANGER, move)), '04/15/01');
  t.equal(describe(await host.send(CHANGER, move)), '04/15/01');
  t.equal(places(autoloader)['ORS001L8'], 4096);
  t.equal(describe(await host.send(CHANGER, move)), 'GOOD');
});

void t.test('tells the same sense to a host that must ask for it', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const other = new Initiator(autoloader, 'other');
  await other.takeAttentions(CHANGER);
  const sense = { key: SenseKey.HARDWARE_ERROR, asc: 0x15, ascq: 0x01 };
  autoloader.addFault(checkConditionFault({ lun: CHANGER, opcode: OperationCode.MOVE_MEDIUM }, sense));
  const asked = async (who: Initiator) => decodeSense(await who.read(CHANGER, requestSenseCdb({ desc: true })));
  await host.send(CHANGER, move);
  t.match(await asked(other), { key: 0, asc: 0 }, 'another nexus has had no error');
  t.match(await asked(host), { format: 'descriptor', ...sense });
  t.match(await asked(host), { key: 0, asc: 0 }, 'told once');
  await host.send(CHANGER, move);
  await host.send(CHANGER, testUnitReadyCdb());
  t.match(await asked(host), { key: 0, asc: 0 }, 'gone with the next command');
});

void t.test('is busy until the fault is taken away', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const heal = autoloader.addFault(statusFault({}, ScsiStatus.BUSY));
  t.equal((await host.send(CHANGER, move)).status, ScsiStatus.BUSY);
  heal();
  heal();
  t.equal((await host.send(CHANGER, move)).status, ScsiStatus.GOOD);
});

void t.test('moves and never answers, or never moves', async (t) => {
  const { autoloader, host } = await openAutoloader();
  autoloader.addFault(lostAnswerFault({ opcode: OperationCode.MOVE_MEDIUM, times: 1 }));
  t.equal(await Promise.race([host.send(CHANGER, move), soon()]), nothing);
  t.equal(places(autoloader)['ORS001L8'], 4110, 'it was done');
  autoloader.addFault(lostCommandFault({ opcode: OperationCode.MOVE_MEDIUM, times: 1 }));
  const back = moveMediumCdb({ sourceAddress: 4110, destinationAddress: 4096 });
  t.equal(await Promise.race([host.send(CHANGER, back), soon()]), nothing);
  t.equal(places(autoloader)['ORS001L8'], 4110, 'it was not done');
});

void t.test('sends less data than it should', async (t) => {
  const { autoloader, host } = await openAutoloader();
  autoloader.addFault(cutDataFault({ opcode: OperationCode.INQUIRY, times: 1 }, 7));
  t.equal((await host.read(CHANGER, inquiryCdb({ allocationLength: 36 }))).length, 7);
  t.equal((await host.read(CHANGER, inquiryCdb({ allocationLength: 36 }))).length, 36);
});
