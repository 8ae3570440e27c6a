import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { bits, flag, optional, uint8, uint16, uint32 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** SERVICE ACTION of READ ATTRIBUTE (SPC-4). */
export const ReadAttributeAction = {
  ATTRIBUTE_VALUES: 0x00,
  ATTRIBUTE_LIST: 0x01,
  LOGICAL_VOLUME_LIST: 0x02,
  PARTITION_LIST: 0x03,
  SUPPORTED_ATTRIBUTES: 0x05,
} as const;
export type ReadAttributeAction = (typeof ReadAttributeAction)[keyof typeof ReadAttributeAction];

/** READ ATTRIBUTE (SPC-4). The parameter data: `decodeAttributes`, `decodeAttributeIdentifiers`, `decodeNumberRange`. */
const readAttribute = cdbLayout('READ ATTRIBUTE', OperationCode.READ_ATTRIBUTE, 16, {
  /** A {@link ReadAttributeAction}. */
  serviceAction: optional(bits(1, 4, 0), ReadAttributeAction.ATTRIBUTE_VALUES),
  logicalVolumeNumber: optional(uint8(5), 0),
  partitionNumber: optional(uint8(7), 0),
  /** Attributes with lower identifiers are left out. */
  firstAttributeIdentifier: optional(uint16(8), 0),
  allocationLength: uint32(10),
  /** CACHE: values from the device's memory will do. */
  cache: flag(14, 0),
});

export type ReadAttributeParams = CdbParams<typeof readAttribute>;
export const readAttributeCdb = (params: ReadAttributeParams): Uint8Array => readAttribute.build(params);
export const parseReadAttributeCdb = (cdb: Uint8Array): CdbValue<typeof readAttribute> => readAttribute.parse(cdb);

/** WRITE ATTRIBUTE (SPC-4). The parameter list: `decodeAttributeParameterList`. */
const writeAttribute = cdbLayout('WRITE ATTRIBUTE', OperationCode.WRITE_ATTRIBUTE, 16, {
  /** WTC: write through to the medium auxiliary memory before status. */
  writeThroughCache: flag(1, 0),
  logicalVolumeNumber: optional(uint8(5), 0),
  partitionNumber: optional(uint8(7), 0),
  parameterListLength: uint32(10),
});

export type WriteAttributeParams = CdbParams<typeof writeAttribute>;
export const writeAttributeCdb = (params: WriteAttributeParams): Uint8Array => writeAttribute.build(params);
export const parseWriteAttributeCdb = (cdb: Uint8Array): CdbValue<typeof writeAttribute> => writeAttribute.parse(cdb);
