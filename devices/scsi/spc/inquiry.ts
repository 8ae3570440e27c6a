import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { ScsiFormatError } from '../format-error.js';
import { ascii, bits, flag, layout, optional, uint8, uint16, type Input, type Value } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** INQUIRY (SPC-4). */
const inquiry = cdbLayout('INQUIRY', OperationCode.INQUIRY, 6, {
  /** Vital product data are asked for, not standard data. */
  evpd: flag(1, 0),
  pageCode: optional(uint8(2), 0),
  allocationLength: uint16(3),
});

export type InquiryParams = CdbParams<typeof inquiry>;
export const inquiryCdb = (params: InquiryParams): Uint8Array => inquiry.build(params);
export const parseInquiryCdb = (cdb: Uint8Array): CdbValue<typeof inquiry> => inquiry.parse(cdb);

/** PERIPHERAL QUALIFIER: whether a logical unit is behind this LUN. */
export const PeripheralQualifier = { CONNECTED: 0, NOT_CONNECTED: 1, NOT_SUPPORTED: 3 } as const;
export type PeripheralQualifier = (typeof PeripheralQualifier)[keyof typeof PeripheralQualifier];

const head = layout('INQUIRY standard data', 36, {
  peripheralQualifier: optional(bits(0, 7, 5), 0),
  peripheralDeviceType: bits(0, 4, 0),
  removableMedium: flag(1, 7),
  /** 5 is SPC-3, 6 SPC-4; 2 is SCSI-2. */
  version: optional(uint8(2), 6),
  normalAca: flag(3, 5),
  hierarchicalSupport: flag(3, 4),
  responseDataFormat: optional(bits(3, 3, 0), 2),
  accessControlsCoordinator: flag(5, 6),
  targetPortGroupSupport: optional(bits(5, 5, 4), 0),
  thirdPartyCopy: flag(5, 3),
  protect: flag(5, 0),
  enclosureServices: flag(6, 6),
  multiPort: flag(6, 4),
  /** A medium changer's commands are answered by this logical unit itself (obsolete since SPC-4). */
  mediumChanger: flag(6, 3),
  commandQueuing: flag(7, 1),
  vendorIdentification: ascii(8, 8),
  productIdentification: ascii(16, 16),
  productRevisionLevel: ascii(32, 4),
});

/** Version descriptors without a revision (SPC-4 annex D). */
export const VersionDescriptor = { SAM_5: 0x00a0, SSC_3: 0x0400, SPC_4: 0x0460, SMC_3: 0x0480 } as const;
export type VersionDescriptor = (typeof VersionDescriptor)[keyof typeof VersionDescriptor];

const versionDescriptorsStart = 58;
const versionDescriptorsEnd = 74;

/**
 * Standard INQUIRY data. `vendorSpecific` are bytes 36 to 55 as far as the device sent them; `versionDescriptors` are the
 * codes of the standards it claims, without empty entries.
 */
export type StandardInquiry = Value<typeof head> & {
  readonly vendorSpecific?: Uint8Array;
  readonly versionDescriptors?: readonly number[];
};
export type StandardInquiryInput = Input<typeof head> &
  Partial<Pick<StandardInquiry, 'vendorSpecific' | 'versionDescriptors'>>;

/**
 * Decodes standard data; 36 bytes must be there. ADDITIONAL LENGTH bounds only what lies beyond them, because USB bridges
 * are known that send 36 good bytes and a length of zero. Throws `SHORT_DATA`.
 */
export function decodeStandardInquiry(bytes: Uint8Array): StandardInquiry {
  const value = head.decode(bytes);
  const end = Math.min(bytes.length, 5 + (bytes[4] ?? 0));
  const versionDescriptors: number[] = [];
  for (let at = versionDescriptorsStart; at + 2 <= Math.min(end, versionDescriptorsEnd); at += 2) {
    const code = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    if (code !== 0) versionDescriptors.push(code);
  }
  return {
    ...value,
    ...(end > 36 ? { vendorSpecific: bytes.slice(36, Math.min(end, 56)) } : {}),
    ...(versionDescriptors.length > 0 ? { versionDescriptors } : {}),
  };
}

/** Encodes standard data, 36 bytes or as many as the optional parts need. Throws `OUT_OF_RANGE`. */
export function encodeStandardInquiry(value: StandardInquiryInput): Uint8Array {
  const { vendorSpecific = new Uint8Array(), versionDescriptors = [] } = value;
  if (vendorSpecific.length > 20 || versionDescriptors.length > 8) {
    const message = 'takes at most 20 vendor specific bytes and 8 version descriptors';
    throw new ScsiFormatError('OUT_OF_RANGE', head.what, 36, message);
  }
  const versions = versionDescriptors.length === 0 ? 0 : versionDescriptorsStart + 2 * versionDescriptors.length;
  const bytes = new Uint8Array(Math.max(36 + vendorSpecific.length, versions));
  head.encodeInto(bytes, 0, value);
  bytes[4] = bytes.length - 5;
  bytes.set(vendorSpecific, 36);
  versionDescriptors.forEach((code, i) => uint16(0).write(bytes, versionDescriptorsStart + 2 * i, code));
  return bytes;
}
