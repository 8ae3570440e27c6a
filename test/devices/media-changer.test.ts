import t from 'tap';
import { AdditionalSense } from '../../devices/scsi/asc-ascq.js';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { SenseKey } from '../../devices/scsi/sense.js';
import { ElementType } from '../../devices/scsi/smc/element-type.js';
import { parseExchangeMediumCdb } from '../../devices/scsi/smc/exchange-medium.js';
import { parseMoveMediumCdb } from '../../devices/scsi/smc/move-medium.js';
import { encodeVolumeElementAddressData } from '../../devices/scsi/smc/request-volume-element-address.js';
import { decodeVolumeTagTemplate } from '../../devices/scsi/smc/send-volume-tag.js';
import { encodeStandardInquiry } from '../../devices/scsi/spc/inquiry.js';
import { encodeTapeAlert } from '../../devices/scsi/spc/tape-alert.js';
import { checkCondition, good, lost } from './test-device/scripted-transport.js';
import { prepared, setUp } from './test-device/prepared-changer.js';

const illegal = (code: { asc: number; ascq: number }) => checkCondition({ key: SenseKey.ILLEGAL_REQUEST, ...code });

t.test('identifies itself with strings, serial number and designators', async (t) => {
  const { changer } = setUp();
  const identity = await changer.identify();
  t.match(identity, {
    ok: true,
    value: { vendorIdentification: 'TEST', productIdentification: 'CHANGER', serialNumber: 'CHG0001', designators: [] },
  });
});

t.test('refuses a device of another type and names the LUNs that there are', async (t) => {
  const { changer, device } = setUp();
  const tape = { vendorIdentification: 'V', productIdentification: 'TAPE', productRevisionLevel: '1' };
  device.once(OperationCode.INQUIRY, good(encodeStandardInquiry({ peripheralDeviceType: 1, ...tape })));
  const outcome = await changer.identify();
  t.match(outcome, {
    ok: false,
    failure: { layer: 'data', message: /LUN 1 is V TAPE .*01h, not a medium changer.*LUN 0, 1/ },
  });
});

t.test('refuses a LUN without a logical unit', async (t) => {
  const { changer, device } = setUp();
  const nothing = { vendorIdentification: '', productIdentification: '', productRevisionLevel: '' };
  const inquiry = encodeStandardInquiry({ peripheralQualifier: 3, peripheralDeviceType: 0x1f, ...nothing });
  device.once(OperationCode.INQUIRY, good(inquiry));
  t.match(await changer.identify(), { ok: false, failure: { message: /no logical unit at LUN 1.*LUN 0, 1/ } });
});

t.test('a bridge that answers every INQUIRY with standard data is identified without a serial number', async (t) => {
  const { changer, device } = setUp();
  const strings = { vendorIdentification: 'USB', productIdentification: 'BRIDGE', productRevisionLevel: '1' };
  const standard = encodeStandardInquiry({ peripheralDeviceType: 8, ...strings });
  device.push(({ cdb }) => (cdb[0] === OperationCode.INQUIRY ? good(standard) : undefined));
  const outcome = await changer.identify();
  t.match(outcome, { ok: true, value: { designators: [] }, notes: [{ kind: 'fallback' }, { kind: 'fallback' }] });
  t.notOk(outcome.ok && outcome.value.serialNumber !== undefined);
});

t.test('an INQUIRY that is cut short is a failure of layer data', async (t) => {
  const { changer, device } = setUp();
  device.once(OperationCode.INQUIRY, good(Uint8Array.of(8, 0, 6)));
  t.match(await changer.identify(), {
    ok: false,
    failure: { layer: 'data', device: 'test changer', command: 'INQUIRY' },
  });
});

t.test('takes the element map from mode page 1Dh', async (t) => {
  const { changer } = setUp();
  t.match(await changer.prepare(), { ok: true, value: { elementMapSource: 'mode-page' } });
  t.equal(changer.elementMap?.describe(), 'picker 1; storage 4096-4103; import/export 16; drives 256-257');
});

t.test('takes the element map from the element status when there is no such page', async (t) => {
  const { changer } = setUp({ noElementAddressPage: true });
  const setup = await changer.prepare();
  t.match(setup, { ok: true, value: { elementMapSource: 'element-status' }, notes: [{ kind: 'fallback' }] });
  t.equal(changer.elementMap?.describe(), 'picker 1; storage 4096-4103; import/export 16; drives 256-257');
});

t.test('a changer without import/export elements is mapped without them', async (t) => {
  const { changer } = setUp({ noElementAddressPage: true, ranges: { 3: { first: 0, count: 0 } } });
  t.match(await changer.prepare(), { ok: true });
  t.equal(changer.elementMap?.describe(), 'picker 1; storage 4096-4103; drives 256-257');
});

t.test('another mode page than the one asked for is not believed', async (t) => {
  const { changer, device } = setUp();
  // Header of 4 bytes, then page 02h with two bytes.
  device.push(({ cdb }) =>
    cdb[0] === OperationCode.MODE_SENSE_6 ? good(Uint8Array.of(7, 0, 0, 0, 2, 2, 0, 0)) : undefined,
  );
  const setup = await changer.prepare();
  t.match(setup, { ok: true, value: { elementMapSource: 'element-status' } });
});

t.test('asks with MODE SENSE(10) where (6) is not there', async (t) => {
  const { changer, device } = setUp();
  device.push(({ cdb }) =>
    cdb[0] === OperationCode.MODE_SENSE_6 ? illegal(AdditionalSense.INVALID_COMMAND_OPERATION_CODE) : undefined,
  );
  await changer.prepare();
  t.ok(device.count(OperationCode.MODE_SENSE_10) > 0);
});

t.test('an address outside the map is refused before anything is sent', async (t) => {
  const { changer, device } = await prepared();
  const message = /no element 99; it has picker 1/;
  await t.rejects(changer.readElement(99), { code: 'no-such-element', message });
  await t.rejects(changer.moveMedium({ source: 99, destination: 4096 }), { code: 'no-such-element' });
  await t.rejects(changer.moveAndVerify({ source: 4096, destination: 99 }), { code: 'no-such-element' });
  await t.rejects(changer.moveMedium({ source: 4096, destination: 256, mediumTransportAddress: 4097 }), {
    code: 'wrong-element-type',
  });
  await t.rejects(changer.openCloseImportExport(4096, 'open'), { code: 'wrong-element-type' });
  t.equal(device.sent.length, 0);
});

t.test('MOVE MEDIUM names the first picker unless told otherwise', async (t) => {
  const { changer, device } = await prepared({ media: { 4096: 'A' } });
  t.match(await changer.moveMedium({ source: 4096, destination: 256 }), { ok: true });
  await changer.moveMedium({ source: 256, destination: 4096, mediumTransportAddress: 0, invert: true });
  const [first, second] = device.sent.map(({ cdb }) => parseMoveMediumCdb(cdb));
  t.match(first, { mediumTransportAddress: 1, sourceAddress: 4096, destinationAddress: 256, invert: false });
  t.match(second, { mediumTransportAddress: 0, invert: true });
});

t.test('the other verbs send what SMC-3 says', async (t) => {
  const { changer, device } = await prepared();
  t.match(await changer.exchangeMedium({ source: 4096, firstDestination: 256, secondDestination: 4097 }), { ok: true });
  t.match(parseExchangeMediumCdb(device.sent[0]?.cdb ?? new Uint8Array()), {
    mediumTransportAddress: 1,
    sourceAddress: 4096,
    firstDestinationAddress: 256,
    secondDestinationAddress: 4097,
  });
  await changer.positionToElement({ destination: 4098 });
  await changer.initializeElementStatus();
  await changer.initializeElementStatus({ first: 4096, count: 4 });
  await changer.preventAllowMediumRemoval(true);
  await changer.openCloseImportExport(16, 'open');
  await changer.reserve();
  await changer.release();
  await changer.testUnitReady();
  const expected = [0xa6, 0x2b, 0x07, 0x37, 0x1e, 0x1b, 0x16, 0x17, 0x00];
  t.same(device.opcodes, expected);
});

t.test('has the changer look for a label', async (t) => {
  const { changer, device } = await prepared({ media: { 4099: 'ORS003L8' } });
  t.match(await changer.sendVolumeTag({ template: 'ORS003*' }), { ok: true });
  t.match(decodeVolumeTagTemplate(device.sent[0]?.dataOut ?? new Uint8Array()), {
    volumeIdentificationTemplate: 'ORS003*',
    maximumVolumeSequenceNumber: 0xffff,
  });
  const elements = [device.element(ElementType.STORAGE, 4099)];
  const pages = [{ elementType: ElementType.STORAGE, pVolTag: true, aVolTag: false, elements }];
  device.once(OperationCode.REQUEST_VOLUME_ELEMENT_ADDRESS, good(encodeVolumeElementAddressData(5, pages)));
  t.match(await changer.requestVolumeElementAddress(), { ok: true, value: [{ address: 4099 }] });
});

t.test('reads TapeAlert flags, and refuses another page', async (t) => {
  const { changer, device } = await prepared();
  device.once(OperationCode.LOG_SENSE, good(encodeTapeAlert(new Set([3, 22]))));
  const alerts = await changer.tapeAlerts();
  t.same(alerts.ok && [...alerts.value], [3, 22]);
  device.once(OperationCode.LOG_SENSE, good(Uint8Array.of(0x0d, 0, 0, 0)));
  t.match(await changer.tapeAlerts(), { ok: false, failure: { layer: 'data' } });
});

t.test('a lost path ends prepare and identify with the failure of the transport', async (t) => {
  const { changer, device } = setUp();
  device.push(() => lost('closed', 'no'));
  t.match(await changer.prepare(), { ok: false, failure: { layer: 'transport' } });
  t.match(await changer.identify(), { ok: false, failure: { layer: 'transport' } });
  t.equal(changer.elementMap, undefined);
});
