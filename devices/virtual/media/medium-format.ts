import type { Profile } from '../../profiles/profile.js';

/** What is recorded on one type of tape, as the drive reports it (SSC-3 densities, SPC-4 attributes). */
export interface MediumFormat {
  /** As on the label: `L8`. */
  readonly mediaType: string;
  readonly densityCode: number;
  /** MEDIUM TYPE of the mode parameter header; bit 2 is set for WORM. */
  readonly mediumTypeCode: number;
  readonly densityName: string;
  readonly description: string;
  readonly bitsPerMillimetre: number;
  readonly tracks: number;
  /** Without compression, in units of 10^6 bytes. */
  readonly nativeCapacityMegabytes: number;
  readonly lengthMetres: number;
  /** The label of the write-once variant, where there is one. */
  readonly wormMediaType?: string;
}

/** 12.7 mm, in tenths of a millimetre. */
export const TAPE_WIDTH = 127;
export const ASSIGNING_ORGANIZATION = 'LTO-CVE';

/** Shorter notation: the table is wide. */
function lto(
  mediaType: string,
  [densityCode, mediumTypeCode]: readonly [number, number],
  [densityName, description]: readonly [string, string],
  [bitsPerMillimetre, tracks, nativeCapacityMegabytes, lengthMetres]: readonly [number, number, number, number],
  wormMediaType?: string,
): MediumFormat {
  return {
    mediaType,
    densityCode,
    mediumTypeCode,
    densityName,
    description,
    bitsPerMillimetre,
    tracks,
    nativeCapacityMegabytes,
    lengthMetres,
    ...(wormMediaType === undefined ? {} : { wormMediaType }),
  };
}

/** Codes, names and figures as LTO drives report them: mhvtl pm/ult3580_pm.c; tape lengths from the generations' data sheets. */
const FORMATS: readonly MediumFormat[] = [
  lto('L1', [0x40, 0x18], ['U-18', 'Ultrium 1/8T'], [4880, 384, 100_000, 609]),
  lto('L2', [0x42, 0x28], ['U-28', 'Ultrium 2/8T'], [7398, 512, 200_000, 609]),
  lto('L3', [0x44, 0x38], ['U-316', 'Ultrium 3/16T'], [9638, 704, 400_000, 680], 'LT'),
  lto('L4', [0x46, 0x48], ['U-416', 'Ultrium 4/16T'], [12725, 896, 800_000, 820], 'LU'),
  lto('L5', [0x58, 0x58], ['U-516', 'Ultrium 5/16T'], [15142, 1280, 1_500_000, 846], 'LV'),
  lto('L6', [0x5a, 0x68], ['U-616', 'Ultrium 6/16T'], [15142, 2176, 2_500_000, 846], 'LW'),
  lto('L7', [0x5c, 0x78], ['U-732', 'Ultrium 7/32T'], [19107, 3584, 6_000_000, 960], 'LX'),
  lto('M8', [0x5d, 0x79], ['U-M832', 'Ultrium M8/32T'], [19107, 5376, 9_000_000, 960]),
  lto('L8', [0x5e, 0x88], ['U-832', 'Ultrium 8/32T'], [20669, 6656, 12_000_000, 960], 'LY'),
  lto('L9', [0x60, 0x98], ['U-932', 'Ultrium 9/32T'], [21456, 8960, 18_000_000, 1035], 'LZ'),
];

/** The format of a tape with this label, write-once variants included; `undefined` for any other medium. */
export function formatOf(mediaType: string): MediumFormat | undefined {
  return FORMATS.find((format) => format.mediaType === mediaType || format.wormMediaType === mediaType);
}

export function isWorm(mediaType: string): boolean {
  return FORMATS.some((format) => format.wormMediaType === mediaType);
}

/** Whether the model's drives take this medium: those of its profile, and their write-once variants. */
export function takesMedium(profile: Pick<Profile, 'mediaTypes'>, mediaType: string): boolean {
  if (profile.mediaTypes.includes(mediaType)) return true;
  const rewritable = formatOf(mediaType)?.mediaType;
  return rewritable !== undefined && profile.mediaTypes.includes(rewritable);
}

/** What the model's drives can read and write, in ascending order of density codes. */
export function supportedFormats(profile: Pick<Profile, 'mediaTypes'>): readonly MediumFormat[] {
  return FORMATS.filter(({ mediaType }) => profile.mediaTypes.includes(mediaType));
}

/** How many bytes such a tape holds without compression. */
export function nativeCapacityBytes(mediaType: string): number | undefined {
  const format = formatOf(mediaType);
  return format === undefined ? undefined : format.nativeCapacityMegabytes * 1_000_000;
}
