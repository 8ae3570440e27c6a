import { existsSync, writeFileSync } from 'node:fs';
import type { DiscoveredTransport } from '../../rig/discover/found-unit.js';
import { readChapSecret } from '../chap-secret.js';
import type { CommandContext } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { chosenStateFolder } from '../chosen-rig.js';

export interface DiscoverCommandOptions {
  /** Absent: all. */
  readonly transport?: readonly DiscoveredTransport[];
  readonly portal?: readonly string[];
  readonly chapUser?: string;
  readonly chapSecretFile?: string;
  /** `path` or `path,baud`. */
  readonly serial?: readonly string[];
  /** File to write the rig to, instead of standard output. */
  readonly output?: string;
}

/** `rsm discover`: what is plugged in, as a rig file. Moves nothing. */
export async function discoverDevices(context: CommandContext, options: DiscoverCommandOptions): Promise<void> {
  const { terminal, clock, env, interrupted } = context;
  refuseCombinations(options);
  const serialLines = (options.serial ?? []).map(serialLine);
  const chap = readChapSecret(options, (text) => terminal.note(text));
  const [{ discover }, { DISCOVERED_TRANSPORTS }, { describeUnit }, { printable }] = await Promise.all([
    import('../../rig/discover/discover.js'),
    import('../../rig/discover/found-unit.js'),
    import('../../rig/discover/rig-text.js'),
    import('../../rig/printable.js'),
  ]);
  // Devices have a say in these.
  const note = (text: string): void => terminal.note(printable(text));
  const found = await discover({
    transports: options.transport ?? DISCOVERED_TRANSPORTS,
    portals: options.portal ?? [],
    ...(chap && { chap: { user: chap.user, secretFile: chap.secretFile } }),
    serialLines,
    clock,
    env,
    stateFolder: chosenStateFolder(context),
    onNotice: note,
    signal: interrupted,
  }).catch((error: unknown) => {
    if (!interrupted.aborted) throw error;
    throw new CommandError('INTERRUPTED', 'interrupted; nothing had been moved.');
  });
  for (const notice of found.notices) note(notice);
  // Before the document: there is one only, of success or of failure.
  const count = found.libraries.length + found.standAlone.length;
  if (options.output !== undefined && count > 0) write(options.output, found.rig);
  terminal.document({
    units: found.units.map(({ unit, address, identity }) => ({
      unit,
      path: address.deviceName,
      peripheralDeviceType: identity.peripheralDeviceType,
      vendor: identity.vendorIdentification.trim(),
      product: identity.productIdentification.trim(),
      revision: identity.productRevisionLevel.trim(),
      serialNumber: identity.serialNumber ?? null,
    })),
    libraries: found.libraries.map(({ name, changer, drives, unknownDrives }) => ({
      name,
      changer: changer.unit,
      drives: drives.map(({ address, drive }) => ({ address, ...drive.unit })),
      unknownDrives,
    })),
    standAloneDrives: found.standAlone.map(({ name, drive }) => ({ name, drive: drive.unit })),
    otherDrives: found.otherDrives.map(({ unit }) => unit),
    notices: found.notices,
    rig: found.rig,
  });
  if (options.output === undefined) terminal.line(found.rig.trimEnd());
  for (const { changer, drives } of found.libraries) {
    const many = drives.length === 1 ? '1 drive' : `${drives.length} drives`;
    note(`${describeUnit(changer)}: at ${changer.address.deviceName}, ${many} of its own found`);
  }
  for (const { drive } of found.standAlone)
    note(`${describeUnit(drive)}: at ${drive.address.deviceName}, without changer`);
  if (count > 0) return;
  const asked = options.portal === undefined ? ' iSCSI portals are asked only when named with --portal.' : '';
  throw new CommandError('LIBRARY_NOT_FOUND', `no changer and no drive was found.${asked}`, [], { documented: true });
}

/** A rig file that is there already was written by somebody. */
function write(file: string, text: string): void {
  writeFileSync(file, text, { flag: 'wx' });
}

/** Throws CommandError USAGE for what would have no effect, or could not be done afterwards. */
function refuseCombinations({ transport, portal, chapUser, chapSecretFile, serial, output }: DiscoverCommandOptions) {
  const isLookedAt = (way: DiscoveredTransport): boolean => transport === undefined || transport.includes(way);
  if (portal !== undefined && !isLookedAt('iscsi')) {
    throw new CommandError('USAGE', '--portal is for "--transport iscsi"; name that, too, or leave the portal out.');
  }
  if (serial !== undefined && !isLookedAt('serial')) {
    throw new CommandError('USAGE', '--serial is for "--transport serial"; name that, too, or leave the line out.');
  }
  if (portal === undefined && (chapUser !== undefined || chapSecretFile !== undefined)) {
    throw new CommandError('USAGE', '--chap-user and --chap-secret-file are for a portal; name it with --portal.');
  }
  if (output !== undefined && existsSync(output)) {
    throw new CommandError('USAGE', `${output} is there already and is left alone; name another file.`);
  }
}

function serialLine(text: string): { path: string; baudRate: number } {
  const { path, baud = '115200' } = /^(?<path>[^,]+)(,(?<baud>\d+))?$/.exec(text)?.groups ?? {};
  const baudRate = Number(baud);
  if (path !== undefined && baudRate >= 300 && baudRate <= 4_000_000) return { path, baudRate };
  const allowed = 'Write PATH or PATH,BAUD with 300 to 4000000 baud.';
  throw new CommandError('USAGE', `"${text}" names no serial line. ${allowed}`);
}
