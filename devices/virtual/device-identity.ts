import { createHash } from 'node:crypto';
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

/** The only target port is the first one. */
export const RELATIVE_TARGET_PORT = 1;

/** NAA of a name that nobody but this device has given (SPC-4, locally assigned). */
const NAA_LOCALLY_ASSIGNED = 0x3;

/** Eight bytes made from vendor, product and serial number, locally assigned: always the same for the same unit. */
function naaDesignator(identity: DeviceIdentity): Designator {
  const digest = createHash('sha256').update(t10Designator(identity).designator).digest();
  const designator = new Uint8Array(digest.subarray(0, 8));
  designator[0] = (NAA_LOCALLY_ASSIGNED << 4) | ((designator[0] ?? 0) & 0x0f);
  return {
    codeSet: CodeSet.BINARY,
    designatorType: DesignatorType.NAA,
    association: DesignatorAssociation.LOGICAL_UNIT,
    designator,
  };
}

/** What VPD page 83h says: the unit by its strings and by a number, and the port. */
export function designators(identity: DeviceIdentity): readonly Designator[] {
  return [
    t10Designator(identity),
    naaDesignator(identity),
    {
      codeSet: CodeSet.BINARY,
      designatorType: DesignatorType.RELATIVE_TARGET_PORT,
      association: DesignatorAssociation.TARGET_PORT,
      designator: Uint8Array.of(0, 0, 0, RELATIVE_TARGET_PORT),
    },
  ];
}
