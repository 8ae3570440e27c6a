import type { AnyLibraryDefinition, DriveAddress, UnitAddress } from '../library/library-definition.js';
import { type ConnectedChanger, PlugBoard, type PlugInOptions, unitAddress } from './plug-board.js';
import type { ChangerUnit, PluggedUnit, Rig, RigDrive, RigLibrary } from './rig.js';
import { connectIscsi } from './transports/iscsi.js';
import { connectSerial } from './transports/serial.js';
import { connectSg } from './transports/sg.js';
import { connectUsb } from './transports/usb.js';

export interface PluggedIn {
  /** Plugged in, not opened. */
  readonly libraries: readonly AnyLibraryDefinition[];
  /** Closes every path and switches virtual autoloaders off. */
  close(): Promise<void>;
}

/**
 * Makes the transports that a rig names, and starts its virtual autoloaders. What belongs to a transport that the rig
 * does not use is not even loaded.
 *
 * @throws FolderLockedError when another process has a virtual library's hardware; RigError for a missing secret.
 */
export async function plugIn(rig: Rig, options: PlugInOptions): Promise<PluggedIn> {
  const board = new PlugBoard(options);
  try {
    const libraries: AnyLibraryDefinition[] = [];
    for (const library of rig.libraries) libraries.push(await connectLibrary(library, rig, board));
    return { libraries, close: () => board.close() };
  } catch (error) {
    await board.close();
    throw error;
  }
}

async function connectLibrary(library: RigLibrary, rig: Rig, board: PlugBoard): Promise<AnyLibraryDefinition> {
  if (library.drive !== undefined) {
    const { changer: drive, hints: known } = await connectUnitOf(library.drive, library, rig, board);
    return { name: library.name, drive, hints: { ...known, ...library.hints } };
  }
  if (library.changer === undefined) throw new Error(`library ${library.name} has neither a changer nor a drive`);
  const { changer, drives: own, hints } = await connectUnitOf(library.changer, library, rig, board);
  const drives: DriveAddress[] = [];
  for (const drive of library.drives ?? []) {
    drives.push({ elementAddress: drive.address, ...(await connectDrive(drive, changer, rig, board)) });
  }
  const known = library.drives === undefined ? own : drives;
  return {
    name: library.name,
    changer,
    ...(known === undefined ? {} : { drives: known }),
    hints: { ...hints, ...library.hints },
  };
}

async function connectUnitOf(
  unit: ChangerUnit,
  library: RigLibrary,
  rig: Rig,
  board: PlugBoard,
): Promise<ConnectedChanger> {
  if (unit.transport !== 'virtual') return { changer: await connectUnit(unit, board, rig.file), hints: {} };
  const { connectVirtual } = await import('./transports/virtual.js');
  return connectVirtual(unit, library.name, board);
}

async function connectDrive(drive: RigDrive, changer: UnitAddress, rig: Rig, board: PlugBoard): Promise<UnitAddress> {
  const { unit } = drive;
  return unit.transport === 'virtual' ? unitAddress(changer.transport, unit.lun) : connectUnit(unit, board, rig.file);
}

/** The way to one logical unit. `rigFile` is where relative names of secret files start. */
export async function connectUnit(
  unit: PluggedUnit,
  board: PlugBoard,
  rigFile: string | undefined,
): Promise<UnitAddress> {
  switch (unit.transport) {
    case 'iscsi':
      return connectIscsi(unit, board, rigFile);
    case 'serial':
      return connectSerial(unit, board);
    case 'usb':
      return connectUsb(unit, board);
    case 'sg':
      return connectSg(unit, board);
  }
}
