import { uint8, uint16, uint24, uint32, type Field } from './layout.js';
import { PeripheralDeviceType } from './opcodes.js';

/** Bytes that a CDB asks of the initiator; `blockLength` is the unit's present one. */
type Rule = (cdb: Uint8Array, blockLength: number) => number | undefined;

interface DataOutCommand {
  readonly opcode: number;
  /** For the reader; the table is by operation code and device type. */
  readonly name: string;
  /** Absent: every type that has no line of its own for the code. */
  readonly peripheralDeviceTypes?: readonly number[];
  readonly length: Rule;
}

const tape = [PeripheralDeviceType.SEQUENTIAL_ACCESS];
const blocks = [
  PeripheralDeviceType.DIRECT_ACCESS,
  PeripheralDeviceType.WRITE_ONCE,
  PeripheralDeviceType.CD_DVD,
  PeripheralDeviceType.OPTICAL_MEMORY,
];
const optical = [PeripheralDeviceType.CD_DVD];
const changer = [PeripheralDeviceType.MEDIUM_CHANGER];

const bit = (cdb: Uint8Array, byte: number, number: number): boolean => ((cdb[byte] ?? 0) & (1 << number)) !== 0;

/** A field that counts bytes. A CDB that ends before it asks for nothing: the device refuses it without the data. */
const bytesIn =
  (field: Field<number>, size: number): Rule =>
  (cdb) =>
    cdb.length < field.byte + size ? 0 : field.read(cdb, field.byte);
const byte8 = (at: number): Rule => bytesIn(uint8(at), 1);
const byte16 = (at: number): Rule => bytesIn(uint16(at), 2);
const byte24 = (at: number): Rule => bytesIn(uint24(at), 3);
const byte32 = (at: number): Rule => bytesIn(uint32(at), 4);

/** A field that counts blocks. */
const blocksIn =
  (count: Rule): Rule =>
  (cdb, blockLength) =>
    times(count(cdb, blockLength), blockLength);
/** SSC: FIXED (byte 1, bit 0) counts blocks, otherwise the bytes of one block. */
const fixedOrVariable =
  (count: Rule): Rule =>
  (cdb, blockLength) =>
    bit(cdb, 1, 0) ? times(count(cdb, blockLength), blockLength) : count(cdb, blockLength);
/** Only with this bit do parameters follow. */
const onlyWith =
  (byte: number, number: number, rule: Rule): Rule =>
  (cdb, blockLength) =>
    bit(cdb, byte, number) ? rule(cdb, blockLength) : 0;
/** The list has its length within itself, or the vendor knows it. */
const unknown: Rule = () => undefined;

/** The commands with data-out of changers, tape, disc and optical drives, ascending by operation code. */
export const dataOutCommands: readonly DataOutCommand[] = [
  // FORMAT UNIT has its length in its list; FORMAT MEDIUM has a field.
  { opcode: 0x04, name: 'FORMAT UNIT', peripheralDeviceTypes: blocks, length: onlyWith(1, 4, unknown) },
  { opcode: 0x04, name: 'FORMAT MEDIUM', peripheralDeviceTypes: tape, length: byte16(3) },
  { opcode: 0x07, name: 'REASSIGN BLOCKS', peripheralDeviceTypes: blocks, length: unknown },
  // SBC: a transfer length of 0 means 256 blocks.
  {
    opcode: 0x0a,
    name: 'WRITE(6)',
    peripheralDeviceTypes: blocks,
    length: blocksIn((cdb) => (cdb.length < 6 ? 0 : (cdb[4] ?? 0) || 256)),
  },
  { opcode: 0x0a, name: 'WRITE(6)', peripheralDeviceTypes: tape, length: fixedOrVariable(byte24(2)) },
  // BYTCMP: the initiator sends what is to be compared.
  {
    opcode: 0x13,
    name: 'VERIFY(6)',
    peripheralDeviceTypes: tape,
    length: onlyWith(1, 1, fixedOrVariable(byte24(2))),
  },
  { opcode: 0x15, name: 'MODE SELECT(6)', length: byte8(4) },
  // A list follows only an extent or element reservation.
  { opcode: 0x16, name: 'RESERVE(6)', length: onlyWith(1, 0, byte16(3)) },
  { opcode: 0x18, name: 'COPY', length: byte24(2) },
  { opcode: 0x1d, name: 'SEND DIAGNOSTIC', length: byte16(3) },
  { opcode: 0x2a, name: 'WRITE(10)', peripheralDeviceTypes: blocks, length: blocksIn(byte16(7)) },
  { opcode: 0x2e, name: 'WRITE AND VERIFY(10)', peripheralDeviceTypes: blocks, length: blocksIn(byte16(7)) },
  {
    opcode: 0x2f,
    name: 'VERIFY(10)',
    peripheralDeviceTypes: blocks,
    length: onlyWith(1, 1, blocksIn(byte16(7))),
  },
  { opcode: 0x39, name: 'COMPARE', length: byte24(3) },
  { opcode: 0x3a, name: 'COPY AND VERIFY', length: byte24(3) },
  { opcode: 0x3b, name: 'WRITE BUFFER', length: byte24(6) },
  { opcode: 0x41, name: 'WRITE SAME(10)', peripheralDeviceTypes: blocks, length: (_cdb, blockLength) => blockLength },
  { opcode: 0x4c, name: 'LOG SELECT', length: byte16(7) },
  { opcode: 0x54, name: 'SEND OPC INFORMATION', peripheralDeviceTypes: optical, length: byte16(7) },
  { opcode: 0x55, name: 'MODE SELECT(10)', length: byte16(7) },
  // Extent or element (bit 0), or LONGID (bit 1).
  { opcode: 0x56, name: 'RESERVE(10)', length: (cdb) => (((cdb[1] ?? 0) & 0x03) === 0 ? 0 : byte16(7)(cdb, 0)) },
  { opcode: 0x57, name: 'RELEASE(10)', length: onlyWith(1, 1, byte16(7)) },
  { opcode: 0x5d, name: 'SEND CUE SHEET', peripheralDeviceTypes: optical, length: byte24(6) },
  { opcode: 0x5f, name: 'PERSISTENT RESERVE OUT', length: byte32(5) },
  { opcode: 0x7e, name: 'extended CDB', length: unknown },
  { opcode: 0x7f, name: 'variable length CDB', length: unknown },
  { opcode: 0x83, name: 'EXTENDED COPY', length: byte32(10) },
  { opcode: 0x8a, name: 'WRITE(16)', peripheralDeviceTypes: blocks, length: blocksIn(byte32(10)) },
  { opcode: 0x8a, name: 'WRITE(16)', peripheralDeviceTypes: tape, length: fixedOrVariable(byte24(12)) },
  { opcode: 0x8d, name: 'WRITE ATTRIBUTE', length: byte32(10) },
  {
    opcode: 0x8f,
    name: 'VERIFY(16)',
    peripheralDeviceTypes: tape,
    length: onlyWith(1, 1, fixedOrVariable(byte24(12))),
  },
  { opcode: 0x91, name: 'SPACE(16)', peripheralDeviceTypes: tape, length: byte16(12) },
  // Every service action of SPC-4 has its parameter list length here; 1Fh is the vendor's.
  {
    opcode: 0xa4,
    name: 'MAINTENANCE OUT',
    length: (cdb) => (((cdb[1] ?? 0) & 0x1f) === 0x1f ? undefined : byte32(6)(cdb, 0)),
  },
  { opcode: 0xaa, name: 'WRITE(12)', peripheralDeviceTypes: blocks, length: blocksIn(byte32(6)) },
  // INC_512 counts units of 512 bytes. To a changer the code is REQUEST VOLUME ELEMENT ADDRESS.
  { opcode: 0xb5, name: 'REQUEST VOLUME ELEMENT ADDRESS', peripheralDeviceTypes: changer, length: () => 0 },
  {
    opcode: 0xb5,
    name: 'SECURITY PROTOCOL OUT',
    length: (cdb) => times(byte32(6)(cdb, 0), bit(cdb, 4, 7) ? 512 : 1),
  },
  { opcode: 0xb6, name: 'SEND VOLUME TAG', peripheralDeviceTypes: changer, length: byte16(8) },
  { opcode: 0xb6, name: 'SET STREAMING', peripheralDeviceTypes: optical, length: byte16(9) },
  { opcode: 0xbf, name: 'SEND DISC STRUCTURE', peripheralDeviceTypes: optical, length: byte16(8) },
];

/** Group 3 and the vendor's groups 6 and 7 of operation codes (SPC-4): only the command itself, or the vendor, knows. */
const isVendorSpecific = (opcode: number): boolean => opcode >= 0xc0 || (opcode >= 0x60 && opcode <= 0x7f);
/** INITIALIZE ELEMENT STATUS WITH RANGE as libraries had it before SMC-2; it is in the command table, and has no data. */
const KNOWN_VENDOR_CODES: readonly number[] = [0xe7];

/**
 * How many bytes of parameter data or write data a CDB asks of the initiator, for a device that must fetch them before it can
 * look at the command. 0: none, also for an operation code that no standard gives data-out. `undefined`: only the
 * vendor knows, or the list has its length within itself. `blockLength` is the present block length in bytes.
 */
export function dataOutLength(peripheralDeviceType: number, cdb: Uint8Array, blockLength: number): number | undefined {
  const opcode = cdb[0];
  if (opcode === undefined) return 0;
  const lines = byOpcode.get(opcode) ?? [];
  const line =
    lines.find((one) => one.peripheralDeviceTypes?.includes(peripheralDeviceType) === true) ??
    lines.find((one) => one.peripheralDeviceTypes === undefined);
  if (line !== undefined) return line.length(cdb, blockLength);
  return isVendorSpecific(opcode) && !KNOWN_VENDOR_CODES.includes(opcode) ? undefined : 0;
}

const byOpcode = new Map<number, DataOutCommand[]>();
for (const line of dataOutCommands) byOpcode.set(line.opcode, [...(byOpcode.get(line.opcode) ?? []), line]);

function times(count: number | undefined, unit: number): number | undefined {
  // 32 bits of blocks of 24 bits can be more than a number counts exactly: no initiator has that much.
  return count === undefined ? undefined : Math.min(count * unit, Number.MAX_SAFE_INTEGER);
}
