import { INFINITE, NtmsMountOptions } from '../../ntms/index.js';
import { CommandError } from '../command-error.js';
import { type CommandContext, unlessInterrupted } from '../command-context.js';
import { finishRequests } from '../finished-requests.js';
import { findDrive } from '../names/drive-name.js';
import { findMedium } from '../names/medium-name.js';
import { refuseTwice } from '../names/named-twice.js';
import { parseTimeSpan } from '../names/time-span.js';
import { type OpenManager, withManager } from '../open-manager.js';
import { counted, words } from '../output/words.js';
import { readDrives } from '../views/elements.js';
import { readMedia } from '../views/media.js';

export interface MountCommandOptions {
  /** One for each medium, or none. */
  readonly drive?: readonly string[];
  readonly priority: number;
  readonly timeout?: string;
  /** False with --no-wait. */
  readonly wait: boolean;
  /** Mount for writing too. */
  readonly write?: boolean;
}

/** `rsm mount <medium>...`: all of them or none. */
export async function mount(
  context: CommandContext,
  names: readonly string[],
  options: MountCommandOptions,
): Promise<void> {
  const timeoutMs = options.timeout === undefined ? undefined : parseTimeSpan(options.timeout);
  const wanted = options.drive ?? [];
  if (wanted.length > 0 && wanted.length !== names.length) {
    const message = `There ${names.length === 1 ? 'is 1 medium' : `are ${names.length} media`} and ${counted(wanted.length, 'drive')}. Name one --drive for each medium, or none.`;
    throw new CommandError('USAGE', message);
  }

  await withManager(context, async (open) => {
    const reader = open.reader();
    const known = await readMedia(reader);
    const named = names.map((name) => findMedium(name, known));
    refuseTwice(named.map(({ mediaId, medium }) => ({ id: mediaId, label: medium.label })));
    const drives = wanted.length === 0 ? [] : await readDrives(reader);
    const places = named.flatMap(({ medium }, index) => {
      const name = wanted[index];
      return name === undefined ? [] : [findDrive(name, drives, medium.library)];
    });
    refuseTwice(places.map(({ id, number }) => ({ id, label: `drive ${number}` })));
    const driveIds = named.map((_, index) => places[index]?.id ?? null);

    const call = open.api.MountNtmsMedia(
      open.session,
      named.map(({ mediaId }) => mediaId),
      driveIds,
      named.length,
      mountOptions(options, wanted.length > 0, timeoutMs),
      options.priority,
      timeoutMs ?? INFINITE,
      null,
    );
    await unlessInterrupted(context, call);
    const requests = [...open.session.requestIds];
    if (!options.wait) {
      for (const id of requests) context.terminal.line(id);
      await unlessInterrupted(context, finishRequests(open, requests));
    }
    await report(
      context,
      open,
      named.map(({ medium }) => medium.id),
      requests,
      options.wait,
    );
  });
}

function mountOptions(options: MountCommandOptions, specific: boolean, timeoutMs: number | undefined): number {
  const { NTMS_MOUNT_READ, NTMS_MOUNT_WRITE, NTMS_MOUNT_SPECIFIC_DRIVE, NTMS_MOUNT_NOWAIT } = NtmsMountOptions;
  // Nobody else works on this database while the command runs, so nobody would bring a cartridge from the shelf or free
  // a drive. Only with --timeout is there a wait at all.
  const { NTMS_MOUNT_ERROR_IF_OFFLINE, NTMS_MOUNT_ERROR_IF_UNAVAILABLE } = NtmsMountOptions;
  return (
    NTMS_MOUNT_READ |
    NTMS_MOUNT_ERROR_IF_OFFLINE |
    (options.write === true ? NTMS_MOUNT_WRITE : 0) |
    (specific ? NTMS_MOUNT_SPECIFIC_DRIVE : 0) |
    (options.wait ? 0 : NTMS_MOUNT_NOWAIT) |
    (timeoutMs === undefined ? NTMS_MOUNT_ERROR_IF_UNAVAILABLE : 0)
  );
}

async function report(
  context: CommandContext,
  open: OpenManager,
  mediaIds: readonly string[],
  requests: readonly string[],
  waited: boolean,
): Promise<void> {
  const reader = open.reader();
  const media = await readMedia(reader);
  const drives = await readDrives(reader);
  const mounted = mediaIds.map((id) => {
    const medium = media.find((one) => one.id === id);
    return { medium, drive: drives.find((one) => one.id === medium?.location?.id) };
  });
  for (const { medium, drive } of mounted) {
    if (medium === undefined || drive === undefined || !waited) continue;
    const place = `drive ${drive.number} (${drive.elementAddress}) of ${drive.library ?? '?'}`;
    context.terminal.line(`${medium.label} is ${words(drive.state)} in ${place}.`);
  }
  context.terminal.document({
    requests,
    mounted: mounted.map(({ medium, drive }) => ({ medium, drive: drive ?? null })),
  });
}
