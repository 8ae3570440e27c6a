import { readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { attachSerial } from '../../../devices/virtual/attach/serial/index.js';
import type { OpenWay, WayContext } from './way.js';

/** A pseudo-terminal of this machine with the autoloader at its far end. */
export async function openSerial({ autoloader, clock, stateFolder, options, onBroken }: WayContext): Promise<OpenWay> {
  const link = options.link === undefined ? join(stateFolder, 'serial') : resolve(options.link);
  const attachment = await attachSerial({ target: autoloader, clock, link, onError: onBroken });
  const path = readlinkSync(link);
  const lun = autoloader.lunOfChanger;
  return {
    attachment: { kind: 'serial', howToConnect: [`${path}, also reached as ${link}`], close: () => attachment.close() },
    changer: { transport: 'serial', path: link, baudRate: 115_200, lun },
    details: { path, link },
  };
}
