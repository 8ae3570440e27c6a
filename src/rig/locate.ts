import { RigError } from './rig-error.js';
import type { Rig } from './rig.js';

/** What the library reports when the rig names a data transfer element that the changer's map does not have. */
export interface DriveAddressProblem {
  readonly library: string;
  readonly elementAddress: number;
  /** What is wrong and which addresses there are, in words. */
  readonly message: string;
}

/** Says which line of the rig file named the address. Undefined when the rig did not come from a file. */
export function locateDriveAddress(rig: Rig, problem: DriveAddressProblem, cause?: unknown): RigError | undefined {
  const drive = rig.libraries
    .find((library) => library.name === problem.library)
    ?.drives?.find((one) => one.address === problem.elementAddress);
  if (rig.file === undefined || drive?.position === undefined) return undefined;
  return new RigError('RIG_INVALID', rig.file, [{ ...drive.position, what: problem.message }], cause);
}
