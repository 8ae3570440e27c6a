import type { Test } from 'tap';
import {
  NtmsInjectOperation as I,
  NtmsLmOperation as Op,
  NtmsLmState as S,
  NtmsOperationalState,
  NtmsPartitionState,
  NtmsPortContent as Content,
  NtmsPortPosition as Position,
  NtmsSlotState,
} from '../../../src/ntms/index.js';
import {
  eject,
  ended,
  inject,
  inPorts,
  limitPorts,
  looksPass,
  onePort,
  portAt,
  putIn,
  takeFrom,
  until,
} from '../../library/person-at-port.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { watch } from '../house.js';

import { firstRequest, ofApplication, port } from './port-house.js';

export const injectNtmsMediaBehaviour = behaviourOf('InjectNtmsMedia', [
  ...([I.NTMS_INJECT_START, I.NTMS_INJECT_STARTMANY] as const).map((action) => ({
    rule: 'start-startmany-hand-back' as const,
    parameter: 'lpInjectOperation' as const,
    title: `action ${action} gives its operation before anybody did anything`,
    async run(t: Test) {
      const library = await VirtualLibrary.open(t, onePort);
      const operation = await inject(library, action);
      t.match(library.store.table('libRequests').require(operation), { timeCompleted: null });
      t.not(port(library).position, Position.NTMS_PORTPOSITION_EXTENDED);
    },
  })),
  {
    rule: 'id-start-works-only',
    title: 'STOP takes both kinds of operation, RETRACT that of STARTMANY',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const { api, session } = library;
      const end = (operation: string, action: number) =>
        api.InjectNtmsMedia(session, library.library.id, operation, action);
      const one = await inject(library);
      t.equal((await refusal(end(one, I.NTMS_INJECT_RETRACT))).symbol, 'ERROR_INVALID_OPERATION');
      t.equal(await end(one, I.NTMS_INJECT_STOP), one);
      await ended(library, one);
      const many = await inject(library, I.NTMS_INJECT_STARTMANY);
      await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
      t.equal(await end(many, I.NTMS_INJECT_RETRACT), many);
      t.match(await ended(library, many), { errorDetail: /nobody/ }, 'nothing lay in it: it is not opened again');
    },
  },
  {
    rule: 'port-unlocked-extended-wait',
    title: 'waits until the port is full, until STOP, or for as long as the port may stand out',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const full = await inject(library);
      await putIn(library, 'ORS771L8');
      t.match(await ended(library, full), { state: S.NTMS_LM_PASSED });
      await library.manager.drain();
      const stopped = await inject(library);
      await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
      await library.api.InjectNtmsMedia(library.session, library.library.id, stopped, I.NTMS_INJECT_STOP);
      t.match(await ended(library, stopped), { state: S.NTMS_LM_STOPPED });
      limitPorts(library, 90);
      const start = library.clock.now();
      t.match(await ended(library, await inject(library)), { state: S.NTMS_LM_FAILED, errorCode: 1460 });
      t.ok(library.clock.now() - start >= 90_000);
    },
  },
  {
    rule: 'multi-cartridge-ports-polled',
    title: 'a station with several ports goes on waiting when one of them is full',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const operation = await inject(library);
      await putIn(library, 'ORS771L8', 2);
      await looksPass(library);
      t.match(library.store.table('libRequests').require(operation), { state: S.NTMS_LM_INPROCESS });
      t.same(inPorts(library), [null, 'ORS771L8', null]);
    },
  },
  {
    rule: 'port-locks-each-cartridge',
    title: 'puts each cartridge into a slot, and queues one identification for each',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const operation = await inject(library);
      await putIn(library, 'ORS771L8', 1);
      await putIn(library, 'ORS772L8', 3);
      await library.api.InjectNtmsMedia(library.session, library.library.id, operation, I.NTMS_INJECT_STOP);
      await ended(library, operation);
      const slots = ['ORS771L8', 'ORS772L8'].map((barCode) => library.medium(barCode).homeSlot);
      const queued = library.store.table('libRequests').list({ operationCode: Op.NTMS_LM_CLASSIFY });
      t.same(new Set(queued.map(({ slotId }) => slotId)), new Set(slots));
      await library.manager.drain();
      t.same(library.disagreements(), []);
    },
  },
  {
    rule: 'cartridges-find-no-slot',
    title: 'leaves what finds no slot in the port, and asks for room',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const operation = await inject(library);
      await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
      for (const { id } of library.store.table('slots').list()) {
        library.store.table('slots').update(id, { enabled: false });
      }
      await putIn(library, 'ORS771L8');
      t.match(await ended(library, operation), { state: S.NTMS_LM_FAILED, errorDetail: /no slot is free/ });
      t.same(inPorts(library), ['ORS771L8']);
      t.match(library.manager.operatorRequests.open(), [{ message: /take cartridges out/, arg1: port(library).id }]);
    },
  },
  {
    rule: 'startmany-reopens-port-after',
    parameter: 'dwAction',
    title: 'STARTMANY opens the port again, START does not',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const one = await inject(library);
      await putIn(library, 'ORS771L8');
      await ended(library, one);
      t.equal(port(library).position, Position.NTMS_PORTPOSITION_RETRACTED);
      await inject(library, I.NTMS_INJECT_STARTMANY);
      await putIn(library, 'ORS772L8');
      await until(library, () => inPorts(library)[0] === null);
      await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
      await putIn(library, 'ORS773L8');
      await until(library, () => inPorts(library)[0] === null);
    },
  },
  {
    rule: 'completion-announced-operation-id',
    title: 'the operation’s own record tells that it is done, when the cartridge is in its slot',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const operation = await inject(library);
      let slot: string | null | undefined;
      library.store.onChange(({ id }) => {
        if (id === operation) slot = library.store.table('physicalMedia').find({ barCode: 'ORS771L8' })?.homeSlot;
      });
      await putIn(library, 'ORS771L8');
      await ended(library, operation);
      t.ok(slot);
    },
  },
  {
    change: 'lib-request-new-inject',
    parameter: 'lpLibraryId',
    title: 'stores a request for the library',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const first = firstRequest(library);
      const id = await inject(library);
      t.match(first(), { id, operationCode: Op.NTMS_LM_INJECT, library: library.library.id, state: S.NTMS_LM_QUEUED });
    },
  },
  {
    change: 'ie-port-position-extended',
    title: 'the port goes out and in',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const seen = watch(library, () => port(library), 'position');
      const operation = await inject(library);
      await putIn(library, 'ORS771L8');
      await ended(library, operation);
      const { NTMS_PORTPOSITION_RETRACTED: IN, NTMS_PORTPOSITION_EXTENDED: OUT } = Position;
      t.same(seen.values.slice(-3), [IN, OUT, IN]);
    },
  },
  {
    change: 'ie-port-content-full',
    title: 'the port is full when a person has filled it, and empty when the robot has emptied it',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const seen = watch(library, () => port(library), 'content');
      const operation = await inject(library);
      await putIn(library, 'ORS771L8');
      await ended(library, operation);
      t.same(seen.values.slice(-3), [
        Content.NTMS_PORTCONTENT_EMPTY,
        Content.NTMS_PORTCONTENT_FULL,
        Content.NTMS_PORTCONTENT_EMPTY,
      ]);
    },
  },
  {
    change: 'slot-state-full-stored',
    title: 'fills a slot',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const operation = await inject(library);
      await putIn(library, 'ORS771L8');
      await ended(library, operation);
      const slot = library.store.table('slots').require(library.medium('ORS771L8').homeSlot ?? '');
      t.equal(slot.state, NtmsSlotState.NTMS_SLOTSTATE_FULL);
    },
  },
  {
    change: 'physical-media-exists-present',
    title: 'a new cartridge gets its record; one that was offline gets its own back',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const known = ofApplication(library);
      const out = await eject(library, 'ORS001L8');
      const outside = await takeFrom(library);
      await ended(library, out);
      const back = await inject(library);
      const address = await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
      await library.autoloader.operator.insertCartridge(address, { id: outside });
      await ended(library, back);
      t.equal(library.medium('ORS001L8').id, known);
      t.equal(library.medium('ORS001L8').currentLibrary, library.library.id);
      await library.manager.drain();
      const fresh = await inject(library);
      await putIn(library, 'ORS771L8');
      await ended(library, fresh);
      t.ok(library.medium('ORS771L8'));
      await library.manager.drain();
      t.same(library.disagreements(), []);
    },
  },
  {
    change: 'side-state-foreign-after',
    title: 'a side that nobody knows is filed by what its identification finds',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const operation = await inject(library);
      const address = await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
      await library.autoloader.operator.insertCartridge(address, {
        barcode: 'ORS771L8',
        mediaType: 'L8',
        ansiVolumeIdentifier: 'OTHERS',
      });
      await ended(library, operation);
      await library.manager.drain();
      t.match(library.side('ORS771L8'), {
        state: NtmsPartitionState.NTMS_PARTSTATE_IMPORT,
        omidLabelInfo: 'OTHERS',
      });
      t.equal(library.library.operationalState, NtmsOperationalState.NTMS_READY);
    },
  },
  {
    change: 'lib-request-new-classify',
    title: 'stores a request for the identification, which goes on when the inject has ended',
    async run(t) {
      const library = await VirtualLibrary.open(t, onePort);
      const operation = await inject(library);
      await putIn(library, 'ORS771L8');
      await ended(library, operation);
      const row = library.store.table('libRequests').find({ operationCode: Op.NTMS_LM_CLASSIFY });
      t.match(await ended(library, row?.id ?? ''), {
        state: S.NTMS_LM_PASSED,
        slotId: library.medium('ORS771L8').homeSlot,
      });
    },
  },
]);
