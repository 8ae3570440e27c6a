import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findProfile, type Profile } from '../../../devices/profiles/index.js';
import { LoopbackTransport } from '../../../devices/transport/loopback.js';
import type { ScsiTransport } from '../../../devices/transport/scsi-transport.js';
import { type PlacedCartridge, VirtualAutoloader } from '../../../devices/virtual/index.js';
import type { DriveAddress } from '../../library/library-definition.js';
import { type ConnectedChanger, type PlugBoard, unitAddress } from '../plug-board.js';
import type { RigCartridge, VirtualChanger } from '../rig.js';

/** The folder in which a virtual library keeps its cartridges, apart from the database. */
export function hardwareFolder(stateFolder: string, library: string): string {
  return join(stateFolder, 'hardware', library);
}

/** A virtual autoloader in this process: the changer, the way to its drives, and what its model needs. */
export async function connectVirtual(
  unit: VirtualChanger,
  library: string,
  board: PlugBoard,
): Promise<ConnectedChanger> {
  const { clock, stateFolder, timing } = board.options;
  const profile = findProfile(unit.profile);
  const folder = hardwareFolder(stateFolder, library);
  mkdirSync(folder, { recursive: true });
  const autoloader = await VirtualAutoloader.create({
    profile,
    clock,
    timing: timing ?? unit.timing ?? 'zero',
    folder,
    ...(unit.cartridges === undefined ? {} : { cartridges: unit.cartridges.map(placed) }),
  });
  board.onClose(() => autoloader.close());
  const transport = await board.path(`virtual ${library}`, async () => {
    return new LoopbackTransport({ target: autoloader, name: `virtual://${library}`, clock });
  });
  const { timeoutsMs, maxElementsPerQuery, noVolumeTagWithDeviceIdentifier } = profile.controller;
  return {
    // Of a drive on its own it is the drive.
    changer: unitAddress(
      transport,
      profile.standAlone === true ? (profile.drives.luns[0] ?? 0) : autoloader.lunOfChanger,
    ),
    ...(profile.quirks.deviceIdentifier === 'none' ? { drives: drivesOf(profile, transport) } : {}),
    hints: {
      implicitUnload: profile.quirks.implicitUnload,
      ...(timeoutsMs.motion === undefined ? {} : { moveTimeoutMs: timeoutsMs.motion }),
      ...(timeoutsMs.inventory === undefined ? {} : { inventoryTimeoutMs: timeoutsMs.inventory }),
      ...(maxElementsPerQuery === undefined ? {} : { maxElementsPerQuery }),
      ...(noVolumeTagWithDeviceIdentifier === undefined ? {} : { noVolumeTagWithDeviceIdentifier }),
    },
  };
}

/** A profile lists the logical units of its drives in the order of their elements. */
function drivesOf({ drives, elements }: Profile, transport: ScsiTransport): DriveAddress[] {
  return drives.luns.map((lun, index) => ({
    elementAddress: elements.dataTransfer.first + index,
    ...unitAddress(transport, lun),
  }));
}

function placed({ address, ...cartridge }: RigCartridge): PlacedCartridge {
  return { elementAddress: address, ...cartridge };
}
