import type { Test } from 'tap';
import { NtmsObjectsTypes, NTMS_OBJECTINFORMATION_SIZE } from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { runOutOfMemory } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, guestOf, NOBODY } from '../house.js';
import { after, withClosedHandle, withoutHandle } from './common.js';
import type { RightCall } from './common.js';

const K = NtmsObjectsTypes;

const listDrives: RightCall = (_, { api, session }) => api.EnumerateNtmsObject(session, null, null, K.NTMS_DRIVE, 0);
const readDrive: RightCall = (library, { api, session }) =>
  api.GetNtmsObjectInformation(session, library.drive(0).id, { dwType: K.NTMS_DRIVE });

/** One object of a kind that each kind of object governs, and the object that governs it. */
const governed = [
  {
    right: 'library' as const,
    kind: K.NTMS_DRIVE,
    of: (library: VirtualLibrary): [Guid, Guid] => [library.drive(0).id, library.library.id],
  },
  {
    right: 'media pool' as const,
    kind: K.NTMS_PHYSICAL_MEDIA,
    of: (library: VirtualLibrary): [Guid, Guid] => [
      library.medium('ORS001L8').id,
      library.medium('ORS001L8').mediaPool,
    ],
  },
  {
    right: 'computer' as const,
    kind: K.NTMS_MEDIA_TYPE,
    of: (library: VirtualLibrary): [Guid, Guid] => [
      library.medium('ORS001L8').mediaType ?? '',
      library.store.wellKnown.computer,
    ],
  },
];

export const enumerateNtmsObjectCodes = returnCodesOf('EnumerateNtmsObject', [
  {
    symbol: 'ERROR_SUCCESS',
    title: 'lists the drives',
    run: (t) =>
      after(
        t,
        () => undefined,
        (l) => listDrives(l, l),
      ),
  },
  {
    symbol: 'ERROR_SUCCESS',
    title: 'lists nothing where there is nothing',
    parameter: 'lpList',
    run: (t) =>
      after(
        t,
        () => undefined,
        async ({ api, session }) => {
          t.same(await api.EnumerateNtmsObject(session, null, 0, K.NTMS_LOGICAL_MEDIA, 0), []);
        },
      ),
  },
  ...governed.map(({ right, kind, of }) => ({
    symbol: 'ERROR_ACCESS_DENIED' as const,
    title: `refuses a user who may use no object of kind ${kind}, by the list of the ${right}`,
    right: 'governing object' as const,
    async run(t: Test) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = await guestOf(library);
      const pools = library.store.table('mediaPools').list();
      for (const { id } of right === 'media pool' ? pools : [{ id: of(library)[1] }]) denyGuest(library, id);
      return () => api.EnumerateNtmsObject(session, null, null, kind, 0);
    },
  })),
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a container that the user may not use, even an empty one',
    right: 'governing object',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = await guestOf(library);
      const pool = library.store.wellKnown.import;
      denyGuest(library, pool);
      return () => api.EnumerateNtmsObject(session, pool, null, K.NTMS_PHYSICAL_MEDIA, 0);
    },
  },
  {
    symbol: 'ERROR_INSUFFICIENT_BUFFER',
    title: 'has more ids than the caller has room for',
    parameter: 'lpdwListSize',
    run: (t) =>
      after(
        t,
        () => undefined,
        ({ api, session }) => api.EnumerateNtmsObject(session, null, 1, K.NTMS_DRIVE, 0),
      ),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a closed session',
    parameter: 'hSession',
    run: (t) => withClosedHandle(t, listDrives),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a null handle',
    parameter: 'hSession',
    run: (t) => withoutHandle(t, listDrives),
  },
  ...[undefined, -1, 1.5].map((size) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses a list size of ${size}`,
    parameter: 'lpdwListSize' as const,
    run: (t: Test) =>
      after(
        t,
        () => undefined,
        ({ api, session }) => api.EnumerateNtmsObject(session, null, size as never, K.NTMS_DRIVE, 0),
      ),
  })),
  ...[K.NTMS_UNKNOWN, K.NTMS_OBJECT, K.NTMS_UI_DESTINATION, K.NTMS_NUMBER_OF_OBJECT_TYPES, 99, -1].map((kind) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses kind ${kind}, which has no objects to list`,
    parameter: 'dwType' as const,
    run: (t: Test) =>
      after(
        t,
        () => undefined,
        ({ api, session }) => api.EnumerateNtmsObject(session, null, null, kind, 0),
      ),
  })),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a container that cannot hold the kind',
    parameter: 'lpContainerId',
    run: (t) =>
      after(
        t,
        () => undefined,
        ({ api, session, library }) => api.EnumerateNtmsObject(session, library.id, null, K.NTMS_MEDIA_POOL, 0),
      ),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses an option that nobody defined',
    parameter: 'dwOptions',
    run: (t) =>
      after(
        t,
        () => undefined,
        ({ api, session }) => api.EnumerateNtmsObject(session, null, null, K.NTMS_MEDIA_POOL, 2),
      ),
  },
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY',
    title: 'cannot get the memory for the list',
    run: (t) =>
      after(
        t,
        (library) => runOutOfMemory(library, 'drives'),
        (library) => listDrives(library, library),
      ),
  },
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND',
    title: 'refuses a container that does not exist',
    parameter: 'lpContainerId',
    run: (t) =>
      after(
        t,
        () => undefined,
        ({ api, session }) => api.EnumerateNtmsObject(session, NOBODY, null, K.NTMS_DRIVE, 0),
      ),
  },
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND',
    title: 'refuses an object that contains nothing',
    parameter: 'lpContainerId',
    run: (t) =>
      after(
        t,
        () => undefined,
        (library) =>
          library.api.EnumerateNtmsObject(library.session, library.drive(0).id, null, K.NTMS_PHYSICAL_MEDIA, 0),
      ),
  },
]);

export const getNtmsObjectInformationCodes = returnCodesOf('GetNtmsObjectInformation', [
  {
    symbol: 'ERROR_SUCCESS',
    title: 'reads the record of a drive',
    run: (t) =>
      after(
        t,
        () => undefined,
        (library) => readDrive(library, library),
      ),
  },
  {
    symbol: 'ERROR_SUCCESS',
    title: 'takes a record that is larger than needed',
    parameter: 'lpInfo',
    run: (t) =>
      after(
        t,
        () => undefined,
        (library) =>
          library.api.GetNtmsObjectInformation(library.session, library.drive(0).id, {
            dwSize: NTMS_OBJECTINFORMATION_SIZE + 100,
            dwType: K.NTMS_DRIVE,
          }),
      ),
  },
  ...governed.map(({ right, kind, of }) => ({
    symbol: 'ERROR_ACCESS_DENIED' as const,
    title: `refuses an object of kind ${kind} by the list of the ${right}`,
    right: 'governing object' as const,
    async run(t: Test) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = await guestOf(library);
      const [object, governing] = of(library);
      denyGuest(library, governing);
      return () => api.GetNtmsObjectInformation(session, object, { dwType: kind });
    },
  })),
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a closed session',
    parameter: 'hSession',
    run: (t) => withClosedHandle(t, readDrive),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a null handle',
    parameter: 'hSession',
    run: (t) => withoutHandle(t, readDrive),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null object',
    parameter: 'lpObjectId',
    run: (t) =>
      after(
        t,
        () => undefined,
        ({ api, session }) => api.GetNtmsObjectInformation(session, null as never, { dwType: K.NTMS_DRIVE }),
      ),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a missing record',
    parameter: 'lpInfo',
    run: (t) =>
      after(
        t,
        () => undefined,
        (library) => library.api.GetNtmsObjectInformation(library.session, library.drive(0).id, null as never),
      ),
  },
  ...[
    { dwSize: NTMS_OBJECTINFORMATION_SIZE - 1, dwType: K.NTMS_DRIVE, what: 'a record that is too small' },
    { dwSize: Number.NaN, dwType: K.NTMS_DRIVE, what: 'a size that is no number' },
    { dwType: K.NTMS_OBJECT, what: 'a kind without a record' },
    { dwType: 99, what: 'a kind that nobody defined' },
    { dwType: K.NTMS_PHYSICAL_MEDIA, what: 'the kind of another object' },
  ].map(({ what, ...info }) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${what}`,
    parameter: 'lpInfo' as const,
    run: (t: Test) =>
      after(
        t,
        () => undefined,
        (library) => library.api.GetNtmsObjectInformation(library.session, library.drive(0).id, info),
      ),
  })),
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY',
    title: 'cannot get the memory for the record',
    run: (t) =>
      after(
        t,
        (library) => {
          const { id } = library.drive(0);
          runOutOfMemory(library, 'drives');
          return id;
        },
        ({ api, session, store }) => {
          const id = store.connection.prepare('SELECT id FROM main.drives').pluck().get() as string;
          return api.GetNtmsObjectInformation(session, id, { dwType: K.NTMS_DRIVE });
        },
      ),
  },
  ...[K.NTMS_DRIVE, K.NTMS_UNKNOWN].map((dwType) => ({
    symbol: 'ERROR_OBJECT_NOT_FOUND' as const,
    title: `refuses an id that no object has, asked for as kind ${dwType}`,
    parameter: 'lpObjectId' as const,
    run: (t: Test) =>
      after(
        t,
        () => undefined,
        ({ api, session }) => api.GetNtmsObjectInformation(session, NOBODY, { dwType }),
      ),
  })),
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND',
    title: 'refuses the id of a row that is no object of the API',
    parameter: 'lpObjectId',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      const [motion] = library.store.table('moveJournal').list();
      return () =>
        library.api.GetNtmsObjectInformation(library.session, motion?.id ?? '', {
          dwType: K.NTMS_UNKNOWN,
        });
    },
  },
]);
