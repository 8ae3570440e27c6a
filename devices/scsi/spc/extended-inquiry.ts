import { requireBytes } from '../format-error.js';
import { bits, flag, layout, optional, uint16, type Input, type Value } from '../layout.js';
import { encodeVpdPage, VpdPage, vpdPageContent, type VpdPageOwner } from './vital-product-data.js';

/** Extended INQUIRY Data VPD page, 86h (SPC-4); bytes are counted behind the page header. */
const extendedInquiry = layout('Extended INQUIRY Data VPD page', 60, {
  /** HEADSUP, ORDSUP, SIMPSUP: which task attributes are taken. */
  headOfQueueSupported: flag(1, 2),
  orderedSupported: flag(1, 1),
  simpleSupported: flag(1, 0),
  /** LUICLR: REPORTED LUNS DATA HAS CHANGED, told by one logical unit, is cleared in the others for that nexus. */
  logicalUnitNexusClear: flag(3, 0),
  /** Minutes that an extended self-test takes; 0 says nothing. */
  extendedSelfTestMinutes: optional(uint16(6), 0),
  multiNexusMicrocode: optional(bits(5, 3, 0), 0),
});

export type ExtendedInquiry = Value<typeof extendedInquiry>;

export const encodeExtendedInquiry = (owner: VpdPageOwner, value: Input<typeof extendedInquiry>): Uint8Array =>
  encodeVpdPage(owner, VpdPage.EXTENDED_INQUIRY_DATA, extendedInquiry.encode(value));

/** Throws `SHORT_DATA`, or `CONTRADICTION` for another page. */
export function decodeExtendedInquiry(bytes: Uint8Array): ExtendedInquiry {
  const content = vpdPageContent(bytes, VpdPage.EXTENDED_INQUIRY_DATA);
  requireBytes(extendedInquiry.what, content, 0, extendedInquiry.length);
  return extendedInquiry.decode(content);
}
