import { readFileSync } from 'node:fs';
import { hexBytes } from '../../scsi/hex-fixture.js';

/** The messages of `test/fixtures/usbip/<name>.hex`, one for each remark above them. */
export function hexParagraphs(name: string): Uint8Array[] {
  const text = readFileSync(new URL(`../../../fixtures/usbip/${name}.hex`, import.meta.url), 'utf8');
  return text
    .split(/^#.*\n/m)
    .filter((part) => part.trim() !== '')
    .map(hexBytes);
}
