import { encodeExtendedInquiry } from '../scsi/spc/extended-inquiry.js';
import { encodeModePagePolicies, ModePagePolicy } from '../scsi/spc/mode-page-policy.js';
import { allModePages } from '../scsi/spc/mode-sense.js';
import {
  encodeDeviceIdentification,
  encodeSupportedVpdPages,
  encodeUnitSerialNumber,
  VpdPage,
  type VpdPageOwner,
} from '../scsi/spc/vital-product-data.js';
import { designators, type DeviceIdentity } from './device-identity.js';

type Maker = (identity: DeviceIdentity, owner: VpdPageOwner) => Uint8Array;

const ALL_SUBPAGES = 0xff;

/** The VPD pages of every unit but page 00h, which is the list of them. */
const pages = new Map<number, Maker>([
  [VpdPage.UNIT_SERIAL_NUMBER, (identity, owner) => encodeUnitSerialNumber(owner, identity.serialNumber)],
  [VpdPage.DEVICE_IDENTIFICATION, (identity, owner) => encodeDeviceIdentification(owner, designators(identity))],
  [
    VpdPage.EXTENDED_INQUIRY_DATA,
    // Commands run in the order in which they came, which suits the simple and the ordered attribute.
    (_, owner) =>
      encodeExtendedInquiry(owner, {
        simpleSupported: true,
        orderedSupported: true,
        logicalUnitNexusClear: true,
      }),
  ],
  [
    VpdPage.MODE_PAGE_POLICY,
    (_, owner) =>
      encodeModePagePolicies(owner, [
        { policyPageCode: allModePages, policySubpageCode: ALL_SUBPAGES, modePagePolicy: ModePagePolicy.SHARED },
      ]),
  ],
]);

/** A VPD page (SPC-4); `undefined` for one that there is not. */
export function vpdPage(identity: DeviceIdentity, pageCode: number): Uint8Array | undefined {
  const owner = { peripheralDeviceType: identity.peripheralDeviceType };
  if (pageCode === VpdPage.SUPPORTED_PAGES) {
    return encodeSupportedVpdPages(owner, [VpdPage.SUPPORTED_PAGES, ...pages.keys()]);
  }
  return pages.get(pageCode)?.(identity, owner);
}
