import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { commandTable } from '../../../../devices/scsi/command-table.js';
import { cdbUsage, unknownCdbUsage } from '../../../../devices/scsi/spc/cdb-usage.js';
import {
  decodeCommandSupport,
  decodeSupportedCommands,
  encodeCommandSupport,
  encodeSupportedCommands,
  parseReportSupportedOperationCodesCdb,
  ReportingOptions,
  reportSupportedOperationCodesCdb,
  Support,
} from '../../../../devices/scsi/spc/report-supported-operation-codes.js';
import {
  decodeTaskManagementFunctions,
  encodeTaskManagementFunctions,
  parseReportSupportedTaskManagementFunctionsCdb,
  reportSupportedTaskManagementFunctionsCdb,
} from '../../../../devices/scsi/spc/report-supported-task-management.js';
import { hexBytes, hexFixture } from '../hex-fixture.js';
import { refusesOrAnswers } from '../refuses-or-answers.js';

t.test('the CDBs are built as SPC-4 draws them', (t) => {
  t.same(
    reportSupportedOperationCodesCdb({ allocationLength: 0x1000 }),
    hexBytes('a3 0c 00 00 00 00 00 00 10 00 00 00'),
  );
  const one = {
    returnTimeouts: true,
    reportingOptions: ReportingOptions.SERVICE_ACTION,
    requestedOperationCode: 0xa3,
    requestedServiceAction: 0x0c,
    allocationLength: 100,
  };
  t.same(reportSupportedOperationCodesCdb(one), hexBytes('a3 0c 82 a3 00 0c 00 00 00 64 00 00'));
  t.match(parseReportSupportedOperationCodesCdb(reportSupportedOperationCodesCdb(one)), one);
  const functions = reportSupportedTaskManagementFunctionsCdb({ returnExtended: true, allocationLength: 16 });
  t.same(functions, hexBytes('a3 0d 80 00 00 00 00 00 00 10 00 00'));
  t.match(parseReportSupportedTaskManagementFunctionsCdb(functions), { returnExtended: true, allocationLength: 16 });
  t.end();
});

t.test("reads another target's list of commands", (t) => {
  const bytes = hexFixture('tgt-disk/report-supported-operation-codes');
  const { commands, truncated } = decodeSupportedCommands(bytes);
  t.notOk(truncated);
  t.equal(commands.length, 50);
  t.same(commands[0], { operationCode: 0x00, cdbLength: 6 });
  t.same(
    commands.filter(({ operationCode }) => operationCode === 0x5e).map(({ serviceAction }) => serviceAction),
    [0, 1, 2],
  );
  t.same(encodeSupportedCommands(commands), bytes);
  const cut = decodeSupportedCommands(bytes.subarray(0, 25));
  t.equal(cut.commands.length, 2, 'whole descriptors before the cut');
  t.ok(cut.truncated);
  t.end();
});

t.test('lists and single commands come back from their bytes as they were', (t) => {
  const timeouts = fc.record(
    { nominalSeconds: fc.nat(0xffff_ffff), recommendedSeconds: fc.nat(0xffff_ffff) },
    { noNullPrototype: true },
  );
  const command = fc.record(
    { operationCode: fc.nat(255), serviceAction: fc.nat(0xffff), cdbLength: fc.nat(0xffff), timeouts },
    { requiredKeys: ['operationCode', 'cdbLength'], noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(command), (commands) => {
      assert.deepEqual(decodeSupportedCommands(encodeSupportedCommands(commands)), { commands, truncated: false });
    }),
  );
  const support = fc.record(
    { support: fc.nat(7), cdbUsage: fc.uint8Array({ maxLength: 32 }), timeouts },
    { requiredKeys: ['support', 'cdbUsage'], noNullPrototype: true },
  );
  fc.assert(
    fc.property(support, (value) => assert.deepEqual(decodeCommandSupport(encodeCommandSupport(value)), value)),
  );
  t.same(encodeCommandSupport({ support: Support.NOT_SUPPORTED, cdbUsage: new Uint8Array() }), hexBytes('00 01 00 00'));
  t.throws(() => decodeCommandSupport(hexBytes('00 03 00 06 12')), { code: 'SHORT_DATA' });
  t.throws(() => decodeCommandSupport(hexBytes('00 83 00 00 00 09 00 00 00 00 00 00 00 00 00 00')), {
    code: 'CONTRADICTION',
  });
  t.end();
});

t.test('task management functions stand in the bits that SPC-4 gives them', (t) => {
  const functions = { abortTask: true, abortTaskSet: true, logicalUnitReset: true, itNexusReset: true };
  t.same(encodeTaskManagementFunctions(functions, false), hexBytes('c8 01 00 00'));
  const extended = encodeTaskManagementFunctions(functions, true);
  t.same(extended, hexBytes('c8 01 00 0c 00 00 00 00 00 00 00 00 00 00 00 00'));
  t.match(decodeTaskManagementFunctions(extended), { ...functions, clearTaskSet: false, targetReset: false });
  t.throws(() => decodeTaskManagementFunctions(hexBytes('c8')), { code: 'SHORT_DATA' });
  t.end();
});

t.test('the usage map of a command has the bits that its codec reads', (t) => {
  const usageOf = (name: string): Uint8Array => {
    const entry = commandTable.find((command) => command.name === name);
    if (entry?.parse === undefined) throw new Error(`no codec for ${name}`);
    const length = entry.opcode < 0x20 ? 6 : entry.opcode < 0x80 ? 10 : entry.opcode < 0xa0 ? 16 : 12;
    return cdbUsage(entry.parse, { ...entry, length });
  };
  for (const [name, usage] of [
    ['TEST UNIT READY', '00 00 00 00 00 00'],
    ['INQUIRY', '12 01 ff ff ff 00'],
    ['MODE SENSE(6)', '1a 08 ff ff ff 00'],
    ['MOVE MEDIUM', 'a5 00 ff ff ff ff ff ff 00 00 01 00'],
    ['READ ELEMENT STATUS', 'b8 1f ff ff ff ff 03 ff ff ff 00 00'],
    ['LOG SELECT', '4c 03 ff ff 00 00 00 ff ff 00'],
    ['REPORT SUPPORTED OPERATION CODES', 'a3 0c 87 ff ff ff ff ff ff ff 00 00'],
    ['REPORT ELEMENT INFORMATION', '9e 10 ff 3f 00 00 ff ff ff ff ff ff ff ff ff 00'],
    ['PERSISTENT RESERVE OUT, PREEMPT', '5f 04 ff 00 00 ff ff ff ff 00'],
  ] as const) {
    t.same(usageOf(name), hexBytes(usage), name);
  }
  t.same(unknownCdbUsage(0xc7, 6), hexBytes('c7 ff ff ff ff 00'));
  t.end();
});

t.test('no bytes make the decoders do anything but answer or refuse', (t) => {
  const timeouts = { nominalSeconds: 1, recommendedSeconds: 2 };
  const list = encodeSupportedCommands([
    { operationCode: 0x12, cdbLength: 6 },
    { operationCode: 0xa3, serviceAction: 0x0c, cdbLength: 12, timeouts },
  ]);
  refusesOrAnswers(decodeSupportedCommands, list);
  refusesOrAnswers(
    decodeCommandSupport,
    encodeCommandSupport({ support: Support.STANDARD, cdbUsage: hexBytes('12 01 ff ff ff 00'), timeouts }),
  );
  refusesOrAnswers(decodeTaskManagementFunctions, encodeTaskManagementFunctions({}, true));
  t.pass('none did');
  t.end();
});
