import t from 'tap';
import {
  UasResponseCode as Code,
  UasTaskManagementFunction as Tmf,
} from '../../../../../devices/transport/usb/information-units.js';
import { UsbMassStorage } from '../../../../../devices/virtual/attach/usb/index.js';
import { hexBytes } from '../../../scsi/hex-fixture.js';
import { directHost } from './bulk-host.js';
import { good, held, pattern, ScriptedTarget } from './scripted-target.js';
import { UasHost } from './uas-host.js';

const TEST_UNIT_READY = hexBytes('00 00 00 00 00 00');
const MOVE_MEDIUM = hexBytes('a5 00 00 01 10 00 10 01 00 00 00 00');
/** WRITE(6) to a disk, SEND to others: how much data it wants depends on the type of the unit. */
const TYPE_DEPENDENT = hexBytes('0a 00 00 00 00 00');

/** Tag 1 moves something on LUN 0, tag 2 on LUN 1. */
async function twoUnderWay(): Promise<{
  host: UasHost;
  target: ScriptedTarget;
  aborted: () => boolean[];
  release: () => void;
}> {
  const target = new ScriptedTarget();
  const { answer, release } = held();
  target.answers.set(0xa5, answer);
  const host = await UasHost.open(directHost(new UsbMassStorage({ target, luns: [0, 1], protocol: 'uas' })));
  await host.command(1, MOVE_MEDIUM, 0);
  await host.command(2, MOVE_MEDIUM, 1);
  await settle();
  return { host, target, release, aborted: () => target.tasks.map(({ signal }) => signal?.aborted === true) };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const { TASK_MANAGEMENT_FUNCTION_COMPLETE: COMPLETE, TASK_MANAGEMENT_FUNCTION_SUCCEEDED: SUCCEEDED } = Code;
const NOT_SUPPORTED = Code.TASK_MANAGEMENT_FUNCTION_NOT_SUPPORTED;
const CASES: readonly {
  name: string;
  tmf: number;
  lun?: number;
  managedTag?: number;
  code: number;
  aborted: boolean[];
}[] = [
  { name: 'ABORT TASK', tmf: Tmf.ABORT_TASK, managedTag: 1, code: COMPLETE, aborted: [true, false] },
  {
    name: 'ABORT TASK of a tag that is not there',
    tmf: Tmf.ABORT_TASK,
    managedTag: 9,
    code: COMPLETE,
    aborted: [false, false],
  },
  { name: 'ABORT TASK of another unit', tmf: Tmf.ABORT_TASK, managedTag: 2, code: COMPLETE, aborted: [false, false] },
  { name: 'ABORT TASK SET', tmf: Tmf.ABORT_TASK_SET, lun: 1, code: COMPLETE, aborted: [false, true] },
  { name: 'LOGICAL UNIT RESET', tmf: Tmf.LOGICAL_UNIT_RESET, lun: 1, code: COMPLETE, aborted: [false, true] },
  { name: 'I_T NEXUS RESET', tmf: Tmf.I_T_NEXUS_RESET, code: COMPLETE, aborted: [true, true] },
  { name: 'QUERY TASK', tmf: Tmf.QUERY_TASK, managedTag: 1, code: SUCCEEDED, aborted: [false, false] },
  {
    name: 'QUERY TASK of a tag that is not there',
    tmf: Tmf.QUERY_TASK,
    managedTag: 9,
    code: COMPLETE,
    aborted: [false, false],
  },
  { name: 'QUERY TASK SET', tmf: Tmf.QUERY_TASK_SET, code: SUCCEEDED, aborted: [false, false] },
  { name: 'CLEAR TASK SET', tmf: Tmf.CLEAR_TASK_SET, code: NOT_SUPPORTED, aborted: [false, false] },
  { name: 'CLEAR ACA', tmf: Tmf.CLEAR_ACA, code: NOT_SUPPORTED, aborted: [false, false] },
  { name: 'an unknown function', tmf: 0x33, code: NOT_SUPPORTED, aborted: [false, false] },
  {
    name: 'a LUN that is not there',
    tmf: Tmf.LOGICAL_UNIT_RESET,
    lun: 7,
    code: Code.INCORRECT_LOGICAL_UNIT_NUMBER,
    aborted: [false, false],
  },
];

for (const { name, tmf, code, aborted: expected, ...options } of CASES) {
  void t.test(`${name} is answered, and aborts what it should`, async (t) => {
    const { host, target, release, aborted } = await twoUnderWay();
    await host.manage(100, tmf, options);
    t.match(await host.status(), { kind: 'response', tag: 100, responseCode: code });
    t.same(aborted(), expected);
    t.same(target.resets, tmf === Tmf.LOGICAL_UNIT_RESET && code === COMPLETE ? [options.lun] : []);
    t.same(target.lost, tmf === Tmf.I_T_NEXUS_RESET ? ['usb'] : []);
    release();
    for (const [index, gone] of expected.entries()) {
      if (!gone) t.match(await host.status(), { kind: 'sense', tag: index + 1 }, 'what was not aborted ends as ever');
    }
    t.equal((await host.run(1, TEST_UNIT_READY)).status, 0, 'no unit came of what was aborted, and its tag is free');
  });
}

void t.test('an aborted command gives the data pipe back', async (t) => {
  const target = new ScriptedTarget();
  target.answers.set(0x3c, () => good(pattern(600)));
  const host = await UasHost.open(directHost(new UsbMassStorage({ target, luns: [0], protocol: 'uas' })));
  const readBuffer = hexBytes('3c 02 00 00 00 00 00 ff ff 00');
  await host.command(1, readBuffer);
  t.match(await host.status(), { kind: 'readReady', tag: 1 });
  await host.manage(2, Tmf.ABORT_TASK, { managedTag: 1 });
  t.match(await host.status(), { kind: 'response', tag: 2 });
  t.same((await host.run(3, readBuffer, { dataInLength: 600 })).dataIn, pattern(600));
  const writeBuffer = hexBytes('3b 02 00 00 00 00 00 02 00 00');
  await host.command(4, writeBuffer);
  t.match(await host.status(), { kind: 'writeReady', tag: 4 });
  await host.manage(5, Tmf.ABORT_TASK_SET);
  t.match(await host.status(), { kind: 'response', tag: 5 });
  t.equal((await host.run(6, writeBuffer, { dataOut: pattern(512) })).status, 0);
  t.equal(target.executed.filter((opcode) => opcode === 0x3b).length, 1);
});

void t.test('a command that is aborted before it began never begins', async (t) => {
  const target = new ScriptedTarget();
  const { answer, release } = held(good(hexBytes('08 80 06 02 1f')));
  target.answers.set(0x12, answer);
  const host = await UasHost.open(directHost(new UsbMassStorage({ target, luns: [0], protocol: 'uas' })));
  await host.command(1, TYPE_DEPENDENT);
  await settle();
  t.same(target.executed, [0x12], 'the device asks the unit for its type first');
  await host.manage(2, Tmf.ABORT_TASK, { managedTag: 1 });
  t.match(await host.status(), { kind: 'response', tag: 2, responseCode: COMPLETE });
  release();
  await settle();
  t.same(target.executed, [0x12]);
});

void t.test('a target that cannot be reset is told, and the host hears that the function failed', async (t) => {
  const target = new ScriptedTarget();
  const errors: string[] = [];
  target.resetLogicalUnit = () => Promise.reject(new Error('the mechanics are out of order'));
  target.nexusLost = () => {
    throw new Error('no such nexus');
  };
  const onError = ({ message }: Error): void => void errors.push(message);
  const device = new UsbMassStorage({ target, luns: [0], protocol: 'uas', onError });
  const host = await UasHost.open(directHost(device));
  await host.manage(1, Tmf.LOGICAL_UNIT_RESET);
  t.match(await host.status(), { kind: 'response', tag: 1, responseCode: Code.TASK_MANAGEMENT_FUNCTION_FAILED });
  await host.manage(2, Tmf.I_T_NEXUS_RESET);
  t.match(await host.status(), { kind: 'response', tag: 2, responseCode: COMPLETE });
  device.detached();
  t.same(errors, ['the mechanics are out of order', 'no such nexus', 'no such nexus']);
});
