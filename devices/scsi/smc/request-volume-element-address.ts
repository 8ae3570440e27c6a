import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { requireBytes, ScsiFormatError } from '../format-error.js';
import { bits, flag, optional, uint16, uint24 } from '../layout.js';
import { OperationCode } from '../opcodes.js';
import { allElementTypes } from './element-type.js';
import {
  decodeElementStatusData,
  elementStatusHeaderLength,
  encodeElementStatusData,
  type ElementStatusData,
  type ElementStatusPageInput,
} from './read-element-status.js';

/** REQUEST VOLUME ELEMENT ADDRESS (SMC-3): what the last SEND VOLUME TAG found. */
const requestVolumeElementAddress = cdbLayout(
  'REQUEST VOLUME ELEMENT ADDRESS',
  OperationCode.REQUEST_VOLUME_ELEMENT_ADDRESS,
  12,
  {
    volTag: flag(1, 4),
    elementTypeCode: optional(bits(1, 3, 0), allElementTypes),
    elementAddress: optional(uint16(2), 0),
    numberOfElements: optional(uint16(4), 0xffff),
    allocationLength: uint24(7),
  },
);

export type RequestVolumeElementAddressParams = CdbParams<typeof requestVolumeElementAddress>;
export const requestVolumeElementAddressCdb = (params: RequestVolumeElementAddressParams): Uint8Array =>
  requestVolumeElementAddress.build(params);
export const parseRequestVolumeElementAddressCdb = (cdb: Uint8Array): CdbValue<typeof requestVolumeElementAddress> =>
  requestVolumeElementAddress.parse(cdb);

/** Element status data of the elements found, and the action that found them. */
export type VolumeElementAddressData = ElementStatusData & { readonly sendActionCode: number };

/** Bits 4 to 0 of byte 4; element status data have it reserved. */
const sendActionCode = bits(4, 4, 0);
const what = 'volume element address header';

/** Throws as {@link decodeElementStatusData} does. */
export function decodeVolumeElementAddressData(bytes: Uint8Array): VolumeElementAddressData {
  requireBytes(what, bytes, 0, elementStatusHeaderLength);
  return { ...decodeElementStatusData(bytes), sendActionCode: sendActionCode.read(bytes, 4) };
}

export function encodeVolumeElementAddressData(action: number, pages: readonly ElementStatusPageInput[]): Uint8Array {
  if (!Number.isInteger(action) || action < 0 || action > 0x1f) {
    throw new ScsiFormatError('OUT_OF_RANGE', what, 4, `send action code is ${action}, allowed is 0 to 31`);
  }
  const bytes = encodeElementStatusData(pages);
  sendActionCode.write(bytes, 4, action);
  return bytes;
}
