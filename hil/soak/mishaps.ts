import { OperationCode } from '../../devices/scsi/opcodes.js';
import { checkConditionFault, lostAnswerFault, lostCommandFault } from '../../devices/virtual/faults/index.js';
import type { VirtualAutoloader } from '../../devices/virtual/index.js';
import { OperatorError } from '../../devices/virtual/operator-error.js';
import type { RandomNumbers } from '../workload/random-numbers.js';

/** Goes wrong now; gives the function that mends a fault which nothing has met yet. */
type Mishap = (autoloader: VirtualAutoloader, random: RandomNumbers) => (() => void) | Promise<void>;

/** What goes wrong in a library over the months, by name. */
export const mishaps: readonly (readonly [string, Mishap])[] = [
  ['an answer is lost', (autoloader) => once(autoloader, lostAnswerFault(move(autoloader)))],
  ['a motion is lost', (autoloader) => once(autoloader, lostCommandFault(move(autoloader)))],
  [
    'the picker has a mechanical error',
    (autoloader) => once(autoloader, checkConditionFault(move(autoloader), { key: 0x04, asc: 0x15, ascq: 0x01 })),
  ],
  [
    'a drive has a hardware error',
    (autoloader, random) => {
      const lun = random.pick(autoloader.lunsOfDrives) ?? 0;
      const target = { lun, opcode: OperationCode.TEST_UNIT_READY, times: 1 };
      return once(autoloader, checkConditionFault(target, { key: 0x04, asc: 0x40, ascq: 0x80 }));
    },
  ],
  [
    'the element status cannot be read',
    (autoloader) => {
      const target = { lun: autoloader.lunOfChanger, opcode: OperationCode.READ_ELEMENT_STATUS, times: 1 };
      return once(autoloader, checkConditionFault(target, { key: 0x04, asc: 0x44, ascq: 0 }));
    },
  ],
  ['the power fails', (autoloader) => autoloader.powerCycle()],
  ['a person exchanges two cartridges', exchange],
  ['a person takes a cartridge away', takeAway],
  ['a person ejects a drive', ejectDrive],
];

/** A person brings back what lies beside the device. */
export async function bringAllBack(autoloader: VirtualAutoloader): Promise<void> {
  const { operator } = autoloader;
  if (operator.outside().length === 0) return;
  await behindDoor(autoloader, async () => {
    for (const { id } of [...operator.outside()]) {
      const free = autoloader
        .inspect()
        .find(({ elementTypeName, full }) => elementTypeName === 'storage element' && !full);
      if (free === undefined) return;
      await operator.insertCartridge(free.address, { id });
    }
  });
}

function move({ lunOfChanger }: VirtualAutoloader) {
  return { lun: lunOfChanger, opcode: OperationCode.MOVE_MEDIUM, times: 1 };
}

function once(autoloader: VirtualAutoloader, fault: Parameters<VirtualAutoloader['addFault']>[0]): () => void {
  return autoloader.addFault(fault);
}

async function exchange(autoloader: VirtualAutoloader, random: RandomNumbers): Promise<void> {
  const full = fullSlots(autoloader);
  const [one, other] = [random.pick(full), random.pick(full)];
  if (one === undefined || other === undefined || one === other) return;
  const { operator } = autoloader;
  await behindDoor(autoloader, async () => {
    const first = await operator.removeCartridge(one);
    const second = await operator.removeCartridge(other);
    await operator.insertCartridge(one, { id: second });
    await operator.insertCartridge(other, { id: first });
  });
}

async function takeAway(autoloader: VirtualAutoloader, random: RandomNumbers): Promise<void> {
  const slot = random.pick(fullSlots(autoloader));
  if (slot !== undefined) await behindDoor(autoloader, () => autoloader.operator.removeCartridge(slot));
}

async function ejectDrive(autoloader: VirtualAutoloader, random: RandomNumbers): Promise<void> {
  const drive = random.pick(autoloader.inspect().filter((element) => element.drive !== undefined && element.full));
  if (drive !== undefined) await unlessRefused(autoloader.operator.ejectDrive(drive.address));
}

function fullSlots(autoloader: VirtualAutoloader): number[] {
  return autoloader
    .inspect()
    .filter(({ elementTypeName, full }) => elementTypeName === 'storage element' && full)
    .map(({ address }) => address);
}

async function behindDoor(autoloader: VirtualAutoloader, work: () => Promise<unknown>): Promise<void> {
  const { operator } = autoloader;
  try {
    operator.openDoor();
  } catch (error) {
    // Locked, or open already: then nobody gets in just now.
    if (error instanceof OperatorError) return;
    throw error;
  }
  try {
    await unlessRefused(work());
  } finally {
    await operator.closeDoor();
  }
}

async function unlessRefused(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
  }
}
