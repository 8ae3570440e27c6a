import { join } from 'node:path';
import type { Clock } from '../../devices/clock.js';
import { findProfile } from '../../devices/profiles/index.js';
import type { Profile } from '../../devices/profiles/profile.js';
import { LoopbackTransport } from '../../devices/transport/loopback.js';
import { VirtualAutoloader } from '../../devices/virtual/index.js';
import { RemovableStorageManager } from '../../src/library/manager.js';
import { createNtmsApi } from '../../src/ntms/index.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import { libraryOf, type House } from '../workload/house.js';

const SLOTS = 100;
const DRIVES = 4;
export const CARTRIDGES = 80;

const model = findProfile('ibm-3573-tl');
/** A real model, grown to 100 slots and four drives. */
const profile: Profile = {
  ...model,
  magazines: [],
  elements: {
    ...model.elements,
    storage: { first: model.elements.storage.first, count: SLOTS },
    dataTransfer: { first: model.elements.dataTransfer.first, count: DRIVES },
  },
  drives: { ...model.drives, luns: [0, 2, 3, 4] },
};

/** Hardware that outlives the manager, which is started anew now and then. */
export function openSoakHardware(clock: Clock): Promise<VirtualAutoloader> {
  const { first } = profile.elements.storage;
  return VirtualAutoloader.create({
    profile,
    clock,
    timing: 'real',
    cartridges: Array.from({ length: CARTRIDGES }, (_, index) =>
      index === CARTRIDGES - 1
        ? { elementAddress: first + index, barcode: 'CLNU01L1', mediaType: 'L1', cleaningUsesRemaining: 50 }
        : {
            elementAddress: first + index,
            barcode: `SK${String(index).padStart(4, '0')}L8`,
            mediaType: 'L8',
            capacityBytes: 64 * 1024,
          },
    ),
  });
}

export async function openSoakHouse(folder: string, clock: Clock, autoloader: VirtualAutoloader): Promise<House> {
  const store = ObjectStore.open({ folder: join(folder, 'database'), clock, computerName: 'soak' });
  // A year in minutes: nobody cuts the power here.
  store.connection.pragma('synchronous = OFF');
  const transport = new LoopbackTransport({ target: autoloader, name: 'virtual://soak', clock });
  const { lun } = profile.changer;
  const manager = await RemovableStorageManager.start({
    store,
    clock,
    computerName: 'soak',
    libraries: [{ name: 'soak', changer: { transport, lun, deviceName: `${transport.name}, LUN ${lun}` } }],
  });
  const api = createNtmsApi(manager, {
    computerName: 'soak',
    caller: { user: 'soak', groups: [], administrator: true },
  });
  return {
    store,
    manager,
    api,
    library: libraryOf(store, 'soak'),
    autoloader,
    momentMs: 5_000,
    async close() {
      await manager.stop();
      store.close();
    },
  };
}
