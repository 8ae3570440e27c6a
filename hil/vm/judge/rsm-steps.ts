import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestMachine, GuestResult } from '../guest-machine.js';
import type { Report } from '../tap-writer.js';
import { labelsIn, type ElementView } from './element-view.js';

export interface RsmSubject {
  readonly guest: GuestMachine;
  readonly projectRoot: string;
  /** Tells one rig from another in the names of files. */
  readonly name: string;
  readonly truth: () => Promise<ElementView>;
  /** The label of the cartridge in the first slot. */
  readonly label: string;
}

const SECONDS = 180;

/** `rsm` in the guest, from the compiled project, with a state folder in the guest's memory. */
function rsm({ guest, projectRoot, name }: RsmSubject, words: string): Promise<GuestResult> {
  const program = `${process.execPath} ${projectRoot}/dist/bin/rsm.js`;
  return guest.run(`cd /run && ${program} --state /run/state-${name} ${words}`, SECONDS);
}

/** Where the guest sees a rig file of this name. */
function rigFile({ name }: RsmSubject): string {
  return `/out/${name}.yaml`;
}

/** Takes a rig file of the manual's as it is. */
export async function takeRig(subject: RsmSubject, file: string): Promise<void> {
  await copyFile(join(subject.projectRoot, 'hil', 'rigs', file), join(subject.guest.folder, `${subject.name}.yaml`));
}

/** Has `rsm discover` write the rig file. Nothing may have moved by that. */
export async function discoverRig(report: Report, subject: RsmSubject, words = ''): Promise<void> {
  const before = await subject.truth();
  const found = await rsm(subject, `discover ${words} --output ${rigFile(subject)}`);
  report.ok(
    found.status === 0,
    `rsm discover ${words || 'on all transports'} finds the changer`,
    `${found.stdout}${found.stderr}`,
  );
  report.comment(await subject.guest.must(`cat ${rigFile(subject)}`));
  report.equal(await subject.truth(), before, 'and has moved nothing');
}

/**
 * Mounts and dismounts through the rig file as it is, and compares with the device's own state. `meanwhile` runs beside the mount.
 */
export async function rsmSteps(
  report: Report,
  subject: RsmSubject,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const { truth, label } = subject;
  const before = await truth();
  const works = async (words: string): Promise<void> => {
    const { status, stdout, stderr } = await rsm(subject, `--rig ${rigFile(subject)} ${words}`);
    report.ok(status === 0, `rsm ${words} succeeds`, `${stdout}${stderr}`);
  };
  await Promise.all([works(`mount ${label}`), meanwhile()]);
  const mounted = await truth();
  report.ok(
    mounted.drives.some((drive) => drive.label === label && drive.fromSlot === 1),
    `${label} is in a drive`,
    mounted.drives,
  );
  report.equal(mounted.slots[0], null, 'and its slot is empty');
  await works(`dismount ${label}`);
  const home = await truth();
  report.equal(home.slots, before.slots, 'every cartridge is in its slot again');
  report.equal(labelsIn(home), labelsIn(before), 'and there once');
}
