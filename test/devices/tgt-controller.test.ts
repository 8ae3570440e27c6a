import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { SystemClock } from '../../devices/clock.js';
import type { CommandOutcome } from '../../devices/command-outcome.js';
import { Drive } from '../../devices/drive.js';
import { matchDrives } from '../../devices/drive-matching.js';
import { LogicalUnit } from '../../devices/logical-unit.js';
import { MediaChanger } from '../../devices/media-changer.js';
import { volumeIdentifierOf } from '../../devices/move-judgement.js';
import { ElementType } from '../../devices/scsi/smc/element-type.js';
import { IscsiTransport } from '../../devices/transport/iscsi/index.js';
import { startTgt, tgtAddresses, type TgtBench } from '../../hil/tgt/start-tgt.js';
import { tgtMissing } from '../../hil/tgt/tgt-admin.js';

const missing = tgtMissing();
const options = missing === undefined ? {} : { skip: missing };
const { slots: slot, drives: driveElement, ports: port } = tgtAddresses;
const emptySlot = slot + 5;

interface Bench {
  readonly bench: TgtBench;
  readonly changer: MediaChanger;
  /** The drives in the order of their elements: LUN 1 and up. */
  readonly drives: readonly Drive[];
}

/** A tgtd of its own, its changer prepared, and its two drives. */
async function openBench(t: Test): Promise<Bench> {
  const dir = await mkdtemp(join(tmpdir(), 'tgt-'));
  t.teardown(() => rm(dir, { recursive: true, force: true }));
  const bench = await startTgt({ dir });
  t.teardown(() => bench.stop());
  const clock = new SystemClock();
  const transport = new IscsiTransport({ portal: bench.portal, target: bench.target, clock });
  t.teardown(() => transport.close());
  const unit = (lun: number, name: string): LogicalUnit => new LogicalUnit({ transport, lun, clock, name });
  const changer = new MediaChanger({ unit: unit(bench.changerLun, 'tgt changer'), clock });
  const drives = [1, 2].map((lun) => new Drive({ unit: unit(lun, `tgt drive ${lun}`), clock }));
  valueOf(await changer.prepare());
  return { bench, changer, drives };
}

function valueOf<T>(outcome: CommandOutcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.failure.message);
}

/** Where tgt itself says that a cartridge is. */
async function placeOf(bench: TgtBench, barcode: string): Promise<number | undefined> {
  return (await bench.elements()).find((element) => element.barcode === barcode)?.address;
}

void t.test('names the changer and its drives, and refuses the one for the other', options, async (t) => {
  const { bench, changer, drives } = await openBench(t);
  t.match(valueOf(await changer.identify()), {
    lun: bench.changerLun,
    peripheralDeviceType: 0x08,
    vendorIdentification: /^STGT$/,
    productIdentification: /^VMCHANGER$/,
    productRevisionLevel: /^0001$/,
    serialNumber: /^TGTSN01$/,
  });
  for (const [index, drive] of drives.entries()) {
    t.match(valueOf(await drive.identify()), { lun: index + 1, peripheralDeviceType: 0x01 });
  }
  const clock = new SystemClock();
  const wrong = await new MediaChanger({ unit: drives[0]?.unit ?? changer.unit, clock }).identify();
  t.match(wrong, { ok: false, failure: { message: /LUN 1 is .*01h, not a medium changer.*LUN 0, 1, 2, 3/ } });
});

void t.test('the element map is the one that tgt was given', options, async (t) => {
  const { changer } = await openBench(t);
  const map = changer.elementMap;
  t.same(map?.addresses(ElementType.MEDIUM_TRANSPORT), [tgtAddresses.picker]);
  t.same(
    map?.addresses(ElementType.STORAGE),
    [0, 1, 2, 3, 4, 5].map((i) => slot + i),
  );
  t.same(map?.addresses(ElementType.IMPORT_EXPORT), [port]);
  t.same(map?.addresses(ElementType.DATA_TRANSFER), [driveElement, driveElement + 1]);
});

void t.test("the inventory is tgt's own view, address by address, label by label", options, async (t) => {
  const { bench, changer } = await openBench(t);
  const told = valueOf(await changer.readAllElements()).map((element) => ({
    address: element.address,
    type: element.elementType,
    barcode: volumeIdentifierOf(element),
    full: element.full,
  }));
  const own = (await bench.elements()).map(({ address, type, barcode }) => ({
    address,
    type,
    barcode,
    full: barcode !== undefined,
  }));
  t.same(
    told.toSorted((one, other) => one.address - other.address),
    own,
  );
  t.equal(own.filter(({ full }) => full).length, 4);
});

void t.test('tells which drive is in which element, as far as tgt does', options, async (t) => {
  const { changer, drives } = await openBench(t);
  const elements = valueOf(await changer.readAllElements());
  const dataTransferElements = elements.filter(({ elementType }) => elementType === ElementType.DATA_TRANSFER);
  const units = await Promise.all(
    drives.map(async (drive) => ({ name: drive.name, identity: valueOf(await drive.identify()) })),
  );
  const rig = units.map(({ name }, index) => ({ address: driveElement + index, unit: name }));
  const { pairs, problems } = matchDrives({ dataTransferElements, units, rig });
  t.same(problems, []);
  t.same(
    pairs.map(({ address, unit }) => [address, unit.name]),
    rig.map(({ address, unit }) => [address, unit]),
  );
});

void t.test('moves a cartridge into a drive and back, and tgt agrees after every step', options, async (t) => {
  const { bench, changer, drives } = await openBench(t);
  const [drive] = drives;
  if (drive === undefined) throw new Error('no drive');
  t.match(await drive.testUnitReady(), { ok: true, value: /^no-medium$/ });
  for (const [source, destination] of [
    [slot, driveElement],
    [driveElement, port],
    [port, driveElement + 1],
    [driveElement + 1, emptySlot],
    [emptySlot, slot],
  ] as const) {
    const move = await changer.moveAndVerify({ source, destination, volumeIdentifier: 'TGT001L8' });
    t.match(move, {
      outcome: /^moved$/,
      volumeIdentifier: /^TGT001L8$/,
      source: { address: source, full: false },
      destination: { address: destination, full: true },
      failure: undefined,
    });
    t.equal(await placeOf(bench, 'TGT001L8'), destination, `tgt has it at ${destination}`);
    if (destination === driveElement) {
      t.match(await drive.waitUntilReady({ timeoutMs: 10_000 }), { ok: true, value: /^ready$/ });
    }
  }
  t.match(await drive.testUnitReady(), { ok: true, value: /^no-medium$/ }, 'the drive is empty again');
});

void t.test('writes blocks and filemarks to a tape and reads them back', options, async (t) => {
  const { changer, drives } = await openBench(t);
  const [drive] = drives;
  if (drive === undefined) throw new Error('no drive');
  t.match(await changer.moveAndVerify({ source: slot, destination: driveElement }), { outcome: /^moved$/ });
  valueOf(await drive.waitUntilReady({ timeoutMs: 10_000 }));
  const limits = valueOf(await drive.readBlockLimits());
  t.ok(limits.minimumBlockLength <= 80 && limits.maximumBlockLength >= 65_536);
  valueOf(await drive.rewind());
  const label = new TextEncoder().encode('VOL1TGT001'.padEnd(80));
  const block = Uint8Array.from({ length: 20_000 }, (_, index) => index % 251);
  valueOf(await drive.writeBlock(label));
  valueOf(await drive.writeFilemarks(1));
  valueOf(await drive.writeBlock(block));
  valueOf(await drive.writeFilemarks(1));
  // tgt 1.0.85 does not know where it stands, and says so.
  t.match(valueOf(await drive.readPosition()), { logicalObjectLocationUnknown: true });
  const records = valueOf(await drive.readFirstBlocks(8));
  t.same(
    records.map(({ kind }) => kind),
    ['block', 'filemark', 'block', 'filemark', 'end-of-data'],
  );
  const [first, , third] = records;
  t.same(first?.kind === 'block' ? new Uint8Array(first.data) : undefined, label, 'the label, shorter than the buffer');
  t.same(third?.kind === 'block' ? new Uint8Array(third.data) : undefined, block);
  const again = valueOf(await drive.readBlock({ length: 80 }));
  t.match(again, { kind: 'block', blockLength: 80 }, 'rewound for whoever comes next');
});

void t.test('a cartridge keeps what was written when it goes home and into the other drive', options, async (t) => {
  const { changer, drives } = await openBench(t);
  const label = new TextEncoder().encode('VOL1TGT002'.padEnd(80));
  const [one, other] = drives;
  if (one === undefined || other === undefined) throw new Error('no drives');
  await changer.moveAndVerify({ source: slot + 1, destination: driveElement });
  valueOf(await one.waitUntilReady({ timeoutMs: 10_000 }));
  valueOf(await one.writeBlock(label));
  valueOf(await one.writeFilemarks(1));
  t.match(await changer.moveAndVerify({ source: driveElement, destination: slot + 1 }), { outcome: /^moved$/ });
  t.match(await changer.moveAndVerify({ source: slot + 1, destination: driveElement + 1 }), { outcome: /^moved$/ });
  valueOf(await other.waitUntilReady({ timeoutMs: 10_000 }));
  const [record] = valueOf(await other.readFirstBlocks(1));
  t.same(record?.kind === 'block' ? new Uint8Array(record.data) : undefined, label);
});

void t.test('refusals come back with their sense, and nothing has moved', options, async (t) => {
  const { bench, changer } = await openBench(t);
  const before = await bench.elements();
  const refused = { layer: 'sense', executed: /^no$/, command: 'MOVE MEDIUM' };
  t.match(await changer.moveMedium({ source: emptySlot, destination: driveElement }), {
    ok: false,
    failure: { ...refused, sense: { key: 5, asc: 0x3b, ascq: 0x0e } },
  });
  t.match(await changer.moveAndVerify({ source: slot, destination: slot + 1 }), {
    outcome: 'not-moved',
    failure: { ...refused, sense: { key: 5, asc: 0x3b, ascq: 0x0d } },
  });
  await t.rejects(changer.moveMedium({ source: 9999, destination: driveElement }), { code: 'no-such-element' });
  // Without an element map the controller sends what it is told. tgt 1.0.85 calls it INVALID FIELD IN CDB.
  const unprepared = new MediaChanger({ unit: changer.unit, clock: new SystemClock() });
  t.match(await unprepared.moveMedium({ source: 9999, destination: driveElement }), {
    ok: false,
    failure: { ...refused, sense: { key: 5, asc: 0x24, ascq: 0x00 } },
  });
  const other = await changer.moveAndVerify({ source: slot, destination: driveElement, volumeIdentifier: 'TGT004L8' });
  t.match(other, { outcome: 'not-moved', failure: { message: /holds TGT001L8, not TGT004L8/ } });
  t.same(await bench.elements(), before);
});
