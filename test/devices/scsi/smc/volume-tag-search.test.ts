import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  decodeVolumeElementAddressData,
  encodeVolumeElementAddressData,
} from '../../../../devices/scsi/smc/request-volume-element-address.js';
import {
  decodeVolumeTagTemplate,
  encodeVolumeTagTemplate,
  SendActionCode,
} from '../../../../devices/scsi/smc/send-volume-tag.js';
import { refusesOrAnswers } from '../refuses-or-answers.js';
import { elementStatusPages, largeLibrary } from './arbitrary-element-status.js';

t.test('a search is forty bytes: template, least and greatest sequence number', (t) => {
  const bytes = encodeVolumeTagTemplate({ volumeIdentificationTemplate: 'ABC*', maximumVolumeSequenceNumber: 9 });
  t.equal(bytes.length, 40);
  t.same(decodeVolumeTagTemplate(bytes), {
    volumeIdentificationTemplate: 'ABC*',
    minimumVolumeSequenceNumber: 0,
    maximumVolumeSequenceNumber: 9,
  });
  t.equal(bytes[39], 9);
  t.throws(() => decodeVolumeTagTemplate(bytes.subarray(0, 39)), { code: 'SHORT_DATA' });
  t.throws(() => encodeVolumeTagTemplate({ volumeIdentificationTemplate: 'x'.repeat(33) }), { code: 'OUT_OF_RANGE' });
  t.end();
});

t.test('what was found comes as element status with the action that found it', (t) => {
  fc.assert(
    fc.property(elementStatusPages, fc.nat(31), (pages, action) => {
      const data = decodeVolumeElementAddressData(encodeVolumeElementAddressData(action, pages));
      assert.equal(data.sendActionCode, action);
      assert.deepEqual(
        data.elements.map((element) => element.address),
        pages.flatMap((page) => page.elements.map((element) => element.address)),
      );
    }),
  );
  t.throws(() => encodeVolumeElementAddressData(32, []), { code: 'OUT_OF_RANGE' });
  t.throws(() => decodeVolumeElementAddressData(new Uint8Array(4)), { code: 'SHORT_DATA' });
  refusesOrAnswers(
    decodeVolumeElementAddressData,
    encodeVolumeElementAddressData(SendActionCode.TRANSLATE_PRIMARY, largeLibrary(3)),
  );
  t.end();
});
