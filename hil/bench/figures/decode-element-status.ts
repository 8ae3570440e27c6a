import { ElementType } from '../../../devices/scsi/smc/element-type.js';
import { decodeElementStatusData, encodeElementStatusData } from '../../../devices/scsi/smc/read-element-status.js';
import type { Figure } from '../figure.js';
import { ratePerSecond } from '../figure.js';

const ELEMENTS = 10_000;

/** READ ELEMENT STATUS of 10,000 storage elements, every one full and with a volume tag, from bytes to values. */
export async function decodeElementStatus(): Promise<Figure[]> {
  const report = encodeElementStatusData([
    {
      elementType: ElementType.STORAGE,
      pVolTag: true,
      aVolTag: false,
      elements: Array.from({ length: ELEMENTS }, (_, i) => ({
        elementType: ElementType.STORAGE,
        address: 4096 + i,
        full: true,
        except: false,
        access: true,
        asc: 0,
        ascq: 0,
        invert: false,
        disabled: false,
        mediumType: 0,
        primaryVolumeTag: { volumeIdentifier: `T${String(i).padStart(5, '0')}L8`, volumeSequenceNumber: 0 },
      })),
    },
  ]);
  const value = await ratePerSecond(() => decodeElementStatusData(report).elements.length);
  return [{ name: `decode READ ELEMENT STATUS of ${ELEMENTS} elements with volume tags`, value, unit: 'elements/s' }];
}
