import t from 'tap';
import { UsbMassStorage, type UsbDeviceSpeed } from '../../../../../devices/virtual/attach/usb/index.js';
import { hexBytes } from '../../../scsi/hex-fixture.js';
import { directHost } from './bulk-host.js';
import { BulkOnlyHost } from './bulk-only-host.js';
import { good, pattern, ScriptedTarget } from './scripted-target.js';

const PASSED = 0;
const PHASE_ERROR = 2;
const NO_DATA = hexBytes('00 00 00 00 00 00');
const readBuffer = hexBytes('3c 02 00 00 00 00 00 ff ff 00');
/** MODE SELECT(6) with `length` bytes. */
const modeSelect = (length: number): Uint8Array => Uint8Array.of(0x15, 0x10, 0, 0, length, 0);

/** What the device has in READ BUFFER. */
async function open(
  held: number,
  speed: UsbDeviceSpeed = 'high',
): Promise<{ host: BulkOnlyHost; target: ScriptedTarget }> {
  const target = new ScriptedTarget();
  target.answers.set(0x3c, () => good(pattern(held)));
  const device = new UsbMassStorage({ target, luns: [0], protocol: 'bulk-only', speed });
  return { host: await BulkOnlyHost.open(directHost(device)), target };
}

interface Case {
  readonly name: string;
  readonly cdb: Uint8Array;
  /** What the CBW announces. */
  readonly dataInLength?: number;
  readonly dataOut?: Uint8Array;
  /** Bytes that the device has for READ BUFFER. */
  readonly held?: number;
  readonly status: number;
  readonly residue?: number;
  readonly got?: number;
  readonly stalled: readonly string[];
  readonly begins?: boolean;
}

/** Bulk-Only Transport 1.0, 6.7: host and device each with no data, data in, data out. */
const CASES: readonly Case[] = [
  { name: '1: Hn = Dn', cdb: NO_DATA, status: PASSED, residue: 0, stalled: [] },
  { name: '2: Hn < Di', cdb: readBuffer, held: 10, status: PHASE_ERROR, stalled: [] },
  { name: '3: Hn < Do', cdb: modeSelect(12), status: PHASE_ERROR, stalled: [], begins: false },
  { name: '4: Hi > Dn', cdb: NO_DATA, dataInLength: 64, status: PASSED, residue: 64, stalled: ['data-in'] },
  {
    name: '5: Hi > Di, ends in a short packet',
    cdb: readBuffer,
    dataInLength: 2000,
    held: 700,
    status: PASSED,
    residue: 1300,
    got: 700,
    stalled: ['status'],
  },
  {
    name: '5: Hi > Di, ends with a whole packet',
    cdb: readBuffer,
    dataInLength: 2000,
    held: 1024,
    status: PASSED,
    residue: 976,
    got: 1024,
    stalled: ['status'],
  },
  {
    name: '6: Hi = Di',
    cdb: readBuffer,
    dataInLength: 1024,
    held: 1024,
    status: PASSED,
    residue: 0,
    got: 1024,
    stalled: [],
  },
  { name: '7: Hi < Di', cdb: readBuffer, dataInLength: 100, held: 200, status: PHASE_ERROR, got: 100, stalled: [] },
  {
    name: '8: Hi <> Do',
    cdb: modeSelect(12),
    dataInLength: 12,
    status: PHASE_ERROR,
    stalled: ['data-in'],
    begins: false,
  },
  { name: '9: Ho > Dn', cdb: NO_DATA, dataOut: pattern(64), status: PASSED, residue: 64, stalled: ['data-out'] },
  { name: '10: Ho <> Di', cdb: readBuffer, dataOut: pattern(64), held: 64, status: PHASE_ERROR, stalled: ['data-out'] },
  { name: '11: Ho > Do', cdb: modeSelect(12), dataOut: pattern(700), status: PASSED, residue: 688, stalled: [] },
  { name: '12: Ho = Do', cdb: modeSelect(12), dataOut: pattern(12), status: PASSED, residue: 0, stalled: [] },
  {
    name: '13: Ho < Do',
    cdb: modeSelect(100),
    dataOut: pattern(64),
    status: PHASE_ERROR,
    stalled: ['data-out'],
    begins: false,
  },
];

for (const one of CASES) {
  void t.test(`case ${one.name}`, async (t) => {
    const { cdb, dataInLength, dataOut, held = 0, begins = true } = one;
    const { host, target } = await open(held);
    const answer = await host.run({
      cdb,
      ...(dataInLength !== undefined && { dataInLength }),
      ...(dataOut !== undefined && { dataOut }),
    });
    t.equal(answer.status, one.status);
    t.same(answer.stalled, one.stalled);
    t.same(answer.dataIn, pattern(held).slice(0, one.got ?? 0));
    if (one.residue !== undefined) t.equal(answer.residue, one.residue);
    t.equal(target.executed.includes(cdb[0] ?? -1), begins, begins ? 'the command ran' : 'the command did not begin');
    const given = target.tasks.find((task) => task.cdb[0] === 0x15)?.dataOut;
    if (one.status === PASSED && given !== undefined) t.same(given, pattern(12), 'what it asked for and no more');
    t.equal((await host.run({ cdb: NO_DATA })).status, PASSED, 'the next command is served');
  });
}

for (const [speed, packet] of [
  ['full', 64],
  ['high', 512],
  ['super', 1024],
] as const) {
  void t.test(`data comes in transfers of any size at ${speed} speed`, async (t) => {
    for (const pieceBytes of [packet, packet * 3, packet * 64]) {
      for (const length of [1, packet - 1, packet, packet + 1, packet * 6, packet * 6 + 13]) {
        const { host, target } = await open(length, speed);
        host.pieceBytes = pieceBytes;
        t.same((await host.run({ cdb: readBuffer, dataInLength: length })).dataIn, pattern(length));
        const short = await host.run({ cdb: readBuffer, dataInLength: length + packet * 2 });
        t.same(short.dataIn, pattern(length));
        t.equal(short.residue, packet * 2);
        const writeBuffer = Uint8Array.of(0x3b, 2, 0, 0, 0, 0, 0, length >> 8, length & 0xff, 0);
        t.equal((await host.run({ cdb: writeBuffer, dataOut: pattern(length) })).status, PASSED);
        t.same(target.tasks.at(-1)?.dataOut, pattern(length));
      }
    }
  });
}
