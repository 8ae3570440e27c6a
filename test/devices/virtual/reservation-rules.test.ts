import t from 'tap';
import {
  cdbLength,
  describeCommand,
  modeSense6Cdb,
  moveMediumCdb,
  PeripheralDeviceType,
  PersistentReserveOutAction as Out,
  preventAllowMediumRemovalCdb,
  readElementStatusCdb,
  release6Cdb,
  reserve10Cdb,
  reserve6Cdb,
  ReservationType as Type,
  reportSupportedOperationCodesCdb,
  decodeSupportedCommands,
  testUnitReadyCdb,
} from '../../../devices/scsi/index.js';
import { reservationRule } from '../../../devices/virtual/reservation-rules.js';
import { describe, openAutoloader } from './initiator.js';
import { threeHosts } from './reservation-hosts.js';

const CONFLICT = 'status 18';
const always = testUnitReadyCdb();
const reads = modeSense6Cdb({ pageCode: 0x1d, allocationLength: 100 });
const changes = moveMediumCdb({ sourceAddress: 4096, destinationAddress: 4096 });

void t.test('each type lets through whom and what SPC-4 says', async (t) => {
  for (const [name, type, registeredReads, registeredChanges, strangerReads] of [
    ['write exclusive', Type.WRITE_EXCLUSIVE, true, false, true],
    ['exclusive access', Type.EXCLUSIVE_ACCESS, false, false, false],
    ['write exclusive, registrants only', Type.WRITE_EXCLUSIVE_REGISTRANTS_ONLY, true, true, true],
    ['exclusive access, registrants only', Type.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY, true, true, false],
    ['write exclusive, all registrants', Type.WRITE_EXCLUSIVE_ALL_REGISTRANTS, true, true, true],
    ['exclusive access, all registrants', Type.EXCLUSIVE_ACCESS_ALL_REGISTRANTS, true, true, false],
  ] as const) {
    const { a, b, c } = await threeHosts();
    await a.reserveOut(Out.REGISTER, { newKey: 1n });
    await b.reserveOut(Out.REGISTER, { newKey: 2n });
    t.equal(await a.reserveOut(Out.RESERVE, { key: 1n, type }), 'GOOD', name);
    for (const [who, host, mayRead, mayChange] of [
      ['the holder', a, true, true],
      ['a registrant', b, registeredReads, registeredChanges],
      ['a stranger', c, strangerReads, false],
    ] as const) {
      t.equal(describe(await host.send(1, always)), 'GOOD', `${name}: ${who} may ask whether it is ready`);
      t.equal(describe(await host.send(1, reads)), mayRead ? 'GOOD' : CONFLICT, `${name}: ${who} reads`);
      t.equal(describe(await host.send(1, changes)), mayChange ? 'GOOD' : CONFLICT, `${name}: ${who} changes`);
    }
  }
});

void t.test('what a command does to the unit is one rule for each', async (t) => {
  const rules = async (lun: number, type: number): Promise<Record<string, string[]>> => {
    const { host } = await openAutoloader();
    const data = await host.read(lun, reportSupportedOperationCodesCdb({ allocationLength: 4096 }));
    const byRule: Record<string, string[]> = { always: [], reads: [], changes: [] };
    for (const { operationCode, serviceAction = 0 } of decodeSupportedCommands(data).commands) {
      const cdb = new Uint8Array(cdbLength(operationCode) ?? 12);
      cdb[0] = operationCode;
      cdb[1] = serviceAction;
      const name = describeCommand(type, cdb)?.name ?? `${operationCode}`;
      if (!name.startsWith('PERSISTENT RESERVE')) byRule[reservationRule(type, cdb)]?.push(name);
    }
    return byRule;
  };
  t.same(await rules(1, PeripheralDeviceType.MEDIUM_CHANGER), {
    always: [
      'TEST UNIT READY',
      'REQUEST SENSE',
      'INQUIRY',
      'RESERVE(6)',
      'RELEASE(6)',
      'PREVENT ALLOW MEDIUM REMOVAL',
      'LOG SENSE',
      'RESERVE(10)',
      'RELEASE(10)',
      'REPORT ELEMENT INFORMATION',
      'REPORT LUNS',
    ],
    reads: [
      'MODE SENSE(6)',
      'RECEIVE DIAGNOSTIC RESULTS',
      'READ BUFFER',
      'MODE SENSE(10)',
      'REPORT SUPPORTED OPERATION CODES',
      'REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS',
    ],
    changes: [
      'INITIALIZE ELEMENT STATUS',
      'MODE SELECT(6)',
      'SEND DIAGNOSTIC',
      'POSITION TO ELEMENT',
      'INITIALIZE ELEMENT STATUS WITH RANGE',
      'WRITE BUFFER',
      'LOG SELECT',
      'MODE SELECT(10)',
      'MOVE MEDIUM',
      'EXCHANGE MEDIUM',
      'READ ELEMENT STATUS',
    ],
  });
  const drive = await rules(0, PeripheralDeviceType.SEQUENTIAL_ACCESS);
  for (const [rule, names] of [
    ['always', ['TEST UNIT READY', 'READ BLOCK LIMITS', 'REPORT DENSITY SUPPORT', 'LOG SENSE']],
    ['reads', ['REWIND', 'READ(6)', 'SPACE(6)', 'LOCATE(10)', 'READ POSITION', 'READ ATTRIBUTE', 'LOCATE(16)']],
    ['changes', ['WRITE(6)', 'WRITE FILEMARKS(6)', 'ERASE(6)', 'LOAD UNLOAD', 'WRITE ATTRIBUTE', 'MODE SELECT(6)']],
  ] as const) {
    for (const name of names) t.ok(drive[rule]?.includes(name), `${name}: ${rule}`);
  }
});

void t.test('the CDB decides where the command alone does not', async (t) => {
  const { a, b } = await threeHosts();
  await a.reserveOut(Out.REGISTER, { newKey: 1n });
  await a.reserveOut(Out.RESERVE, { key: 1n, type: Type.EXCLUSIVE_ACCESS });
  const status = (curData: boolean) => readElementStatusCdb({ curData, numberOfElements: 1, allocationLength: 4096 });
  t.equal(describe(await b.send(1, status(true))), 'GOOD', 'CURDATA moves nothing');
  t.equal(describe(await b.send(1, status(false))), CONFLICT);
  t.equal(describe(await b.send(1, preventAllowMediumRemovalCdb({ prevent: 0 }))), 'GOOD');
  t.equal(describe(await b.send(1, preventAllowMediumRemovalCdb({ prevent: 1 }))), CONFLICT);
});

void t.test('RESERVE and RELEASE go with registrations only for who shares the reservation', async (t) => {
  const { a, b, c } = await threeHosts();
  await a.reserveOut(Out.REGISTER, { newKey: 1n });
  t.equal(describe(await a.send(1, reserve6Cdb())), CONFLICT, 'registered, but nothing is reserved');
  t.equal(describe(await c.send(1, release6Cdb())), CONFLICT);
  await a.reserveOut(Out.RESERVE, { key: 1n, type: Type.WRITE_EXCLUSIVE });
  await b.reserveOut(Out.REGISTER, { newKey: 2n });
  t.equal(describe(await a.send(1, reserve10Cdb())), 'GOOD', 'the holder');
  t.equal(describe(await b.send(1, reserve10Cdb())), CONFLICT);
  t.equal(describe(await a.send(1, release6Cdb())), 'GOOD');
  t.equal(describe(await b.send(1, changes)), CONFLICT, 'and the release has released nothing');
  await a.reserveOut(Out.PREEMPT, { key: 1n, newKey: 1n, type: Type.WRITE_EXCLUSIVE_REGISTRANTS_ONLY });
  await b.attentions();
  t.equal(describe(await b.send(1, reserve6Cdb())), 'GOOD', 'a registrant, where registrants share it');
  t.equal(describe(await c.send(1, reserve6Cdb())), CONFLICT);
});

void t.test('while the unit is reserved in the old way, nobody can reserve it in the new one', async (t) => {
  const { a, b } = await threeHosts();
  t.equal(describe(await a.send(1, reserve6Cdb())), 'GOOD');
  t.equal(await a.reserveOut(Out.REGISTER, { newKey: 1n }), CONFLICT);
  t.equal(await b.reserveOut(Out.REGISTER, { newKey: 2n }), CONFLICT);
  t.equal(describe(await a.send(1, release6Cdb())), 'GOOD');
  t.equal(await a.reserveOut(Out.REGISTER, { newKey: 1n }), 'GOOD');
});
