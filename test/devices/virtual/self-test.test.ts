import t from 'tap';
import { SimulatedClock } from '../../../devices/clock.js';
import { findProfile } from '../../../devices/profiles/index.js';
import {
  decodeSelfTestResults,
  decodeSupportedDiagnosticPages,
  encodeSupportedDiagnosticPages,
  logSenseCdb,
  moveMediumCdb,
  receiveDiagnosticResultsCdb,
  SelfTestCode,
  SelfTestResult,
  sendDiagnosticCdb,
  type SelfTest,
} from '../../../devices/scsi/index.js';
import { CheckCondition } from '../../../devices/virtual/check-condition.js';
import { DeviceServer } from '../../../devices/virtual/device-server.js';
import { VirtualAutoloader } from '../../../devices/virtual/index.js';
import { SelfTests } from '../../../devices/virtual/self-tests.js';
import { hexBytes } from '../scsi/hex-fixture.js';
import { describe, fieldPointer, Initiator, openAutoloader, places } from './initiator.js';

const CHANGER = 1;
const DRIVE = 0;
const test = (selfTestCode: SelfTestCode): Uint8Array => sendDiagnosticCdb({ selfTestCode });

async function results(host: Initiator, lun = CHANGER): Promise<readonly SelfTest[]> {
  return decodeSelfTestResults(await host.read(lun, logSenseCdb({ pageCode: 0x10, allocationLength: 1024 })));
}

/** Lets what needs no time come to its end. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function withRealTimes() {
  const clock = new SimulatedClock();
  const autoloader = await VirtualAutoloader.create({ profile: findProfile('ibm-3573-tl'), clock, timing: 'real' });
  const host = new Initiator(autoloader);
  await clock.advance(10 * 60_000);
  await host.takeAttentions(CHANGER);
  return { clock, autoloader, host };
}

void t.test('every kind of test passes on a sound device, and is in the log, newest first', async (t) => {
  const { host } = await openAutoloader();
  for (const lun of [CHANGER, DRIVE]) {
    t.equal(describe(await host.send(lun, sendDiagnosticCdb({ selfTest: true }))), 'GOOD');
    for (const code of [1, 2, 5, 6] as const) {
      t.equal(describe(await host.send(lun, test(code))), 'GOOD', `code ${code}`);
      await settle();
    }
    t.same(
      (await results(host, lun)).map(({ selfTestCode, result }) => [selfTestCode, result]),
      [6, 5, 2, 1, 0].map((code) => [code, SelfTestResult.PASSED]),
    );
    for (let i = 0; i < 20; i++) await host.send(lun, test(SelfTestCode.FOREGROUND_SHORT));
    t.equal((await results(host, lun)).length, 20, 'the last twenty');
  }
});

void t.test('a foreground test drives the picker from end to end while the host waits', async (t) => {
  const { clock, host } = await withRealTimes();
  let answer: string | undefined;
  void host.send(CHANGER, test(SelfTestCode.FOREGROUND_EXTENDED)).then((given) => (answer = describe(given)));
  await clock.advance(10_000);
  t.equal(answer, undefined, 'it is still driving');
  await clock.advance(5 * 60_000);
  t.equal(answer, 'GOOD');
  t.equal((await results(host))[0]?.accumulatedPowerOnHours, 0);
});

void t.test('a background test runs between other commands, one at a time, and can be aborted', async (t) => {
  const { clock, autoloader, host } = await withRealTimes();
  t.equal(describe(await host.send(CHANGER, test(SelfTestCode.BACKGROUND_EXTENDED))), 'GOOD', 'answered at once');
  await clock.advance(3_000);
  const log = results(host);
  const again = host.send(CHANGER, test(SelfTestCode.BACKGROUND_SHORT));
  const moved = host.send(CHANGER, moveMediumCdb({ sourceAddress: 4096, destinationAddress: 4110 }));
  await clock.advance(60_000);
  t.same(
    (await log).map(({ result }) => result),
    [SelfTestResult.IN_PROGRESS],
  );
  t.equal(describe(await again), '02/04/09');
  t.equal(describe(await moved), 'GOOD', 'a motion does not wait for the end of the test');
  t.equal(places(autoloader)['ORS001L8'], 4110);
  const aborted = host.send(CHANGER, test(SelfTestCode.ABORT_BACKGROUND));
  await clock.advance(60_000);
  t.equal(describe(await aborted), 'GOOD');
  t.match(await results(host), [{ selfTestCode: 2, result: SelfTestResult.ABORTED_BY_SEND_DIAGNOSTIC }]);
  await clock.advance(10 * 60_000);
  t.equal((await results(host)).length, 1, 'and nothing more comes of it');
});

void t.test('a reset ends the test in the background; the power takes the results with it', async (t) => {
  const { clock, autoloader, host } = await withRealTimes();
  await host.send(CHANGER, test(SelfTestCode.BACKGROUND_EXTENDED));
  await clock.advance(3_000);
  await autoloader.resetLogicalUnit(CHANGER);
  await clock.advance(60_000);
  await host.takeAttentions(CHANGER);
  t.match(await results(host), [{ result: SelfTestResult.ABORTED_OTHERWISE }]);
  await host.send(CHANGER, test(SelfTestCode.BACKGROUND_EXTENDED));
  await clock.advance(3_000);
  const off = autoloader.powerCycle();
  await clock.advance(10 * 60_000);
  await off;
  await host.takeAttentions(CHANGER);
  t.same(await results(host), []);
});

void t.test('a test that finds something has failed, and says in which part and what', async (t) => {
  const failures: unknown[] = [];
  const server = new DeviceServer({ lun: 0, peripheralDeviceType: 8 }, (error) => failures.push(error));
  const jammed = new CheckCondition({ key: 4, asc: 0x15, ascq: 0x01 });
  let broken: Error | undefined = jammed;
  const tests = new SelfTests(
    server,
    {
      segments: () => [
        () => undefined,
        () => {
          if (broken !== undefined) throw broken;
        },
      ],
    },
    () => 0,
  );
  const log = () => decodeSelfTestResults(tests.read());
  const refused: unknown = await tests
    .foreground(SelfTestCode.FOREGROUND_SHORT, false)
    .catch((error: unknown) => error);
  t.match((refused as CheckCondition).sense, { key: 4, asc: 0x3e, ascq: 0x03 });
  const found = { result: SelfTestResult.FAILED_SECOND_SEGMENT, selfTestNumber: 2, senseKey: 4, asc: 0x15, ascq: 0x01 };
  t.match(log(), [{ selfTestCode: 5, ...found }]);
  tests.background(SelfTestCode.BACKGROUND_SHORT, false);
  await settle();
  t.match(log()[0], { selfTestCode: 1, ...found });
  broken = new Error('a fault of the program');
  tests.background(SelfTestCode.BACKGROUND_SHORT, false);
  await settle();
  t.match(log()[0], { selfTestCode: 1, result: SelfTestResult.UNKNOWN_ERROR });
  t.same(failures, [broken], 'whoever runs the device hears of it');
  broken = undefined;
  tests.background(SelfTestCode.BACKGROUND_SHORT, false);
  await settle();
  t.match(log()[0], { selfTestCode: 1, result: SelfTestResult.PASSED });
});

void t.test('with the door open no test begins', async (t) => {
  const { autoloader, host } = await openAutoloader();
  autoloader.operator.openDoor();
  t.equal(describe(await host.send(CHANGER, sendDiagnosticCdb({ selfTest: true }))), '02/04/18');
  t.equal(describe(await host.send(CHANGER, test(SelfTestCode.BACKGROUND_SHORT))), '02/04/18');
  t.same(await results(host), []);
});

void t.test('page 00h is the only diagnostic page', async (t) => {
  const { host } = await openAutoloader();
  const dataOut = encodeSupportedDiagnosticPages([]);
  const ask = sendDiagnosticCdb({ pageFormat: true, parameterListLength: dataOut.length });
  t.equal(describe(await host.send(CHANGER, ask, { dataOut })), 'GOOD');
  const receive = receiveDiagnosticResultsCdb({ allocationLength: 100 });
  t.same(decodeSupportedDiagnosticPages(await host.read(CHANGER, receive)), [0x00]);
  const named = receiveDiagnosticResultsCdb({ pageCodeValid: true, pageCode: 0x3f, allocationLength: 100 });
  const refused = await host.send(CHANGER, named);
  t.equal(`${describe(refused)} at ${fieldPointer(refused)}`, '05/24/00 at 2');
});

void t.test('refuses what contradicts itself', async (t) => {
  const { host } = await openAutoloader();
  const page = hexBytes('00 00 00 00');
  for (const [what, cdb, dataOut, answer] of [
    ['a code beside SELFTEST', sendDiagnosticCdb({ selfTest: true, selfTestCode: 1 }), undefined, '05/24/00 at 1.7'],
    ['an end of what has not begun', sendDiagnosticCdb({ selfTestCode: 4 }), undefined, '05/24/00 at 1.7'],
    ['a code that there is not', sendDiagnosticCdb({ selfTestCode: 7 }), undefined, '05/24/00 at 1.7'],
    ['a list with a test', sendDiagnosticCdb({ selfTest: true, parameterListLength: 4 }), page, '05/24/00 at 3'],
    ['a list without PF', sendDiagnosticCdb({ parameterListLength: 4 }), page, '05/24/00 at 1.4'],
    [
      'another page',
      sendDiagnosticCdb({ pageFormat: true, parameterListLength: 4 }),
      page.with(0, 0x3f),
      '05/26/00 at 0',
    ],
    [
      'a page with content',
      sendDiagnosticCdb({ pageFormat: true, parameterListLength: 5 }),
      hexBytes('00 00 00 01 00'),
      '05/26/00 at 2',
    ],
  ] as const) {
    const refused = await host.send(CHANGER, cdb, dataOut === undefined ? {} : { dataOut });
    t.equal(`${describe(refused)} at ${fieldPointer(refused)}`, answer, what);
  }
  const cut = sendDiagnosticCdb({ pageFormat: true, parameterListLength: 3 });
  t.equal(describe(await host.send(CHANGER, cut, { dataOut: page })), '05/1A/00');
  const less = sendDiagnosticCdb({ pageFormat: true, parameterListLength: 8 });
  t.equal(describe(await host.send(CHANGER, less, { dataOut: page })), '05/1A/00');
  t.equal(describe(await host.send(CHANGER, sendDiagnosticCdb({}))), 'GOOD', 'nothing asked, nothing done');
});
