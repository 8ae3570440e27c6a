import type { Clock } from '../../devices/clock.js';
import { Drive } from '../../devices/drive.js';
import { matchDrives } from '../../devices/drive-matching.js';
import type { DriveMatchingProblem } from '../../devices/drive-matching.js';
import type { ElementMap } from '../../devices/element-map.js';
import { LogicalUnit } from '../../devices/logical-unit.js';
import type { ElementStatus } from '../../devices/scsi/smc/element-status.js';
import { ElementType } from '../../devices/scsi/smc/element-type.js';
import { decodeReportLuns, plainLun, reportLunsCdb } from '../../devices/scsi/spc/report-luns.js';
import type { UnitIdentity } from '../../devices/unit-identity.js';
import { HardwareError } from './hardware-error.js';
import type { LibraryDefinition, UnitAddress } from './library-definition.js';

/** A drive that answers, and that is known to be in one certain element. */
export interface PairedDrive {
  readonly drive: Drive;
  readonly identity: UnitIdentity;
  readonly deviceName: string;
}

interface FoundDrive extends PairedDrive {
  readonly name: string;
}

const reportLunsLength = 8 + 8 * 256;

/**
 * The drives of a library by element address, as far as they could be told apart, and what an administrator should know
 * about the others. Throws {@link HardwareError} when the rig contradicts the devices.
 */
export async function pairDrives(
  definition: LibraryDefinition,
  {
    changer,
    map,
    elements,
    clock,
  }: {
    readonly changer: LogicalUnit;
    readonly map: ElementMap;
    readonly elements: readonly ElementStatus[];
    readonly clock: Clock;
  },
): Promise<{ readonly drives: ReadonlyMap<number, PairedDrive>; readonly notices: readonly string[] }> {
  const notices: string[] = [];
  const found = await findDrives(definition, changer, clock, notices);
  const matching = matchDrives({
    dataTransferElements: elements.filter(({ elementType }) => elementType === ElementType.DATA_TRANSFER),
    units: found,
    rig: (definition.drives ?? []).map((drive) => ({ address: drive.elementAddress, unit: drive.deviceName })),
  });
  requireMatched(definition, map, matching.problems);
  notices.push(...matching.problems.map(({ message }) => message));
  return { drives: new Map(matching.pairs.map(({ address, unit }) => [address, unit])), notices };
}

/** The rig's drives; without any, the drives among the logical units beside the changer. */
async function findDrives(
  definition: LibraryDefinition,
  changer: LogicalUnit,
  clock: Clock,
  notices: string[],
): Promise<FoundDrive[]> {
  const { name: library, changer: path } = definition;
  const addresses = definition.drives ?? (await siblingsOf(changer, path));
  const found = await Promise.all(
    addresses.map(async ({ transport, lun, deviceName }): Promise<FoundDrive | undefined> => {
      const drive = new Drive({
        unit: new LogicalUnit({ transport, lun, clock, name: `drive ${deviceName} of ${library}` }),
        clock,
      });
      const identity = await drive.identify();
      if (identity.ok) return { name: deviceName, deviceName, drive, identity: identity.value };
      // A sibling that answers but is no drive is no news; one that cannot be asked may be the drive that is missing.
      if (definition.drives !== undefined || identity.failure.layer === 'transport') {
        notices.push(identity.failure.message);
      }
      return undefined;
    }),
  );
  return found.filter((drive) => drive !== undefined);
}

/** Every other logical unit of the changer's target; those that are no drives are left out when they are identified. */
async function siblingsOf(changer: LogicalUnit, path: UnitAddress): Promise<readonly UnitAddress[]> {
  if (path.siblings !== undefined) return path.siblings();
  const reported = await changer.execute({
    name: 'REPORT LUNS',
    cdb: reportLunsCdb({ allocationLength: reportLunsLength }),
    dataInLength: reportLunsLength,
    timeoutClass: 'inquiry',
    decode: decodeReportLuns,
  });
  if (!reported.ok) return [];
  const luns = reported.value.luns.map(plainLun).filter((lun) => lun !== undefined && lun !== path.lun);
  return luns.map((lun) => ({
    transport: path.transport,
    lun: lun ?? 0,
    deviceName: `${path.transport.name}, LUN ${lun}`,
  }));
}

/** What the rig says must not contradict the devices; what it leaves open may stay open. */
function requireMatched(
  { name, drives }: LibraryDefinition,
  map: ElementMap,
  problems: readonly DriveMatchingProblem[],
): void {
  const range = map.addresses(ElementType.DATA_TRANSFER);
  const outside = drives?.find(({ elementAddress }) => !range.includes(elementAddress));
  if (outside !== undefined) {
    const { elementAddress } = outside;
    const allowed = range.length === 0 ? 'the changer has no data transfer element' : `allowed: ${range.join(', ')}`;
    throw new HardwareError(
      'DRIVE_ADDRESS_OUTSIDE_MAP',
      name,
      `the rig names a drive at element ${elementAddress}, which is no data transfer element; ${allowed}`,
      { elementAddress },
    );
  }
  const wrong = problems.find(({ code }) => code === 'rig-contradicts-device');
  if (wrong !== undefined) throw new HardwareError('DRIVES_NOT_MATCHED', name, wrong.message);
}
