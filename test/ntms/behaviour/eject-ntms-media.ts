import type { Test } from 'tap';
import {
  NtmsEjectOperation as E,
  NtmsLmOperation as Op,
  NtmsLmState as S,
  NtmsMediaPoolPolicy,
  NtmsObjectsTypes,
  NtmsPartitionState,
  NtmsPortContent as Content,
  NtmsPortPosition as Position,
  NtmsSlotState,
} from '../../../src/ntms/index.js';
import { eject, ended, inPorts, onePort, portAt, takeFrom, until } from '../../library/person-at-port.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { openMedium, watch } from '../house.js';

import { fileInto, firstRequest, ofApplication, port } from './port-house.js';

/** A cartridge of this pool goes out and is taken; tells whether its records are still there. */
async function keptAfterEject(
  t: Test,
  prepare: (library: VirtualLibrary) => string,
  policy = 0,
): Promise<'offline' | 'deleted'> {
  const library = await VirtualLibrary.open(t, onePort);
  const { store } = library;
  store.table('computers').update(store.wellKnown.computer, { mediaPoolPolicy: policy });
  const id = prepare(library);
  const operation = await eject(library, 'ORS001L8');
  await takeFrom(library);
  t.match(await ended(library, operation), { state: S.NTMS_LM_PASSED });
  t.same(library.disagreements(), []);
  const row = store.table('physicalMedia').get(id);
  if (row === undefined) {
    t.equal(store.table('sides').count({ physicalMedia: id }), 0);
    return 'deleted';
  }
  t.match(row, { currentLibrary: store.wellKnown.offlineLibrary, location: null });
  return 'offline';
}

const SCRATCH = 1;
const FOREIGN = 2;
const IMPORT = 3;
const { NTMS_POOLPOLICY_KEEPOFFLINEIMPORT: KEEP, NTMS_POOLPOLICY_PURGEOFFLINESCRATCH: PURGE } = NtmsMediaPoolPolicy;

export const ejectNtmsMediaBehaviour = behaviourOf('EjectNtmsMedia', [
  {
    rule: 'actions-above-force-3',
    title: 'refuses IMMEDIATE and ASK_USER, and nothing is queued',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      for (const action of [E.NTMS_EJECT_IMMEDIATE, E.NTMS_EJECT_ASK_USER]) {
        const call = library.api.EjectNtmsMedia(library.session, library.medium('ORS001L8').id, null, action);
        t.equal((await refusal(call)).symbol, 'ERROR_INVALID_PARAMETER');
      }
      t.equal(library.store.table('libRequests').count(), 0);
    },
  },
  {
    rule: 'busy-library-queues-eject',
    parameter: 'dwAction',
    title: 'queues while the port is in use; FORCE goes before what waits',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const first = await eject(library, 'ORS001L8');
      await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
      const second = await eject(library, 'ORS002L8');
      const { api, session } = library;
      const third = await api.EjectNtmsMedia(session, library.medium('ORS003L8').id, null, E.NTMS_EJECT_FORCE);
      await takeFrom(library);
      await ended(library, first);
      await until(library, () => inPorts(library)[0] === 'ORS003L8');
      t.match(library.store.table('libRequests').require(second), { state: S.NTMS_LM_WAITING });
      await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
      await takeFrom(library);
      t.match(await ended(library, third ?? ''), { state: S.NTMS_LM_PASSED });
      await until(library, () => inPorts(library)[0] === 'ORS002L8');
    },
  },
  ...[true, false].map((named) => ({
    rule: 'queue-collects-cartridges-multi' as const,
    parameter: 'lpMediaId' as const,
    title: `START with ${named ? 'the last medium' : 'the zero GUID'} sends out what was queued`,
    async run(t: Test) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = library;
      const queued = named ? ['ORS001L8'] : ['ORS001L8', 'ORS002L8'];
      for (const barCode of queued) {
        t.equal(await api.EjectNtmsMedia(session, library.medium(barCode).id, null, E.NTMS_EJECT_QUEUE), null);
      }
      t.equal(library.store.table('libRequests').count(), 0, 'collecting moves nothing');
      const last = named ? library.medium('ORS002L8').id : '00000000-0000-0000-0000-000000000000';
      await api.EjectNtmsMedia(session, last, null, E.NTMS_EJECT_START);
      await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED, 2);
      t.same(new Set(inPorts(library)), new Set(['ORS001L8', 'ORS002L8', null]));
      t.equal((await refusal(api.EjectNtmsMedia(session, null, null, E.NTMS_EJECT_START))).code, 87, 'it is used up');
    },
  })),
  {
    rule: 'queueing-more-cartridges-port',
    title: 'takes three into a station of three, and no fourth',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const queue = (barCode: string) =>
        library.api.EjectNtmsMedia(library.session, library.medium(barCode).id, null, E.NTMS_EJECT_QUEUE);
      for (const barCode of ['ORS001L8', 'ORS002L8', 'ORS003L8', 'ORS001L8']) await queue(barCode);
      t.equal((await refusal(queue('ORS004L8'))).symbol, 'ERROR_BUSY');
    },
  },
  {
    rule: 'ejected-cartridges-move-offline',
    title: 'keeps the records of an application’s cartridge in the offline library',
    async run(t) {
      t.equal(await keptAfterEject(t, ofApplication), 'offline');
    },
  },
  {
    rule: 'ejected-cartridges-move-offline',
    title: 'deletes the records of import and unrecognized media, of cleaners and of incompatible ones',
    async run(t) {
      for (const pool of [IMPORT, FOREIGN]) {
        t.equal(await keptAfterEject(t, (library) => fileInto(library, 'ORS001L8', pool)), 'deleted');
      }
      const cleaner = (library: VirtualLibrary) => {
        library.store.table('physicalMedia').update(library.medium('ORS001L8').id, { cleaner: true });
        return ofApplication(library);
      };
      t.equal(await keptAfterEject(t, cleaner), 'deleted');
      const incompatible = (library: VirtualLibrary) => {
        const state = NtmsPartitionState.NTMS_PARTSTATE_INCOMPATIBLE;
        library.store.table('sides').update(library.side('ORS001L8').id, { state });
        return ofApplication(library);
      };
      t.equal(await keptAfterEject(t, incompatible), 'deleted');
    },
  },
  {
    rule: 'ejected-cartridges-move-offline',
    title: 'never deletes a cartridge with an allocated side',
    async run(t) {
      const allocated = (library: VirtualLibrary) => {
        const { mediaPool } = library.medium('ORS001L8');
        const { id } = library.store.table('logicalMedia').insert({ mediaPool });
        library.store.table('sides').update(library.side('ORS001L8').id, { logicalMedia: id });
        return library.medium('ORS001L8').id;
      };
      t.equal(await keptAfterEject(t, allocated), 'offline');
    },
  },
  {
    rule: 'computer-policy-bits-alter',
    title: 'keeps free media unless they are to be purged, and import media if they are to be kept',
    async run(t) {
      const free = (library: VirtualLibrary) => fileInto(library, 'ORS001L8', SCRATCH);
      t.equal(await keptAfterEject(t, free), 'offline');
      t.equal(await keptAfterEject(t, free, PURGE), 'deleted');
      const imported = (library: VirtualLibrary) => fileInto(library, 'ORS001L8', IMPORT);
      t.equal(await keptAfterEject(t, imported, KEEP), 'offline');
    },
  },
  {
    rule: 'mounted-open-cartridges-refused',
    title: 'refuses mounted and open cartridges, also with FORCE',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      const call = (action: number) =>
        library.api.EjectNtmsMedia(library.session, library.medium('ORS001L8').id, null, action);
      t.equal((await refusal(call(E.NTMS_EJECT_START))).symbol, 'ERROR_BUSY');
      await openMedium(library, library.drive(0).id);
      t.equal((await refusal(call(E.NTMS_EJECT_FORCE))).symbol, 'ERROR_BUSY');
      t.same(library.inDrives(), ['ORS001L8', null]);
    },
  },
  {
    rule: 'start-returns-operation-id',
    parameter: 'lpEjectOperation',
    title: 'gives the operation that STOP takes',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const operation = await eject(library, 'ORS001L8');
      t.equal(await library.api.EjectNtmsMedia(library.session, null, operation, E.NTMS_EJECT_STOP), operation);
      t.match(await ended(library, operation), { state: S.NTMS_LM_STOPPED });
      const again = library.api.EjectNtmsMedia(library.session, null, operation, E.NTMS_EJECT_STOP);
      t.equal((await refusal(again)).symbol, 'ERROR_INVALID_OPERATION', 'it has ended');
    },
  },
  {
    rule: 'libraries-without-port-need',
    title: 'refers to the door where there is no port',
    async run(t) {
      const library = await VirtualLibrary.open(t, { profile: 'quantum-superloader3' });
      const [medium] = library.store.table('physicalMedia').list({ currentLibrary: library.library.id });
      const call = library.api.EjectNtmsMedia(library.session, medium?.id ?? '', null, E.NTMS_EJECT_START);
      t.match(await refusal(call), { symbol: 'ERROR_DEVICE_NOT_AVAILABLE', detail: /AccessNtmsLibraryDoor/ });
    },
  },
  {
    rule: 'completion-announced-operation-id',
    title: 'the operation’s own record tells that it is done, after the cartridge’s',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const operation = await eject(library, 'ORS001L8');
      const { id } = library.medium('ORS001L8');
      const told: string[] = [];
      library.store.onChange((change) => told.push(change.id));
      await takeFrom(library);
      await ended(library, operation);
      t.ok(told.includes(id));
      t.ok(told.lastIndexOf(operation) > told.lastIndexOf(id));
    },
  },
  {
    change: 'lib-request-new-eject',
    title: 'stores a request for the cartridge that has not begun',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const first = firstRequest(library);
      const operation = await eject(library, 'ORS001L8');
      t.match(first(), {
        id: operation,
        operationCode: Op.NTMS_LM_EJECT,
        state: S.NTMS_LM_QUEUED,
        physMediaId: library.medium('ORS001L8').id,
        user: 'tester',
      });
    },
  },
  {
    change: 'physical-media-current-library',
    title: 'moves the cartridge to the offline library when it is taken, not before',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const id = ofApplication(library);
      const operation = await eject(library, 'ORS001L8');
      await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
      const inPort = library.store.table('physicalMedia').require(id);
      t.match(inPort, { currentLibrary: library.library.id, locationType: NtmsObjectsTypes.NTMS_IEPORT });
      await takeFrom(library);
      await ended(library, operation);
      t.equal(library.store.table('physicalMedia').require(id).currentLibrary, library.store.wellKnown.offlineLibrary);
    },
  },
  {
    change: 'physical-media-exists-deleted',
    title: 'deletes an unrecognized cartridge’s record when it is taken',
    async run(t) {
      t.equal(await keptAfterEject(t, (library) => library.medium('ORS001L8').id), 'deleted');
    },
  },
  {
    change: 'slot-state-empty-cartridge',
    title: 'empties the slot',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const slot = library.medium('ORS001L8').location ?? '';
      await eject(library, 'ORS001L8');
      await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
      t.equal(library.store.table('slots').require(slot).state, NtmsSlotState.NTMS_SLOTSTATE_EMPTY);
    },
  },
  {
    change: 'ie-port-position-extended',
    title: 'the port goes out with the cartridge, and in without it',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const seen = watch(library, () => port(library), 'position');
      const operation = await eject(library, 'ORS001L8');
      await takeFrom(library);
      await ended(library, operation);
      const { NTMS_PORTPOSITION_RETRACTED: IN, NTMS_PORTPOSITION_EXTENDED: OUT } = Position;
      t.same(seen.values.slice(-3), [IN, OUT, IN]);
    },
  },
  {
    change: 'ie-port-content-full',
    title: 'the port is full, then empty',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const seen = watch(library, () => port(library), 'content');
      const operation = await eject(library, 'ORS001L8');
      await takeFrom(library);
      await ended(library, operation);
      const { NTMS_PORTCONTENT_EMPTY: EMPTY, NTMS_PORTCONTENT_FULL: FULL } = Content;
      t.same(seen.values.slice(-3), [EMPTY, FULL, EMPTY]);
    },
  },
  {
    change: 'lib-request-state-stopped',
    title: 'ends a waiting and a running operation, whose cartridge goes back',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const { location } = library.medium('ORS001L8');
      const running = await eject(library, 'ORS001L8');
      await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
      const waiting = await eject(library, 'ORS002L8');
      for (const operation of [waiting, running]) {
        await library.api.EjectNtmsMedia(library.session, null, operation, E.NTMS_EJECT_STOP);
        t.match(await ended(library, operation), { state: S.NTMS_LM_STOPPED });
      }
      t.equal(library.medium('ORS001L8').location, location);
      t.same(library.disagreements(), []);
    },
  },
]);
