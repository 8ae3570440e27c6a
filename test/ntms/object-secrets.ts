import { NtmsObjectsTypes, SecurityInformation } from '../../src/ntms/index.js';
import type { DocumentedName } from '../../src/ntms/documented-functions.js';
import type { VirtualLibrary } from '../library/virtual-library.js';
import type { ApiCaller } from './house.js';

/** A state of which a caller without rights must not learn, and the call that would tell. */
interface ObjectSecret {
  readonly function: DocumentedName;
  readonly title: string;
  readonly prepare: (library: VirtualLibrary) => unknown;
  readonly call: (library: VirtualLibrary, caller: ApiCaller) => Promise<unknown>;
}

const { DACL_SECURITY_INFORMATION: DACL } = SecurityInformation;
const { NTMS_DRIVE, NTMS_STORAGESLOT, NTMS_UNKNOWN } = NtmsObjectsTypes;
const nothing = (): undefined => undefined;

/** What records, attributes and access lists must not tell. */
export const objectSecrets: readonly ObjectSecret[] = [
  {
    function: 'SetNtmsObjectInformation',
    title: 'which names libraries have',
    prepare: nothing,
    async call({ api, session, library }, caller) {
      const record = await api.GetNtmsObjectInformation(session, library.id, { dwType: NTMS_UNKNOWN });
      const renamed = { ...record, szName: 'Offline Library' };
      return caller.api.SetNtmsObjectInformation(caller.session, library.id, renamed);
    },
  },
  {
    function: 'SetNtmsObjectInformation',
    title: 'of which kind an object is',
    prepare: nothing,
    async call(house, caller) {
      const { id } = house.drive(0);
      const record = await house.api.GetNtmsObjectInformation(house.session, id, { dwType: NTMS_DRIVE });
      const other = { ...record, dwType: NTMS_STORAGESLOT };
      return caller.api.SetNtmsObjectInformation(caller.session, id, other);
    },
  },
  {
    function: 'GetNtmsObjectAttribute',
    title: 'which attributes an object has',
    prepare: nothing,
    call: ({ library }, { api, session }) => api.GetNtmsObjectAttribute(session, library.id, 0, 'note', null),
  },
  {
    function: 'GetNtmsObjectAttribute',
    title: 'how long an attribute is',
    prepare: ({ api, session, library }) =>
      api.SetNtmsObjectAttribute(session, library.id, 0, 'note', Uint8Array.of(1, 2), 2),
    call: ({ library }, { api, session }) => api.GetNtmsObjectAttribute(session, library.id, 0, 'note', 0),
  },
  {
    function: 'GetNtmsObjectSecurity',
    title: 'how long an access list is',
    prepare: nothing,
    call: ({ library }, { api, session }) => api.GetNtmsObjectSecurity(session, library.id, 0, DACL, 0),
  },
  {
    function: 'GetNtmsObjectSecurity',
    title: 'of which kind an object is',
    prepare: nothing,
    call: (house, { api, session }) => api.GetNtmsObjectSecurity(session, house.drive(0).id, 0, DACL, null),
  },
  {
    function: 'SetNtmsObjectSecurity',
    title: 'of which kind an object is',
    prepare: nothing,
    call: (house, { api, session }) =>
      api.SetNtmsObjectSecurity(session, house.drive(0).id, NTMS_STORAGESLOT, DACL, { dacl: [] }),
  },
];
