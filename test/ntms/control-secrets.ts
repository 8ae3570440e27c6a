import { NtmsObjectsTypes, NtmsOperationalState } from '../../src/ntms/index.js';
import type { DocumentedName } from '../../src/ntms/documented-functions.js';
import type { VirtualLibrary } from '../library/virtual-library.js';
import type { ApiCaller } from './house.js';
import { mountRequestOf } from './waiting-mount.js';

/** A state of which a caller without rights must not learn, and the call that would tell. */
interface ControlSecret {
  readonly function: DocumentedName;
  readonly title: string;
  readonly prepare: (library: VirtualLibrary) => unknown;
  readonly call: (library: VirtualLibrary, caller: ApiCaller) => Promise<unknown>;
}

const { NTMS_DRIVE: DRIVE, NTMS_LIBRARY: LIBRARY } = NtmsObjectsTypes;

/** A mount that is done, and its request. */
const mountOne = (library: VirtualLibrary) => library.mount('ORS001L8');
const request = (library: VirtualLibrary): string => mountRequestOf(library, 'ORS001L8').id;

/** A request to the operator that was answered. */
async function answered(library: VirtualLibrary): Promise<void> {
  const id = await library.api.SubmitNtmsOperatorRequest(library.session, 5, 'hello', null, null);
  await library.api.SatisfyNtmsOperatorRequest(library.session, id);
}
const question = ({ store }: VirtualLibrary): string => store.table('opRequests').list()[0]?.id ?? '';

/** What requests, removals and switches must not tell. */
export const controlSecrets: readonly ControlSecret[] = [
  {
    function: 'CancelNtmsLibraryRequest',
    title: 'that the request has ended',
    prepare: mountOne,
    call: (library, { api, session }) => api.CancelNtmsLibraryRequest(session, request(library)),
  },
  {
    function: 'SetNtmsRequestOrder',
    title: 'that the request has no order',
    prepare: mountOne,
    call: (library, { api, session }) => api.SetNtmsRequestOrder(session, request(library), 1),
  },
  {
    function: 'CancelNtmsOperatorRequest',
    title: 'that the request was answered',
    prepare: answered,
    call: (library, { api, session }) => api.CancelNtmsOperatorRequest(session, question(library)),
  },
  {
    function: 'SatisfyNtmsOperatorRequest',
    title: 'that the request was answered',
    prepare: answered,
    call: (library, { api, session }) => api.SatisfyNtmsOperatorRequest(session, question(library)),
  },
  {
    function: 'DeleteNtmsLibrary',
    title: 'that the library is attached',
    prepare: () => undefined,
    call: ({ library }, { api, session }) => api.DeleteNtmsLibrary(session, library.id),
  },
  {
    function: 'DeleteNtmsLibrary',
    title: 'which library is the offline one',
    prepare: () => undefined,
    call: ({ store }, { api, session }) => api.DeleteNtmsLibrary(session, store.wellKnown.offlineLibrary),
  },
  {
    function: 'DeleteNtmsDrive',
    title: 'that the drive is attached',
    prepare: () => undefined,
    call: (library, { api, session }) => api.DeleteNtmsDrive(session, library.drive(0).id),
  },
  {
    function: 'DeleteNtmsDrive',
    title: 'that the library is disabled',
    prepare: ({ store, library }) =>
      store
        .table('libraries')
        .update(library.id, { enabled: false, operationalState: NtmsOperationalState.NTMS_NOT_PRESENT }),
    call: (library, { api, session }) => api.DeleteNtmsDrive(session, library.drive(0).id),
  },
  {
    function: 'SetNtmsUIOptions',
    title: 'who is listed for the library',
    prepare: ({ api, session, library }) => api.SetNtmsUIOptions(session, library.id, 2, 1, 'desk'),
    call: ({ library }, { api, session }) => api.SetNtmsUIOptions(session, library.id, 2, 1, 'desk'),
  },
  {
    function: 'GetNtmsUIOptions',
    title: 'how many are listed for the library',
    prepare: ({ api, session, library }) => api.SetNtmsUIOptions(session, library.id, 2, 1, 'desk'),
    call: ({ library }, { api, session }) => api.GetNtmsUIOptions(session, library.id, 2, 0),
  },
  {
    function: 'EnableNtmsObject',
    title: 'that the drive is enabled',
    prepare: () => undefined,
    call: (library, { api, session }) => api.EnableNtmsObject(session, DRIVE, library.drive(0).id),
  },
  {
    function: 'DisableNtmsObject',
    title: 'that the library is disabled',
    prepare: ({ store, library }) => store.table('libraries').update(library.id, { enabled: false }),
    call: ({ library }, { api, session }) => api.DisableNtmsObject(session, LIBRARY, library.id),
  },
  {
    function: 'DisableNtmsObject',
    title: 'which library is the offline one',
    prepare: () => undefined,
    call: ({ store }, { api, session }) => api.DisableNtmsObject(session, LIBRARY, store.wellKnown.offlineLibrary),
  },
];
