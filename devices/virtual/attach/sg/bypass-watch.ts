import { stat, truncate } from 'node:fs/promises';
import { watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';

/** Data went into the plain file that stands for a device, and not to the device. */
export class BypassedError extends Error {
  override readonly name = 'BypassedError';
  readonly code = 'bypassed';
}

/**
 * umockdev's library knows a device by the descriptor that open(2) gave. A duplicate of it (a shell's redirection, dd with an
 * open standard output) is a descriptor of the plain file: what is written there is lost without an error. This says so.
 * Returns how to stop watching.
 */
export function watchForBypass(folder: string, names: readonly string[], onError: (cause: Error) => void): () => void {
  let watcher: FSWatcher;
  try {
    watcher = watch(join(folder, 'dev'), { persistent: false });
  } catch {
    // The system has no watch left (fs.inotify.max_user_instances). The devices work without.
    return () => undefined;
  }
  watcher.on('change', (_event, name) => {
    if (typeof name !== 'string' || !names.includes(name)) return;
    void takeBack(join(folder, 'dev', name)).then((bytes) => {
      if (bytes > 0) onError(new BypassedError(message(name, bytes)));
    });
  });
  watcher.on('error', onError);
  return () => watcher.close();
}

/** Empties the file, so that nobody reads it for a tape; how much was in it. */
async function takeBack(path: string): Promise<number> {
  try {
    const { size } = await stat(path);
    if (size > 0) await truncate(path);
    return size;
  } catch {
    // The attachment was closed meanwhile.
    return 0;
  }
}

function message(name: string, bytes: number): string {
  return (
    `${bytes} bytes were written to /dev/${name} through a duplicated descriptor, which umockdev does not see; they are lost. ` +
    `Let the program open the device itself; for dd, close its standard output: dd of=/dev/${name} bs=64k >&-`
  );
}
