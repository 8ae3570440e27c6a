import { ChangerStatistic } from '../../scsi/smc/media-changer-statistics.js';
import { readLabel } from '../cartridge.js';
import type { Element } from '../element-store.js';
import { checkDriveGives, refusal } from './motion-checks.js';
import type { Changer } from './changer.js';

/** One cartridge's way. */
export interface Motion {
  readonly from: Element;
  readonly to: Element;
  readonly invert: boolean;
}

/**
 * Carries a cartridge. Between grip and release it is in the picker. What is kept on disk changes once, at the end: a
 * process that dies on the way finds the cartridge at its source again.
 */
export async function carry(changer: Changer, picker: Element, motion: Motion): Promise<void> {
  const { from, to, invert } = motion;
  const { elements, mechanics, statistics } = changer;
  let taken: Promise<void> | undefined;
  await whileMoving(changer, async () => {
    await makeDriveGive(changer, from);
    if (from !== picker) {
      await mechanics.travelTo(from.index);
      await mechanics.spend('gripMs');
      grip(changer, from);
      elements.move([{ from: from.address, to: picker.address, invert: false }]);
      statistics.count(ChangerStatistic.PICKS);
    }
    if (invert) await mechanics.spend('invertMs');
    if (to === picker) {
      if (invert) elements.turnOver(picker.address);
    } else {
      await mechanics.travelTo(to.index);
      await mechanics.spend('releaseMs');
      elements.move([{ from: picker.address, to: to.address, invert }]);
      statistics.count(ChangerStatistic.PLACES);
    }
    statistics.count(ChangerStatistic.MOVES);
    try {
      elements.save([from.address, to.address]);
    } finally {
      // The cartridge is in the drive's mouth, whether or not that could be kept.
      taken = changer.drives.get(to.address)?.arrived();
    }
  });
  if (changer.waitForDrives) await taken;
}

/**
 * EXCHANGE MEDIUM with a picker of two grippers: both cartridges are taken, then both are put. They change places in one
 * step and one transaction.
 */
export async function exchange(changer: Changer, first: Motion, second: Motion): Promise<void> {
  const { elements, mechanics, statistics } = changer;
  let taken: Promise<void>[] = [];
  await whileMoving(changer, async () => {
    await makeDriveGive(changer, first.from);
    await makeDriveGive(changer, second.from);
    for (const { from } of [first, second]) {
      await mechanics.travelTo(from.index);
      await mechanics.spend('gripMs');
    }
    for (const { to, invert } of [first, second]) {
      if (invert) await mechanics.spend('invertMs');
      await mechanics.travelTo(to.index);
      await mechanics.spend('releaseMs');
    }
    grip(changer, first.from, second.from);
    elements.move([first, second].map(({ from, to, invert }) => ({ from: from.address, to: to.address, invert })));
    const { PICKS, PLACES, MOVES } = ChangerStatistic;
    for (const statistic of [PICKS, PLACES, MOVES]) statistics.count(statistic, 2);
    try {
      elements.save([...new Set([first, second].flatMap(({ from, to }) => [from.address, to.address]))]);
    } finally {
      taken = [first.to, second.to].flatMap(({ address }) => changer.drives.get(address)?.arrived() ?? []);
    }
  });
  if (changer.waitForDrives) await Promise.all(taken);
}

/** POSITION TO ELEMENT: the picker stands before an element. */
export async function goTo(changer: Changer, element: Element): Promise<void> {
  await whileMoving(changer, () => changer.mechanics.travelTo(element.index));
}

/** Passes by elements and reads the labels of what is in them. */
export async function scan(changer: Changer, elements: readonly Element[]): Promise<void> {
  await whileMoving(changer, async () => {
    const read: number[] = [];
    const { statistics, profile } = changer;
    statistics.count(ChangerStatistic.PHYSICAL_INVENTORY_SCANS);
    for (const element of elements) {
      await changer.mechanics.travelTo(element.index);
      if (element.content === null) continue;
      await changer.mechanics.spend('scanMs');
      // Between two waits an operator cannot have changed it: the door and the magazines are locked while it moves.
      element.content.labelScanned = true;
      const label = readLabel(element.content.cartridge, profile);
      statistics.count(label === undefined ? ChangerStatistic.INVALID_VOLUME_TAGS : ChangerStatistic.VOLUME_TAGS_READ);
      read.push(element.address);
    }
    changer.elements.save(read);
  });
}

async function whileMoving(changer: Changer, work: () => Promise<void>): Promise<void> {
  changer.state.moving = true;
  try {
    await work();
  } finally {
    changer.state.moving = false;
  }
}

/** Waits for a drive that is still loading, and unloads one that is loaded, if the model does such a thing. */
async function makeDriveGive(changer: Changer, source: Element): Promise<void> {
  const bay = changer.drives.get(source.address);
  if (bay === undefined || !changer.profile.quirks.implicitUnload) return;
  await bay.settled;
  // In the drive's own order of commands: a read or an unload that is under way ends first.
  await bay.server.enqueue(() => bay.unload());
}

/**
 * From here on no drive can load these cartridges again. A host may have loaded one since the motion was allowed; then
 * nothing is taken.
 */
function grip(changer: Changer, ...sources: readonly Element[]): void {
  const bays = sources.flatMap(({ address }) => changer.drives.get(address) ?? []);
  for (const bay of bays) {
    checkDriveGives(changer, bay.element);
    if (!bay.accessible) throw refusal(changer.profile.quirks.driveNotUnloaded);
  }
  for (const bay of bays) bay.departing();
}
