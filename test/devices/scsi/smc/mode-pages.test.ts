import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { ElementType } from '../../../../devices/scsi/smc/element-type.js';
import {
  ChangerModePage,
  decodeDeviceCapabilities,
  decodeElementAddressAssignment,
  decodeTransportGeometry,
  elementRanges,
  encodeDeviceCapabilities,
  encodeElementAddressAssignment,
  encodeTransportGeometry,
  findModePage,
} from '../../../../devices/scsi/smc/mode-pages.js';
import { decodeModeParameters, type ModePage } from '../../../../devices/scsi/spc/mode-parameters.js';
import { hexFixture } from '../hex-fixture.js';
import { recordOf } from '../record-of.js';

function pageOf(fixture: string, pageCode: number): ModePage {
  const page = findModePage(decodeModeParameters(hexFixture(fixture), 6), pageCode);
  if (page === undefined) throw new Error(`${fixture} has no page ${pageCode}`);
  return page;
}

t.test('the element map of two changers', (t) => {
  const code = ChangerModePage.ELEMENT_ADDRESS_ASSIGNMENT;
  t.same(elementRanges(decodeElementAddressAssignment(pageOf('tgt-changer/mode-sense-6-1d', code))), {
    [ElementType.MEDIUM_TRANSPORT]: { first: 1, count: 1 },
    [ElementType.STORAGE]: { first: 4096, count: 6 },
    [ElementType.IMPORT_EXPORT]: { first: 16, count: 1 },
    [ElementType.DATA_TRANSFER]: { first: 256, count: 2 },
  });
  t.same(elementRanges(decodeElementAddressAssignment(pageOf('mhvtl/mode-sense-6-1d', code))), {
    [ElementType.MEDIUM_TRANSPORT]: { first: 1, count: 1 },
    [ElementType.STORAGE]: { first: 1000, count: 40 },
    [ElementType.IMPORT_EXPORT]: { first: 10, count: 4 },
    [ElementType.DATA_TRANSFER]: { first: 500, count: 4 },
  });
  t.end();
});

t.test('what the changer can store, move and exchange', (t) => {
  const page = pageOf('tgt-changer/mode-sense-6-1f', ChangerModePage.DEVICE_CAPABILITIES);
  const { stores, moves, exchanges } = decodeDeviceCapabilities(page);
  t.same(stores, { mediumTransport: true, storage: true, importExport: true, dataTransfer: true });
  t.equal(moves.storage.dataTransfer, true);
  t.equal(exchanges.importExport.storage, true);
  const spectra2k = { ...page, parameters: Uint8Array.of(0x0b, 0, 0x0a, 0x0b, 0, 0x0b, 0, 0, 0, 0, 0, 0, 0, 0) };
  const old = decodeDeviceCapabilities(spectra2k);
  t.match(old.stores, { importExport: false, storage: true });
  t.match(old.moves, { importExport: { storage: false }, storage: { storage: true, importExport: false } });
  t.match(old.exchanges, { storage: { dataTransfer: false } });
  t.end();
});

t.test('geometry of the pickers', (t) => {
  const page = pageOf('tgt-changer/mode-sense-6-1e', ChangerModePage.TRANSPORT_GEOMETRY_PARAMETERS);
  t.same(decodeTransportGeometry(page), [{ rotate: false, memberNumberInTransportElementSet: 0 }]);
  t.throws(() => decodeTransportGeometry({ ...page, parameters: new Uint8Array(3) }), { code: 'CONTRADICTION' });
  t.end();
});

t.test('another page, and a page that is too short, are refused', (t) => {
  const page = pageOf('tgt-changer/mode-sense-6-1e', 0x1e);
  t.throws(() => decodeElementAddressAssignment(page), { code: 'CONTRADICTION' });
  t.throws(() => decodeElementAddressAssignment({ ...page, pageCode: 0x1d }), { code: 'SHORT_DATA' });
  t.throws(() => decodeDeviceCapabilities({ ...page, pageCode: 0x1f }), { code: 'SHORT_DATA' });
  t.end();
});

t.test('any pages come back as they were', (t) => {
  const word = fc.nat(0xffff);
  const map = recordOf({
    firstMediumTransportElementAddress: word,
    numberOfMediumTransportElements: word,
    firstStorageElementAddress: word,
    numberOfStorageElements: word,
    firstImportExportElementAddress: word,
    numberOfImportExportElements: word,
    firstDataTransferElementAddress: word,
    numberOfDataTransferElements: word,
  });
  const flag = fc.boolean();
  const types = recordOf({ mediumTransport: flag, storage: flag, importExport: flag, dataTransfer: flag });
  const matrix = recordOf({ mediumTransport: types, storage: types, importExport: types, dataTransfer: types });
  const capabilities = recordOf({ stores: types, moves: matrix, exchanges: matrix });
  const geometry = fc.array(recordOf({ rotate: flag, memberNumberInTransportElementSet: fc.nat(255) }), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(map, capabilities, geometry, (addresses, able, transports) => {
      assert.deepEqual(decodeElementAddressAssignment(encodeElementAddressAssignment(addresses)), addresses);
      assert.deepEqual(decodeDeviceCapabilities(encodeDeviceCapabilities(able)), able);
      assert.deepEqual(decodeTransportGeometry(encodeTransportGeometry(transports)), transports);
    }),
  );
  t.pass('none was changed');
  t.end();
});
