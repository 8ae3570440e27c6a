import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import * as scsi from '../../../../devices/scsi/index.js';
import { hexBytes } from '../hex-fixture.js';
import { recordOf } from '../record-of.js';
import { refusesOrAnswers } from '../refuses-or-answers.js';

t.test('the long and the extended form of a position are laid out as SSC-3 draws them', (t) => {
  const long = scsi.encodeReadPositionLong({
    endOfPartition: true,
    logicalObjectNumber: 0x01_0000_0002,
    logicalFileIdentifier: 3,
  });
  t.same(long, hexBytes(`40 00 00 00 00 00 00 00 00 00 00 01 00 00 00 02 00 00 00 00 00 00 00 03 ${'00 '.repeat(8)}`));
  t.match(scsi.decodeReadPositionLong(long), { logicalObjectNumber: 0x01_0000_0002, logicalFileIdentifier: 3 });
  const extended = scsi.encodeReadPositionExtended({
    beginningOfPartition: true,
    firstLogicalObjectLocation: 5,
    lastLogicalObjectLocation: 4,
    numberOfBytesInBuffer: 7,
    numberOfLogicalObjectsInBuffer: 1,
  });
  t.same(
    extended,
    hexBytes('80 00 00 1c 00 00 00 01 00 00 00 00 00 00 00 05 00 00 00 00 00 00 00 04 00 00 00 00 00 00 00 07'),
  );
  t.match(scsi.decodeReadPositionExtended(extended), { firstLogicalObjectLocation: 5, additionalLength: 28 });
  for (const decode of [scsi.decodeReadPositionLong, scsi.decodeReadPositionExtended]) {
    t.throws(() => decode(new Uint8Array(31)), { code: 'SHORT_DATA' });
    refusesOrAnswers(decode, long);
  }
  t.end();
});

const density = {
  primaryDensityCode: 0x5e,
  secondaryDensityCode: 0x5e,
  writable: true,
  duplicate: false,
  defaultDensity: true,
  bitsPerMillimetre: 20669,
  mediaWidth: 127,
  tracks: 6656,
  capacityMegabytes: 12_000_000,
  assigningOrganization: 'LTO-CVE',
  densityName: 'U-832',
  description: 'Ultrium 8/32T',
};

t.test('density descriptors are 52 bytes behind a header that counts its own two last bytes', (t) => {
  const bytes = scsi.encodeDensitySupport([density, { ...density, primaryDensityCode: 0x5c }]);
  t.equal(bytes.length, 4 + 2 * 52);
  t.same(bytes.subarray(0, 12), hexBytes('00 6a 00 00 5e 5e a0 00 00 00 50 bd'));
  t.same(
    scsi.decodeDensitySupport(bytes).map(({ primaryDensityCode }) => primaryDensityCode),
    [0x5e, 0x5c],
  );
  t.match(scsi.decodeDensitySupport(bytes)[0], density);
  t.equal(scsi.decodeDensitySupport(bytes.subarray(0, 100)).length, 1, 'a descriptor that was cut off is left out');
  t.throws(() => scsi.decodeDensitySupport(bytes.subarray(0, 3)), { code: 'SHORT_DATA' });
  t.throws(() => scsi.decodeDensitySupport(bytes.with(1, 0x6b)), { code: 'CONTRADICTION' });
  t.throws(() => scsi.encodeDensitySupport([{ ...density, densityName: 'much too long' }]), { code: 'OUT_OF_RANGE' });
  refusesOrAnswers(scsi.decodeDensitySupport, bytes);
  t.end();
});

t.test('medium types are 56 bytes each and tell their densities', (t) => {
  const mediumType = {
    mediumType: 0x88,
    numberOfDensityCodes: 1,
    primaryDensityCodes: Uint8Array.of(0x5e, 0, 0, 0, 0, 0, 0, 0, 0),
    mediaWidth: 127,
    mediumLength: 960,
    assigningOrganization: 'LTO-CVE',
    mediumTypeName: 'U-832',
    description: 'Ultrium 8/32T',
  };
  const bytes = scsi.encodeMediumTypeSupport([mediumType]);
  t.equal(bytes.length, 60);
  t.same(scsi.decodeMediumTypeSupport(bytes), [{ ...mediumType, descriptorLength: 52 }]);
  refusesOrAnswers(scsi.decodeMediumTypeSupport, bytes);
  t.end();
});

t.test('mode pages of tape drives come back from their bytes as they were', (t) => {
  const bit = fc.boolean();
  const byte = fc.nat(255);
  const word = fc.nat(0xffff);
  fc.assert(
    fc.property(
      recordOf({
        dataCompressionEnable: bit,
        dataCompressionCapable: bit,
        dataDecompressionEnable: bit,
        reportExceptionOnDecompression: fc.nat(3),
        compressionAlgorithm: fc.nat(0xffff_ffff),
        decompressionAlgorithm: fc.nat(0xffff_ffff),
      }),
      recordOf({
        bufferFullRatio: byte,
        bufferEmptyRatio: byte,
        busInactivityLimit: word,
        disconnectTimeLimit: word,
        connectTimeLimit: word,
        maximumBurstSize: word,
        firstBurstSize: word,
      }),
      recordOf({ writeMode: fc.nat(15), shortEraseMode: fc.nat(15), programmableEarlyWarningMegabytes: word }),
      (compression, disconnect, extension) => {
        assert.deepEqual(scsi.dataCompression.decode(scsi.dataCompression.encode(compression)), compression);
        assert.deepEqual(scsi.disconnectReconnect.decode(scsi.disconnectReconnect.encode(disconnect)), disconnect);
        const bytes = scsi.deviceConfigurationExtension.encode(extension);
        assert.deepEqual(scsi.deviceConfigurationExtension.decode(bytes), extension);
      },
    ),
  );
  const configuration = scsi.deviceConfiguration.encode({
    softwareWriteProtect: true,
    selectDataCompressionAlgorithm: 1,
    writeDelayTime: 0x102,
    wormTamperReadEnable: 1,
    eodDefined: 3,
  });
  t.same(configuration, hexBytes('00 00 00 00 01 02 00 00 64 00 00 00 01 40'));
  t.match(scsi.deviceConfiguration.decode(configuration), { softwareWriteProtect: true, eodDefined: 3 });
  t.throws(() => scsi.dataCompression.decode(new Uint8Array(13)), { code: 'SHORT_DATA' });
  t.end();
});

t.test('log parameters count in as many bytes as they have', (t) => {
  for (const [value, size] of [
    [0, 1],
    [255, 1],
    [0x1234, 2],
    [2 ** 40, 6],
    [Number.MAX_SAFE_INTEGER, 8],
  ] as const) {
    t.equal(scsi.decodeBinaryParameter(scsi.binaryParameter(1, value, size)), value);
  }
  t.throws(() => scsi.binaryParameter(1, 256, 1), { code: 'OUT_OF_RANGE' });
  t.throws(() => scsi.binaryParameter(1, 2 ** 53, 8), { code: 'OUT_OF_RANGE' });
  t.throws(() => scsi.textParameter(1, 'too long', 4), { code: 'OUT_OF_RANGE' });
  for (const length of [0, 9]) {
    const parameter = { parameterCode: 5, controlByte: 0, value: new Uint8Array(length) };
    t.throws(() => scsi.decodeBinaryParameter(parameter), { code: 'CONTRADICTION' });
  }
  const status = scsi.veryHighFrequencyData.encode({
    deviceInitialized: true,
    mediumMounted: true,
    mediumThreaded: true,
    mediumPresent: true,
    deviceActivity: scsi.DeviceActivity.WRITING,
  });
  t.same(status, hexBytes('01 13 06 00'));
  t.end();
});
