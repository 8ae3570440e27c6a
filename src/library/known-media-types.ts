import { DeviceType, NtmsReadWriteCharacteristics, StorageMediaType } from '../objects/ntmsapi/index.js';
import type { NewRowOf } from '../objects/object-kinds.js';

/** A media type as it is stored when it is met for the first time. */
export type KnownMediaType = NewRowOf<'mediaTypes'> & { readonly name: string };

/** The medium type of cartridges whose label does not say. */
export const unknownMediaType = 'Unknown';

/** The media type of a cleaning cartridge. */
export const cleanerMediaType = 'Cleaning cartridge';

const lto = /^LTO-M?\d+( WORM)?$/;

/** What is known of a media type by its name; for other names, that it is one-sided and rewritable. */
export function knownMediaType(name: string): KnownMediaType {
  const writeOnce = name.endsWith(' WORM');
  const { NTMS_MEDIARW_WRITEONCE, NTMS_MEDIARW_REWRITABLE } = NtmsReadWriteCharacteristics;
  const readWriteCharacteristics = writeOnce ? NTMS_MEDIARW_WRITEONCE : NTMS_MEDIARW_REWRITABLE;
  if (lto.test(name)) {
    return {
      name,
      mediaType: StorageMediaType.LTO_Ultrium,
      deviceType: DeviceType.FILE_DEVICE_TAPE,
      readWriteCharacteristics,
    };
  }
  if (name === cleanerMediaType) return { name, mediaType: StorageMediaType.CLEANER_CARTRIDGE };
  return { name, readWriteCharacteristics };
}

/**
 * The media types that a drive writes, told by its product identification; empty when that does not tell. An LTO drive
 * writes its own generation and the one before; LTO-8 drives also LTO-7 media at type M (Ultrium format specifications).
 */
export function mediaTypesOfDrive(product: string): readonly KnownMediaType[] {
  // ULTRIUM-TD8, ULT3580-HH8, Ultrium 8-SCSI, ULTRIUM 8, ULT3580-TD9
  const generation = /^(?:ULTRIUM|ULT3580)[- ](?:TD|HH)?(\d{1,2})(?:-SCSI)?$/i.exec(product.trim())?.[1];
  if (generation === undefined) return [];
  const own = Number(generation);
  const names = [`LTO-${own}`, ...(own === 8 ? ['LTO-M8'] : []), ...(own > 1 ? [`LTO-${own - 1}`] : [])];
  return names.map(knownMediaType);
}
