import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import {
  AttributeFormat,
  decodeAttributeIdentifiers,
  decodeAttributes,
  decodeDensitySupport,
  decodeMediumTypeSupport,
  decodeNumberRange,
  encodeAttributes,
  loadUnloadCdb,
  readAttributeCdb,
  ReadAttributeAction,
  reportDensitySupportCdb,
  writeAttributeCdb,
  type MediumAttribute,
} from '../../../devices/scsi/index.js';
import { describe, fieldPointer, Initiator, openAutoloader, type Answer } from './initiator.js';
import { block, DRIVE, tapeRig, type TapeRig } from './tape-rig.js';

async function attributes(host: Initiator): Promise<ReadonlyMap<number, MediumAttribute>> {
  const data = await host.read(DRIVE, readAttributeCdb({ allocationLength: 0xffff }));
  return new Map(decodeAttributes(data).attributes.map((attribute) => [attribute.identifier, attribute]));
}

const number = (attribute: MediumAttribute | undefined): number =>
  [...(attribute?.value ?? [])].reduce((sum, byte) => sum * 256 + byte, 0);
const text = (attribute: MediumAttribute | undefined): string | undefined =>
  attribute && new TextDecoder().decode(attribute.value).trimEnd();

const ascii = (identifier: number, value: string, length: number): MediumAttribute => ({
  identifier,
  format: AttributeFormat.ASCII,
  readOnly: false,
  value: new TextEncoder().encode(value.padEnd(length)),
});

function store({ send }: TapeRig, list: readonly MediumAttribute[]): Promise<Answer> {
  const bytes = encodeAttributes(list);
  return send(writeAttributeCdb({ parameterListLength: bytes.length }), bytes);
}

void t.test('the chip of a cartridge tells what the medium is and what was done with it', async (t) => {
  const rig = await tapeRig({ capacityBytes: 100 * 1024 * 1024 }, { serialNumber: 'LIB42' });
  const fresh = await attributes(rig.host);
  t.same(
    [...fresh.keys()],
    [...fresh.keys()].toSorted((one, other) => one - other),
    'in ascending order',
  );
  t.equal(number(fresh.get(0x0000)), 100, 'remaining MiB');
  t.equal(number(fresh.get(0x0001)), 100, 'of as many');
  t.equal(number(fresh.get(0x0003)), 1, 'loads');
  t.equal(number(fresh.get(0x0009)), 0, 'never written');
  t.equal(text(fresh.get(0x020a)), 'IBM     LIB42D1');
  t.equal(text(fresh.get(0x0401)), 'LIB42C1');
  t.equal(number(fresh.get(0x0405)), 0x5e);
  t.equal(number(fresh.get(0x0408)), 0x00, 'a data medium');
  t.equal(text(fresh.get(0x0806)), 'TST001L8', 'the bar code, as long as no host has written one');
  t.ok(fresh.get(0x0401)?.readOnly);
  t.notOk(fresh.get(0x0806)?.readOnly);
  for (let count = 0; count < 5; count++) await rig.write(block(count, 1024 * 1024));
  await rig.rewind();
  await rig.read(1024 * 1024);
  const used = await attributes(rig.host);
  t.equal(number(used.get(0x0000)), 94);
  t.same(
    [0x0220, 0x0221, 0x0222, 0x0223].map((identifier) => number(used.get(identifier))),
    [5, 1, 5, 1],
  );
  t.equal(number(used.get(0x0009)), 1, 'one change however many writes');
  await rig.send(loadUnloadCdb({ load: false }));
  t.equal(describe(await rig.send(readAttributeCdb({ allocationLength: 255 }))), '02/3A/00');
  await rig.send(loadUnloadCdb({ load: true }));
  await rig.host.takeAttentions(DRIVE);
  const again = await attributes(rig.host);
  t.equal(number(again.get(0x0003)), 2);
  t.same(
    [0x0220, 0x0221, 0x0222, 0x0223].map((identifier) => number(again.get(identifier))),
    [5, 1, 0, 0],
  );
  t.equal(text(again.get(0x020b)), 'IBM     LIB42D1', 'the drive of the load before');
  const worm = await tapeRig({ barcode: 'TST001LY' });
  t.equal(number((await attributes(worm.host)).get(0x0408)), 0x80);
});

void t.test('what a host writes stays with the cartridge, over power cycles and processes', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'openrsm-memory-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const rig = await tapeRig({}, { folder });
  const coherency = { identifier: 0x080c, format: AttributeFormat.BINARY, readOnly: false, value: block(7, 70) };
  const written = [ascii(0x0801, 'OpenRSM', 32), ascii(0x0806, 'OTHER1', 32), coherency];
  t.equal(describe(await store(rig, written)), 'GOOD');
  const check = async (host: Initiator): Promise<void> => {
    const found = await attributes(host);
    for (const attribute of written) t.same(found.get(attribute.identifier), attribute);
  };
  await check(rig.host);
  await rig.write(block(1, 3 * 1024 * 1024));
  await rig.autoloader.powerCycle();
  await rig.host.takeAttentions(DRIVE);
  await check(rig.host);
  await rig.autoloader.close();
  const second = await openAutoloader({ folder });
  await check(second.host);
  t.equal(number((await attributes(second.host)).get(0x0003)), 3, 'each power on loads what is in the drive');
  t.equal(number((await attributes(second.host)).get(0x0220)), 3, 'what the first load wrote is not forgotten');
  await second.autoloader.close();
});

void t.test('a list of attributes is written whole or not at all', async (t) => {
  const rig = await tapeRig();
  const good = ascii(0x0800, 'VENDOR', 8);
  const refused: readonly [MediumAttribute, string][] = [
    [ascii(0x0401, 'MY SERIAL', 32), '17'], // of the medium
    [ascii(0x0003, 'x', 8), '17'], // of the device
    [ascii(0x0bff, 'x', 8), '17'], // of no meaning
    [{ ...ascii(0x0801, 'x', 32), format: AttributeFormat.BINARY }, '19'],
    [ascii(0x0801, 'x', 31), '20'],
    [ascii(0x0801, 'x', 33), '20'],
  ];
  for (const [bad, pointer] of refused) {
    const answer = await store(rig, [good, bad]);
    t.equal(describe(answer), '05/26/00');
    t.equal(fieldPointer(answer), pointer);
  }
  t.notOk((await attributes(rig.host)).has(0x0800));
  const cut = encodeAttributes([good]);
  t.equal(describe(await rig.send(writeAttributeCdb({ parameterListLength: cut.length - 1 }), cut)), '05/1A/00');
  t.equal(describe(await rig.send(writeAttributeCdb({ parameterListLength: 100 }), cut)), '05/1A/00');
  t.equal(describe(await store(rig, [good])), 'GOOD');
  t.ok((await attributes(rig.host)).has(0x0800));
  t.equal(describe(await store(rig, [{ ...good, value: new Uint8Array(0) }])), 'GOOD', 'without a value it is removed');
  t.notOk((await attributes(rig.host)).has(0x0800));
});

void t.test('the chip has an end', async (t) => {
  const rig = await tapeRig();
  const vendor = (identifier: number): MediumAttribute => ({
    identifier,
    format: AttributeFormat.BINARY,
    readOnly: false,
    value: block(1, 4000),
  });
  const answers: string[] = [];
  for (let count = 0; count < 5; count++) answers.push(describe(await store(rig, [vendor(0x1400 + count)])));
  t.same(answers, ['GOOD', 'GOOD', 'GOOD', 'GOOD', '05/55/06']);
  const left = number((await attributes(rig.host)).get(0x0004));
  t.ok(left > 0 && left < 400, `${left} bytes are left`);
  t.equal(describe(await store(rig, [vendor(0x1400)])), 'GOOD', 'in the place of what was there');
});

void t.test('attributes are listed by identifier, and read from one on', async (t) => {
  const { host, send } = await tapeRig();
  const all = [...(await attributes(host)).keys()];
  const list = (serviceAction: number, firstAttributeIdentifier = 0): Promise<Uint8Array> =>
    host.read(DRIVE, readAttributeCdb({ serviceAction, firstAttributeIdentifier, allocationLength: 0xffff }));
  t.same(decodeAttributeIdentifiers(await list(ReadAttributeAction.ATTRIBUTE_LIST)), all);
  t.same(
    decodeAttributeIdentifiers(await list(ReadAttributeAction.ATTRIBUTE_LIST, 0x0400)),
    all.filter((identifier) => identifier >= 0x0400),
  );
  const supported = decodeAttributeIdentifiers(await list(ReadAttributeAction.SUPPORTED_ATTRIBUTES));
  t.ok(supported.includes(0x0801) && supported.includes(0x0003), 'those that a host could write, too');
  t.same(decodeNumberRange(await list(ReadAttributeAction.LOGICAL_VOLUME_LIST)), { first: 0, count: 1 });
  t.same(decodeNumberRange(await list(ReadAttributeAction.PARTITION_LIST)), { first: 0, count: 1 });
  const from = decodeAttributes(await list(ReadAttributeAction.ATTRIBUTE_VALUES, 0x0402));
  t.equal(from.attributes[0]?.identifier, 0x0402);
  const small = await host.read(DRIVE, readAttributeCdb({ allocationLength: 30 }));
  t.equal(small.length, 30);
  t.ok(decodeAttributes(small).truncated);
  const refused: readonly [object, string][] = [
    [{ serviceAction: 4 }, '1.4'],
    [{ partitionNumber: 1 }, '7'],
    [{ logicalVolumeNumber: 1 }, '5'],
    [{ firstAttributeIdentifier: 0x2000 }, '8'],
  ];
  for (const [params, pointer] of refused) {
    t.equal(fieldPointer(await send(readAttributeCdb({ allocationLength: 255, ...params }))), pointer);
  }
});

void t.test('a drive reports the densities that it supports, and that of its medium', async (t) => {
  const { host, send } = await tapeRig({ barcode: 'TST001L7' });
  const report = (params: object = {}): Promise<Uint8Array> =>
    host.read(DRIVE, reportDensitySupportCdb({ allocationLength: 4096, ...params }));
  const all = decodeDensitySupport(await report());
  t.same(
    all.map(({ primaryDensityCode }) => primaryDensityCode),
    [0x5c, 0x5d, 0x5e],
  );
  t.same(
    all.map(({ defaultDensity }) => defaultDensity),
    [false, false, true],
  );
  t.match(all[2], { writable: true, capacityMegabytes: 12_000_000, assigningOrganization: 'LTO-CVE', mediaWidth: 127 });
  const media = decodeDensitySupport(await report({ media: true }));
  t.same(
    media.map(({ primaryDensityCode, densityName }) => [primaryDensityCode, densityName]),
    [[0x5c, 'U-732']],
  );
  const types = decodeMediumTypeSupport(await report({ mediumType: true }));
  t.same(
    types.map(({ mediumType }) => mediumType),
    [0x78, 0x79, 0x88],
  );
  t.equal(decodeMediumTypeSupport(await report({ mediumType: true, media: true })).length, 1);
  t.equal((await report({ allocationLength: 4 })).length, 4);
  await send(loadUnloadCdb({ load: false }));
  t.equal(decodeDensitySupport(await report()).length, 3, 'the drive can tell without a tape');
  t.equal(describe(await send(reportDensitySupportCdb({ media: true, allocationLength: 255 }))), '02/3A/00');
});
