import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock } from '../../devices/clock.js';
import { findProfile } from '../../devices/profiles/index.js';
import { IscsiTransport } from '../../devices/transport/iscsi/index.js';
import { LoopbackTransport } from '../../devices/transport/loopback.js';
import type { ScsiTransport } from '../../devices/transport/scsi-transport.js';
import type { PlacedCartridge } from '../../devices/virtual/default-cartridges.js';
import { VirtualAutoloader } from '../../devices/virtual/index.js';
import { RemovableStorageManager } from '../../src/library/manager.js';
import { createNtmsApi } from '../../src/ntms/index.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import { libraryOf, type House } from '../workload/house.js';

/** Two drives, a port of three, 23 slots. */
export const stormProfile = findProfile('ibm-3573-tl');

/** Where the hardware is: in the process that works, and dies with it, or elsewhere, and moves on while it is dead. */
export type HardwarePath =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'iscsi'; readonly portal: string; readonly target: string }
  | { readonly kind: 'attached'; readonly autoloader: VirtualAutoloader };

/** Small tapes, so that there is much to choose from and little to write; two have no bar code that can be read. */
export function stormCartridges(): PlacedCartridge[] {
  const { first } = stormProfile.elements.storage;
  const data = Array.from({ length: 8 }, (_, index) => ({
    elementAddress: first + index,
    barcode: index < 6 ? `CRS00${index}L8` : null,
    mediaType: 'L8',
    capacityBytes: 1024 * 1024,
    ...(index % 3 === 0 ? { ansiVolumeIdentifier: `CRS00${index}` } : {}),
  }));
  return [...data, { elementAddress: first + 8, barcode: 'CLNU01L1', mediaType: 'L1', cleaningUsesRemaining: 50 }];
}

export async function openStormHouse(folder: string, path: HardwarePath): Promise<House> {
  const clock = new SystemClock();
  mkdirSync(folder, { recursive: true });
  const store = ObjectStore.open({ folder: join(folder, 'database'), clock, computerName: 'storm' });
  const own = path.kind === 'embedded' ? await openHardware(join(folder, 'hardware')) : undefined;
  const autoloader = path.kind === 'attached' ? path.autoloader : own;
  const transport: ScsiTransport =
    path.kind === 'iscsi'
      ? new IscsiTransport({ portal: path.portal, target: path.target, clock })
      : new LoopbackTransport({ target: hardware(autoloader), name: 'virtual://storm', clock });
  const lun = stormProfile.changer.lun;
  const manager = await RemovableStorageManager.start({
    store,
    clock,
    computerName: 'storm',
    libraries: [{ name: 'storm', changer: { transport, lun, deviceName: `${transport.name}, LUN ${lun}` } }],
  });
  const api = createNtmsApi(manager, {
    computerName: 'storm',
    caller: { user: 'storm', groups: [], administrator: true },
  });
  return {
    store,
    manager,
    api,
    library: libraryOf(store, 'storm'),
    autoloader,
    momentMs: 2,
    async close() {
      await manager.stop();
      await own?.close();
      store.close();
    },
  };
}

export function openHardware(folder?: string): Promise<VirtualAutoloader> {
  return VirtualAutoloader.create({
    profile: stormProfile,
    clock: new SystemClock(),
    timing: 'zero',
    cartridges: stormCartridges(),
    ...(folder === undefined ? {} : { folder }),
  });
}

function hardware(autoloader: VirtualAutoloader | undefined): VirtualAutoloader {
  if (autoloader === undefined) throw new Error('this process has no hardware to speak with');
  return autoloader;
}
