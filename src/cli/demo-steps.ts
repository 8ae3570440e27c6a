import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { INFINITE, NtmsDismountOptions, NtmsMountOptions } from '../ntms/index.js';
import { finishRequests } from './finished-requests.js';
import type { OpenManager } from './open-manager.js';
import { libraryPicture } from './output/library-picture.js';
import { counted, words } from './output/words.js';
import { readOverview } from './overview.js';
import { readDrives } from './views/elements.js';
import { type MediumView, readMedia } from './views/media.js';

/** One thing that the demo does; `run` answers with what came of it, in words. */
export interface DemoStep {
  readonly title: string;
  readonly run: () => Promise<string>;
}

/**
 * The main job, step by step, on whatever library the manager has. Each step asks the library afterwards what is where,
 * and fails when that is not what the step was to bring about.
 */
export async function demoSteps(open: OpenManager, width: number | undefined): Promise<DemoStep[]> {
  const inSlots = (await readMedia(open.reader())).filter(({ location }) => location?.kind === 'slot');
  const [cartridge] = inSlots.toSorted((a, b) => (a.location?.number ?? 0) - (b.location?.number ?? 0));
  if (cartridge === undefined) throw new Error('the demo needs a cartridge in a slot');
  const side = cartridge.sides[0]?.id ?? cartridge.id;
  const { label } = cartridge;

  const mount = async (): Promise<void> => {
    const { NTMS_MOUNT_READ, NTMS_MOUNT_ERROR_IF_UNAVAILABLE } = NtmsMountOptions;
    const options = NTMS_MOUNT_READ | NTMS_MOUNT_ERROR_IF_UNAVAILABLE;
    await open.api.MountNtmsMedia(open.session, [side], [null], 1, options, 0, INFINITE, null);
  };
  const dismount = async (how: NtmsDismountOptions): Promise<void> => {
    const before = open.session.requestIds.length;
    await open.api.DismountNtmsMedia(open.session, [side], 1, how);
    await finishRequests(open, open.session.requestIds.slice(before));
  };

  return [
    {
      title: 'Look at the library',
      run: async () =>
        (await readOverview(open)).libraries.map((library) => libraryPicture(library, width)).join('\n\n'),
    },
    {
      title: `Mount ${label}`,
      run: async () => {
        await mount();
        return `${await driveWith(open, cartridge, 'NTMS_DRIVESTATE_LOADED')}; ${moves(open)} so far`;
      },
    },
    {
      title: `Dismount ${label}, deferred`,
      run: async () => {
        await dismount(NtmsDismountOptions.NTMS_DISMOUNT_DEFERRED);
        return `${await driveWith(open, cartridge, 'NTMS_DRIVESTATE_DISMOUNTABLE')}; ${moves(open)} so far`;
      },
    },
    {
      title: `Mount ${label} again`,
      run: async () => {
        const before = moves(open);
        await mount();
        if (moves(open) !== before) throw new Error(`${label} was moved although it was in the drive`);
        return `${await driveWith(open, cartridge, 'NTMS_DRIVESTATE_LOADED')}; still ${before}: nothing moved`;
      },
    },
    {
      title: `Dismount ${label}`,
      run: async () => {
        await dismount(NtmsDismountOptions.NTMS_DISMOUNT_IMMEDIATE);
        const { location } = (await readMedia(open.reader())).find(({ id }) => id === cartridge.id) ?? cartridge;
        if (location?.id !== cartridge.location?.id) throw new Error(`${label} did not come back to its slot`);
        return `back in slot ${location?.number} (${location?.elementAddress}); ${moves(open)} in all`;
      },
    },
    {
      title: 'Export the database',
      run: async () => {
        await open.api.ExportNtmsDatabase(open.session);
        return readdirSync(join(open.store.folder, 'Export')).toSorted().join(', ');
      },
    },
  ];
}

/** `drive 0 (256) is loaded`; throws when the cartridge is elsewhere or the drive in another state. */
async function driveWith(open: OpenManager, cartridge: MediumView, state: string): Promise<string> {
  const drive = (await readDrives(open.reader())).find((one) => one.cartridge === cartridge.label);
  if (drive === undefined) throw new Error(`${cartridge.label} is in no drive`);
  if (drive.state !== state) throw new Error(`drive ${drive.number} is ${words(drive.state)}, not ${words(state)}`);
  return `drive ${drive.number} (${drive.elementAddress}) is ${words(drive.state)}`;
}

/** How often the picker moved a cartridge, from the move journal. */
function moves(open: OpenManager): string {
  return counted(open.store.table('moveJournal').count({ outcome: 'moved' }), 'move');
}
