import t from 'tap';

import { SimulatedClock } from '../../../../devices/clock.js';
import type { ScsiTarget } from '../../../../devices/transport/scsi-target.js';
import { decodeLine, encodeLine } from '../../../../devices/transport/serial/line.js';
import type { SerialLineServerOptions } from '../../../../devices/virtual/attach/serial/serial-line-server.js';
import { SerialLineServer } from '../../../../devices/virtual/attach/serial/serial-line-server.js';
import { testCdb, TestCommand, TestTarget } from '../../transport/test-target.js';

const bootId = 0xb000;

function makeDevice(options: Partial<SerialLineServerOptions> = {}) {
  const clock = new SimulatedClock();
  const target = new TestTarget(clock);
  const said: string[] = [];
  const server = new SerialLineServer({
    target,
    clock,
    bootId,
    chunkBytes: 16,
    dataOutMax: 64,
    cdbMax: 16,
    ...options,
    write: (line) => said.push(decodeLine(line) ?? 'damaged'),
  });
  /** Sends one body, lets `ms` pass, and gives back what the device said meanwhile. */
  const say = async (body: string, ms = 0): Promise<string[]> => {
    said.length = 0;
    server.receive(encodeLine(body));
    await clock.advance(ms);
    return [...said];
  };
  const hear = async (text: string): Promise<string[]> => {
    said.length = 0;
    server.receive(text);
    await clock.advance(0);
    return [...said];
  };
  return { clock, target, server, say, hear };
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();
const countCdb = (number: number, workMs = 0): string => hexOf(testCdb(TestCommand.COUNT, number, workMs));
const execute = (session: string, tag: string, cdb: string): string => `X ${session} ${tag} 0 FF 0 ${cdb} -`;

async function greeted(options: Partial<SerialLineServerOptions> = {}) {
  const device = makeDevice(options);
  await device.say('H 1 400');
  return device;
}

t.test('a repeated hello gets the same answer, before and after its session is used', async (t) => {
  const { say } = makeDevice();
  const answer = ['h 1 1 B000 B000 10 40 10 32'];
  t.strictSame(await say('H 1 400'), answer);
  t.strictSame(await say('H 1 400'), answer);
  await say('Q B000 0');
  t.strictSame(await say('H 1 400'), answer);
  t.strictSame(await say('Q B000 0'), ['e B000 0 TAG 0'], 'and the session lives on');
});

t.test('takes the smaller of two chunks, and none below sixteen', async (t) => {
  const { say } = makeDevice({ chunkBytes: 100 });
  t.match(await say('H 1 20'), [/^h 1 1 B000 B000 20 /]);
  t.match(await say('H 2 400'), [/^h 2 1 B000 B001 64 /]);
  t.strictSame(await say('H 3 F'), ['e 0 0 FORMAT 10']);
});

t.test('a tag is executed once, however often its line comes', async (t) => {
  const { say, target } = await greeted();
  const line = execute('B000', '1', countCdb(7));
  for (let time = 0; time < 5; time++) t.strictSame(await say(line), ['s B000 1 0 0 0 -']);
  t.equal(target.executed.get(7), 1);
});

t.test('while a command works its line, its query and a late answer are one', async (t) => {
  const { say, target, clock } = await greeted();
  const line = execute('B000', '1', countCdb(7, 1_000));
  t.strictSame(await say(line, 49), []);
  t.strictSame(await say(line, 1), ['w B000 1'], 'two lines within the turnaround, one answer');
  t.strictSame(await say('Q B000 1', 50), ['w B000 1']);
  await clock.advance(880);
  t.strictSame(await say('Q B000 1', 19), [], 'held back');
  t.strictSame(await say('Q B000 1', 1), ['s B000 1 0 0 0 -'], 'answered the moment it ends');
  t.equal(target.executed.get(7), 1);
});

t.test('another tag is busy while one works, and is not used up by that', async (t) => {
  const { say, target, clock } = await greeted();
  await say(execute('B000', '1', countCdb(1, 1_000)), 50);
  t.strictSame(await say(execute('B000', '2', countCdb(2))), ['e B000 2 BUSY 1']);
  t.strictSame(await say('D B000 2 0 00'), ['e B000 2 BUSY 1']);
  await clock.advance(1_000);
  t.strictSame(await say(execute('B000', '2', countCdb(2))), ['s B000 2 0 0 0 -']);
  t.equal(target.executed.get(2), 1);
});

t.test('a tag of the past is never executed', async (t) => {
  const { say, target } = await greeted();
  await say(execute('B000', '2', countCdb(2)));
  t.strictSame(await say(execute('B000', '1', countCdb(1))), ['e B000 1 TAG 2']);
  t.strictSame(await say(execute('B000', '0', countCdb(0))), ['e B000 0 TAG 2']);
  t.strictSame([...target.executed.keys()], [2]);
});

t.test('a line of another session is never executed, and a replayed hello does not bring one back', async (t) => {
  const { say, target } = await greeted();
  await say(execute('B000', '1', countCdb(1)));
  await say('H 2 400');
  t.strictSame(await say(execute('B001', '1', countCdb(2))), ['s B001 1 0 0 0 -']);
  t.match(await say('H 1 400'), [/^h 1 1 B000 B002 /], 'the old nonce gets a new number');
  t.strictSame(await say(execute('B000', '1', countCdb(1))), ['e B000 1 SESSION B000']);
  t.strictSame(await say('Q B001 1'), ['s B001 1 0 0 0 -'], 'and disturbs nobody');
  t.equal(target.executed.get(1), 1);
  t.strictSame(target.lostNexuses, ['serial']);
});

t.test('what a lost host began goes on to its end before the next host gets its turn', async (t) => {
  const { say, target, clock } = await greeted();
  await say(execute('B000', '1', countCdb(1, 1_000)), 50);
  await say('H 2 400');
  t.strictSame(await say(execute('B001', '1', countCdb(2))), ['e B001 1 BUSY 0']);
  t.equal(target.tasks[0]?.signal?.aborted, false);
  await clock.advance(1_000);
  t.strictSame(await say('Q B001 1'), ['e B001 1 TAG 0'], "the old result is nobody's");
  t.strictSame(await say(execute('B001', '1', countCdb(2))), ['s B001 1 0 0 0 -']);
});

t.test('collects data-out in order and executes only when all of it is there', async (t) => {
  const { say, target } = await greeted();
  const cdb = hexOf(testCdb(TestCommand.STORE));
  const piece = (from: number): string => hexOf(Uint8Array.from({ length: 16 }, (_, at) => from + at));
  t.strictSame(await say(`D B000 1 0 ${piece(0)}`), ['d B000 1 10']);
  t.strictSame(await say(`D B000 1 0 ${piece(0)}`), ['d B000 1 10'], 'a doubled piece');
  t.strictSame(await say(`D B000 1 20 ${piece(32)}`), ['d B000 1 10'], 'a piece too early');
  t.strictSame(await say(`X B000 1 0 0 20 ${cdb} -`), ['e B000 1 DATA 10']);
  t.equal(target.tasks.length, 0);
  t.strictSame(await say(`D B000 1 10 ${piece(16)}`), ['d B000 1 20']);
  t.strictSame(await say(`X B000 1 0 0 20 ${cdb} -`), ['s B000 1 0 0 0 -']);
  t.strictSame(
    Array.from(target.tasks[0]?.dataOut ?? []),
    Array.from({ length: 32 }, (_, at) => at),
  );
});

t.test('a greater tag drops the data that an earlier one collected', async (t) => {
  const { say } = await greeted();
  await say(`D B000 1 0 ${'AA'.repeat(16)}`);
  t.strictSame(await say('D B000 2 0 BB'), ['d B000 2 1']);
  t.strictSame(await say(`X B000 3 0 0 11 ${countCdb(3)} -`), ['e B000 3 DATA 0']);
});

t.test('keeps to its limits', async (t) => {
  const { say, target } = await greeted();
  t.strictSame(await say(`D B000 1 40 AA`), ['e B000 1 LENGTH 40']);
  t.strictSame(await say(`X B000 1 0 0 41 ${countCdb(1)} -`), ['e B000 1 LENGTH 40']);
  t.strictSame(await say(execute('B000', '1', '00'.repeat(17))), ['e B000 1 LENGTH 10']);
  t.strictSame(await say(execute('B000', '1', '-')), ['e B000 1 LENGTH 10']);
  t.equal(target.tasks.length, 0);
});

t.test('gives the payload again at any offset until the tag is released', async (t) => {
  const { say } = await greeted();
  const [first] = await say(execute('B000', '1', '120000002400'));
  t.match(first, /^s B000 1 0 0 24 0800/);
  const pieces = async (): Promise<string[]> => [
    ...(await say('G B000 1 10')),
    ...(await say('G B000 1 20')),
    ...(await say('G B000 1 24')),
  ];
  const once = await pieces();
  t.match(once, [/^g B000 1 10 [0-9A-F]{32}$/, /^g B000 1 20 [0-9A-F]{8}$/, 'e B000 1 DATA 24']);
  t.strictSame(await pieces(), once);
  await say(execute('B000', '2', countCdb(2)));
  t.strictSame(await say('G B000 1 10'), ['e B000 1 TAG 2']);
});

t.test('gives no more data-in than the host takes', async (t) => {
  const { say } = await greeted();
  t.match(await say('X B000 1 0 5 0 120000002400 -'), [/^s B000 1 0 0 5 [0-9A-F]{10}$/]);
});

t.test('puts sense data before data-in', async (t) => {
  const target: ScsiTarget = {
    nexusLost: () => undefined,
    execute: () =>
      Promise.resolve({ status: 2, sense: Uint8Array.from([0x70, 1]), dataIn: Uint8Array.from([2, 3, 4]) }),
  };
  const { say } = await greeted({ target });
  t.strictSame(await say(execute('B000', '1', '00')), ['s B000 1 2 2 3 7001020304']);
});

t.test('aborts the command that works, and answers for one that does not', async (t) => {
  const { say, target } = await greeted();
  await say(execute('B000', '1', hexOf(testCdb(TestCommand.HANG))), 50);
  t.strictSame(await say('A B000 1'), ['s B000 1 40 0 0 -']);
  t.equal(target.tasks[0]?.signal?.aborted, true);
  t.strictSame(await say('A B000 1'), ['s B000 1 40 0 0 -']);
  t.strictSame(await say('A B000 2'), ['e B000 2 TAG 1']);
});

t.test("a reset ends the command of its own unit, and waits for another unit's", async (t) => {
  const { say, target } = await greeted();
  await say(execute('B000', '1', hexOf(testCdb(TestCommand.HANG))), 50);
  t.strictSame(await say('R B000 2 1'), ['e B000 2 BUSY 1']);
  t.strictSame(await say('R B000 2 0'), ['s B000 2 0 0 0 -']);
  t.strictSame(await say('R B000 2 0'), ['s B000 2 0 0 0 -']);
  t.strictSame(target.resets, [0]);
  t.equal(target.tasks[0]?.signal?.aborted, true);
});

t.test('a target that throws has failed for good', async (t) => {
  const { say, target } = await greeted();
  const line = execute('B000', '1', hexOf(testCdb(TestCommand.THROW)));
  t.strictSame(await say(line), ['e B000 1 FAILED 1']);
  t.strictSame(await say(line), ['e B000 1 FAILED 1']);
  t.strictSame(await say('Q B000 1'), ['e B000 1 FAILED 1']);
  t.equal(target.tasks.length, 1);
});

t.test('says when a line is damaged or malformed, and nothing to what is not for it', async (t) => {
  const { say, hear, target } = await greeted();
  t.strictSame(await hear(':X B000 1 0 0 0 00 -*00000000'), ['e 0 0 CRC 0']);
  t.strictSame(await hear('noise'), ['e 0 0 CRC 0']);
  t.strictSame(await hear('\r'), []);
  t.strictSame(await hear(''), []);
  for (const echo of ['w B000 1', 'e 0 0 CRC 0', 'Z', 'h 1', 'constructor']) t.strictSame(await say(echo), [], echo);
  const malformed = [
    'X B000 1',
    'X B000 1 0 0 0 0 -',
    'X B000 1 0 0 0 00 - 1',
    'D B000 1 G 00',
    'D B000 1 0 0',
    'Q B000 1 1',
  ];
  for (const body of malformed) t.strictSame(await say(body), ['e B000 1 FORMAT 0'], body);
  for (const body of ['Q', 'Q B000', 'Q  1', 'H 1', 'H 1 400 1'])
    t.strictSame(await say(body), ['e 0 0 FORMAT 0'], body);
  t.equal(target.tasks.length, 0);
});

t.test('closing aborts what works and ends the nexus', async (t) => {
  const { say, server, target, clock } = await greeted({ nexus: 'line 1' });
  await say(execute('B000', '1', hexOf(testCdb(TestCommand.HANG))), 20);
  server.close();
  t.equal(target.tasks[0]?.signal?.aborted, true);
  t.strictSame(target.lostNexuses, ['line 1']);
  await clock.advance(100);
  t.equal(clock.pending, 0);
});
