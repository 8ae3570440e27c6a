import { ansiVolumeLabel } from '../../../devices/virtual/media/ansi-label.js';
import { NtmsAccessMask, NTMS_FILESYSTEM_INFO_SIZE, OmidLabelType } from '../../../src/ntms/index.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { breakReference, damageTable } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, guestOf, NOBODY } from '../house.js';
import { own, updateLabel } from '../labelled-medium.js';
import { after, afterStop, withClosedHandle, withoutHandle } from './common.js';
import type { RightCall } from './common.js';
import type { Test } from 'tap';

const { NTMS_OMID_TYPE_RAW_LABEL: RAW_LABEL, NTMS_OMID_TYPE_FILESYSTEM_INFO: FILESYSTEM_INFO } = OmidLabelType;
const label = ansiVolumeLabel('NEW001');
const volume = { FileSystemType: 'NTFS', VolumeName: 'Archive', SerialNumber: 0x1234_abcd };

const update: RightCall = (library, caller) => {
  const media = library.side('ORS005L8').logicalMedia ?? own(library, 'ORS005L8');
  return updateLabel(caller, media);
};

type Arguments = readonly [labelType: unknown, numberOfBytes: unknown, lpBuffer: unknown];

/** The call for an owned medium with these arguments. */
const withArguments =
  ([labelType, numberOfBytes, lpBuffer]: Arguments) =>
  (t: Test) =>
    after(
      t,
      (library) => own(library, 'ORS005L8'),
      (library) =>
        library.api.UpdateNtmsOmidInfo(
          library.session,
          library.side('ORS005L8').logicalMedia ?? '',
          labelType as number,
          numberOfBytes as number,
          lpBuffer as Uint8Array,
        ),
    );

const SIZE = NTMS_FILESYSTEM_INFO_SIZE;
const wrongArguments: readonly (readonly ['labelType' | 'numberOfBytes' | 'lpBuffer', string, Arguments])[] = [
  ['labelType', 'a label type that is none', [3, label.length, label]],
  ['labelType', 'no label type', [undefined, label.length, label]],
  ['numberOfBytes', 'no bytes', [RAW_LABEL, 0, label]],
  ['numberOfBytes', 'more bytes than there are', [RAW_LABEL, 81, label]],
  ['numberOfBytes', 'a part of a byte', [RAW_LABEL, 79.5, label]],
  ['numberOfBytes', 'a structure of another size', [FILESYSTEM_INFO, SIZE - 4, volume]],
  ['lpBuffer', 'a null buffer', [RAW_LABEL, 80, null]],
  ['lpBuffer', 'text instead of bytes', [RAW_LABEL, 80, 'VOL1'.padEnd(80)]],
  ['lpBuffer', 'no structure', [FILESYSTEM_INFO, SIZE, null]],
  ['lpBuffer', 'a file system without type', [FILESYSTEM_INFO, SIZE, { ...volume, FileSystemType: '' }]],
  [
    'lpBuffer',
    'a file system type that is too long',
    [FILESYSTEM_INFO, SIZE, { ...volume, FileSystemType: 'x'.repeat(64) }],
  ],
  ['lpBuffer', 'a volume name that is too long', [FILESYSTEM_INFO, SIZE, { ...volume, VolumeName: 'x'.repeat(256) }]],
  ['lpBuffer', 'a serial number beyond 32 bits', [FILESYSTEM_INFO, SIZE, { ...volume, SerialNumber: 2 ** 32 }]],
];

export const updateNtmsOmidInfoCodes = returnCodesOf('UpdateNtmsOmidInfo', [
  { symbol: 'ERROR_SUCCESS', title: 'takes a raw label', run: withArguments([RAW_LABEL, label.length, label]) },
  {
    symbol: 'ERROR_SUCCESS',
    title: 'takes the identity of a file system',
    run: withArguments([FILESYSTEM_INFO, SIZE, volume]),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who may use the library but not control it',
    right: 'library',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const guest = await guestOf(library);
      return () => update(library, guest);
    },
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user whom the library denies control',
    right: 'library',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const guest = await guestOf(library);
      denyGuest(library, library.library.id, NtmsAccessMask.NTMS_CONTROL_ACCESS);
      return () => update(library, guest);
    },
  },
  {
    symbol: 'ERROR_BAD_FORMAT',
    title: 'refuses a label that no label library knows',
    run: withArguments([RAW_LABEL, 512, new Uint8Array(512)]),
  },
  {
    symbol: 'ERROR_BAD_FORMAT',
    title: 'looks at no more bytes than it is told to',
    parameter: 'numberOfBytes',
    run: withArguments([RAW_LABEL, 79, label]),
  },
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'meets a damaged page of the database',
    run: (t) =>
      after(
        t,
        (library) => {
          own(library, 'ORS005L8');
          damageTable(library, 'logical_media');
        },
        (library) => updateLabel(library, library.side('ORS005L8').logicalMedia ?? ''),
      ),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a closed session',
    parameter: 'hSession',
    run: (t) => withClosedHandle(t, update),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a null handle',
    parameter: 'hSession',
    run: (t) => withoutHandle(t, update),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses an id that no logical medium has',
    parameter: 'lpMediaId',
    run: (t) =>
      after(
        t,
        () => undefined,
        (library) => updateLabel(library, NOBODY),
      ),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses the id of a side',
    parameter: 'lpMediaId',
    run: (t) =>
      after(
        t,
        () => undefined,
        (library) => updateLabel(library, library.side('ORS005L8').id),
      ),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses a logical medium whose side is lost',
    run: (t) =>
      after(
        t,
        (library) => {
          const media = own(library, 'ORS005L8');
          library.store.table('sides').update(library.side('ORS005L8').id, { logicalMedia: null });
          return media;
        },
        (library) => updateLabel(library, library.store.table('logicalMedia').list()[0]?.id ?? ''),
      ),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses a side whose cartridge is lost',
    run: (t) =>
      after(
        t,
        (library) => {
          own(library, 'ORS005L8');
          breakReference(library, 'sides', 'physical_media', library.side('ORS005L8').id);
        },
        (library) => updateLabel(library, library.store.table('logicalMedia').list()[0]?.id ?? ''),
      ),
  },
  ...[null, ''].map((id) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${id === null ? 'a null medium' : 'an empty medium id'}`,
    parameter: 'lpMediaId' as const,
    run: (t: Test) =>
      after(
        t,
        () => undefined,
        (library) => updateLabel(library, id as never),
      ),
  })),
  ...wrongArguments.map(([parameter, what, values]) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${what}`,
    parameter,
    run: withArguments(values),
  })),
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'cannot reach a manager that was stopped',
    run: (t) => afterStop(t, update),
  },
]);
