import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { ScsiFormatError } from '../../../../devices/scsi/format-error.js';
import { ElementType } from '../../../../devices/scsi/smc/element-type.js';
import {
  allocationLengthFor,
  cutElementStatusData,
  decodeElementStatusData,
  decodeElementStatusHeader,
  encodeElementStatusData,
  parseReadElementStatusCdb,
  readElementStatusCdb,
} from '../../../../devices/scsi/smc/read-element-status.js';
import { designatorText } from '../../../../devices/scsi/spc/designator.js';
import { hexBytes, hexFixture } from '../hex-fixture.js';
import { elementStatusPages, largeLibrary } from './arbitrary-element-status.js';

t.test('the CDB asks for volume tags of all elements as mtx does', (t) => {
  const cdb = readElementStatusCdb({ volTag: true, allocationLength: 4096 });
  t.same(cdb, hexBytes('b8 10 00 00 ff ff 00 00 10 00 00 00'));
  const value = parseReadElementStatusCdb(cdb);
  t.match(value, { volTag: true, dvcid: false, curData: false, elementTypeCode: 0, numberOfElements: 0xffff });
  t.equal(readElementStatusCdb({ dvcid: true, curData: true, allocationLength: 8 })[6], 0x03);
  t.end();
});

t.test('a report of all types is read by the lengths in its own pages', (t) => {
  const report = decodeElementStatusData(hexFixture('hand-made/read-element-status-all'), { dvcid: true });
  t.equal(report.truncated, false);
  t.equal(report.firstElementAddressReported, 1);
  t.same(
    report.pages.map((page) => [page.elementType, page.elementDescriptorLength, page.elements.length]),
    [
      [ElementType.MEDIUM_TRANSPORT, 16, 1],
      [ElementType.STORAGE, 54, 2],
      [ElementType.IMPORT_EXPORT, 88, 1],
      [ElementType.DATA_TRANSFER, 80, 1],
    ],
  );
  const [picker, slot, unread, port, drive] = report.elements;
  t.match(picker, { elementType: ElementType.MEDIUM_TRANSPORT, address: 1, full: false, access: false });
  t.match(slot, {
    address: 4096,
    full: true,
    except: false,
    access: true,
    invert: true,
    mediumType: 1,
    sourceStorageElementAddress: 4099,
    primaryVolumeTag: { volumeIdentifier: 'ABC123L8', volumeSequenceNumber: 0 },
  });
  t.match(unread, { address: 4097, full: true, except: true, asc: 0x83, ascq: 0x00 });
  t.equal(unread?.primaryVolumeTag, undefined, 'no label was read');
  t.equal(unread?.sourceStorageElementAddress, undefined, 'SVALID is zero');
  t.same(port?.importExport, {
    impExp: true,
    exEnab: true,
    inEnab: true,
    connectMediaChanger: false,
    operatorInterventionRequired: false,
  });
  t.same(port?.alternateVolumeTag, { volumeIdentifier: 'OP0001LB', volumeSequenceNumber: 2 });
  t.match(drive, { address: 256, full: true, access: false, disabled: true, mediumType: 2 });
  t.same(drive?.scsiAddress, { notBus: false, scsiBusAddress: 5, logicalUnitNumber: 1 });
  t.equal(drive?.primaryVolumeTag?.volumeSequenceNumber, 7);
  const identifier = drive?.deviceIdentifier;
  t.equal(identifier && designatorText({ ...identifier, designator: identifier.identifier }), 'HU12345678');
  t.end();
});

t.test('without DVCID the bytes behind the tags are left to the vendor', (t) => {
  const report = decodeElementStatusData(hexFixture('hand-made/read-element-status-all'));
  t.equal(report.elements.at(-1)?.deviceIdentifier, undefined);
  t.end();
});

t.test('a header alone tells how much to ask for', (t) => {
  const header = decodeElementStatusHeader(hexFixture('tgt-changer/read-element-status-header'));
  t.match(header, { firstElementAddressReported: 256, numberOfElementsAvailable: 10 });
  t.equal(allocationLengthFor(header), 8 + header.byteCountOfReportAvailable);
  t.match(decodeElementStatusData(hexFixture('tgt-changer/read-element-status-header')), {
    truncated: true,
    elements: [],
  });
  t.end();
});

t.test('a cut report gives its whole descriptors and says that it is cut', (t) => {
  const report = decodeElementStatusData(hexFixture('tgt-changer/read-element-status-cut'));
  t.equal(report.truncated, true);
  t.same(
    report.elements.map((element) => [element.address, element.primaryVolumeTag?.volumeIdentifier]),
    [
      [4096, 'TGT001L8'],
      [4097, 'TGT002L8'],
    ],
  );
  t.equal(report.partialElement, undefined, 'eight bytes of a third descriptor are not enough to be believed');
  t.end();
});

t.test('tgtd sends eight bytes too few: its last element is found as the partial one', (t) => {
  const drives = decodeElementStatusData(hexFixture('tgt-changer/read-element-status-loaded'));
  t.equal(drives.truncated, true);
  t.match(drives.elements, [
    { address: 256, full: true, sourceStorageElementAddress: 4096, primaryVolumeTag: { volumeIdentifier: 'TGT001L8' } },
  ]);
  t.match(drives.partialElement, { address: 257, full: false });
  const before = decodeElementStatusData(hexFixture('tgt-changer/read-element-status-drives'));
  t.match(before.elements, [{ address: 256, full: false, sourceStorageElementAddress: undefined }]);
  const picker = decodeElementStatusData(hexFixture('tgt-changer/read-element-status-transport'));
  t.match([picker.elements, picker.partialElement], [[], { elementType: ElementType.MEDIUM_TRANSPORT, address: 1 }]);
  const port = decodeElementStatusData(hexFixture('tgt-changer/read-element-status-import-export'));
  t.match(port.partialElement, { elementType: ElementType.IMPORT_EXPORT, address: 16, full: false });
  const storage = decodeElementStatusData(hexFixture('tgt-changer/read-element-status-storage'));
  t.equal(storage.elements.length, 5);
  t.equal(storage.partialElement?.address, 4101);
  const noTags = decodeElementStatusData(hexFixture('tgt-changer/read-element-status-storage-no-tags'));
  t.match([noTags.elements.length, noTags.partialElement], [5, undefined]);
  t.end();
});

t.test('tgtd leaves gaps between the pages of a report of all types, which is refused', (t) => {
  t.throws(() => decodeElementStatusData(hexFixture('tgt-changer/read-element-status-all')), { code: 'CONTRADICTION' });
  t.end();
});

t.test('the identifiers of drives come with DVCID', (t) => {
  for (const [fixture, expected] of [
    [
      'mhvtl/read-element-status-drives-dvcid-cut',
      ['STK     T10000B         XYZZY_B1', 'STK     T10000B         XYZZY_B2'],
    ],
    ['tgt-changer/read-element-status-drives-dvcid', ['IET     VIRTUAL-TAPE    beaf11']],
  ] as const) {
    const { elements } = decodeElementStatusData(hexFixture(fixture), { dvcid: true });
    const texts = elements.map(
      ({ deviceIdentifier: id }) => id && designatorText({ ...id, designator: id.identifier }),
    );
    t.same(
      texts.map((text) => text?.replace(/\0+$/, '')),
      expected,
      fixture,
    );
  }
  t.end();
});

t.test('what contradicts itself is refused', (t) => {
  const good = hexFixture('hand-made/read-element-status-all');
  const changed = (at: number, value: number): Uint8Array => good.with(at, value);
  const cases: readonly (readonly [why: string, bytes: Uint8Array])[] = [
    ['no such element type', changed(8, 9)],
    ['descriptor length 0', changed(11, 0)],
    ['descriptor length that no tag fits in', changed(35, 0x10)],
    ['bytes that are no whole number of descriptors', changed(39, 0x6b)],
    ['a page beyond the report', changed(38, 0x40)],
    ['another number of elements', changed(3, 6)],
    ['a report that ends inside a page header', changed(7, 0x1c).with(6, 0)],
  ];
  for (const [why, bytes] of cases) {
    t.throws(() => decodeElementStatusData(bytes), { name: 'ScsiFormatError', code: 'CONTRADICTION' }, why);
  }
  const sticksOut = good.with(good.length - 18 - 11, 0x40);
  t.throws(
    () => decodeElementStatusData(sticksOut, { dvcid: true }),
    { code: 'CONTRADICTION' },
    'an identifier too long',
  );
  t.throws(() => decodeElementStatusData(good.subarray(0, 7)), { code: 'SHORT_DATA' }, 'not even a header');
  t.end();
});

t.test('any report comes back from its bytes as it was', (t) => {
  fc.assert(
    fc.property(elementStatusPages, (pages) => {
      const report = decodeElementStatusData(encodeElementStatusData(pages), { dvcid: true });
      assert.equal(report.truncated, false);
      const found = report.pages.map(({ elementType, pVolTag, aVolTag, elements }) => ({
        elementType,
        pVolTag,
        aVolTag,
        elements,
      }));
      assert.deepEqual(found, pages);
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test('a device cuts its report at a descriptor, whatever the allocation length', (t) => {
  fc.assert(
    fc.property(elementStatusPages, fc.nat(600), (pages, allocationLength) => {
      const whole = encodeElementStatusData(pages);
      const sent = cutElementStatusData(whole, allocationLength);
      assert.ok(sent.length <= allocationLength);
      if (allocationLength < 8) return;
      const report = decodeElementStatusData(sent, { dvcid: true });
      const all = pages.flatMap((page) => page.elements);
      assert.equal(report.truncated, sent.length < whole.length);
      assert.equal(report.partialElement, undefined);
      assert.deepEqual(report.elements, all.slice(0, report.elements.length));
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test('a report broken off anywhere never gives an element or a field that the whole one does not have', (t) => {
  const whole = hexFixture('hand-made/read-element-status-all');
  const all = decodeElementStatusData(whole, { dvcid: true }).elements;
  let partials = 0;
  for (let length = 8; length < whole.length; length++) {
    const cut = decodeElementStatusData(whole.subarray(0, length), { dvcid: true });
    assert.equal(cut.truncated, true);
    assert.deepEqual(cut.elements, all.slice(0, cut.elements.length));
    if (cut.partialElement === undefined) continue;
    partials++;
    const next: object = all[cut.elements.length] ?? {};
    for (const [field, value] of Object.entries(cut.partialElement)) {
      const expected = (next as Readonly<Record<string, unknown>>)[field];
      // A tag cut off behind its identifier has no sequence number.
      if (field.endsWith('VolumeTag'))
        assert.deepEqual(
          { ...(expected as object), volumeSequenceNumber: 0 },
          { ...(value as object), volumeSequenceNumber: 0 },
        );
      else assert.deepEqual(value, expected, `${field} of ${length} bytes`);
    }
  }
  t.ok(partials > 100, `${partials} broken descriptors were looked at`);
  t.end();
});

t.test('encoding refuses what does not fit', (t) => {
  const [element] = largeLibrary(1)[0]?.elements ?? [];
  if (element === undefined) throw new Error('the library has an element');
  const page = { elementType: ElementType.STORAGE, pVolTag: true, aVolTag: false };
  const encode = (changes: object, more: object = {}): Uint8Array =>
    encodeElementStatusData([{ ...page, ...more, elements: [{ ...element, ...changes }] }]);
  t.throws(() => encode({ address: 0x10000 }), { code: 'OUT_OF_RANGE' });
  t.throws(() => encode({ asc: 256 }), { code: 'OUT_OF_RANGE' });
  t.throws(() => encode({ mediumType: 8 }), { code: 'OUT_OF_RANGE' });
  t.throws(() => encode({ primaryVolumeTag: { volumeIdentifier: 'x'.repeat(33), volumeSequenceNumber: 0 } }), {
    code: 'OUT_OF_RANGE',
  });
  t.throws(() => encode({}, { elementDescriptorLength: 16 }), { code: 'OUT_OF_RANGE' });
  t.throws(() => encode({ elementType: ElementType.DATA_TRANSFER }), { code: 'CONTRADICTION' });
  t.end();
});

t.test('ten thousand elements are decoded at once', (t) => {
  const bytes = encodeElementStatusData(largeLibrary(10_000));
  const report = decodeElementStatusData(bytes);
  t.equal(report.elements.length, 10_000);
  t.equal(report.elements.at(-1)?.primaryVolumeTag?.volumeIdentifier, 'T09999L8');
  t.end();
});

t.test('no bytes make the decoder do anything but answer or refuse', (t) => {
  const seed = hexFixture('hand-made/read-element-status-all');
  const mutated = fc
    .array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { maxLength: 12 })
    .map((changes) => changes.reduce((bytes, [at, value]) => bytes.with(at, value), seed));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated), fc.boolean(), (bytes, dvcid) => {
      try {
        decodeElementStatusData(bytes, { dvcid });
      } catch (cause) {
        if (!(cause instanceof ScsiFormatError)) throw cause;
      }
    }),
    { numRuns: 3000 },
  );
  t.end();
});
