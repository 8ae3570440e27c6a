import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { SystemClock } from '../../../../devices/clock.js';
import {
  discoverTargets,
  IscsiTransport,
  type IscsiTransportOptions,
} from '../../../../devices/transport/iscsi/index.js';
import type { CompletedCommand } from '../../../../devices/transport/scsi-transport.js';
import { startTgt, tgtAddresses, type TgtBench, type TgtOptions } from '../../../../hil/tgt/start-tgt.js';
import { tgtMissing } from '../../../../hil/tgt/tgt-admin.js';
import { pattern } from '../conformance.js';
import { completedOf } from './peer/peer-rig.js';

/** Raw CDBs: this test is about the transport, and tgt is the independent judge of every byte. */
const cdb = {
  testUnitReady: Uint8Array.of(0x00, 0, 0, 0, 0, 0),
  rewind: Uint8Array.of(0x01, 0, 0, 0, 0, 0),
  inquiry: Uint8Array.of(0x12, 0, 0, 0, 96, 0),
  read6: (bytes: number) => Uint8Array.of(0x08, 0, bytes >> 16, (bytes >> 8) & 0xff, bytes & 0xff, 0),
  write6: (bytes: number) => Uint8Array.of(0x0a, 0, bytes >> 16, (bytes >> 8) & 0xff, bytes & 0xff, 0),
  /** With volume tags, one element type, from any address. */
  readElementStatus: (type: number, allocation: number) =>
    Uint8Array.of(
      0xb8,
      0x10 | type,
      0,
      0,
      0xff,
      0xff,
      0,
      allocation >> 16,
      (allocation >> 8) & 0xff,
      allocation & 0xff,
      0,
      0,
    ),
  moveMedium: (from: number, to: number) =>
    Uint8Array.of(0xa5, 0, 0, 1, from >> 8, from & 0xff, to >> 8, to & 0xff, 0, 0, 0, 0),
};
const drive = tgtAddresses.drives;
const slot = tgtAddresses.slots;
const missing = tgtMissing();
const account = { user: 'backup', secret: 'a secret of twenty' };

interface Bench {
  readonly bench: TgtBench;
  readonly transport: IscsiTransport;
  /** Carries one command to a LUN; throws unless a status came. */
  readonly run: (lun: number, bytes: Uint8Array, data?: number | Uint8Array) => Promise<CompletedCommand>;
}

/** A tgtd of its own for one test, and an open transport to it. */
async function bench(
  t: Test,
  options: Partial<TgtOptions> = {},
  more: Partial<IscsiTransportOptions> = {},
): Promise<Bench> {
  const dir = await mkdtemp(join(tmpdir(), 'tgt-'));
  t.teardown(() => rm(dir, { recursive: true, force: true }));
  const started = await startTgt({ dir, ...options });
  t.teardown(() => started.stop());
  const transport = new IscsiTransport({
    portal: started.portal,
    target: started.target,
    clock: new SystemClock(),
    ...more,
  });
  t.teardown(() => transport.close());
  await transport.open();
  return {
    bench: started,
    transport,
    run: async (lun, bytes, data = 0) =>
      completedOf(
        await transport.execute({
          lun,
          cdb: bytes,
          timeoutMs: 10_000,
          ...(typeof data === 'number' ? { dataInLength: data } : { dataOut: data }),
        }),
      ),
  };
}

/** The number of the only session that tgt has. */
async function sessionOf({ admin }: TgtBench): Promise<string> {
  const sessions = await admin.run('--mode', 'conn', '--op', 'show', '--tid', '1');
  const [only, ...more] = [...sessions.matchAll(/Session: (\d+)/g)].map((match) => match[1]);
  if (only === undefined || more.length > 0) throw new Error(`tgt has not one session: ${sessions}`);
  return only;
}

/** Writes blocks of many sizes to the tape in drive 256 and reads them back. */
async function roundTrip(t: Test, { bench: { changerLun }, run }: Bench, sizes: readonly number[]): Promise<void> {
  await run(changerLun, cdb.testUnitReady);
  t.equal((await run(changerLun, cdb.moveMedium(slot, drive))).status, 0);
  await run(1, cdb.testUnitReady);
  for (const size of sizes) {
    const block = pattern(size);
    t.equal((await run(1, cdb.rewind)).status, 0);
    t.equal((await run(1, cdb.write6(size), block)).status, 0, `${size} bytes written`);
    t.equal((await run(1, cdb.rewind)).status, 0);
    const { status, dataIn } = await run(1, cdb.read6(size), size);
    t.equal(status, 0);
    t.equal(Buffer.compare(dataIn, block), 0, `${size} bytes read back`);
  }
}

/** Around every border that matters: PDU padding, data segment, first burst, burst. */
const sizes = [1, 511, 512, 8191, 8192, 8193, 65_535, 65_537, 262_144, 262_145, 500_001];

t.test('tgt: discovers the target and logs in without a secret', { skip: missing ?? false }, async (t) => {
  const { bench: started, transport, run } = await bench(t);
  t.strictSame(await discoverTargets({ portal: started.portal }), [
    { name: started.target, addresses: [`${started.portal},1`] },
  ]);
  t.match(transport.parameters, { maxBurstLength: 262_144, initialR2T: true, immediateData: true });
  const first = await run(started.changerLun, cdb.testUnitReady);
  t.equal(first.status, 2);
  t.equal(first.sense[2], 6, 'a unit attention, its sense key where fixed format has it');
  t.equal((await run(started.changerLun, cdb.testUnitReady)).status, 0);
  const inquiry = await run(started.changerLun, cdb.inquiry, 96);
  t.equal(inquiry.dataIn[0], 8);
  t.match(Buffer.from(inquiry.dataIn).toString('latin1'), /STGT {4}VMCHANGER/);
});

t.test("tgt: a moved cartridge is where tgt's own view says", { skip: missing ?? false }, async (t) => {
  const { bench: started, run } = await bench(t);
  const { changerLun } = started;
  await run(changerLun, cdb.testUnitReady);
  const where = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await started.elements()).flatMap(({ barcode, address }) => (barcode ? [[barcode, address]] : [])),
    );
  t.match(await where(), { TGT001L8: slot, TGT002L8: slot + 1 });
  t.equal((await run(changerLun, cdb.moveMedium(slot, drive + 1))).status, 0);
  t.match(await where(), { TGT001L8: drive + 1, TGT002L8: slot + 1 });
  t.equal((await started.elements()).find(({ address }) => address === drive + 1)?.source, slot);
  const { dataIn } = await run(changerLun, cdb.readElementStatus(4, 4096), 4096);
  t.match(Buffer.from(dataIn).toString('latin1'), /TGT001L8/, 'what came over iSCSI says the same');
  const refused = await run(changerLun, cdb.moveMedium(slot, drive));
  t.equal(refused.status, 2);
  t.strictSame(Array.from(refused.sense.subarray(12, 14)), [0x3b, 0x0e], 'medium source element empty');
  t.match(await where(), { TGT001L8: drive + 1 });
});

t.test(
  'tgt: writes and reads blocks of all sizes with immediate data and R2T',
  { skip: missing ?? false },
  async (t) => {
    await roundTrip(t, await bench(t), sizes);
  },
);

t.test('tgt: writes and reads with unsolicited data and both digests', { skip: missing ?? false }, async (t) => {
  const parameters = { InitialR2T: 'No', FirstBurstLength: '20000', HeaderDigest: 'CRC32C', DataDigest: 'CRC32C' };
  const rig = await bench(t, { parameters }, { headerDigest: 'CRC32C', dataDigest: 'CRC32C' });
  t.match(rig.transport.parameters, {
    headerDigest: true,
    dataDigest: true,
    initialR2T: false,
    firstBurstLength: 20_000,
  });
  await roundTrip(t, rig, sizes);
});

t.test('tgt: writes and reads with solicited data only and short bursts', { skip: missing ?? false }, async (t) => {
  const parameters = { ImmediateData: 'No', MaxBurstLength: '4096', MaxRecvDataSegmentLength: '1024' };
  const rig = await bench(t, { parameters }, { offer: { maxRecvDataSegmentLength: 512 } });
  t.match(rig.transport.parameters, {
    immediateData: false,
    maxBurstLength: 4096,
    targetMaxRecvDataSegmentLength: 1024,
  });
  await roundTrip(t, rig, sizes);
});

t.test(
  'tgt: refuses a wrong secret and takes the right one, in both directions',
  { skip: missing ?? false },
  async (t) => {
    const mutual = { user: 'vault', secret: 'another secret' };
    const { bench: started, run } = await bench(
      t,
      { chap: account, outgoing: mutual },
      { chap: { ...account, mutual } },
    );
    t.equal((await run(started.changerLun, cdb.inquiry, 96)).status, 0);
    const attempt = (chap: IscsiTransportOptions['chap']): Promise<void> =>
      new IscsiTransport({ portal: started.portal, target: started.target, clock: new SystemClock(), chap }).open();
    await t.rejects(attempt({ ...account, secret: 'a wrong secret' }), {
      code: 'unreachable',
      message: /authentication failed/,
    });
    await t.rejects(attempt({ ...account, mutual: { ...mutual, secret: 'a guess' } }), {
      message: /does not know the mutual/,
    });
    await t.rejects(attempt(undefined), { code: 'unreachable', message: /authentication failed/ });
  },
);

t.test('tgt: carries 32 commands at once and keeps their answers apart', { skip: missing ?? false }, async (t) => {
  const { bench: started, run } = await bench(t);
  const { changerLun } = started;
  await run(changerLun, cdb.testUnitReady);
  const lengths = Array.from({ length: 2000 }, (_, at) => 8 + ((at * 13) % 300));
  const results = await Promise.all(lengths.map((length) => run(changerLun, cdb.readElementStatus(2, length), length)));
  t.ok(results.every(({ status, dataIn }, at) => status === 0 && dataIn.length === lengths[at]));
});

t.test('tgt: answers the pings of the target', { skip: missing ?? false }, async (t) => {
  const { bench: started, run } = await bench(t, { parameters: { nop_interval: '1', nop_count: '1' } });
  await run(started.changerLun, cdb.testUnitReady);
  const before = await sessionOf(started);
  // tgt pings every second and drops an initiator that leaves two pings unanswered; it has no other clock.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  t.equal((await run(started.changerLun, cdb.testUnitReady)).status, 0);
  t.equal(await sessionOf(started), before);
});

t.test('tgt: resets a logical unit and says so with a unit attention', { skip: missing ?? false }, async (t) => {
  const { bench: started, transport, run } = await bench(t);
  const { changerLun } = started;
  await run(changerLun, cdb.testUnitReady);
  t.equal(await transport.resetLogicalUnit(changerLun, 5000), undefined);
  const { status, sense } = await run(changerLun, cdb.testUnitReady);
  t.equal(status, 2);
  t.equal(sense[12], 0x29);
});

t.test('tgt: logs in again after the target closed the connection', { skip: missing ?? false }, async (t) => {
  const { bench: started, transport, run } = await bench(t);
  const { changerLun, admin } = started;
  await run(changerLun, cdb.testUnitReady);
  const sid = await sessionOf(started);
  await admin.run('--mode', 'conn', '--op', 'delete', '--tid', '1', '--sid', sid, '--cid', '0');
  const inquiry = { lun: changerLun, cdb: cdb.inquiry, dataInLength: 96, timeoutMs: 5000 };
  const first = await transport.execute(inquiry);
  if (first.kind === 'failed') t.match(first.failure, { code: 'disconnected' });
  t.match(await transport.execute(inquiry), { kind: 'completed', status: 0 });
  t.not(await sessionOf(started), sid);
});
