import { PlugBoard, type PlugInOptions } from '../plug-board.js';
import type { ChapUnit } from '../rig.js';
import type { DiscoveredTransport, FoundUnit, Look } from './found-unit.js';
import { pairUp, type PairedUnits } from './pair-up.js';
import { patienceOf } from './patience.js';
import { rigText } from './rig-text.js';
import { standAloneDrives, type FoundStandAlone } from './stand-alone-drives.js';
import type { SerialLineToAsk } from './look-serial.js';

export interface DiscoverOptions extends PlugInOptions {
  /** Which ways to look at; what comes first is preferred for a unit that is reached in several ways. */
  readonly transports: readonly DiscoveredTransport[];
  /** Portals to ask for their targets. */
  readonly portals?: readonly string[];
  readonly chap?: ChapUnit;
  /** Serial lines to ask; others are only listed. */
  readonly serialLines?: readonly SerialLineToAsk[];
  /** Ends it at once: it rejects with the signal's reason, when all that was opened is closed. */
  readonly signal?: AbortSignal;
}

export interface Discovery extends PairedUnits {
  /** Drives that are libraries of their own. */
  readonly standAlone: readonly FoundStandAlone[];
  /** Everything that answered. */
  readonly units: readonly FoundUnit[];
  /** A rig file with the libraries that were found. */
  readonly rig: string;
}

/**
 * Looks what is plugged in, and which drive belongs to which changer. Asks INQUIRY, REPORT LUNS, MODE SENSE and READ ELEMENT
 * STATUS, and nothing that moves, loads or changes anything. Whatever was opened is closed again.
 */
export async function discover(options: DiscoverOptions): Promise<Discovery> {
  const board = new PlugBoard(options);
  try {
    return await unlessAborted(lookEverywhere(options, board), options.signal);
  } finally {
    await board.close();
  }
}

async function lookEverywhere(options: DiscoverOptions, board: PlugBoard): Promise<Discovery> {
  const looks: Look[] = [];
  for (const transport of options.transports) looks.push(await lookAt(transport, options, board));
  const units = looks.flatMap((look) => look.units);
  const paired = await pairUp(units, patienceOf(board));
  const notices = [...looks.flatMap((look) => look.notices), ...paired.notices];
  return { ...paired, notices, units, standAlone: standAloneDrives(paired), rig: rigText(paired) };
}

/** What is under way when the signal aborts finds its paths closed, and nobody hears of it any more. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** What a way needs is loaded only when that way is looked at. */
async function lookAt(transport: DiscoveredTransport, options: DiscoverOptions, board: PlugBoard): Promise<Look> {
  switch (transport) {
    case 'sg':
      return (await import('./look-sg.js')).lookSg(board);
    case 'usb': {
      const others = options.transports.includes('sg');
      return (await import('./look-usb.js')).lookUsb({ leaveToKernel: others }, board);
    }
    case 'iscsi': {
      const { portals = [], chap } = options;
      return (await import('./look-iscsi.js')).lookIscsi({ portals, ...(chap && { chap }) }, board);
    }
    case 'serial':
      return (await import('./look-serial.js')).lookSerial(options.serialLines ?? [], board);
  }
}
