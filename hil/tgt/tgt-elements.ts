import { open, stat } from 'node:fs/promises';
import type { TgtAdmin } from './tgt-admin.js';
import { TgtError } from './tgt-error.js';

/** One element as tgt itself sees it. */
export interface TgtElement {
  readonly address: number;
  /** Element type code: 1 picker, 2 slot, 3 port, 4 drive. */
  readonly type: number;
  /** Of the cartridge in it; undefined when it is empty. Every cartridge of this bench has a barcode. */
  readonly barcode: string | undefined;
  /** Where the cartridge came from; undefined when it was never moved. */
  readonly source: number | undefined;
}

/**
 * Asks tgt where its cartridges are. tgtadm shows no element contents, but the changer can dump its slot list into
 * tgtd's debug log: this is tgt's own memory, read without a single SCSI command. The log is in debug mode only
 * meanwhile.
 */
export async function readTgtElements(admin: TgtAdmin, changerLun: number, logFile: string): Promise<TgtElement[]> {
  const { size: from } = await stat(logFile);
  const debug = (value: 'on' | 'off'): Promise<string> =>
    admin.run('--mode', 'sys', '--op', 'update', '--name', 'debug', '--value', value);
  await debug('on');
  try {
    await admin.updateLogicalUnit(changerLun, 'dump=1');
  } finally {
    await debug('off');
  }
  return parseSlotDump(await readFrom(logFile, from));
}

/** Reads the lines that tgt 1.0.85 writes for each slot. Throws `TGT_FAILED` when there are none. */
export function parseSlotDump(log: string): TgtElement[] {
  const elements = log
    .split(/^tgtd: slot_dump\(\d+\) Slot /m)
    .slice(1)
    .map((text) => {
      const field = (name: string): string => new RegExp(`${name}: ([^ \\n]*)`).exec(text)?.[1] ?? '';
      const source = Number(field('Last Addr'));
      const element: TgtElement = {
        address: Number.parseInt(text, 10),
        type: Number(field('Type')),
        // An emptied slot holds spaces in place of the barcode.
        barcode: field('Barcode') === '' ? undefined : field('Barcode'),
        source: source === 0 ? undefined : source,
      };
      return element;
    });
  if (elements.length === 0) throw new TgtError('TGT_FAILED', 'tgtd wrote no slot dump into its log');
  return elements.toSorted((a, b) => a.address - b.address);
}

async function readFrom(file: string, position: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(size - position);
    await handle.read(bytes, 0, bytes.length, position);
    return bytes.toString('latin1');
  } finally {
    await handle.close();
  }
}
