import type { HardwareError } from '../library/library-hardware.js';
import { locateDriveAddress } from '../rig/locate.js';
import type { Rig } from '../rig/rig.js';

/**
 * A drive address outside the changer's map shows only when the changer has been asked. It is the rig file's fault, so no
 * command runs on it; the error says where in the file the address stands. Devices that fail in other ways are the
 * business of their library, which goes on as far as it can.
 */
export function throwRigFault(rig: Rig, failures: readonly HardwareError[]): void {
  for (const failure of failures) {
    const { code, library, elementAddress, message } = failure;
    if (code !== 'DRIVE_ADDRESS_OUTSIDE_MAP' || elementAddress === undefined) continue;
    throw locateDriveAddress(rig, { library, elementAddress, message }, failure) ?? failure;
  }
}
