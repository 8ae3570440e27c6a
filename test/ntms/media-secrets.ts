import { NtmsCreateOptions } from '../../src/ntms/index.js';
import type { VirtualLibrary } from '../library/virtual-library.js';
import type { ApiCaller } from './house.js';
import { inApplicationPool, newMedium, newSide, systemPool, typeOf } from './media-house.js';

type Call = (library: VirtualLibrary, caller: ApiCaller) => Promise<unknown>;

const freePool = (library: VirtualLibrary): string => systemPool(library, 'SCRATCH', typeOf(library, 'ORS001L8').id).id;
const backup = ({ store }: VirtualLibrary): string => store.table('mediaPools').find({ name: 'Backup' })?.id ?? '';

const withPool = (library: VirtualLibrary) => inApplicationPool(library, 'ORS001L8');
const mounted = (library: VirtualLibrary) => library.mount('ORS001L8');
const disabled = ({ store, library }: VirtualLibrary) =>
  store.table('libraries').update(library.id, { enabled: false });

const create: Call = (_, { api, session }) =>
  api.CreateNtmsMediaPool(session, 'Backup', null, NtmsCreateOptions.NTMS_CREATE_NEW, null);
const move: Call = (library, { api, session }) =>
  api.MoveToNtmsMediaPool(session, library.medium('ORS001L8').id, freePool(library));
const change: Call = (library, { api, session }) =>
  api.ChangeNtmsMediaType(session, library.medium('ORS001L8').id, freePool(library));
const removePool: Call = (library, { api, session }) => api.DeleteNtmsMediaPool(session, backup(library));
const addType: Call = (library, { api, session }) =>
  api.AddNtmsMediaType(session, typeOf(library, 'ORS001L8').id, library.library.id);
const removeType: Call = (library, { api, session }) =>
  api.DeleteNtmsMediaType(session, typeOf(library, 'ORS001L8').id, library.library.id);
const removeMedium: Call = (library, { api, session }) => api.DeleteNtmsMedia(session, library.medium('ORS001L8').id);
const createMedium: Call = (library, { api, session }) => {
  const pool = systemPool(library, 'IMPORT', typeOf(library, 'ORS001L8').id).id;
  return api.CreateNtmsMedia(session, newMedium(pool, 1, { szBarCode: 'ORS001L8' }), [newSide()], 0);
};

/** States of pools, media types and media of which a caller without rights must not learn. */
export const mediaSecrets = [
  { function: 'CreateNtmsMediaPool', title: 'that the pool is there already', prepare: withPool, call: create },
  { function: 'MoveToNtmsMediaPool', title: 'that the cartridge is in use', prepare: mounted, call: move },
  { function: 'DeleteNtmsMediaPool', title: 'that the pool holds media', prepare: withPool, call: removePool },
  { function: 'AddNtmsMediaType', title: 'that the library is disabled', prepare: disabled, call: addType },
  {
    function: 'DeleteNtmsMediaType',
    title: 'that the library holds media of the type',
    prepare: () => undefined,
    call: removeType,
  },
  { function: 'ChangeNtmsMediaType', title: 'that the library is disabled', prepare: disabled, call: change },
  {
    function: 'DeleteNtmsMedia',
    title: 'that the cartridge is in a library',
    prepare: () => undefined,
    call: removeMedium,
  },
  {
    function: 'CreateNtmsMedia',
    title: 'that the bar code is known',
    prepare: () => undefined,
    call: createMedium,
  },
] as const;
