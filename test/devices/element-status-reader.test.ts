import fc from 'fast-check';
import t from 'tap';
import { AdditionalSense } from '../../devices/scsi/asc-ascq.js';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { SenseKey } from '../../devices/scsi/sense.js';
import { ElementType } from '../../devices/scsi/smc/element-type.js';
import { encodeElementStatusData, parseReadElementStatusCdb } from '../../devices/scsi/smc/read-element-status.js';
import { checkCondition, good, lost } from './test-device/scripted-transport.js';
import { driveIdentifier, TestChanger, type TestChangerOptions } from './test-device/test-changer.js';
import { prepared, setUp } from './test-device/prepared-changer.js';

const readOpcode = OperationCode.READ_ELEMENT_STATUS;

t.test('reads the whole inventory with labels and drives', async (t) => {
  const { changer, device } = await prepared({ media: { 4097: 'ORS001L8', 256: 'ORS002L8', 4098: '' } });
  const all = await changer.readAllElements();
  const queries = device.sent.map(({ cdb }) => parseReadElementStatusCdb(cdb));
  t.ok(
    queries.every(({ dvcid, elementTypeCode }) => dvcid === (elementTypeCode === ElementType.DATA_TRANSFER)),
    'only drives are asked for their identifier',
  );
  t.ok(all.ok);
  if (!all.ok) return;
  t.same(
    all.value.map(({ address }) => address),
    [1, ...Array.from({ length: 8 }, (_, i) => 4096 + i), 16, 256, 257],
  );
  const at = (address: number) => all.value.find((element) => element.address === address);
  t.match(at(4097), { full: true, primaryVolumeTag: { volumeIdentifier: 'ORS001L8' } });
  t.match(at(4098), { full: true, primaryVolumeTag: undefined });
  t.match(at(256), { primaryVolumeTag: { volumeIdentifier: 'ORS002L8' }, deviceIdentifier: driveIdentifier(256) });
  t.match(at(4096), { full: false });
});

t.test('reads by type, starting address and count', async (t) => {
  const { changer } = await prepared();
  const addresses = async (query: Parameters<typeof changer.readElementStatus>[0]): Promise<number[]> => {
    const read = await changer.readElementStatus(query);
    return read.ok ? read.value.map(({ address }) => address) : [];
  };
  t.same(await addresses({ elementType: ElementType.DATA_TRANSFER }), [256, 257]);
  t.same(await addresses({ elementType: ElementType.STORAGE, start: 4100, count: 2 }), [4100, 4101]);
  t.same(await addresses({ start: 256, count: 3 }), [4096, 256, 257], 'the lowest addresses, listed by type');
  t.same(await addresses({ elementType: ElementType.STORAGE, start: 5000 }), []);
});

t.test('a large inventory is read in pages of what the changer can send', async (t) => {
  const media = Object.fromEntries(
    Array.from({ length: 3000 }, (_, i) => [1000 + i, `V${String(i).padStart(5, '0')}L8`]),
  );
  const ranges = { 2: { first: 1000, count: 3000 }, 4: { first: 500, count: 16 } };
  const { changer, device } = await prepared({ media, ranges }, { maxElementsPerQuery: 1000 });
  const all = await changer.readAllElements();
  t.ok(all.ok && all.value.length === 1 + 3000 + 1 + 16);
  t.ok(all.ok && all.value.filter(({ full }) => full).length === 3000);
  const counts = device.sent.map(({ cdb }) => parseReadElementStatusCdb(cdb).numberOfElements);
  t.ok(counts.every((count) => count <= 1000));
});

t.test('a changer that sends fewer elements than it was asked for is asked for the rest', async (t) => {
  const { changer } = await prepared({ ranges: { 2: { first: 1000, count: 250 } }, maxElements: 60 });
  const read = await changer.readElementStatus({ elementType: ElementType.STORAGE });
  t.ok(read.ok);
  t.same(
    read.ok && read.value.map(({ address }) => address),
    Array.from({ length: 250 }, (_, i) => 1000 + i),
  );
});

t.test('a changer with a short allocation length is read in parts', async (t) => {
  const { changer, device } = await prepared(
    { ranges: { 2: { first: 1000, count: 2000 } } },
    { maxAllocationLength: 0xffff },
  );
  const read = await changer.readElementStatus({ elementType: ElementType.STORAGE });
  t.ok(read.ok && read.value.length === 2000);
  t.ok(device.sent.every(({ dataInLength }) => (dataInLength ?? 0) <= 0xffff));
});

t.test('slots that are in the map and not in the answer are left out', async (t) => {
  const { changer, device } = await prepared({ ranges: { 2: { first: 1000, count: 16 } } });
  device.ranges[2].count = 8;
  const read = await changer.readElementStatus({ elementType: ElementType.STORAGE });
  t.ok(read.ok && read.value.length === 8);
});

t.test('labels and drives are asked for apart where the changer refuses both together', async (t) => {
  const { changer, device } = await prepared({ refusesVolTagWithDvcid: true, media: { 256: 'ORS001L8' } });
  const query = { elementType: ElementType.DATA_TRANSFER, deviceIdentifier: true };
  const first = await changer.readElementStatus(query);
  const expected = { primaryVolumeTag: { volumeIdentifier: 'ORS001L8' }, deviceIdentifier: driveIdentifier(256) };
  t.match(first, { ok: true, value: [expected, {}], notes: [{ kind: 'fallback' }] });
  device.sent.length = 0;
  t.match(await changer.readElementStatus(query), { ok: true, value: [expected, {}], notes: [] });
  t.equal(device.sent.length, 2, 'what was learned is remembered');
});

t.test('a quirk saves the first refusal', async (t) => {
  const { changer, device } = await prepared(
    { refusesVolTagWithDvcid: true },
    { noVolumeTagWithDeviceIdentifier: true },
  );
  const query = { elementType: ElementType.DATA_TRANSFER, deviceIdentifier: true };
  t.match(await changer.readElementStatus(query), { ok: true, notes: [] });
  t.equal(device.sent.length, 2);
});

t.test('goes without what the changer cannot tell, and says so', async (t) => {
  const cases: [TestChangerOptions, RegExp][] = [
    [{ refusesDvcid: true }, /which drive/],
    [{ refusesVolTag: true }, /volume tags/],
    [{ refusesCurData: true }, /CURDATA/],
  ];
  for (const [options, message] of cases) {
    const { changer, device } = await prepared(options);
    const query = { elementType: ElementType.DATA_TRANSFER, deviceIdentifier: true, currentData: true };
    const read = await changer.readElementStatus(query);
    t.ok(read.ok && read.value.length === 2, String(message));
    t.ok(read.ok && read.notes.some((note) => note.kind === 'fallback' && message.test(note.message)), String(message));
    const before = device.sent.length;
    await changer.readElementStatus(query);
    t.ok(device.sent.length - before <= 2, `${String(message)}: not asked again`);
  }
});

t.test('a report that lies is a failure of layer data and never a crash', async (t) => {
  const element = (address: number, elementType: ElementType = ElementType.STORAGE) =>
    new TestChanger().element(elementType, address);
  const page = (...addresses: number[]) =>
    encodeElementStatusData([
      { elementType: ElementType.STORAGE, pVolTag: false, aVolTag: false, elements: addresses.map((a) => element(a)) },
    ]);
  const whole = page(4096, 4097);
  const wrongType = encodeElementStatusData([
    { elementType: 4, pVolTag: false, aVolTag: false, elements: [element(256, ElementType.DATA_TRANSFER)] },
  ]);
  const longer = whole.slice();
  longer[7] = (longer[7] ?? 0) + 40;
  const wrongCount = whole.slice();
  wrongCount[3] = 9;
  const lies: Record<string, Uint8Array> = {
    empty: new Uint8Array(),
    'shorter than a header': whole.slice(0, 5),
    'shorter than it says': whole.slice(0, 30),
    'a byte count beyond the data': longer,
    'a count of elements that is not true': wrongCount,
    'another element type': wrongType,
    'an address below the start': page(4095, 4096),
    'an address twice': page(4096, 4096),
    'an address outside the map': page(4096, 5000),
    noise: Uint8Array.from({ length: 100 }, (_, i) => (i * 37) & 0xff),
  };
  for (const [what, bytes] of Object.entries(lies)) {
    const { changer, device } = await prepared();
    device.push(({ cdb }) => (cdb[0] === readOpcode ? good(bytes) : undefined));
    const read = await changer.readElementStatus({ elementType: ElementType.STORAGE });
    t.match(
      read,
      { ok: false, failure: { layer: 'data', device: 'test changer', command: 'READ ELEMENT STATUS' } },
      what,
    );
  }
});

t.test('a report that ends early is not asked for again and again', async (t) => {
  const { changer, device } = await prepared();
  device.push(({ cdb }) => {
    if (cdb[0] !== readOpcode) return undefined;
    const pages = [
      { elementType: ElementType.STORAGE, pVolTag: false, aVolTag: false, elements: device.elements().slice(1, 9) },
    ];
    return good(encodeElementStatusData(pages), 60);
  });
  const read = await changer.readElementStatus({ elementType: ElementType.STORAGE });
  t.match(read, { ok: false, failure: { layer: 'data', message: /ends early/ } });
  t.equal(device.sent.length, 1);
});

t.test('a report that grows between two queries is asked for again', async (t) => {
  const { changer, device } = await prepared({ ranges: { 2: { first: 4096, count: 40 } } });
  device.once(readOpcode, () => good(encodeElementStatusData([]).fill(1, 7, 8)));
  const read = await changer.readElementStatus({ elementType: ElementType.STORAGE });
  t.ok(read.ok && read.value.length === 40);
});

t.test('one element is read by its address, and another one is not taken for it', async (t) => {
  const { changer, device } = await prepared({ media: { 4100: 'ORS001L8' } });
  t.match(await changer.readElement(4100), { ok: true, value: { address: 4100, full: true } });
  device.once(readOpcode, ({ dataInLength }) => {
    const elements = [device.element(ElementType.STORAGE, 4101)];
    const pages = [{ elementType: ElementType.STORAGE, pVolTag: true, aVolTag: false, elements }];
    return good(encodeElementStatusData(pages), dataInLength);
  });
  t.match(await changer.readElement(4100), { ok: false, failure: { layer: 'data', message: /nothing came|4101/ } });
});

t.test('every element is read exactly once, whatever the map and the limits of the changer are', async () => {
  const scenario = fc.record({
    slots: fc.integer({ min: 1, max: 300 }),
    drives: fc.integer({ min: 0, max: 20 }),
    maxElements: fc.integer({ min: 1, max: 100 }),
    maxElementsPerQuery: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
    maxAllocationLength: fc.constantFrom(undefined, 1024, 0xffff),
    refusesVolTagWithDvcid: fc.boolean(),
    noElementAddressPage: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ slots, drives, maxElementsPerQuery, maxAllocationLength, ...options }) => {
      const ranges = { 2: { first: 1000, count: slots }, 4: { first: 500, count: drives } };
      const quirks = {
        ...(maxElementsPerQuery === undefined ? {} : { maxElementsPerQuery }),
        ...(maxAllocationLength === undefined ? {} : { maxAllocationLength }),
      };
      const { changer, device } = await prepared({ ...options, ranges }, quirks);
      const all = await changer.readAllElements();
      const key = (element: { elementType: number; address: number }): string =>
        `${element.elementType}:${element.address}`;
      return all.ok && all.value.map(key).join() === device.elements().map(key).join();
    }),
    { numRuns: 60 },
  );
});

t.test(
  'a path that is lost while the reader tries without labels is a lost path, not a type that is not there',
  async (t) => {
    const { changer, device } = setUp({ noElementAddressPage: true, media: { 4096: 'ORS001L8' } });
    device.push(({ cdb }) => {
      if (cdb[0] !== readOpcode) return undefined;
      const { elementTypeCode, volTag } = parseReadElementStatusCdb(cdb);
      if (elementTypeCode !== ElementType.DATA_TRANSFER) return undefined;
      if (!volTag) return lost('timeout');
      return checkCondition({ key: SenseKey.ILLEGAL_REQUEST, ...AdditionalSense.INVALID_FIELD_IN_CDB });
    });
    const setup = await changer.prepare();
    t.match(setup, { ok: false, failure: { layer: 'transport' } }, 'no map without drives is believed');
  },
);
