import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { requireBytes, ScsiFormatError } from '../format-error.js';
import { ascii, flag, layout, octets, uint8, uint16, uint24, uint32, type Input, type Value } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** REPORT DENSITY SUPPORT (SSC-3). */
const reportDensitySupport = cdbLayout('REPORT DENSITY SUPPORT', OperationCode.REPORT_DENSITY_SUPPORT, 10, {
  /** MEDIUM TYPE: report medium types instead of densities. */
  mediumType: flag(1, 1),
  /** MEDIA: only what goes for the mounted medium; otherwise all that the device supports. */
  media: flag(1, 0),
  allocationLength: uint16(7),
});

export type ReportDensitySupportParams = CdbParams<typeof reportDensitySupport>;
export const reportDensitySupportCdb = (params: ReportDensitySupportParams): Uint8Array =>
  reportDensitySupport.build(params);
export const parseReportDensitySupportCdb = (cdb: Uint8Array): CdbValue<typeof reportDensitySupport> =>
  reportDensitySupport.parse(cdb);

/** The length counts what follows it, two reserved bytes included. */
const header = layout('REPORT DENSITY SUPPORT header', 4, { availableLength: uint16(0) });
const LENGTH_FIELD_BYTES = 2;

const densityDescriptor = layout('density support data block descriptor', 52, {
  primaryDensityCode: uint8(0),
  secondaryDensityCode: uint8(1),
  /** WRTOK: the device can write it. */
  writable: flag(2, 7),
  /** DUP: the code has more than one descriptor. */
  duplicate: flag(2, 6),
  /** DEFLT: what density code 0 stands for. */
  defaultDensity: flag(2, 5),
  bitsPerMillimetre: uint24(5),
  /** Tenths of a millimetre. */
  mediaWidth: uint16(8),
  tracks: uint16(10),
  /** Units of 10^6 bytes. */
  capacityMegabytes: uint32(12),
  assigningOrganization: ascii(16, 8),
  densityName: ascii(24, 8),
  description: ascii(32, 20),
});
export type DensityDescriptor = Value<typeof densityDescriptor>;

const mediumTypeDescriptor = layout('medium type descriptor', 56, {
  mediumType: uint8(0),
  /** What follows this field. */
  descriptorLength: uint16(2),
  numberOfDensityCodes: uint8(4),
  /** As many primary density codes as {@link numberOfDensityCodes}, then zeros. */
  primaryDensityCodes: octets(5, 9),
  /** Tenths of a millimetre. */
  mediaWidth: uint16(14),
  /** Metres. */
  mediumLength: uint16(16),
  assigningOrganization: ascii(20, 8),
  mediumTypeName: ascii(28, 8),
  description: ascii(36, 20),
});
export type MediumTypeDescriptor = Value<typeof mediumTypeDescriptor>;

export const encodeDensitySupport = (descriptors: readonly Input<typeof densityDescriptor>[]): Uint8Array =>
  withHeader(descriptors.map((descriptor) => densityDescriptor.encode(descriptor)));

export const encodeMediumTypeSupport = (
  descriptors: readonly Omit<Input<typeof mediumTypeDescriptor>, 'descriptorLength'>[],
): Uint8Array =>
  withHeader(
    descriptors.map((descriptor) =>
      mediumTypeDescriptor.encode({ ...descriptor, descriptorLength: mediumTypeDescriptor.length - 4 }),
    ),
  );

/** Descriptors that the allocation length cut off are left out. Throws `SHORT_DATA` and `CONTRADICTION`. */
export const decodeDensitySupport = (bytes: Uint8Array): DensityDescriptor[] => decodeAll(bytes, densityDescriptor);
/** Descriptors that the allocation length cut off are left out. Throws `SHORT_DATA` and `CONTRADICTION`. */
export const decodeMediumTypeSupport = (bytes: Uint8Array): MediumTypeDescriptor[] =>
  decodeAll(bytes, mediumTypeDescriptor);

function withHeader(descriptors: readonly Uint8Array[]): Uint8Array {
  const length = descriptors.reduce((sum, descriptor) => sum + descriptor.length, header.length);
  const bytes = new Uint8Array(length);
  header.encodeInto(bytes, 0, { availableLength: length - LENGTH_FIELD_BYTES });
  let at = header.length;
  for (const descriptor of descriptors) {
    bytes.set(descriptor, at);
    at += descriptor.length;
  }
  return bytes;
}

function decodeAll<T>(
  bytes: Uint8Array,
  descriptor: { readonly what: string; readonly length: number; decode(bytes: Uint8Array, offset: number): T },
): T[] {
  requireBytes(header.what, bytes, 0, header.length);
  const end = header.decode(bytes).availableLength + LENGTH_FIELD_BYTES;
  if (end < header.length || (end - header.length) % descriptor.length !== 0) {
    const message = `${end} bytes do not hold whole descriptors of ${descriptor.length}`;
    throw new ScsiFormatError('CONTRADICTION', descriptor.what, 0, message);
  }
  const found: T[] = [];
  for (let at = header.length; at + descriptor.length <= Math.min(end, bytes.length); at += descriptor.length) {
    found.push(descriptor.decode(bytes, at));
  }
  return found;
}
