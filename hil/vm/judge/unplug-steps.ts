import type { DeviceTime } from '../device-time.js';
import { waitInGuest } from '../guest-devices.js';
import type { GuestMachine } from '../guest-machine.js';
import type { ServedUsbDevice } from '../served-autoloader.js';
import type { Report } from '../tap-writer.js';
import { compareInventory, type ChangerSubject, type PreparedChanger } from './changer-steps.js';
import { labelsIn, viewOfAutoloader } from './element-view.js';

export interface UnplugSubject extends ChangerSubject {
  readonly served: ServedUsbDevice;
  /** The device's; running. */
  readonly time: DeviceTime;
  readonly guest: GuestMachine;
  /** What must be true in the guest, as a shell condition, before the device is used again. */
  readonly backInGuest?: string;
  /** How a lost device may be told. Default: `disconnected`. */
  readonly lossCodes?: readonly string[];
}

/** idVendor of the device in the guest's sysfs. */
const PLUGGED_IN = 'grep -qs 1209 /sys/bus/usb/devices/*/idVendor';

/**
 * The cable of a virtual USB device is pulled while its picker holds a cartridge, and put back when the device, which knows
 * nothing of cables, has finished the motion. The controller must tell the truth about it, and go on. Cartridges lie in the first
 * two slots, and the first drive is empty.
 */
export async function unplugSteps(
  report: Report,
  { changer, slots, drives }: PreparedChanger,
  subject: UnplugSubject,
): Promise<void> {
  const { served, guest } = subject;
  const [slot = 0, otherSlot = 0] = slots;
  const [drive = 0] = drives;
  const before = labelsIn(viewOfAutoloader(served.autoloader.inspect()));

  const moving = changer.moveAndVerify({ source: slot, destination: drive });
  await unplugInMotion(report, subject);
  if (subject.backInGuest !== undefined) await waitInGuest(guest, subject.backInGuest);

  const moved = await moving;
  const { lossCodes = ['disconnected'] } = subject;
  const code = moved.failure?.transport?.code ?? 'no failure of the transport';
  report.ok(lossCodes.includes(code), `the command failed as ${lossCodes.join(' or ')}`, code);
  report.equal(moved.failure?.executed, 'unknown', 'and it is not known to be executed');
  report.equal(moved.outcome, 'moved', `the device was found again and read: ${moved.message}`);
  const after = await compareInventory(report, changer, subject, 'after the cable was put back');
  report.equal(labelsIn(after), before, 'every cartridge is there, each once');
  const next = await changer.moveAndVerify({ source: otherSlot, destination: slot });
  report.equal(next.outcome, 'moved', `the next motion goes on: ${next.message}`);
  await compareInventory(report, changer, subject, 'after that');
}

/** Waits for a motion, pulls the cable in the middle of it, lets the device finish, and puts the cable back. */
export async function unplugInMotion(
  report: Report,
  { served, time, guest }: Pick<UnplugSubject, 'served' | 'time' | 'guest'>,
): Promise<void> {
  await time.passUntil('the picker holds a cartridge', () => pickerIsFull(served));
  served.attachment.unplug();
  await waitInGuest(guest, `! ${PLUGGED_IN}`, 15);
  report.ok(pickerIsFull(served), 'the cable is pulled while the picker holds the cartridge');
  await time.passUntil('the picker is empty', () => !pickerIsFull(served));
  served.attachment.plug();
  await served.plugInto(guest);
  time.run();
}

function pickerIsFull({ autoloader }: ServedUsbDevice): boolean {
  const elements = autoloader.inspect();
  return elements.some(({ elementTypeName, full }) => full && elementTypeName === 'medium transport element');
}
