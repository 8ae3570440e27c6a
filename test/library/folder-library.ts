import { join } from 'node:path';
import type { Clock } from '../../devices/clock.js';
import { findProfile } from '../../devices/profiles/index.js';
import { VirtualAutoloader } from '../../devices/virtual/index.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import { VirtualLibrary } from './virtual-library.js';

/** A library whose hardware and database outlive the process, both in one folder. */
export async function openFolderLibrary(folder: string, clock: Clock): Promise<VirtualLibrary> {
  const autoloader = await VirtualAutoloader.create({
    profile: findProfile('ibm-3573-tl'),
    clock,
    timing: 'zero',
    folder: join(folder, 'hardware'),
  });
  const store = ObjectStore.open({ folder: join(folder, 'database'), clock });
  return VirtualLibrary.run({ clock, autoloader, store });
}

export async function closeFolderLibrary({ manager, autoloader, store }: VirtualLibrary): Promise<void> {
  await manager.stop();
  await autoloader.close();
  store.close();
}
