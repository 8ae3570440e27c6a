import {
  INFINITE,
  NtmsAllocateOptions,
  NtmsObjectsTypes,
  NtmsOpreqCommand,
  NtmsOpreqState,
  NtmsPartitionState,
} from '../../../src/ntms/index.js';
import { SimulatedClock } from '../../../devices/clock.js';
import { refusal } from '../../library/virtual-library.js';
import { AllocationHouse } from '../allocation-house.js';
import { behaviourOf } from '../coverage-case.js';
import { bringBack, denyGuest, guestOf, takeToShelf, watch } from '../house.js';

const { NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE: NO_ASKING } = NtmsAllocateOptions;
const S = NtmsPartitionState;

/** What happens while an allocation waits for new media. */
export const allocateNtmsMediaWaiting = behaviourOf('AllocateNtmsMedia', [
  {
    rule: 'nothing-fits-raise-new',
    title: 'asks for new media and looks again when the operator says that they are there',
    async run(t) {
      const house = await AllocationHouse.open(t);
      const call = house.allocate({ timeoutMs: INFINITE });
      const [first] = house.asked();
      house.answer('complete');
      const [again] = house.asked();
      t.not(again?.id, first?.id, 'they were not: the operator is asked again');
      house.put('ORS003L8', house.pool);
      t.equal(house.barCodeOf((await call).lpMediaId), 'ORS003L8');
      t.same(house.asked(), [], 'and nobody has to answer any more');
      t.equal(
        house.library.store.table('opRequests').require(again?.id ?? '').state,
        NtmsOpreqState.NTMS_OPSTATE_COMPLETE,
      );
    },
  },
  {
    rule: 'nothing-fits-raise-new',
    title: 'goes on by itself when a person brings a cartridge back and an inventory finds it',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      const address = await takeToShelf(house.library, 'ORS001L8');
      const call = house.allocate({ timeoutMs: INFINITE });
      await bringBack(house.library, 'ORS001L8', address);
      t.equal(house.barCodeOf((await call).lpMediaId), 'ORS001L8');
      t.same(house.asked(), []);
    },
  },
  {
    rule: 'nothing-fits-raise-new',
    title: 'serves those who wait in the order in which they came, each with a side of its own',
    async run(t) {
      const house = await AllocationHouse.open(t);
      const { api } = house.library;
      const other = { api, session: await api.OpenNtmsSession(null, 'other', 0) };
      const calls = [house.allocate({ timeoutMs: INFINITE }), house.allocate({ by: other, timeoutMs: INFINITE })];
      t.equal(house.asked().length, 2);
      const order: number[] = [];
      for (const [index, call] of calls.entries()) void call.then(() => order.push(index));
      house.put('ORS001L8', house.pool);
      t.equal((await refusal(house.allocate())).symbol, 'ERROR_MEDIA_UNAVAILABLE', 'who comes later gets nothing');
      house.put('ORS002L8', house.pool);
      const given = await Promise.all(calls);
      t.same(
        given.map(({ lpMediaId }) => house.barCodeOf(lpMediaId)),
        ['ORS001L8', 'ORS002L8'],
      );
      t.same(order, [0, 1]);
    },
  },
  {
    rule: 'nothing-fits-raise-new',
    title: 'a user who loses the right while waiting gets nothing',
    async run(t) {
      const house = await AllocationHouse.open(t);
      const by = await guestOf(house.library);
      denyGuest(house.library, house.pool, 0);
      const call = house.allocate({ by, timeoutMs: INFINITE });
      denyGuest(house.library, house.pool, 0x4);
      house.put('ORS001L8', house.pool);
      t.equal((await refusal(call)).symbol, 'ERROR_ACCESS_DENIED');
      t.same(house.asked(), []);
      t.equal(house.side('ORS001L8').state, S.NTMS_PARTSTATE_AVAILABLE);
    },
  },
  {
    change: 'op-request-new-newmedia',
    title: 'submits a NEWMEDIA request that names the pool',
    async run(t) {
      const house = await AllocationHouse.open(t);
      const call = house.allocate({ timeoutMs: INFINITE });
      const [request] = house.asked();
      t.equal(request?.request, NtmsOpreqCommand.NTMS_OPREQ_NEWMEDIA);
      t.equal(request?.state, NtmsOpreqState.NTMS_OPSTATE_SUBMITTED);
      t.same([request?.arg1Type, request?.arg1], [NtmsObjectsTypes.NTMS_MEDIA_POOL, house.pool]);
      house.answer('refused');
      await t.rejects(call);
      t.equal(
        house.library.store.table('opRequests').require(request?.id ?? '').state,
        NtmsOpreqState.NTMS_OPSTATE_REFUSED,
      );
    },
  },
  {
    rule: 'error-if-unavailable-suppresses',
    title: 'raises no request and waits for nothing',
    async run(t) {
      const house = await AllocationHouse.open(t);
      const raised = watch(house.library, () => ({ open: house.asked().length }), 'open');
      const call = house.allocate({ flags: NO_ASKING, timeoutMs: INFINITE });
      t.equal((await refusal(call)).symbol, 'ERROR_MEDIA_UNAVAILABLE');
      t.same(raised.values, [0]);
    },
  },
  {
    rule: 'timeout-operator-request-raised',
    title: 'removes the request when the time is over, not earlier, and when the session ends',
    async run(t) {
      const clock = new SimulatedClock();
      const house = await AllocationHouse.open(t, [], { clock });
      const { api, session, store } = house.library;
      const call = house.allocate({ timeoutMs: 60_000 });
      await clock.advance(59_999);
      t.equal(house.asked().length, 1);
      const outcome = refusal(call);
      await clock.advance(1);
      t.equal((await outcome).symbol, 'ERROR_TIMEOUT');
      t.equal(store.table('opRequests').count(), 0);
      const other = house.allocate({ timeoutMs: INFINITE });
      t.equal(store.table('opRequests').count(), 1);
      await Promise.all([t.rejects(other), api.CloseNtmsSession(session)]);
      t.equal(store.table('opRequests').count(), 0);
    },
  },
]);
