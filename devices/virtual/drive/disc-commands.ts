import { AdditionalSense } from '../../scsi/asc-ascq.js';
import { cdbLayout } from '../../scsi/cdb-layout.js';
import { flag, layout, uint16, uint32 } from '../../scsi/layout.js';
import { OperationCode } from '../../scsi/opcodes.js';
import { SenseKey } from '../../scsi/sense.js';
import { CheckCondition, illegalRequest, notReady } from '../check-condition.js';
import type { Command, CommandTable } from '../device-server.js';
import type { ByteStore } from '../media/byte-store.js';
import type { DriveBay } from './drive-bay.js';
import { checkLoadable, loadMedium } from './load-checks.js';

const SECTOR_BYTES = 2048;

/** START STOP UNIT (MMC): LOEJ with START loads, LOEJ without it ejects. */
const startStopUnit = cdbLayout('START STOP UNIT', OperationCode.START_STOP_UNIT, 6, {
  immed: flag(1, 0),
  loadEject: flag(4, 1),
  start: flag(4, 0),
});
const readCapacity = cdbLayout('READ CAPACITY(10)', OperationCode.READ_CAPACITY_10, 10, {});
const read10 = cdbLayout('READ(10)', OperationCode.READ_10, 10, {
  logicalBlockAddress: uint32(2),
  transferLength: uint16(7),
});
const capacityData = layout('READ CAPACITY(10) data', 8, {
  lastLogicalBlockAddress: uint32(0),
  blockLength: uint32(4),
});

/**
 * What a disc drive can do here: load, eject, and read the sectors of an image. It has no MMC features, no table of contents,
 * no writing; such commands are answered INVALID COMMAND OPERATION CODE.
 */
export function discCommands(bay: DriveBay): CommandTable {
  bay.blockLength = () => SECTOR_BYTES;
  return new Map<number, Command>([
    [OperationCode.START_STOP_UNIT, { run: ({ cdb }) => runStartStop(bay, cdb) }],
    [
      OperationCode.READ_CAPACITY_10,
      {
        run({ cdb }) {
          readCapacity.parse(cdb);
          const sectors = sectorsOf(ready(bay));
          return capacityData.encode({ lastLogicalBlockAddress: sectors - 1, blockLength: SECTOR_BYTES });
        },
      },
    ],
    [
      OperationCode.READ_10,
      {
        run({ cdb }) {
          const { logicalBlockAddress, transferLength } = read10.parse(cdb);
          const medium = ready(bay);
          if (logicalBlockAddress + transferLength > sectorsOf(medium)) {
            throw illegalRequest(AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
          }
          return medium.read(logicalBlockAddress * SECTOR_BYTES, transferLength * SECTOR_BYTES);
        },
      },
    ],
  ]);
}

function ready(bay: DriveBay): ByteStore {
  const sense = bay.notReadySense();
  if (sense !== undefined) throw new CheckCondition(sense);
  if (bay.medium === undefined) throw notReady(AdditionalSense.MEDIUM_NOT_PRESENT);
  return bay.medium.bytes;
}

/** A blank disc has no sectors to read. */
function sectorsOf(medium: ByteStore): number {
  const sectors = Math.floor(medium.length / SECTOR_BYTES);
  if (sectors > 0) return sectors;
  throw new CheckCondition({ key: SenseKey.MEDIUM_ERROR, ...AdditionalSense.CANNOT_READ_MEDIUM_UNKNOWN_FORMAT });
}

async function runStartStop(bay: DriveBay, cdb: Uint8Array): Promise<undefined> {
  const { immed, loadEject, start } = startStopUnit.parse(cdb);
  checkLoadable(bay);
  // Only spinning up or down: nothing that can be seen from outside.
  if (!loadEject) return undefined;
  if (!start && bay.removalPreventedBy.size > 0) throw illegalRequest(AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
  if (start) return loadMedium(bay, immed);
  const ejecting = bay.unload();
  if (immed) bay.settled = ejecting.catch(() => undefined);
  else await ejecting;
  return undefined;
}
