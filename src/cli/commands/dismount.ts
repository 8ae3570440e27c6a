import { NtmsDismountOptions } from '../../ntms/index.js';
import { CommandError } from '../command-error.js';
import { type CommandContext, unlessInterrupted } from '../command-context.js';
import { finishRequests } from '../finished-requests.js';
import { findDrive } from '../names/drive-name.js';
import { findMedium } from '../names/medium-name.js';
import { refuseTwice } from '../names/named-twice.js';
import { type OpenManager, withManager } from '../open-manager.js';
import { words } from '../output/words.js';
import { type DriveView, readDrives } from '../views/elements.js';
import { type MediumView, readMedia } from '../views/media.js';

export interface DismountCommandOptions {
  readonly drive?: string;
  readonly deferred?: boolean;
}

/** `rsm dismount <medium>...` or `rsm dismount --drive D`. */
export async function dismount(
  context: CommandContext,
  names: readonly string[],
  options: DismountCommandOptions,
): Promise<void> {
  if ((names.length === 0) === (options.drive === undefined)) {
    throw new CommandError('USAGE', 'Name the media to dismount, or one drive with --drive; one of the two.');
  }
  await withManager(context, async (open) => {
    const reader = open.reader();
    const media = await readMedia(reader);
    const drive = options.drive === undefined ? undefined : findDrive(options.drive, await readDrives(reader));
    const inDrive = media.filter((medium) => medium.location?.id === drive?.id);
    const affected = drive === undefined ? names.map((name) => findMedium(name, media)) : inDrive.map(named);
    refuseTwice(affected.map(({ mediaId, medium }) => ({ id: mediaId, label: medium.label })));

    // Only DismountNtmsMedia can be deferred; an empty drive is left to the call that has a code for it.
    if (drive !== undefined && !(options.deferred === true && affected.length > 0)) {
      await open.api.DismountNtmsDrive(open.session, drive.id);
    } else {
      const how =
        options.deferred === true
          ? NtmsDismountOptions.NTMS_DISMOUNT_DEFERRED
          : NtmsDismountOptions.NTMS_DISMOUNT_IMMEDIATE;
      const ids = affected.map(({ mediaId }) => mediaId);
      await open.api.DismountNtmsMedia(open.session, ids, ids.length, how);
    }
    const requests = [...open.session.requestIds];
    await unlessInterrupted(context, finishRequests(open, requests));
    await report(
      context,
      open,
      affected.map(({ medium }) => medium.id),
      requests,
    );
  });
}

function named(medium: MediumView): { medium: MediumView; mediaId: string } {
  return { medium, mediaId: medium.sides[0]?.id ?? medium.id };
}

async function report(
  context: CommandContext,
  open: OpenManager,
  mediaIds: readonly string[],
  requests: readonly string[],
): Promise<void> {
  const reader = open.reader();
  const drives = await readDrives(reader);
  const dismounted = (await readMedia(reader)).filter((medium) => mediaIds.includes(medium.id));
  for (const medium of dismounted) context.terminal.line(describe(medium, drives));
  context.terminal.document({ requests, dismounted });
}

function describe({ label, location, library }: MediumView, drives: readonly DriveView[]): string {
  if (location === null) return `${label} is on the shelf.`;
  const place = `${location.kind} ${location.number} (${location.elementAddress}) of ${library ?? '?'}`;
  const drive = drives.find((one) => one.id === location.id);
  return drive === undefined ? `${label} is in ${place}.` : `${label} stays in ${place}, ${words(drive.state)}.`;
}
