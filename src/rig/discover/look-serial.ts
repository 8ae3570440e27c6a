import { connectSerial } from '../transports/serial.js';
import type { PlugBoard } from '../plug-board.js';
import type { SerialUnit } from '../rig.js';
import { askTarget } from './ask-units.js';
import type { Look } from './found-unit.js';
import { joined } from './look-iscsi.js';
import { patienceOf } from './patience.js';

export interface SerialLineToAsk {
  readonly path: string;
  readonly baudRate: number;
}

/**
 * Asks the lines that were named. The others are only listed: a greeting on a line with something else at its end (a modem,
 * a console, another robot) might do anything.
 */
export async function lookSerial(lines: readonly SerialLineToAsk[], board: PlugBoard): Promise<Look> {
  const looks: Look[] = [];
  for (const { path, baudRate } of lines) {
    const unit = (lun: number): SerialUnit => ({ transport: 'serial', path, baudRate, lun });
    looks.push(await askTarget(await connectSerial(unit(0), board), unit, patienceOf(board)));
  }
  looks.push({ units: [], notices: await otherLines(lines.map(({ path }) => path)) });
  return joined(looks);
}

async function otherLines(asked: readonly string[]): Promise<string[]> {
  const { SerialPort } = await import('serialport');
  // Where udevadm is missing, the package cannot list the ports.
  const ports = await SerialPort.list().catch(() => []);
  const others = ports
    .filter(({ path }) => !asked.includes(path))
    .map(({ path, manufacturer }) => (manufacturer === undefined ? path : `${path} (${manufacturer})`));
  const [first] = others;
  if (first === undefined) return [];
  const example = `--serial ${first.split(' ')[0]}`;
  return [`not asked: serial lines ${others.join(', ')}; if an autoloader is at the end of one, say ${example}`];
}
