import type { Test } from 'tap';
import { NtmsObjectsTypes } from '../../../src/ntms/index.js';
import { StandAloneHouse } from '../../library/stand-alone-house.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { returnCodesOf } from '../coverage-case.js';
import { NOBODY } from '../house.js';
import { withClosedHandle, withoutHandle } from './common.js';
import type { RightCall } from './common.js';

const { NTMS_LIBRARY, NTMS_PHYSICAL_MEDIA, NTMS_MEDIA_TYPE, NTMS_DRIVE } = NtmsObjectsTypes;
const begin: RightCall = (_library, { api, session }) => api.BeginNtmsDeviceChangeDetection(session);
const set: RightCall = ({ library }, { api, session }) =>
  api.SetNtmsDeviceChangeDetection(session, null, [library.id], NTMS_LIBRARY, 1);
const end: RightCall = (_library, { api, session }) => api.EndNtmsDeviceChangeDetection(session, { id: '' });

const handles = (call: RightCall) =>
  [
    {
      symbol: 'ERROR_INVALID_HANDLE' as const,
      title: 'refuses a closed session',
      parameter: 'hSession' as const,
      run: (t: Test) => withClosedHandle(t, call),
    },
    {
      symbol: 'ERROR_INVALID_HANDLE' as const,
      title: 'refuses a null handle',
      parameter: 'hSession' as const,
      run: (t: Test) => withoutHandle(t, call),
    },
  ] as const;

/** A detection that another session has begun. */
async function foreignDetection({ api }: Pick<VirtualLibrary, 'api'>) {
  const other = await api.OpenNtmsSession(null, 'other', 0);
  return api.BeginNtmsDeviceChangeDetection(other);
}

/** A call of Set with one wrong argument. */
const wrong =
  (of: (library: VirtualLibrary) => readonly [ids: readonly string[] | null, dwType: number, dwCount: number]) =>
  async (t: Test) => {
    const library = await VirtualLibrary.open(t);
    const [ids, dwType, dwCount] = of(library);
    return () => library.api.SetNtmsDeviceChangeDetection(library.session, null, ids as never, dwType, dwCount);
  };

export const beginNtmsDeviceChangeDetectionCodes = returnCodesOf('BeginNtmsDeviceChangeDetection', [
  {
    symbol: 'ERROR_SUCCESS',
    title: 'gives a handle',
    run: async (t) => {
      const house = await StandAloneHouse.open(t);
      return () => house.api.BeginNtmsDeviceChangeDetection(house.session);
    },
  },
  ...handles(begin),
]);

export const setNtmsDeviceChangeDetectionCodes = returnCodesOf('SetNtmsDeviceChangeDetection', [
  {
    symbol: 'ERROR_SUCCESS',
    title: 'takes a library, also one that tells of changes by itself',
    run: async (t) => {
      const library = await VirtualLibrary.open(t);
      const handle = await library.api.BeginNtmsDeviceChangeDetection(library.session);
      return () =>
        library.api.SetNtmsDeviceChangeDetection(library.session, handle, [library.library.id], NTMS_LIBRARY, 1);
    },
  },
  ...handles(set),
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses the detection of another session',
    parameter: 'DetectHandle',
    run: async (t) => {
      const library = await VirtualLibrary.open(t);
      const handle = await foreignDetection(library);
      return () =>
        library.api.SetNtmsDeviceChangeDetection(library.session, handle, [library.library.id], NTMS_LIBRARY, 1);
    },
  },
  {
    symbol: 'ERROR_INVALID_LIBRARY',
    title: 'refuses an id that nothing has',
    parameter: 'lpRequestId',
    run: wrong(() => [[NOBODY], NTMS_LIBRARY, 1]),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses a medium that nobody knows',
    parameter: 'lpRequestId',
    run: wrong(() => [[NOBODY], NTMS_PHYSICAL_MEDIA, 1]),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses a media type that nobody knows',
    parameter: 'lpRequestId',
    run: wrong(() => [[NOBODY], NTMS_MEDIA_TYPE, 1]),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses ids of two kinds',
    parameter: 'lpRequestId',
    run: wrong((house) => [[house.library.id, house.medium('ORS001L8').id], NTMS_LIBRARY, 2]),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a missing list',
    parameter: 'lpRequestId',
    run: wrong(() => [null, NTMS_LIBRARY, 1]),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a count that is not that of the list',
    parameter: 'dwCount',
    run: wrong(({ library }) => [[library.id], NTMS_LIBRARY, 2]),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a kind that it does not take',
    parameter: 'dwType',
    run: wrong((library) => [[library.drive(0).id], NTMS_DRIVE, 1]),
  },
]);

export const endNtmsDeviceChangeDetectionCodes = returnCodesOf('EndNtmsDeviceChangeDetection', [
  {
    symbol: 'ERROR_SUCCESS',
    title: 'closes a handle',
    run: async (t) => {
      const house = await StandAloneHouse.open(t);
      const handle = await house.api.BeginNtmsDeviceChangeDetection(house.session);
      return () => house.api.EndNtmsDeviceChangeDetection(house.session, handle);
    },
  },
  ...handles(end),
  ...[
    { title: 'no detection', of: () => Promise.resolve({ id: 'none' }) },
    { title: 'null', of: () => Promise.resolve(null) },
    { title: 'the detection of another session', of: foreignDetection },
    {
      title: 'a detection that was ended',
      of: async ({ api, session }: VirtualLibrary) => {
        const handle = await api.BeginNtmsDeviceChangeDetection(session);
        await api.EndNtmsDeviceChangeDetection(session, handle);
        return handle;
      },
    },
  ].map(({ title, of }) => ({
    symbol: 'ERROR_INVALID_HANDLE' as const,
    title: `refuses ${title}`,
    parameter: 'DetectHandle' as const,
    run: async (t: Test) => {
      const library = await VirtualLibrary.open(t);
      const handle = await of(library);
      return () => library.api.EndNtmsDeviceChangeDetection(library.session, handle as never);
    },
  })),
]);
