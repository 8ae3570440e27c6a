import { ScsiFormatError } from '../format-error.js';
import { bits, flag, layout, optional, uint8, type Input, type Value } from '../layout.js';
import { encodeVpdPage, VpdPage, vpdPageContent, type VpdPageOwner } from './vital-product-data.js';

/** MODE PAGE POLICY (SPC-4): for whom a page has values of its own. */
export const ModePagePolicy = { SHARED: 0, PER_TARGET_PORT: 1, PER_NEXUS: 3 } as const;
export type ModePagePolicy = (typeof ModePagePolicy)[keyof typeof ModePagePolicy];

/** One descriptor of the Mode Page Policy VPD page, 87h (SPC-4). Page 3Fh, subpage FFh: all others. */
const descriptor = layout('mode page policy descriptor', 4, {
  policyPageCode: bits(0, 5, 0),
  policySubpageCode: optional(uint8(1), 0),
  /** MLUS: other logical units have the same values. */
  multipleLogicalUnitsShare: flag(2, 7),
  modePagePolicy: bits(2, 1, 0),
});
export type ModePagePolicyDescriptor = Value<typeof descriptor>;

export function encodeModePagePolicies(owner: VpdPageOwner, policies: readonly Input<typeof descriptor>[]): Uint8Array {
  const content = new Uint8Array(policies.length * descriptor.length);
  policies.forEach((policy, i) => descriptor.encodeInto(content, i * descriptor.length, policy));
  return encodeVpdPage(owner, VpdPage.MODE_PAGE_POLICY, content);
}

/** Throws `SHORT_DATA`, `CONTRADICTION`. */
export function decodeModePagePolicies(bytes: Uint8Array): readonly ModePagePolicyDescriptor[] {
  const content = vpdPageContent(bytes, VpdPage.MODE_PAGE_POLICY);
  if (content.length % descriptor.length !== 0) {
    const message = `page length ${content.length} is no multiple of ${descriptor.length}`;
    throw new ScsiFormatError('CONTRADICTION', 'Mode Page Policy VPD page', 2, message);
  }
  return Array.from({ length: content.length / descriptor.length }, (_, i) =>
    descriptor.decode(content, i * descriptor.length),
  );
}
