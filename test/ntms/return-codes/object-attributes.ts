import { NtmsLength, NtmsObjectsTypes as K } from '../../../src/ntms/index.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, NOBODY } from '../house.js';
import { badHandles, byGuest, damaged, prepared, withoutMemory } from './prepared-call.js';
import type { Prepare } from './prepared-call.js';

const bytes = Uint8Array.of(1, 2, 3);

const setOne: Prepare = (library) => {
  const { id } = library.drive(0);
  return ({ api, session }) => api.SetNtmsObjectAttribute(session, id, K.NTMS_DRIVE, 'note', bytes, 3);
};

const getOne: Prepare = async (library) => {
  const { id } = library.drive(0);
  await library.api.SetNtmsObjectAttribute(library.session, id, K.NTMS_DRIVE, 'note', bytes, 3);
  return ({ api, session }) => api.GetNtmsObjectAttribute(session, id, K.NTMS_DRIVE, 'note', null);
};

/** SetNtmsObjectAttribute on the first drive. */
const setWith =
  (name: unknown, data: unknown, size: unknown): Prepare =>
  (library) => {
    const { id } = library.drive(0);
    return ({ api, session }) =>
      api.SetNtmsObjectAttribute(session, id, K.NTMS_DRIVE, name as string, data as Uint8Array, size as number);
  };

const getWith =
  (id: (library: VirtualLibrary) => unknown, name: unknown, size: unknown): Prepare =>
  async (library, t) => {
    await getOne(library, t);
    const object = id(library) as string;
    return ({ api, session }) =>
      api.GetNtmsObjectAttribute(session, object, K.NTMS_DRIVE, name as string, size as number | null);
  };

const ofDrive = (library: VirtualLibrary): string => library.drive(0).id;

export const getNtmsObjectAttributeCodes = returnCodesOf('GetNtmsObjectAttribute', [
  { symbol: 'ERROR_SUCCESS', title: 'reads an attribute', run: prepared(getOne) },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user without use right on the library',
    right: 'governing object',
    run: byGuest(getOne, (library) => denyGuest(library, library.library.id, 1)),
  },
  damaged(getOne, 'object_attributes'),
  ...[0, 2].map((size) => ({
    symbol: 'ERROR_INSUFFICIENT_BUFFER' as const,
    title: `three bytes do not fit into ${size}`,
    parameter: 'lpAttributeSize' as const,
    run: prepared(getWith(ofDrive, 'note', size)),
  })),
  ...badHandles(getOne),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null object',
    parameter: 'lpObjectId',
    run: prepared(getWith(() => null, 'note', null)),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null name',
    parameter: 'lpAttributeName',
    run: prepared(getWith(ofDrive, null, null)),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a size that is none',
    parameter: 'lpAttributeSize',
    run: prepared(getWith(ofDrive, 'note', -1)),
  },
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'cannot reach a manager that was stopped',
    run: prepared(getOne, ({ manager }) => manager.stop()),
  },
  {
    symbol: 'ERROR_NO_DATA',
    title: 'finds an attribute that is longer than any may be, as another program may have written it',
    run: prepared(getOne, ({ store }) => {
      const data = Buffer.alloc(NtmsLength.NTMS_MAXATTR_LENGTH);
      store.table('objectAttributes').update(store.table('objectAttributes').find({})?.id ?? '', { data });
    }),
  },
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND',
    title: 'finds no object of that id',
    parameter: 'lpObjectId',
    run: prepared(getWith(() => NOBODY, 'note', null)),
  },
  ...['Note', 'other'].map((name) => ({
    symbol: 'ERROR_OBJECT_NOT_FOUND' as const,
    title: `finds no attribute ${name}`,
    parameter: 'lpAttributeName' as const,
    run: prepared(getWith(ofDrive, name, null)),
  })),
]);

export const setNtmsObjectAttributeCodes = returnCodesOf('SetNtmsObjectAttribute', [
  { symbol: 'ERROR_SUCCESS', title: 'writes an attribute', run: prepared(setOne) },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who may use the library but not modify it',
    right: 'governing object',
    run: byGuest(setOne),
  },
  damaged(setOne, 'object_attributes'),
  ...badHandles(setOne),
  ...['', 'x'.repeat(32), 'a\0b'].map((name) => ({
    symbol: 'ERROR_INVALID_NAME' as const,
    title: `refuses a name of ${name.length} characters${name.includes('\0') ? ' with a null' : ''}`,
    parameter: 'lpAttributeName' as const,
    run: prepared(setWith(name, bytes, 3)),
  })),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null object',
    parameter: 'lpObjectId',
    run: prepared(
      () =>
        ({ api, session }) =>
          api.SetNtmsObjectAttribute(session, null as never, K.NTMS_DRIVE, 'note', bytes, 3),
    ),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null name',
    parameter: 'lpAttributeName',
    run: prepared(setWith(null, bytes, 3)),
  },
  ...[
    { title: 'refuses no data of some length', data: null, size: 3 },
    { title: 'refuses a text as data', data: 'abc', size: 3 },
    { title: 'refuses more bytes than there are', data: bytes, size: 4 },
  ].map(({ title, data, size }) => ({
    ...{ symbol: 'ERROR_INVALID_PARAMETER' as const, title, parameter: 'lpAttributeData' as const },
    run: prepared(setWith('note', data, size)),
  })),
  ...[-1, 1.5, null].map((size) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${size} as a size`,
    parameter: 'dwAttributeSize' as const,
    run: prepared(setWith('note', bytes, size)),
  })),
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'cannot reach a manager that was stopped',
    run: prepared(setOne, ({ manager }) => manager.stop()),
  },
  withoutMemory(setOne, 'drives'),
  {
    symbol: 'ERROR_NO_DATA',
    title: 'refuses data of the longest length that there is',
    parameter: 'dwAttributeSize',
    run: prepared(setWith('note', new Uint8Array(65_536), 65_536)),
  },
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND',
    title: 'finds no object of that id',
    parameter: 'lpObjectId',
    run: prepared(
      () =>
        ({ api, session }) =>
          api.SetNtmsObjectAttribute(session, NOBODY, K.NTMS_DRIVE, 'note', bytes, 3),
    ),
  },
]);
