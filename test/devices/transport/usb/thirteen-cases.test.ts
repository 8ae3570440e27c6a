import t from 'tap';
import type { ScsiCommand, TransportResult } from '../../../../devices/transport/scsi-transport.js';
import { bytes, completed, play, reading, testUnitReady, writing } from './bulk-only-rig.js';
import {
  clearIn,
  clearOut,
  command,
  csw,
  dataIn,
  dataOut,
  done,
  recovery,
  stall,
  status,
  type Step,
} from './scripted-usb.js';

/** One row: what the host expects, what the device does, how the command ends (USB MSC Bulk-Only Transport 1.0, 6.7). */
interface Row {
  readonly name: string;
  readonly command: ScsiCommand;
  readonly steps: readonly (Step | readonly Step[])[];
  /** Absent: a phase error or the like, of which nothing is known but that both sides must be brought back in step. */
  readonly result?: TransportResult;
}

const ten = bytes(10);
const hundred = bytes(100);
const padded = new Uint8Array(100);
padded.set(ten);

const rows: readonly Row[] = [
  { name: '1 (Hn = Dn)', command: testUnitReady, steps: [command(), status(0)], result: completed() },
  { name: '2 (Hn < Di), phase error', command: testUnitReady, steps: [command(), status(2), recovery] },
  {
    name: '2 (Hn < Di), stall and phase error',
    command: testUnitReady,
    steps: [command(), dataIn(13, stall), clearIn, status(2), recovery],
  },
  { name: '3 (Hn < Do), phase error', command: testUnitReady, steps: [command(), status(2), recovery] },
  {
    name: '4 (Hi > Dn), stall',
    command: reading(100),
    steps: [command(), dataIn(100, stall), clearIn, status(0, 100)],
    result: completed(),
  },
  {
    name: '4 (Hi > Dn), a packet without a byte',
    command: reading(100),
    steps: [command(), dataIn(100, done()), status(0, 100)],
    result: completed(),
  },
  {
    name: '4 (Hi > Dn), filled up',
    command: reading(100),
    steps: [command(), dataIn(100, done(new Uint8Array(100))), status(0, 100)],
    result: completed(),
  },
  {
    name: '4 (Hi > Dn), the CSW in place of the data',
    command: reading(100),
    steps: [command(), dataIn(100, (cbw) => done(csw(cbw, 0, 100)))],
    result: completed(),
  },
  {
    name: '5 (Hi > Di), a short packet',
    command: reading(100),
    steps: [command(), dataIn(100, done(ten)), status(0, 90)],
    result: completed({ dataIn: ten }),
  },
  {
    name: '5 (Hi > Di), a short packet, then a stall',
    command: reading(100),
    steps: [command(), dataIn(100, done(ten)), dataIn(13, stall), clearIn, status(0, 90)],
    result: completed({ dataIn: ten }),
  },
  {
    name: '5 (Hi > Di), a whole packet, then a stall',
    command: reading(100),
    steps: [command(), dataIn(100, { kind: 'stall', data: ten }), clearIn, status(0, 90)],
    result: completed({ dataIn: ten }),
  },
  {
    name: '5 (Hi > Di), filled up',
    command: reading(100),
    steps: [command(), dataIn(100, done(padded)), status(0, 90)],
    result: completed({ dataIn: ten }),
  },
  {
    name: '6 (Hi = Di)',
    command: reading(100),
    steps: [command(), dataIn(100, done(hundred)), status(0)],
    result: completed({ dataIn: hundred }),
  },
  {
    name: '7 (Hi < Di), phase error',
    command: reading(10),
    steps: [command(), dataIn(10, done(ten)), status(2), recovery],
  },
  {
    name: '7 (Hi < Di), stall and phase error',
    command: reading(10),
    steps: [command(), dataIn(10, stall), clearIn, status(2), recovery],
  },
  {
    name: '7 (Hi < Di), more than was asked for',
    command: reading(10),
    steps: [command(), dataIn(10, { kind: 'overflow' }), recovery],
  },
  {
    name: '7 (Hi < Di), more than was asked for, of which the system gives what fits',
    command: reading(10),
    steps: [command(), dataIn(10, { kind: 'overflow', data: ten }), status(2), recovery],
  },
  {
    name: '8 (Hi <> Do)',
    command: reading(10),
    steps: [command(), dataIn(10, stall), clearIn, status(2, 10), recovery],
  },
  {
    name: '9 (Ho > Dn), stall',
    command: writing(ten),
    steps: [command(), dataOut(10, stall), clearOut, status(0, 10)],
    result: completed(),
  },
  {
    name: '9 (Ho > Dn), taken and thrown away',
    command: writing(ten),
    steps: [command(), dataOut(10), status(0, 10)],
    result: completed(),
  },
  {
    name: '10 (Ho <> Di)',
    command: writing(ten),
    steps: [command(), dataOut(10, stall), clearOut, status(2, 10), recovery],
  },
  {
    name: '11 (Ho > Do), taken and thrown away',
    command: writing(hundred),
    steps: [command(), dataOut(100), status(0, 90)],
    result: completed(),
  },
  {
    name: '11 (Ho > Do), stall',
    command: writing(hundred),
    steps: [command(), dataOut(100, stall), clearOut, status(0, 90)],
    result: completed(),
  },
  {
    name: '12 (Ho = Do)',
    command: writing(hundred),
    steps: [command(), dataOut(100), status(0)],
    result: completed(),
  },
  {
    name: '13 (Ho < Do), phase error',
    command: writing(ten),
    steps: [command(), dataOut(10), status(2), recovery],
  },
  {
    name: '13 (Ho < Do), stall and phase error',
    command: writing(ten),
    steps: [command(), dataOut(10, stall), clearOut, status(2), recovery],
  },
];

for (const row of rows) {
  t.test(`case ${row.name}`, async (t) => {
    const { result, rig } = await play(t, row.steps, row.command);
    if (row.result !== undefined) t.strictSame(result, row.result);
    else t.hasStrict(result, { kind: 'failed', failure: { code: 'protocol', executed: 'unknown' } });
    const sent = rig.usb.commands[0];
    t.strictSame(Array.from(sent?.commandBlock ?? []), Array.from(row.command.cdb));
    t.equal(sent?.dataTransferLength, row.command.dataInLength ?? row.command.dataOut?.length ?? 0);
    t.equal(sent?.dataIn, row.command.dataInLength !== undefined);
    t.strictSame(rig.usb.dataOut, row.command.dataOut === undefined ? [] : [row.command.dataOut]);
    t.strictSame(rig.notices, [], 'none of this is worth a notice');
  });
}

t.test('the thirteen cases are all in the table', (t) => {
  const seen = new Set(rows.map(({ name }) => Number.parseInt(name, 10)));
  t.strictSame(
    [...seen].sort((a, b) => a - b),
    Array.from({ length: 13 }, (_, at) => at + 1),
  );
  t.end();
});
