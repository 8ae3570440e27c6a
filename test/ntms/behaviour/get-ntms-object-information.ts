import { NTMS_OBJECTINFORMATION_SIZE, NtmsLibraryType, NtmsObjectsTypes as K } from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { denyGuest, guestOf, takeToShelf } from '../house.js';
import { governorOf, kinds, oneOfEach } from './object-kinds.js';

export const getNtmsObjectInformationBehaviour = behaviourOf('GetNtmsObjectInformation', [
  {
    rule: 'size-and-type',
    parameter: 'lpInfo',
    title: 'takes the kind and a size that is large enough, and gives the common part and one member',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = library;
      const objects = oneOfEach(library);
      for (const { kind, member } of kinds) {
        for (const dwSize of [NTMS_OBJECTINFORMATION_SIZE, NTMS_OBJECTINFORMATION_SIZE + 1]) {
          const record = await api.GetNtmsObjectInformation(session, objects[kind], { dwSize, dwType: kind });
          t.same(Object.keys(record.Info), [member]);
          t.match(record, { dwType: kind, ObjectGuid: objects[kind], Enabled: true, Created: Date, Modified: Date });
        }
        const small = { dwSize: NTMS_OBJECTINFORMATION_SIZE - 1, dwType: kind };
        const call = api.GetNtmsObjectInformation(session, objects[kind], small);
        t.match(await refusal(call), { symbol: 'ERROR_INVALID_PARAMETER' });
      }
    },
  },
  {
    rule: 'kind-found-by-id',
    parameter: 'lpObjectId',
    title: 'finds the kind of every object by its id',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const objects = oneOfEach(library);
      for (const { kind, member } of kinds) {
        const request = { dwType: K.NTMS_UNKNOWN };
        const record = await library.api.GetNtmsObjectInformation(library.session, objects[kind], request);
        t.equal(record.dwType, kind);
        t.same(Object.keys(record.Info), [member]);
      }
    },
  },
  {
    rule: 'right-by-kind',
    title: 'asks the pool, the library or the computer, as the kind says, and no other',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const objects = oneOfEach(library);
      const { api, session } = await guestOf(library);
      for (const denied of ['library', 'pool', 'computer'] as const) {
        // Each of the three has a list of its own, so that none inherits from another.
        for (const governor of ['library', 'pool', 'computer'] as const) {
          for (const { id } of library.store.table('accessEntries').list({ object: governorOf(library, governor) })) {
            library.store.table('accessEntries').remove(id);
          }
          denyGuest(library, governorOf(library, governor), governor === denied ? 1 : 4);
        }
        for (const { kind, governor } of kinds) {
          const call = api.GetNtmsObjectInformation(session, objects[kind], { dwType: kind });
          if (governor === denied) t.match(await refusal(call), { symbol: 'ERROR_ACCESS_DENIED' }, `kind ${kind}`);
          else t.equal((await call).dwType, kind);
        }
      }
    },
  },
  {
    rule: 'offline-library',
    title: 'says of the offline library that it is offline and how many media it has',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await takeToShelf(library, 'ORS003L8');
      const { offlineLibrary } = library.store.wellKnown;
      const { Info } = await library.api.GetNtmsObjectInformation(library.session, offlineLibrary, {
        dwType: K.NTMS_LIBRARY,
      });
      t.match(Info, { Library: { LibraryType: NtmsLibraryType.NTMS_LIBRARYTYPE_OFFLINE, dwNumberOfMedia: 1 } });
    },
  },
  {
    rule: 'dangling-ids',
    title: 'shows an ended request whose cartridge is gone',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { id } = library.medium('ORS001L8');
      await library.mount('ORS001L8');
      await library.dismount('ORS001L8');
      const [request] = library.session.requestIds;
      library.store.table('physicalMedia').remove(id);
      const { Info } = await library.api.GetNtmsObjectInformation(library.session, request ?? '', {
        dwType: K.NTMS_LIBREQUEST,
      });
      t.match(Info, { LibRequest: { PhysMediaId: id } });
    },
  },
]);
