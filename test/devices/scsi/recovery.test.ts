import t from 'tap';
import { additionalSenseText, additionalSenseTexts } from '../../../devices/scsi/asc-ascq.js';
import {
  explainRecovery,
  RecoveryAction,
  recoveryFor,
  recoveryRule,
  recoveryTable,
  statusRecoveryTable,
} from '../../../devices/scsi/recovery.js';
import { SenseKey } from '../../../devices/scsi/sense.js';
import { ScsiStatus } from '../../../devices/scsi/status.js';

const order = ([key, code]: (typeof recoveryTable)[number]): number =>
  key * 0x20000 + (code === 'any' ? 0x10000 : code);

t.test('the table is ascending and has each sense once', (t) => {
  for (const [i, rule] of recoveryTable.entries()) {
    const before = recoveryTable[i - 1];
    if (before !== undefined && order(before) >= order(rule)) t.fail(`line ${i} is out of order or double`);
  }
  t.end();
});

t.test('every sense key has a line for what is not listed', (t) => {
  for (const [name, key] of Object.entries(SenseKey)) {
    t.ok(
      recoveryTable.some((rule) => rule[0] === key && rule[1] === 'any'),
      name,
    );
  }
  t.end();
});

t.test('every line is reached by its own sense, and says why', (t) => {
  for (const rule of recoveryTable) {
    const [key, code, action, reason, motionAction] = rule;
    const asc = code === 'any' ? 0x7f : code >> 8;
    const ascq = code === 'any' ? 0x7f : code & 0xff;
    const sense = { key, asc, ascq };
    if (recoveryRule(sense) !== rule) t.fail(`${key} ${asc}/${ascq} does not reach its line`);
    t.same(explainRecovery(sense), { action, reason });
    t.equal(recoveryFor(sense, { motion: true }), motionAction ?? action);
    if (reason.length < 8) t.fail(`${key} ${asc}/${ascq} has no reason`);
    if (motionAction === action) t.fail(`${key} ${asc}/${ascq} says the same twice`);
  }
  t.end();
});

t.test('every listed code is a known one', (t) => {
  for (const [, code] of recoveryTable) {
    if (code === 'any' || additionalSenseTexts.has(code)) continue;
    t.match(additionalSenseText(code >> 8, code & 0xff), /^VENDOR SPECIFIC/);
  }
  t.end();
});

t.test('every action is used by some line', (t) => {
  const used = new Set<RecoveryAction>([
    ...recoveryTable.flatMap((rule) => [rule[2], ...(rule[4] === undefined ? [] : [rule[4]])]),
    ...statusRecoveryTable.map(([, recovery]) => recovery.action),
  ]);
  t.same([...used].sort(), Object.values(RecoveryAction).sort());
  t.end();
});

t.test('every status has a line', (t) => {
  t.same(
    statusRecoveryTable.map(([status]) => status),
    Object.values(ScsiStatus).sort((a, b) => a - b),
  );
  t.equal(recoveryFor(ScsiStatus.GOOD), 'done');
  t.equal(recoveryFor(ScsiStatus.BUSY, { motion: true }), 'retry-later');
  t.equal(recoveryFor(ScsiStatus.RESERVATION_CONFLICT), 'fail');
  t.equal(recoveryFor(0x7e), 'fail');
  t.end();
});

t.test('a motion that may have begun is never simply repeated', (t) => {
  const begun = (key: number): boolean => key !== SenseKey.UNIT_ATTENTION;
  for (const [key, code] of recoveryTable) {
    const value = code === 'any' ? 0x7f7f : code;
    const action = recoveryFor({ key, asc: value >> 8, ascq: value & 0xff }, { motion: true });
    if (begun(key)) t.not(action, 'retry', `${key} ${value.toString(16)}`);
  }
  t.equal(recoveryFor(ScsiStatus.TASK_ABORTED, { motion: true }), 'refresh-element-status');
  t.equal(recoveryFor(ScsiStatus.TASK_ABORTED), 'retry');
  t.equal(recoveryFor({ key: SenseKey.ABORTED_COMMAND, asc: 0x47, ascq: 0 }), 'retry');
  t.equal(recoveryFor({ key: SenseKey.UNIT_ATTENTION, asc: 0x29, ascq: 0 }, { motion: true }), 'retry');
  t.end();
});

t.test('a deferred error belongs to an earlier command', (t) => {
  const sense = { key: SenseKey.HARDWARE_ERROR, asc: 0x15, ascq: 0x01, deferred: true };
  t.equal(recoveryFor(sense), 'retry');
  t.equal(recoveryFor(sense, { motion: true }), 'refresh-element-status');
  t.end();
});

t.test('the cases that a library meets every day', (t) => {
  const cases = [
    [SenseKey.NOT_READY, 0x0401, 'wait-until-ready'],
    [SenseKey.NOT_READY, 0x0402, 'initialize-element-status-first'],
    [SenseKey.NOT_READY, 0x0403, 'ask-operator'],
    [SenseKey.NOT_READY, 0x0485, 'wait-until-ready'],
    [SenseKey.ILLEGAL_REQUEST, 0x3b0d, 'refresh-element-status'],
    [SenseKey.ILLEGAL_REQUEST, 0x3b0e, 'refresh-element-status'],
    [SenseKey.ILLEGAL_REQUEST, 0x5302, 'allow-removal-first'],
    [SenseKey.ILLEGAL_REQUEST, 0x5303, 'unload-first'],
    [SenseKey.ILLEGAL_REQUEST, 0x2000, 'fail'],
    [SenseKey.DATA_PROTECT, 0x2700, 'write-protected'],
    [SenseKey.RECOVERED_ERROR, 0x1701, 'done'],
  ] as const;
  for (const [key, code, action] of cases) {
    t.equal(recoveryFor({ key, asc: code >> 8, ascq: code & 0xff }), action);
  }
  t.equal(recoveryFor({ key: 0xc, asc: 0, ascq: 0 }), 'fail', 'a reserved key');
  t.end();
});
