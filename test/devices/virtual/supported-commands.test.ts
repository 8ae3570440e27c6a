import t from 'tap';
import { findProfile, profileIds } from '../../../devices/profiles/index.js';
import {
  cdbLength,
  decodeCommandSupport,
  decodeSupportedCommands,
  decodeTaskManagementFunctions,
  describeCommand,
  ReportingOptions as Options,
  reportSupportedOperationCodesCdb,
  reportSupportedTaskManagementFunctionsCdb,
  Support,
} from '../../../devices/scsi/index.js';
import { hexBytes } from '../scsi/hex-fixture.js';
import { describe, fieldPointer, openAutoloader, type Initiator } from './initiator.js';

const CHANGER = 1;
const all = reportSupportedOperationCodesCdb({ allocationLength: 8192 });
const INVALID_OPCODE = '05/20/00';
/** What a device says to a service action that it has not. */
const NO_SUCH_ACTION = '05/24/00 at 1.4';

const one = (requestedOperationCode: number, requestedServiceAction = 0, reportingOptions: number = Options.EITHER) =>
  reportSupportedOperationCodesCdb({
    reportingOptions,
    requestedOperationCode,
    requestedServiceAction,
    allocationLength: 100,
  });

async function isAnswered(host: Initiator, lun: number, opcode: number, action: number): Promise<boolean> {
  const cdb = new Uint8Array(Math.max(cdbLength(opcode) ?? 16, 6));
  cdb[0] = opcode;
  cdb[1] = action;
  const answer = await host.send(lun, cdb);
  await host.takeAttentions(lun);
  return describe(answer) !== INVALID_OPCODE && `${describe(answer)} at ${fieldPointer(answer)}` !== NO_SUCH_ACTION;
}

void t.test('what every unit of every model reports is what it answers, code by code', async (t) => {
  for (const id of profileIds()) {
    const { autoloader, host } = await openAutoloader({ profile: findProfile(id) });
    for (const lun of [autoloader.lunOfChanger, autoloader.lunsOfDrives[0] ?? 0]) {
      const { commands } = decodeSupportedCommands(await host.read(lun, all));
      const reported = new Set(commands.map((command) => command.operationCode));
      for (let opcode = 0; opcode < 0x100; opcode++) {
        const withActions = commands.filter((c) => c.operationCode === opcode && c.serviceAction !== undefined);
        const action = withActions[0]?.serviceAction ?? 0;
        const answered = await isAnswered(host, lun, opcode, action);
        if (answered !== reported.has(opcode)) t.fail(`${id} LUN ${lun}: code ${opcode.toString(16)}h is ${answered}`);
      }
      for (const { operationCode, cdbLength: length } of commands) t.equal(length, cdbLength(operationCode) ?? 12);
    }
  }
});

void t.test('a command of the report has a codec that tells its usage map', async (t) => {
  for (const id of profileIds()) {
    const { autoloader, host } = await openAutoloader({ profile: findProfile(id) });
    const type = autoloader.profile.drives.peripheralDeviceType;
    for (const [lun, kind] of [
      [autoloader.lunOfChanger, 0x08],
      // The few commands of disc drives have no codecs of their own.
      ...(type === 0x01 ? [[autoloader.lunsOfDrives[0] ?? 0, type] as const] : []),
    ] as const) {
      for (const { operationCode, serviceAction = 0 } of decodeSupportedCommands(await host.read(lun, all)).commands) {
        const name = describeCommand(kind, Uint8Array.of(operationCode, serviceAction))?.name ?? '';
        const usage = decodeCommandSupport(await host.read(lun, one(operationCode, serviceAction)));
        t.equal(usage.support, Support.STANDARD, name);
        t.equal(usage.cdbUsage[0], operationCode, name);
        t.ok(describeCommand(kind, Uint8Array.of(operationCode, serviceAction))?.parse, `${id}: ${name} has a codec`);
      }
    }
  }
});

void t.test('one command is asked for in the way that suits it', async (t) => {
  const { host } = await openAutoloader();
  const support = async (cdb: Uint8Array) => decodeCommandSupport(await host.read(CHANGER, cdb)).support;
  t.equal(await support(one(0xa5, 0, Options.OPERATION_CODE)), Support.STANDARD);
  t.equal(await support(one(0xa3, 0x0c, Options.SERVICE_ACTION)), Support.STANDARD);
  t.equal(await support(one(0xa3, 0x0f, Options.SERVICE_ACTION)), Support.NOT_SUPPORTED);
  t.equal(await support(one(0xc7, 0, Options.OPERATION_CODE)), Support.NOT_SUPPORTED);
  t.equal(await support(one(0xa5, 0, Options.EITHER)), Support.STANDARD);
  t.equal(await support(one(0xa5, 1, Options.EITHER)), Support.NOT_SUPPORTED, 'it has no service actions');
  t.equal(await support(one(0x5f, 4, Options.EITHER)), Support.STANDARD);
  for (const [cdb, where] of [
    [one(0xa3, 0x0c, Options.OPERATION_CODE), '2.2'],
    [one(0xa5, 0, Options.SERVICE_ACTION), '2.2'],
    [one(0xa5, 0, 4), '2.2'],
  ] as const) {
    const refused = await host.send(CHANGER, cdb);
    t.equal(`${describe(refused)} at ${fieldPointer(refused)}`, `05/24/00 at ${where}`);
  }
  const usage = async (opcode: number) => decodeCommandSupport(await host.read(CHANGER, one(opcode))).cdbUsage;
  t.same(await usage(0xa5), hexBytes('a5 00 ff ff ff ff ff ff 00 00 01 00'));
  t.same(await usage(0x16), hexBytes('16 11 ff ff ff 00'), 'third-party reservations are looked at, and refused');
});

void t.test('times come from the model: a motion takes longer than an answer from memory', async (t) => {
  const { host } = await openAutoloader();
  const timed = (opcode: number) =>
    host.read(
      CHANGER,
      reportSupportedOperationCodesCdb({
        returnTimeouts: true,
        reportingOptions: Options.OPERATION_CODE,
        requestedOperationCode: opcode,
        allocationLength: 100,
      }),
    );
  const move = decodeCommandSupport(await timed(0xa5)).timeouts;
  const inquiry = decodeCommandSupport(await timed(0x12)).timeouts;
  t.same(inquiry, { nominalSeconds: 0, recommendedSeconds: 10 });
  t.ok((move?.nominalSeconds ?? 0) > 30, 'unloading, gripping, the way');
  t.ok((move?.recommendedSeconds ?? 0) > (move?.nominalSeconds ?? 0));
  const list = decodeSupportedCommands(
    await host.read(CHANGER, reportSupportedOperationCodesCdb({ returnTimeouts: true, allocationLength: 8192 })),
  );
  t.ok(list.commands.every(({ timeouts }) => timeouts !== undefined));
  t.equal((await host.read(CHANGER, reportSupportedOperationCodesCdb({ allocationLength: 4 }))).length, 4);
});

void t.test('task management: what a transport can do to single tasks, and the reset of the unit', async (t) => {
  const { host } = await openAutoloader();
  const cdb = reportSupportedTaskManagementFunctionsCdb({ allocationLength: 16 });
  t.same(await host.read(CHANGER, cdb), hexBytes('c8 00 00 00'));
  const extended = await host.read(
    CHANGER,
    reportSupportedTaskManagementFunctionsCdb({ returnExtended: true, allocationLength: 16 }),
  );
  t.equal(extended.length, 16);
  t.match(decodeTaskManagementFunctions(extended), { abortTask: true, logicalUnitReset: true, clearAca: false });
  const short = await host.send(CHANGER, reportSupportedTaskManagementFunctionsCdb({ allocationLength: 3 }));
  t.equal(`${describe(short)} at ${fieldPointer(short)}`, '05/24/00 at 6');
});
