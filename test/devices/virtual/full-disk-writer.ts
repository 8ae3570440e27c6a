import { FileBytes } from '../../../devices/virtual/media/file-bytes.js';
import { TapeImage } from '../../../devices/virtual/media/tape-image.js';

/** Run with a limit on the size of files: writes a block, one that does not fit, a small one, and reads them back. */
const [, , path = ''] = process.argv;
const tape = new TapeImage(new FileBytes(path), { capacityBytes: 1_000_000 });
for (const length of [3_000, 20_000, 7]) {
  try {
    tape.writeBlock(new Uint8Array(length).fill(length % 251));
    console.log(`wrote ${length}`);
  } catch (error) {
    console.log((error as { code?: string }).code ?? String(error));
  }
}
// As another process finds it.
const found = new TapeImage(new FileBytes(path), { capacityBytes: 1_000_000 });
for (let object = found.skipNext(); ; object = found.skipNext()) {
  console.log(object.kind === 'block' ? `block ${object.length}` : object.kind);
  if (object.kind === 'end-of-data') break;
}
