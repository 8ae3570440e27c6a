import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { decodeControlModePage, encodeControlModePage } from '../../../../devices/scsi/spc/control-mode-page.js';
import {
  decodeInformationalExceptionsControl,
  encodeInformationalExceptionsControl,
  ReportingMethod,
} from '../../../../devices/scsi/spc/informational-exceptions-control.js';
import {
  decodeModeParameterList,
  encodeModeParameterList,
  pageParameters,
} from '../../../../devices/scsi/spc/mode-parameters.js';
import {
  modeSelect10Cdb,
  modeSelect6Cdb,
  parseModeSelect10Cdb,
  parseModeSelect6Cdb,
} from '../../../../devices/scsi/spc/mode-select.js';
import { hexBytes } from '../hex-fixture.js';
import { refusesOrAnswers } from '../refuses-or-answers.js';

t.test('the CDBs are built as SPC-4 draws them', (t) => {
  t.same(modeSelect6Cdb({ pageFormat: true, parameterListLength: 16 }), hexBytes('15 10 00 00 10 00'));
  const ten = { pageFormat: true, savePages: true, parameterListLength: 0x123 };
  t.same(modeSelect10Cdb(ten), hexBytes('55 11 00 00 00 00 00 01 23 00'));
  t.match(parseModeSelect10Cdb(modeSelect10Cdb(ten)), ten);
  t.match(parseModeSelect6Cdb(modeSelect6Cdb({ parameterListLength: 3 })), {
    savePages: false,
    parameterListLength: 3,
  });
  t.end();
});

t.test('a parameter list is header, block descriptors and pages, each page with its place', (t) => {
  // What st sends for a block length of 10,240: header, one block descriptor, no page.
  const blockLength = decodeModeParameterList(hexBytes('00 00 10 08 00 00 00 00 00 00 28 00'), 6);
  t.match(blockLength, { deviceSpecificParameter: 0x10, blockDescriptorsOffset: 4, pages: [] });
  t.equal(blockLength.blockDescriptors.length, 8);
  // MODE DATA LENGTH is reserved here: some hosts send back what MODE SENSE gave them.
  const two = decodeModeParameterList(
    hexBytes('ff ff 00 00 00 00 00 00 0a 0a 04 00 00 40 00 00 00 00 00 00 4a 01 00 02 11 22'),
    10,
  );
  t.same(
    two.pages.map(({ pageCode, subpageCode, offset, parameters }) => [
      pageCode,
      subpageCode,
      offset,
      parameters.length,
    ]),
    [
      [0x0a, undefined, 8, 10],
      [0x0a, 0x01, 20, 2],
    ],
  );
  t.end();
});

t.test('refuses a list that ends inside a header, a descriptor or a page', (t) => {
  for (const bytes of [
    '00 00 00',
    '00 00 00 08 00 00 00 00',
    '00 00 00 00 0a',
    '00 00 00 00 0a 0a 00 00',
    '00 00 00 00 0a 02 00 00 0f',
  ]) {
    t.throws(() => decodeModeParameterList(hexBytes(bytes), 6), { code: 'SHORT_DATA' }, bytes);
  }
  t.throws(() => decodeModeParameterList(hexBytes('00 00 00 00 4a 01 00'), 6), { code: 'CONTRADICTION' });
  t.end();
});

t.test('any list comes back from its bytes as it was', (t) => {
  const page = fc.record(
    {
      pageCode: fc.nat(0x3f),
      subpageCode: fc.integer({ min: 1, max: 0xfe }),
      parametersSaveable: fc.boolean(),
      parameters: fc.uint8Array({ maxLength: 30 }),
    },
    { requiredKeys: ['pageCode', 'parametersSaveable', 'parameters'], noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.constantFrom(6, 10), fc.array(page, { maxLength: 4 }), fc.nat(255), (format, pages, mediumType) => {
      const blockDescriptors = new Uint8Array(8).fill(7);
      const bytes = encodeModeParameterList({ mediumType, blockDescriptors, pages }, format);
      const list = decodeModeParameterList(bytes, format);
      assert.deepEqual(
        list.pages.map(({ offset: _offset, ...rest }) => rest),
        pages,
      );
      assert.deepEqual([list.mediumType, list.blockDescriptors], [mediumType, blockDescriptors]);
      assert.equal(bytes[0], 0);
    }),
  );
  t.pass('none was changed');
  t.end();
});

t.test('control and informational exceptions pages have their bits where SPC-4 puts them', (t) => {
  const control = encodeControlModePage({
    descriptorFormatSense: true,
    taskAbortedStatus: true,
    extendedSelfTestSeconds: 9,
  });
  t.same(control.parameters, hexBytes('04 00 00 40 00 00 00 00 00 09'));
  t.match(decodeControlModePage(control), { descriptorFormatSense: true, taskSetType: 0, softwareWriteProtect: false });
  const exceptions = encodeInformationalExceptionsControl({
    disableExceptions: true,
    reportingMethod: ReportingMethod.ONLY_ON_REQUEST,
    reportCount: 3,
  });
  t.same(exceptions.parameters, hexBytes('08 06 00 00 00 00 00 00 00 03'));
  t.match(decodeInformationalExceptionsControl(exceptions), { disableExceptions: true, test: false, reportCount: 3 });
  t.throws(() => decodeControlModePage(exceptions), { code: 'CONTRADICTION' });
  t.throws(() => pageParameters({ ...control, subpageCode: 1 }, 0x0a), { code: 'CONTRADICTION' });
  t.throws(() => decodeControlModePage({ ...control, parameters: new Uint8Array(6) }), { code: 'SHORT_DATA' });
  t.end();
});

t.test('no bytes make the decoder do anything but answer or refuse', (t) => {
  const seed = encodeModeParameterList({ blockDescriptors: new Uint8Array(8), pages: [encodeControlModePage({})] }, 6);
  refusesOrAnswers((bytes) => decodeModeParameterList(bytes, 6), seed);
  refusesOrAnswers((bytes) => decodeModeParameterList(bytes, 10), seed);
  t.pass('none did');
  t.end();
});
