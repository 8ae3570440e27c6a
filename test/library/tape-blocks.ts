import { read6Cdb, write6Cdb } from '../../devices/scsi/ssc/read-write-6.js';
import { rewindCdb } from '../../devices/scsi/ssc/rewind.js';
import { writeFilemarks6Cdb } from '../../devices/scsi/ssc/write-filemarks.js';
import type { VirtualLibrary } from './virtual-library.js';

/** Commands to a drive from a host of which the manager knows nothing. */
function strangerAt({ autoloader }: VirtualLibrary, drive: number) {
  const lun = autoloader.lunsOfDrives[drive] ?? -1;
  return async (cdb: Uint8Array, dataOut: Uint8Array = new Uint8Array()) => {
    const task = { nexus: 'other host', lun, cdb, dataOut };
    const answer = await autoloader.execute(task);
    // UNIT ATTENTION of a nexus that the drive has not seen since the medium came.
    const attention = answer.status === 2 && (answer.sense?.[2] ?? 0) % 16 === 6;
    return attention ? autoloader.execute(task) : answer;
  };
}

/** Writes over what is on the tape in a drive. */
export async function writeTape(library: VirtualLibrary, drive: number, ...blocks: Uint8Array[]): Promise<void> {
  const command = strangerAt(library, drive);
  await command(rewindCdb());
  for (const block of blocks) {
    const { status } = await command(write6Cdb({ transferLength: block.length }), block);
    if (status !== 0) throw new Error(`a block of ${block.length} bytes was refused with status ${status}`);
  }
  await command(writeFilemarks6Cdb({ filemarkCount: 1 }));
  await command(rewindCdb());
}

/** What the tape in a drive begins with, as the drive itself tells; empty when it is blank. */
export async function firstBlock(library: VirtualLibrary, drive: number): Promise<Uint8Array> {
  const command = strangerAt(library, drive);
  await command(rewindCdb());
  const { dataIn } = await command(read6Cdb({ transferLength: 0x1_0000 }));
  await command(rewindCdb());
  return dataIn;
}
