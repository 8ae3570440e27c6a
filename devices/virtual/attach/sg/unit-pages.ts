import { decodeSense, SenseKey } from '../../../scsi/sense.js';
import { inquiryCdb, PeripheralQualifier } from '../../../scsi/spc/inquiry.js';
import { testUnitReadyCdb } from '../../../scsi/spc/test-unit-ready.js';
import { VpdPage } from '../../../scsi/spc/vital-product-data.js';
import { ScsiStatus } from '../../../scsi/status.js';
import type { ScsiTarget, ScsiTaskResult } from '../../../transport/scsi-target.js';

/** What a kernel has read of a unit when it shows it: kept in sysfs as the unit sent it. */
export interface UnitPages {
  readonly standardInquiry: Uint8Array;
  /** Absent when the unit has no such page. */
  readonly unitSerialNumber?: Uint8Array;
  readonly deviceIdentification?: Uint8Array;
}

const allocationLength = 252;
/** A unit has a handful of unit attentions to tell; one that always has another shall not hold up the start. */
const mostUnitAttentions = 16;
const nothing = new Uint8Array(0);

export interface AskedUnit {
  readonly target: ScsiTarget;
  readonly nexus: string;
  readonly lun: number;
}

/** Rejects with {@link NoSuchUnitError} when the unit does not answer INQUIRY. */
export async function readUnitPages(unit: AskedUnit): Promise<UnitPages> {
  const standard = await ask(unit, inquiryCdb({ allocationLength }));
  if (standard.status !== ScsiStatus.GOOD || standard.dataIn.length < 36 || isAbsent(standard.dataIn)) {
    throw new NoSuchUnitError(`the device has no LUN ${unit.lun}; name only units that it has`);
  }
  const page = async (pageCode: number): Promise<Uint8Array | undefined> => {
    const { status, dataIn } = await ask(unit, inquiryCdb({ evpd: true, pageCode, allocationLength }));
    return status === ScsiStatus.GOOD ? dataIn : undefined;
  };
  const unitSerialNumber = await page(VpdPage.UNIT_SERIAL_NUMBER);
  const deviceIdentification = await page(VpdPage.DEVICE_IDENTIFICATION);
  return {
    standardInquiry: standard.dataIn,
    ...(unitSerialNumber !== undefined && { unitSerialNumber }),
    ...(deviceIdentification !== undefined && { deviceIdentification }),
  };
}

/** A target answers INQUIRY for every LUN, also for one that has nothing behind it. */
function isAbsent([first = 0]: Uint8Array): boolean {
  return first >> 5 !== PeripheralQualifier.CONNECTED;
}

/**
 * Takes the unit attentions of the power-on. On a booted machine the kernel has had them when it scanned the bus; programs
 * such as mtx were written for that and fail at the first one.
 */
export async function takeUnitAttentions(unit: AskedUnit): Promise<void> {
  for (let taken = 0; taken < mostUnitAttentions; taken++) {
    const { status, sense } = await ask(unit, testUnitReadyCdb());
    if (status !== ScsiStatus.CHECK_CONDITION || decodeSense(sense).key !== SenseKey.UNIT_ATTENTION) return;
  }
}

/** A unit was named that the target does not have. */
export class NoSuchUnitError extends Error {
  override readonly name = 'NoSuchUnitError';
  readonly code = 'no-such-unit';
}

function ask({ target, nexus, lun }: AskedUnit, cdb: Uint8Array): Promise<ScsiTaskResult> {
  return target.execute({ nexus, lun, cdb, dataOut: nothing });
}
