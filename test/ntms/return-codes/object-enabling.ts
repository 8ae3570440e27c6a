import type { Test } from 'tap';
import { NtmsAccessMask, NtmsObjectsTypes } from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { damageTable } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, guestOf, NOBODY } from '../house.js';
import type { ApiCaller } from '../house.js';
import { after, withClosedHandle, withoutHandle } from './common.js';

const { NTMS_LIBRARY: LIBRARY, NTMS_DRIVE: DRIVE, NTMS_PHYSICAL_MEDIA: MEDIUM } = NtmsObjectsTypes;

type Verb = 'DisableNtmsObject' | 'EnableNtmsObject';

const switchable = ['library', 'drive', 'cartridge'] as const;
type Switchable = (typeof switchable)[number];

function typeAndId(library: VirtualLibrary, which: Switchable): readonly [number, Guid] {
  if (which === 'library') return [LIBRARY, library.library.id];
  return which === 'drive' ? [DRIVE, library.drive(0).id] : [MEDIUM, library.medium('ORS001L8').id];
}

/** Writes the flag, past the API. */
function setEnabled(library: VirtualLibrary, which: Switchable, enabled: boolean): void {
  const table = which === 'library' ? 'libraries' : which === 'drive' ? 'drives' : 'physicalMedia';
  library.store.table(table).update(typeAndId(library, which)[1], { enabled });
}

const call = (verb: Verb, { api, session }: ApiCaller, [type, id]: readonly [number, Guid]): Promise<void> =>
  api[verb](session, type, id);

/** Each kind of object in the state from which the call leads away; something more may be done to the house. */
const of = (
  t: Test,
  verb: Verb,
  which: Switchable,
  prepare: (library: VirtualLibrary) => unknown = () => undefined,
): Promise<() => Promise<unknown>> =>
  after(
    t,
    (library) => {
      setEnabled(library, which, verb === 'DisableNtmsObject');
      return prepare(library);
    },
    (library) => call(verb, library, typeAndId(library, which)),
  );

const given = (t: Test, verb: Verb, arrange: (library: VirtualLibrary) => readonly [number, unknown]) =>
  after(
    t,
    () => undefined,
    (library) => call(verb, library, arrange(library) as never),
  );

function casesOf(verb: Verb) {
  const done = verb === 'DisableNtmsObject' ? 'disabled' : 'enabled';
  return [
    ...switchable.map((which) => ({
      symbol: 'ERROR_SUCCESS' as const,
      title: `accepts a ${which}`,
      run: (t: Test) => of(t, verb, which),
    })),
    {
      symbol: 'ERROR_SUCCESS' as const,
      title: 'accepts a cartridge on the shelf',
      run: (t: Test) =>
        of(t, verb, 'cartridge', ({ store }) =>
          store.table('physicalMedia').update(store.table('physicalMedia').find({ barCode: 'ORS001L8' })?.id ?? '', {
            currentLibrary: store.wellKnown.offlineLibrary,
            location: null,
          }),
        ),
    },
    ...switchable.flatMap((which) =>
      [false, true].map((deny) => ({
        symbol: 'ERROR_ACCESS_DENIED' as const,
        title: `refuses a ${which} to a user ${deny ? 'whom the library denies it' : 'who may not modify the library'}`,
        right: 'library' as const,
        async run(t: Test) {
          const library = await VirtualLibrary.open(t);
          const guest = await guestOf(library);
          if (deny) denyGuest(library, library.library.id, NtmsAccessMask.NTMS_MODIFY_ACCESS);
          return () => call(verb, guest, typeAndId(library, which));
        },
      })),
    ),
    {
      symbol: 'ERROR_DATABASE_FAILURE' as const,
      title: 'meets a damaged page of the database',
      run: (t: Test) => of(t, verb, 'drive', (library) => damageTable(library, 'lib_requests')),
    },
    {
      symbol: 'ERROR_INVALID_HANDLE' as const,
      title: 'refuses a closed session',
      parameter: 'hSession' as const,
      run: (t: Test) => withClosedHandle(t, (library, caller) => call(verb, caller, typeAndId(library, 'drive'))),
    },
    {
      symbol: 'ERROR_INVALID_HANDLE' as const,
      title: 'refuses a null handle',
      parameter: 'hSession' as const,
      run: (t: Test) => withoutHandle(t, (library, caller) => call(verb, caller, typeAndId(library, 'drive'))),
    },
    ...[null, ''].map((id) => ({
      symbol: 'ERROR_INVALID_PARAMETER' as const,
      title: `refuses ${id === null ? 'a null object' : 'an empty object id'}`,
      parameter: 'lpObjectId' as const,
      run: (t: Test) => given(t, verb, () => [DRIVE, id]),
    })),
    ...[0, NtmsObjectsTypes.NTMS_STORAGESLOT, NtmsObjectsTypes.NTMS_CHANGER, 99].map((type) => ({
      symbol: 'ERROR_INVALID_PARAMETER' as const,
      title: `refuses kind ${type}`,
      parameter: 'dwType' as const,
      run: (t: Test) => given(t, verb, (library) => [type, library.drive(0).id]),
    })),
    ...switchable.map((which) => ({
      symbol: 'ERROR_INVALID_STATE' as const,
      title: `refuses a ${which} that is ${done} already`,
      run: (t: Test) => of(t, verb, which, (library) => setEnabled(library, which, verb === 'EnableNtmsObject')),
    })),
    {
      symbol: 'ERROR_LIBRARY_OFFLINE' as const,
      title: 'refuses the offline library',
      parameter: 'lpObjectId' as const,
      run: (t: Test) => given(t, verb, ({ store }) => [LIBRARY, store.wellKnown.offlineLibrary]),
    },
    {
      symbol: 'ERROR_OBJECT_NOT_FOUND' as const,
      title: 'refuses an id that no object has',
      parameter: 'lpObjectId' as const,
      run: (t: Test) => given(t, verb, () => [DRIVE, NOBODY]),
    },
    {
      symbol: 'ERROR_OBJECT_NOT_FOUND' as const,
      title: 'refuses the id of an object of another kind',
      parameter: 'lpObjectId' as const,
      run: (t: Test) => given(t, verb, (library) => [DRIVE, library.medium('ORS001L8').id]),
    },
  ];
}

export const disableNtmsObjectCodes = returnCodesOf('DisableNtmsObject', casesOf('DisableNtmsObject'));
export const enableNtmsObjectCodes = returnCodesOf('EnableNtmsObject', casesOf('EnableNtmsObject'));
