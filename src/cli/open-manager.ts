import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../devices/clock.js';
import { RemovableStorageManager } from '../library/manager.js';
import { createNtmsApi, type NtmsApi, type NtmsSession } from '../ntms/index.js';
import { ObjectStore } from '../objects/object-store.js';
import { plugIn } from '../rig/plug-in.js';
import type { Rig } from '../rig/rig.js';
import { chosenRig, chosenStateFolder } from './chosen-rig.js';
import { type CommandContext, unlessInterrupted } from './command-context.js';
import { throwRigFault } from './rig-fault.js';
import { ObjectReader } from './views/object-reader.js';

/** A running manager with one session on it, as long as one command lasts. */
export interface OpenManager {
  readonly api: NtmsApi;
  readonly session: NtmsSession;
  readonly manager: RemovableStorageManager;
  readonly store: ObjectStore;
  readonly rig: Rig;
  readonly stateFolder: string;
  /** Shows the library as it is now. */
  reader(): ObjectReader;
}

export interface ManagerSetup {
  readonly rig: Rig;
  readonly stateFolder: string;
  readonly clock: Clock;
  readonly traceFile?: string;
  readonly onNotice: (text: string) => void;
  readonly interrupted: AbortSignal;
}

/** Runs `use` on the manager of the chosen rig and state folder, and closes everything whatever comes of it. */
export async function withManager<T>(context: CommandContext, use: (open: OpenManager) => Promise<T>): Promise<T> {
  const { options, terminal, clock } = context;
  const setup: ManagerSetup = {
    rig: await chosenRig(context),
    stateFolder: chosenStateFolder(context),
    clock,
    onNotice: (text) => terminal.note(text),
    interrupted: context.interrupted,
    ...(options.trace === undefined ? {} : { traceFile: options.trace }),
  };
  return runManager(setup, use);
}

/**
 * The order matters: the rig is read before anything is locked, the database is locked before the hardware, and all of it
 * is given back in the opposite order.
 */
export async function runManager<T>(setup: ManagerSetup, use: (open: OpenManager) => Promise<T>): Promise<T> {
  const { rig, clock } = setup;
  const closers: (() => void | Promise<void>)[] = [];
  const onClose = (close: () => void | Promise<void>): void => void closers.unshift(close);
  try {
    const store = ObjectStore.open({ folder: join(setup.stateFolder, 'database'), clock });
    onClose(() => store.close());

    const trace = setup.traceFile === undefined ? undefined : openTrace(setup.traceFile, onClose);
    const plugged = await plugIn(rig, {
      clock,
      stateFolder: setup.stateFolder,
      onNotice: setup.onNotice,
      ...(trace && { trace }),
    });
    onClose(() => plugged.close());

    const starting = RemovableStorageManager.start({
      store,
      libraries: plugged.libraries,
      clock,
      onNotice: setup.onNotice,
    });
    // A start moves nothing, so an interrupt does not wait for it, however long a device is becoming ready.
    const manager = await unlessInterrupted(setup, starting, 'nothing had been moved yet.');
    onClose(() => manager.stop());
    throwRigFault(rig, manager.failures);

    const api = createNtmsApi(manager);
    const session = await api.OpenNtmsSession(null, 'rsm', 0);
    const reader = (): ObjectReader => new ObjectReader(api, session, store);
    return await use({ api, session, manager, store, rig, stateFolder: setup.stateFolder, reader });
  } finally {
    for (const close of closers) await close();
  }
}

function openTrace(file: string, onClose: (close: () => void) => void): (line: string) => void {
  const descriptor = openSync(file, 'a');
  onClose(() => closeSync(descriptor));
  return (line) => void writeSync(descriptor, `${line}\n`);
}
