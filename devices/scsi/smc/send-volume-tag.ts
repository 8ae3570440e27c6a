import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { ascii, bits, layout, optional, uint16, type Input, type Value } from '../layout.js';
import { OperationCode } from '../opcodes.js';
import { allElementTypes } from './element-type.js';

/** SEND ACTION CODE (SMC-3): search for a tag, or say what the tag of an element's medium is. */
export const SendActionCode = {
  TRANSLATE_ALL: 0x00,
  TRANSLATE_PRIMARY: 0x01,
  TRANSLATE_ALTERNATE: 0x02,
  TRANSLATE_ALL_ANY_SEQUENCE: 0x04,
  TRANSLATE_PRIMARY_ANY_SEQUENCE: 0x05,
  TRANSLATE_ALTERNATE_ANY_SEQUENCE: 0x06,
  ASSERT_PRIMARY: 0x08,
  ASSERT_ALTERNATE: 0x09,
  REPLACE_PRIMARY: 0x0a,
  REPLACE_ALTERNATE: 0x0b,
  UNDEFINED_PRIMARY: 0x0c,
  UNDEFINED_ALTERNATE: 0x0d,
} as const;
export type SendActionCode = (typeof SendActionCode)[keyof typeof SendActionCode];

const sendVolumeTag = cdbLayout('SEND VOLUME TAG', OperationCode.SEND_VOLUME_TAG, 12, {
  elementTypeCode: optional(bits(1, 3, 0), allElementTypes),
  elementAddress: optional(uint16(2), 0),
  sendActionCode: bits(5, 4, 0),
  /** 40 with a parameter list, 0 for the UNDEFINED actions. */
  parameterListLength: optional(uint16(8), 40),
});

export type SendVolumeTagParams = CdbParams<typeof sendVolumeTag>;
export const sendVolumeTagCdb = (params: SendVolumeTagParams): Uint8Array => sendVolumeTag.build(params);
export const parseSendVolumeTagCdb = (cdb: Uint8Array): CdbValue<typeof sendVolumeTag> => sendVolumeTag.parse(cdb);

/** What to search for or to assert: `*` stands for any text, `?` for one character. */
const template = layout('SEND VOLUME TAG parameter list', 40, {
  volumeIdentificationTemplate: ascii(0, 32),
  minimumVolumeSequenceNumber: optional(uint16(34), 0),
  maximumVolumeSequenceNumber: optional(uint16(38), 0),
});

export type VolumeTagTemplate = Value<typeof template>;
export const encodeVolumeTagTemplate = (value: Input<typeof template>): Uint8Array => template.encode(value);
/** Throws `SHORT_DATA`. */
export const decodeVolumeTagTemplate = (bytes: Uint8Array): VolumeTagTemplate => template.decode(bytes);
