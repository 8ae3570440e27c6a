import { SimulatedClock } from '../../devices/clock.js';
import { findProfile } from '../../devices/profiles/index.js';
import { moveMediumCdb } from '../../devices/scsi/smc/move-medium.js';
import { ScsiStatus } from '../../devices/scsi/status.js';
import { VirtualAutoloader } from '../../devices/virtual/index.js';

/** A virtual autoloader that is made in a millisecond: three small tapes, the first in the first drive, no waiting. */
export interface SmallAutoloader {
  readonly autoloader: VirtualAutoloader;
  readonly clock: SimulatedClock;
  /** LUNs of a drive with a tape, of the changer, and of an empty drive. */
  readonly luns: readonly [number, number, number];
  /** What it told of as no SCSI condition. */
  readonly failures: readonly unknown[];
}

const profile = findProfile('hp-msl2024');
const CAPACITY_BYTES = 64 * 1024;
const DRIVE = profile.drives.luns[0] ?? 0;
const OTHER_DRIVE = profile.drives.luns[1] ?? 0;
const CHANGER = profile.changer.lun;
/** The host that stays well-behaved. */
export const GOOD_NEXUS = 'good host';

export async function smallAutoloader(): Promise<SmallAutoloader> {
  const clock = new SimulatedClock();
  const failures: unknown[] = [];
  const { storage, dataTransfer, mediumTransport } = profile.elements;
  const autoloader = await VirtualAutoloader.create({
    profile,
    clock,
    timing: 'zero',
    cartridges: [0, 1, 2].map((index) => ({
      elementAddress: storage.first + index,
      barcode: `FUZ00${index}L8`,
      capacityBytes: CAPACITY_BYTES,
    })),
    onInternalFailure: (error) => failures.push(error),
  });
  const luns = [DRIVE, CHANGER, OTHER_DRIVE] as const;
  const send = (lun: number, cdb: Uint8Array): ReturnType<VirtualAutoloader['execute']> =>
    autoloader.execute({ nexus: GOOD_NEXUS, lun, cdb, dataOut: new Uint8Array(0) });
  // Each unit first tells that it was switched on.
  for (const lun of luns) await send(lun, new Uint8Array(6));
  const { status } = await send(
    CHANGER,
    moveMediumCdb({
      mediumTransportAddress: mediumTransport.first,
      sourceAddress: storage.first,
      destinationAddress: dataTransfer.first,
    }),
  );
  if (status !== ScsiStatus.GOOD) throw new Error(`the first tape could not be loaded, status ${status}`);
  for (const lun of luns) await send(lun, new Uint8Array(6));
  return { autoloader, clock, luns, failures };
}

/** The cartridges that there are, ascending; each input must leave them all. */
export function cartridgesOf(autoloader: VirtualAutoloader): string {
  const ids = autoloader.inspect().flatMap(({ cartridgeId }) => cartridgeId ?? []);
  return ids.toSorted((one, other) => one - other).join();
}

export const ALL_CARTRIDGES = '1,2,3';
