import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { logSelectCdb, LogPageControl, parseLogSelectCdb } from '../../../../devices/scsi/spc/log-select.js';
import { decodeSupportedLogSubpages, encodeSupportedLogSubpages } from '../../../../devices/scsi/spc/log-sense.js';
import {
  BufferMode,
  decodeBufferDescriptor,
  decodeBufferHeader,
  decodeEchoBufferDescriptor,
  encodeBufferDescriptor,
  encodeBufferHeader,
  encodeEchoBufferDescriptor,
  parseReadBufferCdb,
  parseWriteBufferCdb,
  readBufferCdb,
  writeBufferCdb,
} from '../../../../devices/scsi/spc/read-write-buffer.js';
import {
  decodeDiagnosticPage,
  decodeSupportedDiagnosticPages,
  encodeSupportedDiagnosticPages,
  parseReceiveDiagnosticResultsCdb,
  receiveDiagnosticResultsCdb,
} from '../../../../devices/scsi/spc/receive-diagnostic-results.js';
import {
  decodeSelfTestResults,
  encodeSelfTestResults,
  selfTestResultsKept,
  SelfTestResult,
} from '../../../../devices/scsi/spc/self-test-results.js';
import {
  parseSendDiagnosticCdb,
  SelfTestCode,
  sendDiagnosticCdb,
} from '../../../../devices/scsi/spc/send-diagnostic.js';
import { hexBytes } from '../hex-fixture.js';
import { refusesOrAnswers } from '../refuses-or-answers.js';

t.test('the CDBs are built as SPC-4 draws them, and read as they were built', (t) => {
  const extended = { selfTestCode: SelfTestCode.BACKGROUND_EXTENDED, pageFormat: true };
  t.same(sendDiagnosticCdb({ selfTest: true }), hexBytes('1d 04 00 00 00 00'));
  t.same(sendDiagnosticCdb({ ...extended, parameterListLength: 0x102 }), hexBytes('1d 50 00 01 02 00'));
  t.match(parseSendDiagnosticCdb(sendDiagnosticCdb(extended)), { ...extended, selfTest: false });
  const receive = { pageCodeValid: true, pageCode: 0x3f, allocationLength: 0x1ff };
  t.same(receiveDiagnosticResultsCdb(receive), hexBytes('1c 01 3f 01 ff 00'));
  t.match(parseReceiveDiagnosticResultsCdb(receiveDiagnosticResultsCdb(receive)), receive);
  const read = { mode: BufferMode.DATA, bufferId: 1, bufferOffset: 0x010203, allocationLength: 0x040506 };
  t.same(readBufferCdb(read), hexBytes('3c 02 01 01 02 03 04 05 06 00'));
  t.match(parseReadBufferCdb(readBufferCdb(read)), read);
  const write = { mode: BufferMode.ECHO_BUFFER, modeSpecific: 5, parameterListLength: 0x1000 };
  t.same(writeBufferCdb(write), hexBytes('3b aa 00 00 00 00 00 10 00 00'));
  t.match(parseWriteBufferCdb(writeBufferCdb(write)), { ...write, bufferId: 0, bufferOffset: 0 });
  const reset = { parameterCodeReset: true, pageCode: 0x14 };
  t.same(logSelectCdb(reset), hexBytes('4c 02 54 00 00 00 00 00 00 00'));
  t.match(parseLogSelectCdb(logSelectCdb({ ...reset, pageControl: LogPageControl.DEFAULT_CUMULATIVE })), {
    ...reset,
    pageControl: 3,
  });
  t.end();
});

t.test('buffer headers and descriptors have their fields where SPC-4 puts them', (t) => {
  t.same(encodeBufferHeader(0x012345), hexBytes('00 01 23 45'));
  t.same(decodeBufferHeader(hexBytes('00 01 23 45')), { bufferCapacity: 0x012345 });
  const descriptor = { offsetBoundary: 0xff, bufferCapacity: 0x10000 };
  t.same(encodeBufferDescriptor(descriptor), hexBytes('ff 01 00 00'));
  t.same(decodeBufferDescriptor(hexBytes('ff 01 00 00')), descriptor);
  const echo = { overwrittenSupported: true, bufferCapacity: 0x1000 };
  t.same(encodeEchoBufferDescriptor(echo), hexBytes('01 00 10 00'));
  t.same(decodeEchoBufferDescriptor(hexBytes('01 00 10 00')), echo);
  t.throws(() => decodeBufferDescriptor(hexBytes('00 00')), { code: 'SHORT_DATA' });
  t.end();
});

t.test('diagnostic page 00h lists the pages', (t) => {
  const page = encodeSupportedDiagnosticPages([0x00, 0x3f]);
  t.same(page, hexBytes('00 00 00 02 00 3f'));
  t.same(decodeSupportedDiagnosticPages(page), [0x00, 0x3f]);
  t.throws(() => decodeSupportedDiagnosticPages(page.with(0, 1)), { code: 'CONTRADICTION' });
  t.throws(() => decodeDiagnosticPage(page.subarray(0, 5)), { code: 'SHORT_DATA' });
  t.end();
});

t.test('the list of log subpages is a page in subpage format', (t) => {
  const listed = [
    { pageCode: 0, subpageCode: 0 },
    { pageCode: 0x2e, subpageCode: 0 },
  ];
  const page = encodeSupportedLogSubpages(0, listed);
  t.same(page, hexBytes('40 ff 00 04 00 00 2e 00'));
  t.same(decodeSupportedLogSubpages(page), listed);
  t.throws(() => decodeSupportedLogSubpages(hexBytes('00 00 00 02 00 2e')), { code: 'CONTRADICTION' });
  t.throws(() => decodeSupportedLogSubpages(page.subarray(0, 6)), { code: 'SHORT_DATA' });
  t.end();
});

t.test('self-test results have twenty places, newest first, of which those are read that were tests', (t) => {
  const passed = {
    selfTestCode: SelfTestCode.BACKGROUND_SHORT,
    result: SelfTestResult.PASSED,
    selfTestNumber: 0,
    accumulatedPowerOnHours: 0,
    senseKey: 0,
    asc: 0,
    ascq: 0,
  };
  const failed = {
    ...passed,
    result: SelfTestResult.FAILED_SECOND_SEGMENT,
    selfTestNumber: 2,
    senseKey: 2,
    asc: 4,
    ascq: 0x18,
  };
  const page = encodeSelfTestResults([failed, passed]);
  t.equal(page.length, 4 + 0x190, 'SPC-4: 400 bytes of parameters');
  t.same(page.subarray(0, 24), hexBytes('10 00 01 90 00 01 03 10 26 02 00 00 ff ff ff ff ff ff ff ff 02 04 18 00'));
  t.same(decodeSelfTestResults(page), [failed, passed]);
  t.same(decodeSelfTestResults(encodeSelfTestResults([])), []);
  const one = fc.record(
    {
      selfTestCode: fc.nat(7),
      result: fc.nat(15),
      selfTestNumber: fc.nat(255),
      accumulatedPowerOnHours: fc.nat(0xffff),
      senseKey: fc.nat(15),
      asc: fc.nat(255),
      ascq: fc.nat(255),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(one, { maxLength: selfTestResultsKept }), (tests) => {
      assert.deepEqual(decodeSelfTestResults(encodeSelfTestResults(tests)), tests);
    }),
  );
  t.throws(() => encodeSelfTestResults(Array.from({ length: 21 }, () => passed)), { code: 'OUT_OF_RANGE' });
  t.end();
});

t.test('no bytes make the decoders do anything but answer or refuse', (t) => {
  refusesOrAnswers(decodeSelfTestResults, encodeSelfTestResults([]));
  refusesOrAnswers(decodeSupportedDiagnosticPages, encodeSupportedDiagnosticPages([0, 1]));
  refusesOrAnswers(decodeSupportedLogSubpages, encodeSupportedLogSubpages(0, [{ pageCode: 1, subpageCode: 2 }]));
  refusesOrAnswers(decodeEchoBufferDescriptor, encodeEchoBufferDescriptor({ bufferCapacity: 1 }));
  t.pass('none did');
  t.end();
});
