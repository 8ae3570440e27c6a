import type { Test } from 'tap';
import { SimulatedClock } from '../../../devices/clock.js';
import {
  NtmsLmOperation,
  NtmsLmState,
  NtmsMediaState as M,
  NtmsMountOptions as O,
  NtmsOpreqCommand,
} from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import {
  addLogicalMedium,
  addOtherLibrary,
  bringBack,
  denyGuest,
  guestOf,
  mountBy,
  NOBODY,
  takeToShelf,
} from '../house.js';

/** Opcodes of MODE SELECT (6) and (10), SPC-4. */
const modeSelects: readonly number[] = [0x15, 0x55];

export const mountNtmsMediaBehaviour = behaviourOf('MountNtmsMedia', [
  {
    parameter: 'hSession',
    title: 'refuses a closed session and a null handle with ERROR_INVALID_HANDLE, which its table leaves out',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = library;
      await api.CloseNtmsSession(session);
      for (const handle of [session, null as never]) {
        const call = mountBy({ api, session: handle }, [library.side('ORS001L8').id]);
        t.match(await refusal(call), { symbol: 'ERROR_INVALID_HANDLE', code: 6 });
      }
    },
  },
  {
    parameter: 'lpMediaId',
    title: 'mounts a logical medium by its id',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const lmid = addLogicalMedium(library, library.side('ORS002L8').id);
      t.same(await mountBy(library, [lmid]), [library.drive(0).id]);
      t.same(library.inDrives(), ['ORS002L8', null]);
    },
  },
  {
    rule: 'arrays-first',
    parameter: 'dwCount',
    title: 'refuses a zero count and null arrays before it looks at ids or rights',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = await guestOf(library);
      denyGuest(library, library.library.id);
      for (const [media, drives, count] of [
        [[NOBODY], [null], 0],
        [null, [null], 1],
        [[NOBODY], null, 1],
      ] as const) {
        const call = api.MountNtmsMedia(session, media as never, drives as never, count, 0, 0, 0, null);
        t.match(await refusal(call), { symbol: 'ERROR_INVALID_PARAMETER' });
      }
    },
  },
  {
    rule: 'one-library',
    title: 'refuses media of two libraries, and mounts none of them',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { side } = addOtherLibrary(library);
      const call = mountBy(library, [library.side('ORS001L8').id, side]);
      t.match(await refusal(call), { symbol: 'ERROR_DRIVE_MEDIA_MISMATCH' });
      t.same(library.inDrives(), [null, null]);
      t.equal(library.store.table('libRequests').count({ operationCode: NtmsLmOperation.NTMS_LM_MOUNT }), 0);
    },
  },
  {
    rule: 'one-library',
    title: 'mounts nothing before all media are online',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const sides = ['ORS001L8', 'ORS002L8'].map((barCode) => library.side(barCode).id);
      const slot = await takeToShelf(library, 'ORS002L8');
      const mounting = mountBy(library, sides);
      await library.manager.drain();
      t.same(library.inDrives(), [null, null]);
      await bringBack(library, 'ORS002L8', slot);
      const [question] = library.manager.operatorRequests.open();
      library.manager.operatorRequests.answer(question?.id ?? '', 'complete');
      t.equal((await mounting).length, 2);
      t.same(library.inDrives(), ['ORS001L8', 'ORS002L8']);
    },
  },
  {
    rule: 'offline-operator-request',
    title: 'asks the operator for a medium on the shelf, waits, and mounts it when it is there',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { id } = library.side('ORS001L8');
      const slot = await takeToShelf(library, 'ORS001L8');
      const mounting = mountBy(library, [id]);
      const [question] = library.manager.operatorRequests.open();
      t.match(question, { request: NtmsOpreqCommand.NTMS_OPREQ_MOVEMEDIA, arg1: library.medium('ORS001L8').id });
      t.equal(library.medium('ORS001L8').mediaState, M.NTMS_MEDIASTATE_OPREQ);
      await bringBack(library, 'ORS001L8', slot);
      library.manager.operatorRequests.answer(question?.id ?? '', 'complete');
      t.same(await mounting, [library.drive(0).id]);
      t.equal(library.medium('ORS001L8').mediaState, M.NTMS_MEDIASTATE_LOADED);
    },
  },
  {
    rule: 'offline-operator-request',
    title: 'asks again when the operator is done and the medium is not there',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { id } = library.side('ORS001L8');
      await takeToShelf(library, 'ORS001L8');
      const mounting = refusal(mountBy(library, [id]));
      const { operatorRequests } = library.manager;
      const [question] = operatorRequests.open();
      operatorRequests.answer(question?.id ?? '', 'complete');
      const [again] = operatorRequests.open();
      t.not(again?.id, question?.id);
      operatorRequests.answer(again?.id ?? '', 'refused');
      t.match(await mounting, { symbol: 'ERROR_REQUEST_REFUSED' });
    },
  },
  {
    rule: 'offline-error',
    title: 'asks nobody when an offline medium is an error',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { id } = library.side('ORS001L8');
      await takeToShelf(library, 'ORS001L8');
      const call = mountBy(library, [id], { flags: O.NTMS_MOUNT_ERROR_OFFLINE });
      t.match(await refusal(call), { symbol: 'ERROR_MEDIA_OFFLINE' });
      t.same(library.manager.operatorRequests.open(), []);
      t.equal(library.store.table('libRequests').count({ operationCode: NtmsLmOperation.NTMS_LM_MOUNT }), 0);
    },
  },
  {
    rule: 'busy-error',
    parameter: 'dwOptions',
    title: 'makes the same mount an error at once with the bit, and a wait without it',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount(['ORS002L8', 'ORS003L8']);
      const { id } = library.side('ORS001L8');
      const busy = mountBy(library, [id], { flags: O.NTMS_MOUNT_ERROR_NOT_AVAILABLE });
      t.match(await refusal(busy), { symbol: 'ERROR_BUSY' });
      const waits = mountBy(library, [id]);
      await library.manager.drain();
      t.equal(library.store.table('libRequests').count({ state: NtmsLmState.NTMS_LM_WAITING }), 1);
      await library.dismount('ORS002L8');
      t.same(await waits, [library.drive(0).id]);
    },
  },
  {
    rule: 'specific-drive',
    parameter: 'lpDriveId',
    title: 'reads the drive array with the bit, and does not look at it without',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const second = library.drive(1).id;
      const wanted = { drives: [second], flags: O.NTMS_MOUNT_SPECIFIC_DRIVE };
      t.same(await mountBy(library, [library.side('ORS001L8').id], wanted), [second]);
      t.same(await mountBy(library, [library.side('ORS002L8').id], { drives: [NOBODY] }), [library.drive(0).id]);
    },
  },
  {
    rule: 'timeout-withdraws',
    parameter: 'dwTimeout',
    title: 'withdraws the request when the time is over, and returns no drives',
    async run(t) {
      const clock = new SimulatedClock();
      const library = await VirtualLibrary.open(t, { clock });
      await library.mount(['ORS002L8', 'ORS003L8']);
      const refused = refusal(mountBy(library, [library.side('ORS001L8').id], { timeoutMs: 5000 }));
      await clock.advance(4999);
      t.equal(library.store.table('libRequests').count({ state: NtmsLmState.NTMS_LM_WAITING }), 1);
      await clock.advance(1);
      t.match(await refused, { symbol: 'ERROR_TIMEOUT', code: 1460 });
      const [request] = library.store.table('libRequests').list({ physMediaId: library.medium('ORS001L8').id });
      t.match(request, { state: NtmsLmState.NTMS_LM_CANCELLED, errorCode: 1460, driveId: null });
      await library.dismount('ORS002L8');
      t.same(library.inDrives(), [null, 'ORS003L8'], 'it does not come later');
    },
  },
  {
    parameter: 'dwTimeout',
    title: 'waits for ever with INFINITE',
    async run(t) {
      const clock = new SimulatedClock();
      const library = await VirtualLibrary.open(t, { clock });
      await library.mount(['ORS002L8', 'ORS003L8']);
      const waits = mountBy(library, [library.side('ORS001L8').id]);
      await clock.advance(100 * 24 * 3_600_000);
      await library.dismount('ORS003L8');
      t.same(await waits, [library.drive(1).id]);
    },
  },
  {
    rule: 'no-wait',
    title: 'returns while the mount is queued, and has no time limit',
    async run(t) {
      const clock = new SimulatedClock();
      const library = await VirtualLibrary.open(t, { clock });
      await library.mount(['ORS002L8', 'ORS003L8']);
      const flags = O.NTMS_MOUNT_NOWAIT;
      t.same(await mountBy(library, [library.side('ORS001L8').id], { flags, timeoutMs: 5 }), []);
      await clock.advance(1000);
      t.equal(library.store.table('libRequests').count({ state: NtmsLmState.NTMS_LM_WAITING }), 1);
      await library.dismount('ORS002L8');
      await library.manager.drain();
      t.same(library.inDrives(), ['ORS001L8', 'ORS003L8']);
    },
  },
  {
    parameter: 'dwPriority',
    title: 'serves the higher priority first',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount(['ORS001L8', 'ORS002L8']);
      const done: number[] = [];
      const order = [-15, 15, 0].map((priority, index) =>
        mountBy(library, [library.side(`ORS00${index + 3}L8`).id], { priority, flags: 0 }).then(async () => {
          done.push(priority);
          await library.dismount(`ORS00${index + 3}L8`);
        }),
      );
      await library.dismount('ORS001L8');
      await Promise.all(order);
      t.same(done, [15, 0, -15]);
    },
  },
  {
    rule: 'evicts-dismountable',
    title: 'puts a dismountable cartridge away when its drive is needed',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const home = library.medium('ORS001L8').location;
      await library.mount(['ORS001L8', 'ORS002L8']);
      await library.dismount('ORS001L8', { deferred: true });
      t.same(await mountBy(library, [library.side('ORS003L8').id]), [library.drive(0).id]);
      t.same(library.inDrives(), ['ORS003L8', 'ORS002L8']);
      t.equal(library.medium('ORS001L8').location, home);
    },
  },
  {
    rule: 'label-compared',
    title: 'counts a mount as done only when the label is the stored one',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { id } = library.side('ORS001L8');
      await library.mount('ORS001L8');
      t.match(library.store.table('sides').require(id), { omidLabelType: 'ANSI VOL1', omidLabelInfo: 'ORS001' });
      await library.dismount('ORS001L8');
      await library.mount('ORS001L8');
      await library.dismount('ORS001L8');
      library.store.table('sides').update(id, { omidLabelId: '00'.repeat(32) });
      const refused = await refusal(mountBy(library, [id]));
      t.match(refused, { symbol: 'ERROR_INVALID_STATE', data: { check: 'on-media-label' } });
      await library.manager.drain();
      t.same(library.inDrives(), [null, null]);
    },
  },
  ...[true, false].map((autoRecovery) => ({
    rule: 'auto-recovery' as const,
    title: autoRecovery
      ? 'queues an inventory of the library when a mount shows that its records are wrong'
      : 'leaves that to the administrator when AutoRecovery is off',
    run: async (t: Test): Promise<void> => {
      const library = await VirtualLibrary.open(t);
      library.store.table('libraries').update(library.library.id, { autoRecovery });
      const label = { state: 8, omidLabelId: 'ab'.repeat(32), omidLabelType: 'ANSI VOL1' };
      library.store.table('sides').update(library.side('ORS001L8').id, label);
      const refused = await refusal(mountBy(library, [library.side('ORS001L8').id]));
      t.match(refused, { symbol: 'ERROR_INVALID_STATE' });
      await library.manager.drain();
      const inventories = library.store.table('libRequests').list({ operationCode: NtmsLmOperation.NTMS_LM_INVENTORY });
      t.same(
        inventories.map(({ state }) => state),
        autoRecovery ? [NtmsLmState.NTMS_LM_PASSED] : [],
      );
    },
  })),
  {
    rule: 'block-mode',
    title: 'sends the drive no MODE SELECT',
    async run(t) {
      const opcodes: number[] = [];
      const library = await VirtualLibrary.open(t, {
        wrap: (transport) => ({
          name: transport.name,
          maxInFlight: transport.maxInFlight,
          open: (...given) => transport.open(...given),
          close: () => transport.close(),
          execute: (task, ...given) => {
            opcodes.push(task.cdb[0] ?? 0);
            return transport.execute(task, ...given);
          },
        }),
      });
      await library.mount('ORS001L8');
      t.ok(opcodes.includes(0xa5), 'MOVE MEDIUM was seen, so what is sent is seen');
      t.same(
        opcodes.filter((opcode) => modeSelects.includes(opcode)),
        [],
      );
    },
  },
]);
