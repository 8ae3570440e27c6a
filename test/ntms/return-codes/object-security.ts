import {
  NtmsAccessMask,
  NtmsObjectsTypes as K,
  SecurityInformation,
  StandardAccess,
  type NTMS_SECURITY_DESCRIPTOR,
} from '../../../src/ntms/index.js';
import type { VirtualLibrary } from '../../library/virtual-library.js';
import { breakReference } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { NOBODY } from '../house.js';
import { badHandles, byGuest, damaged, prepared, withoutRoom } from './prepared-call.js';
import type { Prepare } from './prepared-call.js';

const { OWNER_SECURITY_INFORMATION: OWNER, GROUP_SECURITY_INFORMATION: GROUP } = SecurityInformation;
const { DACL_SECURITY_INFORMATION: DACL, SACL_SECURITY_INFORMATION: SACL } = SecurityInformation;

const administrator = { caller: { user: 'root', groups: [], administrator: true } };

const getSecurity =
  (
    id: (library: VirtualLibrary) => unknown = ({ library }) => library.id,
    dwType: number = K.NTMS_LIBRARY,
    information: unknown = OWNER | GROUP | DACL,
    length: unknown = null,
  ): Prepare =>
  (library) => {
    const object = id(library) as string;
    return ({ api, session }) =>
      api.GetNtmsObjectSecurity(session, object, dwType, information as number, length as number | null);
  };

const list: NTMS_SECURITY_DESCRIPTOR = {
  dacl: [{ trustee: 'user:tester', mask: NtmsAccessMask.NTMS_USE_ACCESS, deny: false }],
};

const setSecurity =
  (
    descriptor: unknown = list,
    information: unknown = DACL,
    id: (library: VirtualLibrary) => unknown = ({ library }) => library.id,
    dwType: number = K.NTMS_LIBRARY,
  ): Prepare =>
  (library) => {
    const object = id(library) as string;
    const given = descriptor as NTMS_SECURITY_DESCRIPTOR;
    return ({ api, session }) => api.SetNtmsObjectSecurity(session, object, dwType, information as number, given);
  };

const entry = { trustee: 'everyone', mask: 1, deny: false };

export const getNtmsObjectSecurityCodes = returnCodesOf('GetNtmsObjectSecurity', [
  { symbol: 'ERROR_SUCCESS', title: 'reads who may do what with a library', run: prepared(getSecurity()) },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who may use the library but not read its access list',
    right: 'governing object',
    run: byGuest(getSecurity()),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'shows what is audited to administrators only',
    parameter: 'RequestedInformation',
    run: prepared(getSecurity(undefined, K.NTMS_LIBRARY, SACL)),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'shows the side of a lost cartridge to administrators only',
    run: prepared(
      getSecurity((library) => library.side('ORS001L8').id, K.NTMS_PARTITION),
      (library) => breakReference(library, 'sides', 'physical_media', library.side('ORS001L8').id),
    ),
  },
  damaged(getSecurity(), 'access_entries'),
  ...[0, 19, 20 + 28 + 8 + 8].map((length) => ({
    symbol: 'ERROR_INSUFFICIENT_BUFFER' as const,
    title: `a descriptor does not fit into ${length} bytes`,
    parameter: 'nLength' as const,
    run: prepared(getSecurity(undefined, K.NTMS_LIBRARY, OWNER | DACL, length)),
  })),
  ...badHandles(getSecurity()),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null object',
    parameter: 'lpObjectId',
    run: prepared(getSecurity(() => null)),
  },
  ...[0, 0x10, 1.5, null].map((information) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${information} as the parts that are wanted`,
    parameter: 'RequestedInformation' as const,
    run: prepared(getSecurity(undefined, K.NTMS_LIBRARY, information)),
  })),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a length that is none',
    parameter: 'nLength',
    run: prepared(getSecurity(undefined, K.NTMS_LIBRARY, DACL, -1)),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a library that is taken for a pool',
    parameter: 'dwType',
    run: prepared(getSecurity(undefined, K.NTMS_MEDIA_POOL)),
  },
  {
    symbol: 'ERROR_NO_SECURITY_ON_OBJECT',
    title: 'finds no security on a drive, which its library governs',
    run: prepared(getSecurity((library) => library.drive(0).id, K.NTMS_DRIVE)),
  },
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND',
    title: 'finds no object of that id',
    parameter: 'lpObjectId',
    run: prepared(getSecurity(() => NOBODY)),
  },
]);

export const setNtmsObjectSecurityCodes = returnCodesOf('SetNtmsObjectSecurity', [
  { symbol: 'ERROR_SUCCESS', title: 'gives a library an access list of its own', run: prepared(setSecurity()) },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who neither owns the library nor may change its list',
    right: 'governing object',
    run: byGuest(setSecurity()),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'lets nobody become the owner who may change the list only',
    parameter: 'SecurityInformation',
    run: byGuest(setSecurity({ owner: 'user:guest' }, OWNER), ({ store, library }) => {
      store.table('accessEntries').insert({ object: library.id, trustee: 'everyone', mask: StandardAccess.WRITE_DAC });
    }),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'lets no owner set what is audited',
    parameter: 'SecurityInformation',
    run: prepared(setSecurity(list, SACL)),
  },
  damaged(setSecurity(), 'object_security'),
  withoutRoom(setSecurity(), 'access_entries', 'INSERT'),
  ...badHandles(setSecurity()),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null object',
    parameter: 'lpObjectId',
    run: prepared(setSecurity(list, DACL, () => null)),
  },
  ...[null, undefined, 'everyone'].map((descriptor) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${descriptor} as a descriptor`,
    parameter: 'lpSecurityDescriptor' as const,
    run: prepared(async (library) => {
      const { id } = library.library;
      return ({ api, session }) =>
        api.SetNtmsObjectSecurity(session, id, K.NTMS_LIBRARY, DACL, descriptor as unknown as NTMS_SECURITY_DESCRIPTOR);
    }),
  })),
  ...[
    { title: 'refuses a list that is left out', descriptor: { owner: 'user:x' }, information: DACL },
    { title: 'refuses a list that is none', descriptor: { dacl: 'everyone' }, information: DACL },
    { title: 'refuses an entry that is none', descriptor: { dacl: [null] }, information: DACL },
    {
      title: 'refuses a trustee of no kind',
      descriptor: { dacl: [{ ...entry, trustee: 'tester' }] },
      information: DACL,
    },
    { title: 'refuses an entry without rights', descriptor: { dacl: [{ ...entry, mask: 0 }] }, information: DACL },
    { title: 'refuses a right that is none', descriptor: { dacl: [{ ...entry, mask: 0x9 }] }, information: DACL },
    { title: 'refuses a denial that is neither', descriptor: { dacl: [{ ...entry, deny: 1 }] }, information: DACL },
    { title: 'refuses everyone as the owner', descriptor: { owner: 'everyone' }, information: OWNER },
    { title: 'refuses a user as the group', descriptor: { group: 'user:x' }, information: GROUP },
  ].map(({ title, descriptor, information }) => ({
    ...{ symbol: 'ERROR_INVALID_PARAMETER' as const, title, parameter: 'lpSecurityDescriptor' as const },
    run: prepared(setSecurity(descriptor, information)),
  })),
  ...[0, 0x10, 1.5, null].map((information) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${information} as the parts that are given`,
    parameter: 'SecurityInformation' as const,
    run: prepared(setSecurity(list, information)),
  })),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a library that is taken for a drive',
    parameter: 'dwType',
    run: prepared(setSecurity(list, DACL, ({ library }) => library.id, K.NTMS_DRIVE)),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses to take the list from the computer, which nothing is above',
    run: prepared(setSecurity({ dacl: null }, DACL, ({ store }) => store.wellKnown.computer, K.NTMS_COMPUTER)),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses an administrator who would have something audited',
    run: prepared(setSecurity(list, SACL), undefined, administrator),
  },
  {
    symbol: 'ERROR_NO_SECURITY_ON_OBJECT',
    title: 'finds nothing to set on a cartridge, which its pool governs',
    run: prepared(setSecurity(list, DACL, (library) => library.medium('ORS001L8').id, K.NTMS_PHYSICAL_MEDIA)),
  },
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND',
    title: 'finds no object of that id',
    parameter: 'lpObjectId',
    run: prepared(setSecurity(list, DACL, () => NOBODY)),
  },
]);
