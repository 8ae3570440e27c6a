import type { Clock } from '../../../devices/clock.js';
import { LogicalUnit } from '../../../devices/logical-unit.js';
import { openPath } from '../../../devices/open-path.js';
import { PeripheralDeviceType } from '../../../devices/scsi/opcodes.js';
import { decodeReportLuns, plainLun, reportLunsCdb } from '../../../devices/scsi/spc/report-luns.js';
import { identifyUnit, type UnitIdentity } from '../../../devices/unit-identity.js';
import type { UnitAddress } from '../../library/library-definition.js';
import type { PluggedUnit } from '../rig.js';
import type { FoundUnit, Look } from './found-unit.js';
import { outOfPatience, type Patience, TARGET_PATIENCE_MS, withPatience } from './patience.js';

/** Changers, and what a changer may have for a drive. Disks and enclosures are left alone. */
const wanted = {
  peripheralDeviceTypes: [
    PeripheralDeviceType.MEDIUM_CHANGER,
    PeripheralDeviceType.SEQUENTIAL_ACCESS,
    PeripheralDeviceType.WRITE_ONCE,
    PeripheralDeviceType.CD_DVD,
    PeripheralDeviceType.OPTICAL_MEMORY,
  ],
  what: 'changer or drive',
};

const reportLunsLength = 8 + 8 * 256;
/** For targets that do not report their LUNs; changers and their drives have low numbers. */
const probedLuns = [0, 1, 2, 3, 4, 5, 6, 7];

/** A unit that is slow or gone shall not hold up those beside it for long. */
const bounds = { becomingReadyMs: 10_000, busyMs: 5_000, reconnectMs: 0 } as const;

export function quickUnit(address: UnitAddress, clock: Clock): LogicalUnit {
  const { transport, lun, deviceName } = address;
  const timeouts = { inquiry: 10_000, quick: 20_000, inventory: 300_000 };
  return new LogicalUnit({ transport, lun, clock, name: deviceName, bounds, timeouts });
}

/**
 * The changers and drives of one target. INQUIRY and REPORT LUNS are all that it is asked, and not for longer than
 * {@link TARGET_PATIENCE_MS}.
 */
export function askTarget(path: UnitAddress, unitAt: (lun: number) => PluggedUnit, patience: Patience): Promise<Look> {
  const { clock } = patience;
  const { name } = path.transport;
  return withPatience(patience, TARGET_PATIENCE_MS, async (signal) => {
    const units: FoundUnit[] = [];
    const notices: string[] = [];
    const look = (): Look => {
      if (signal.aborted) notices.push(outOfPatience(name, TARGET_PATIENCE_MS));
      return { units, notices };
    };
    if (signal.aborted) return look();
    const closed = await openPath(path.transport, signal);
    const luns = closed === undefined ? await reportedLuns(path, clock, signal) : closed.message;
    if (typeof luns === 'string') {
      if (!signal.aborted) notices.push(luns);
      return look();
    }
    for (const lun of luns) {
      const address = { ...path, lun, deviceName: `${name}, LUN ${lun}` };
      const identity = await identify(address, clock, signal);
      if (signal.aborted) break;
      if (typeof identity === 'string') notices.push(identity);
      else if (identity !== undefined) {
        units.push({ unit: unitAt(lun), address, place: { target: name, lun }, identity });
      }
    }
    return look();
  });
}

/** Who answers there; undefined for nobody, or for a device of another kind; a text says that it did not answer. */
export async function identify(
  address: UnitAddress,
  clock: Clock,
  signal: AbortSignal,
): Promise<UnitIdentity | string | undefined> {
  const outcome = await identifyUnit(quickUnit(address, clock), wanted, { signal });
  if (outcome.ok) return outcome.value;
  // What answers, but is no changer and no drive, is none of our business.
  const { layer, message } = outcome.failure;
  return layer === 'transport' ? message : undefined;
}

/** A text says that the target did not answer at all. */
async function reportedLuns(path: UnitAddress, clock: Clock, signal: AbortSignal): Promise<readonly number[] | string> {
  const reported = await quickUnit({ ...path, lun: 0 }, clock).execute(
    {
      name: 'REPORT LUNS',
      cdb: reportLunsCdb({ allocationLength: reportLunsLength }),
      dataInLength: reportLunsLength,
      timeoutClass: 'inquiry',
      decode: decodeReportLuns,
    },
    { signal },
  );
  if (reported.ok) return reported.value.luns.map(plainLun).filter((lun) => lun !== undefined);
  return reported.failure.layer === 'transport' ? reported.failure.message : probedLuns;
}
