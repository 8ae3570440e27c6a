import { mkdirSync } from 'node:fs';
import { hardwareFolder } from '../../rig/transports/virtual.js';
import type { OpenWay, WayContext, WayOptions } from '../attach/way.js';
import { chosenStateFolder } from '../chosen-rig.js';
import type { CommandContext } from '../command-context.js';
import { CommandEnded, CommandError } from '../command-error.js';
import { runProgram } from '../run-program.js';

export interface VirtualCommandOptions extends WayOptions {
  readonly attach: readonly AttachKind[];
  readonly profile: string;
  /** The hardware's name: its folder below the state folder. */
  readonly name: string;
  readonly timing: 'real' | 'zero';
  /** The options that stand on the command line; the others are as when left out. */
  readonly given: readonly string[];
}

export type AttachKind = 'usbip' | 'iscsi' | 'serial' | 'sg';

const opener: Readonly<Record<AttachKind, (context: WayContext) => Promise<OpenWay>>> = {
  usbip: async (context) => (await import('../attach/usbip.js')).openUsbip(context),
  iscsi: async (context) => (await import('../attach/iscsi.js')).openIscsi(context),
  serial: async (context) => (await import('../attach/serial.js')).openSerial(context),
  sg: async (context) => (await import('../attach/sg.js')).openSg(context),
};

/** The ways that an option is for. */
const waysOf: Readonly<Record<keyof WayOptions, readonly AttachKind[]>> = {
  host: ['usbip', 'iscsi'],
  usbipPort: ['usbip'],
  usbProtocol: ['usbip'],
  usbSpeed: ['usbip'],
  iscsiPort: ['iscsi'],
  targetName: ['iscsi'],
  chapUser: ['iscsi'],
  chapSecretFile: ['iscsi'],
  link: ['serial'],
  folder: ['sg'],
};

/**
 * `rsm virtual --attach WAY...`: the virtual autoloader, reached in one or several ways, until interrupted or until the
 * command that was given has ended; its exit status is passed on.
 */
export async function virtual(
  context: CommandContext,
  command: readonly string[],
  options: VirtualCommandOptions,
): Promise<void> {
  const { terminal, clock, interrupted } = context;
  const ways = [...new Set(options.attach)];
  refuseCombinations(ways, command, options.given, terminal.json);
  const [{ findProfile, profileIds }, { VirtualAutoloader }] = await Promise.all([
    import('../../../devices/profiles/index.js'),
    import('../../../devices/virtual/index.js'),
  ]);
  const models = profileIds();
  if (!models.includes(options.profile)) {
    throw new CommandError('USAGE', `There is no model "${options.profile}". Write one of: ${models.join(', ')}.`);
  }
  const stateFolder = chosenStateFolder(context);
  const folder = hardwareFolder(stateFolder, options.name);
  const profile = findProfile(options.profile);
  mkdirSync(folder, { recursive: true });
  const autoloader = await VirtualAutoloader.create({ profile, clock, timing: options.timing, folder });
  const opened: OpenWay[] = [];
  try {
    let onBroken: (cause: Error) => void = () => undefined;
    const broken = new Promise<never>((_, reject) => (onBroken = reject));
    broken.catch(() => undefined);
    const onNotice = (text: string): void => terminal.note(text);
    const way = { autoloader, clock, name: options.name, stateFolder, options, onBroken, onNotice };
    for (const kind of ways) opened.push(await opener[kind](way));
    if (command.length > 0) {
      const wrap = opened.find((one) => one.wrap !== undefined)?.wrap;
      const wrapped = wrap?.(command);
      const status =
        wrapped === undefined ? 0 : await Promise.race([broken, runProgram(wrapped, context.interruption)]);
      if (status !== 0) throw new CommandEnded(status);
      return;
    }
    // The YAML writer is not loaded for a program that is waited for.
    const { flow, scalar } = await import('../../rig/discover/rig-text.js');
    const lun = autoloader.lunOfChanger;
    terminal.line(`${profile.title}, changer at LUN ${lun}, drives at LUN ${autoloader.lunsOfDrives.join(', ')}`);
    if (!profile.quirks.implicitUnload) {
      terminal.line('As the real one, it takes no cartridge out of a drive that was not unloaded: "mt offline" first.');
    }
    for (const { attachment, changer, remarks = [] } of opened) {
      terminal.line(`\n${attachment.kind}:`);
      for (const line of [...attachment.howToConnect, ...remarks]) terminal.line(`  ${line}`);
      if (changer === undefined) continue;
      terminal.line('  in a rig file:\n    libraries:');
      terminal.line(`      - name: ${scalar(options.name)}\n        changer: ${flow(changer)}`);
    }
    terminal.line('\nInterrupt this command (Ctrl-C) to switch it off.');
    const served = Object.fromEntries(opened.map(({ attachment, details }) => [attachment.kind, details]));
    terminal.document({ ...served, lun, drives: autoloader.lunsOfDrives, profile: profile.id, hardware: folder });
    await Promise.race([broken, aborted(interrupted)]);
  } finally {
    for (const { attachment } of opened.toReversed()) await attachment.close();
    await autoloader.close();
  }
}

/** Throws CommandError USAGE for what would have no effect. */
function refuseCombinations(
  ways: readonly AttachKind[],
  command: readonly string[],
  given: readonly string[],
  json: boolean,
): void {
  if (command.length > 0 && !ways.includes('sg')) {
    throw new CommandError('USAGE', 'A command is run on the device files of "--attach sg"; name that way, too.');
  }
  if (command.length > 0 && json) {
    throw new CommandError('USAGE', "With a command, standard output is that command's; leave --json out.");
  }
  for (const [option, itsWays] of Object.entries(waysOf)) {
    if (!given.includes(option) || itsWays.some((way) => ways.includes(way))) continue;
    const flag = `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const which = itsWays.map((way) => `"--attach ${way}"`).join(' or ');
    throw new CommandError('USAGE', `${flag} is for ${which}; name that way, too, or leave the option out.`);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((end) => {
    if (signal.aborted) end();
    else signal.addEventListener('abort', () => end(), { once: true });
  });
}
