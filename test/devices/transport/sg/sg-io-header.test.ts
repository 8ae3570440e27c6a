import fc from 'fast-check';
import koffi from 'koffi';
import t from 'tap';

import {
  decodeIovecs,
  decodeSgIoHeader,
  DriverStatus,
  encodeSgIoHeader,
  HostStatus,
  hostStatusName,
  sgIoHeaderLength,
} from '../../../../devices/transport/sg/sg-io-header.js';
import {
  decodeIdLun,
  decodeSgScsiId,
  encodeIdLun,
  encodeSgScsiId,
} from '../../../../devices/transport/sg/sg-requests.js';

/** The same structure as a C compiler lays it out. */
const compiled = koffi.struct('sg_io_hdr', {
  interfaceId: 'int',
  dxferDirection: 'int',
  cmdLen: 'unsigned char',
  mxSbLen: 'unsigned char',
  iovecCount: 'unsigned short',
  dxferLen: 'unsigned int',
  dxferp: 'uint64_t',
  cmdp: 'uint64_t',
  sbp: 'uint64_t',
  timeout: 'unsigned int',
  flags: 'unsigned int',
  packId: 'int',
  usrPtr: 'uint64_t',
  status: 'unsigned char',
  maskedStatus: 'unsigned char',
  msgStatus: 'unsigned char',
  sbLenWr: 'unsigned char',
  hostStatus: 'unsigned short',
  driverStatus: 'unsigned short',
  resid: 'int',
  duration: 'unsigned int',
  info: 'unsigned int',
});

const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const i32 = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const address = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const header = fc.record({
  interfaceId: i32,
  dxferDirection: i32,
  cmdLen: u8,
  mxSbLen: u8,
  iovecCount: u16,
  dxferLen: u32,
  dxferp: address,
  cmdp: address,
  sbp: address,
  timeout: u32,
  flags: u32,
  packId: i32,
  usrPtr: address,
  status: u8,
  maskedStatus: u8,
  msgStatus: u8,
  sbLenWr: u8,
  hostStatus: u16,
  driverStatus: u16,
  resid: i32,
  duration: u32,
  info: u32,
});

t.test('lays the header out as a C compiler does, byte for byte', (t) => {
  t.equal(koffi.sizeof(compiled), sgIoHeaderLength);
  fc.assert(
    fc.property(header, (value) => {
      const expected = Buffer.alloc(sgIoHeaderLength);
      koffi.encode(expected, compiled, value);
      return Buffer.compare(encodeSgIoHeader(value), expected) === 0;
    }),
  );
  t.end();
});

t.test('reads back what it wrote, and takes any 88 bytes', (t) => {
  fc.assert(
    fc.property(header, (value) => {
      const read = decodeSgIoHeader(encodeSgIoHeader(value));
      return Object.entries(value).every(([name, one]) => read[name as keyof typeof read] === one);
    }),
  );
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 88, maxLength: 88 }),
      (bytes) => decodeSgIoHeader(bytes).cmdLen === bytes[8],
    ),
  );
  t.throws(() => decodeSgIoHeader(new Uint8Array(87)), { code: 'SHORT_DATA' });
  t.throws(() => encodeSgIoHeader({ dxferDirection: 0, cmdLen: 256, cmdp: 0n }), { code: 'OUT_OF_RANGE' });
  t.throws(() => encodeSgIoHeader({ dxferDirection: 0, cmdLen: 6, cmdp: 1n << 64n }), { code: 'OUT_OF_RANGE' });
  t.throws(() => encodeSgIoHeader({ dxferDirection: 2 ** 31, cmdLen: 6, cmdp: 0n }), { code: 'OUT_OF_RANGE' });
  t.end();
});

t.test('reads a scatter list, and no more of it than there is', (t) => {
  const bytes = Buffer.alloc(32);
  bytes.writeBigUInt64LE(0x7fff_0000_1000n, 0);
  bytes.writeBigUInt64LE(512n, 8);
  bytes.writeBigUInt64LE(0xffff_ffff_ffff_ffffn, 24);
  t.strictSame(decodeIovecs(bytes, 2), [
    { address: 0x7fff_0000_1000n, length: 512n },
    { address: 0n, length: 0xffff_ffff_ffff_ffffn },
  ]);
  t.throws(() => decodeIovecs(bytes, 3), { code: 'SHORT_DATA' });
  t.end();
});

t.test('reads and writes the two ways of telling an address', (t) => {
  const id = { hostNo: 2, channel: 1, scsiId: 4, lun: 1, scsiType: 8, hostCommandsPerLun: 3, deviceQueueDepth: 16 };
  t.strictSame(decodeSgScsiId(encodeSgScsiId(id)), id);
  const idLun = { target: 4, lun: 1, channel: 0, host: 7, hostUniqueId: 99 };
  t.strictSame(decodeIdLun(encodeIdLun(idLun)), idLun);
  t.strictSame(Array.from(encodeIdLun({ target: 4, lun: 1, channel: 2, host: 7 })), [4, 1, 2, 7, 0, 0, 0, 0]);
  t.end();
});

t.test('names each host status once, and numbers the unknown', (t) => {
  t.equal(new Set(Object.values(HostStatus)).size, Object.keys(HostStatus).length);
  t.equal(new Set(Object.values(DriverStatus)).size, Object.keys(DriverStatus).length);
  t.equal(hostStatusName(HostStatus.NO_CONNECT), 'DID_NO_CONNECT');
  t.equal(hostStatusName(0x77), 'host status 77h');
  t.end();
});
