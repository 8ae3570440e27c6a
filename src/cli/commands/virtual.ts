import { mkdirSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CommandContext } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { chosenStateFolder } from '../chosen-rig.js';
import { hardwareFolder } from '../../rig/transports/virtual.js';

export interface VirtualCommandOptions {
  readonly attach: 'serial';
  readonly profile: string;
  /** The hardware's name: its folder below the state folder. */
  readonly name: string;
  readonly timing: 'real' | 'zero';
  /** Absent: `serial` in the state folder, where hil/rigs/serial.yaml looks. */
  readonly link?: string;
}

/** `rsm virtual --attach serial`: the virtual autoloader at the far end of a pseudo-terminal, until interrupted. */
export async function virtual(context: CommandContext, options: VirtualCommandOptions): Promise<void> {
  const { terminal, clock, interrupted } = context;
  const [{ findProfile, profileIds }, { VirtualAutoloader }, { attachSerial }] = await Promise.all([
    import('../../../devices/profiles/index.js'),
    import('../../../devices/virtual/index.js'),
    import('../../../devices/virtual/attach/serial/index.js'),
  ]);
  const models = profileIds();
  if (!models.includes(options.profile)) {
    throw new CommandError('USAGE', `There is no model "${options.profile}". Write one of: ${models.join(', ')}.`);
  }
  const state = chosenStateFolder(context);
  const folder = hardwareFolder(state, options.name);
  const profile = findProfile(options.profile);
  mkdirSync(folder, { recursive: true });
  const autoloader = await VirtualAutoloader.create({ profile, clock, timing: options.timing, folder });
  try {
    const link = options.link === undefined ? join(state, 'serial') : resolve(options.link);
    let onError: (cause: Error) => void = () => undefined;
    const broken = new Promise<never>((_, reject) => (onError = reject));
    const attachment = await attachSerial({ target: autoloader, clock, link, onError });
    try {
      const path = readlinkSync(link);
      const lun = autoloader.lunOfChanger;
      terminal.line(path);
      terminal.line(`${profile.title}, its changer at LUN ${lun}; also reached as ${link}.`);
      terminal.line(
        `A rig file for it:\n\n${rigSnippet(link, lun)}\nInterrupt this command (Ctrl-C) to switch it off.`,
      );
      terminal.document({ path, link, lun, profile: profile.id, hardware: folder });
      await Promise.race([broken, aborted(interrupted)]);
    } finally {
      await attachment.close();
    }
  } finally {
    await autoloader.close();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((end) => {
    if (signal.aborted) end();
    else signal.addEventListener('abort', () => end(), { once: true });
  });
}

function rigSnippet(link: string, lun: number): string {
  return `libraries:
  - name: serial
    changer: { transport: serial, path: '${link}', baudRate: 115200, lun: ${lun} }
`;
}
