import type { InquiryStrings } from '../profiles/profile.js';
import { CodeSet, DesignatorAssociation, DesignatorType, type Designator } from '../scsi/spc/designator.js';

/** Who a logical unit says it is. */
export interface DeviceIdentity {
  readonly peripheralDeviceType: number;
  readonly inquiry: InquiryStrings;
  readonly serialNumber: string;
}

/** The T10 vendor identification designator of VPD page 83h: vendor, product and serial number as text. */
export function t10Designator(identity: DeviceIdentity): Designator {
  const { vendorIdentification, productIdentification } = identity.inquiry;
  const text = vendorIdentification.padEnd(8) + productIdentification.padEnd(16) + identity.serialNumber;
  return {
    codeSet: CodeSet.ASCII,
    designatorType: DesignatorType.T10_VENDOR_ID,
    association: DesignatorAssociation.LOGICAL_UNIT,
    designator: new TextEncoder().encode(text),
  };
}

/** The serial number alone, as a vendor specific designator. */
export function serialNumberDesignator(identity: DeviceIdentity): Designator {
  return {
    codeSet: CodeSet.ASCII,
    designatorType: DesignatorType.VENDOR_SPECIFIC,
    association: DesignatorAssociation.LOGICAL_UNIT,
    designator: new TextEncoder().encode(identity.serialNumber),
  };
}
