import { realpathSync } from 'node:fs';
import type { UnitAddress } from '../../library/library-definition.js';
import { type PlugBoard, unitAddress } from '../plug-board.js';
import type { SgUnit } from '../rig.js';

/** A unit that the kernel of this machine reaches. Each of its device files is a path to one logical unit. */
export async function connectSg(unit: SgUnit, board: PlugBoard): Promise<UnitAddress> {
  const { path } = unit;
  const siblings = async (): Promise<UnitAddress[]> => {
    const { siblingPaths } = await import('../../../devices/transport/sg/index.js');
    const paths = await siblingPaths(path, systemRoot(board));
    return Promise.all(paths.map((sibling) => openedBy(sibling, board)));
  };
  return { ...(await openedBy(path, board)), siblings };
}

/**
 * Where the kernel's own files are. Under umockdev programs see a mocked `/sys`, but not through the system calls that Node
 * lists folders with; the mocked one is found where umockdev says that it is.
 */
export function systemRoot({ options }: PlugBoard): { readonly root?: string } {
  const mocked = (options.env ?? process.env)['UMOCKDEV_DIR'];
  return mocked === undefined ? {} : { root: realpathSync(mocked) };
}

/** Each command that the kernel works on holds a thread; a library of some ten drives shall not run out of them. */
const THREADS = 64;

async function openedBy(path: string, board: PlugBoard): Promise<UnitAddress> {
  const transport = await board.path(`sg ${path}`, async () => {
    const { SgTransport, SgProcess } = await import('../../../devices/transport/sg/index.js');
    const calls = await board.shared('sg', async () => {
      const process = new SgProcess({ threads: THREADS });
      board.onClose(() => process.end());
      return process;
    });
    return new SgTransport({ path, clock: board.options.clock, calls });
  });
  return { ...unitAddress(transport, 0), deviceName: path };
}
