import { dataOutLength } from '../../../scsi/data-out-length.js';
import { PeripheralDeviceType } from '../../../scsi/opcodes.js';

/** What an autoloader is made of. */
const TYPES = [
  PeripheralDeviceType.MEDIUM_CHANGER,
  PeripheralDeviceType.SEQUENTIAL_ACCESS,
  PeripheralDeviceType.CD_DVD,
  PeripheralDeviceType.OPTICAL_MEMORY,
];

/**
 * How many bytes of data-out a CDB asks for, whichever of the autoloader's units it is for and whatever its block length;
 * undefined where that is not one number.
 */
export function dataOutWanted(cdb: Uint8Array): number | undefined {
  const [first] = TYPES;
  const wanted = dataOutLength(first ?? 0, cdb, 1);
  const isOne = TYPES.every((type) => [1, 2].every((blockLength) => dataOutLength(type, cdb, blockLength) === wanted));
  return isOne ? wanted : undefined;
}
