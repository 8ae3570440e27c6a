import type { Test } from 'tap';
import { OperationCode } from '../../../devices/scsi/opcodes.js';
import { checkConditionFault } from '../../../devices/virtual/faults/index.js';
import {
  NtmsDoorState as Door,
  NtmsDriveState,
  NtmsEjectOperation as E,
  NtmsInventoryMethod as M,
  NtmsLmOperation as Op,
  NtmsLmState as S,
  NtmsPoolType,
  NtmsSlotState,
} from '../../../src/ntms/index.js';
import type { LibRequestRow } from '../../../src/objects/rows.js';
import { ended, until } from '../../library/person-at-port.js';
import { StandAloneHouse } from '../../library/stand-alone-house.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { watch } from '../house.js';

const doorOf = ({ store }: VirtualLibrary) => {
  const [row] = store.table('doors').list();
  if (row === undefined) throw new Error('the library has no door');
  return row;
};
const inventories = ({ store }: VirtualLibrary) =>
  store.table('libRequests').list({ operationCode: Op.NTMS_LM_INVENTORY });

async function ask(library: VirtualLibrary, method: number): Promise<string> {
  await library.api.AccessNtmsLibraryDoor(library.session, library.library.id, method);
  return library.session.requestIds.at(-1) ?? '';
}

/** A person opens the door that was asked for, does something, and shuts it. */
async function useDoor(library: VirtualLibrary, method: number, act: () => unknown = () => undefined) {
  const access = await ask(library, method);
  await until(library, () => library.store.table('libRequests').require(access).state === S.NTMS_LM_INPROCESS);
  await library.clock.sleep(10);
  library.autoloader.operator.openDoor();
  await until(library, () => doorOf(library).state === Door.NTMS_DOORSTATE_OPEN);
  await act();
  await library.autoloader.operator.closeDoor();
  const row = await ended(library, access);
  await until(library, () => doorOf(library).state === Door.NTMS_DOORSTATE_CLOSED);
  return row;
}

/** Two cartridges change places behind the open door. */
async function swap(library: VirtualLibrary): Promise<void> {
  const { operator } = library.autoloader;
  const [one = 0, two = 0] = ['ORS001L8', 'ORS002L8'].map(
    (barCode) => library.store.table('slots').require(library.medium(barCode).location ?? '').elementAddress,
  );
  const first = await operator.removeCartridge(one);
  const second = await operator.removeCartridge(two);
  await operator.insertCartridge(one, { id: second });
  await operator.insertCartridge(two, { id: first });
}

export const accessNtmsLibraryDoorBehaviour = behaviourOf('AccessNtmsLibraryDoor', [
  ...([M.NTMS_INVENTORY_FAST, M.NTMS_INVENTORY_OMID] as const).map((method) => ({
    rule: 'action-chooses-inventory-run' as const,
    parameter: 'dwAction' as const,
    title: `runs inventory method ${method} after the door is shut`,
    async run(t: Test) {
      const library = await VirtualLibrary.open(t);
      for (const { id } of library.store.table('physicalMedia').list()) {
        library.store.table('physicalMedia').update(id, { enabled: false });
      }
      await useDoor(library, method);
      await library.manager.drain();
      t.match(inventories(library), [{ operationOption: method, user: '' }]);
    },
  })),
  {
    rule: 'default-defers-inventorymethod-stored',
    title: 'does with DEFAULT what the library is set to',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      library.store.table('libraries').update(library.library.id, { inventoryMethod: M.NTMS_INVENTORY_FAST });
      await useDoor(library, M.NTMS_INVENTORY_DEFAULT, () => swap(library));
      await library.manager.drain();
      t.match(inventories(library), [{ state: S.NTMS_LM_PASSED }]);
      t.equal(library.motions(), 0, 'by bar code');
      t.same(library.disagreements(), []);
    },
  },
  {
    rule: 'none-still-leads-inventory',
    title: 'runs none after NONE, until a mount proves the records wrong',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await useDoor(library, M.NTMS_INVENTORY_NONE, () => swap(library));
      await library.manager.drain();
      t.same(inventories(library), []);
      await refusal(library.mount('ORS001L8'));
      await library.manager.drain();
      t.equal(inventories(library).length, 1);
      t.same(library.disagreements(), []);
    },
  },
  {
    rule: 'busy-library-queues-request',
    title: 'waits until the library has come to rest',
    async run(t) {
      const library = await VirtualLibrary.open(t, { timing: 'real' });
      const mounting = library.mount('ORS001L8');
      await library.clock.sleep(1000);
      const access = await ask(library, M.NTMS_INVENTORY_NONE);
      t.match(library.store.table('libRequests').require(access), { state: S.NTMS_LM_WAITING });
      await mounting;
      await until(library, () => library.store.table('libRequests').require(access).state === S.NTMS_LM_INPROCESS);
    },
  },
  {
    rule: 'libraries-whose-doors-cannot',
    title: 'does the same with a library that has no lock',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      library.autoloader.addFault(
        checkConditionFault(
          { lun: library.autoloader.lunOfChanger, opcode: OperationCode.PREVENT_ALLOW_MEDIUM_REMOVAL },
          { key: 0x05, asc: 0x20, ascq: 0x00 },
        ),
      );
      t.match(await useDoor(library, M.NTMS_INVENTORY_FAST), { state: S.NTMS_LM_PASSED });
    },
  },
  ...([0, 60] as const).map((maxOpenSecs) => ({
    rule: 'open-door-beyond-maxopensecs' as const,
    title: maxOpenSecs === 0 ? 'asks at once with no limit set' : 'asks when the door stood open for a minute',
    async run(t: Test) {
      const library = await VirtualLibrary.open(t);
      library.store.table('doors').update(doorOf(library).id, { maxOpenSecs });
      const open = () => library.manager.operatorRequests.open();
      await useDoor(library, M.NTMS_INVENTORY_NONE, async () => {
        t.equal(open().length, maxOpenSecs === 0 ? 1 : 0);
        await library.clock.sleep(65_000);
        t.match(open(), [{ message: /stands open/, arg1: doorOf(library).id }]);
      });
      t.same(open(), []);
    },
  })),
  {
    rule: 'completion-announced-library-id',
    title: 'the record of the library’s request tells that it is done',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const told: string[] = [];
      library.store.onChange(({ id }) => told.push(id));
      const { id, library: of } = await useDoor(library, M.NTMS_INVENTORY_NONE);
      t.equal(of, library.library.id);
      t.ok(told.lastIndexOf(id) >= told.lastIndexOf(doorOf(library).id));
    },
  },
  {
    change: 'lib-request-new-dooraccess',
    parameter: 'lpLibraryId',
    title: 'stores a request for the library',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      let first: LibRequestRow | undefined;
      library.store.onChange(({ id }) => {
        first ??= library.store.table('libRequests').get(id);
      });
      await ask(library, M.NTMS_INVENTORY_OMID);
      t.match(first, {
        operationCode: Op.NTMS_LM_DOORACCESS,
        operationOption: M.NTMS_INVENTORY_OMID,
        library: library.library.id,
        state: S.NTMS_LM_QUEUED,
      });
    },
  },
  {
    change: 'door-state-open-closed',
    title: 'the door is closed, open, closed',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const seen = watch(library, () => doorOf(library), 'state');
      await useDoor(library, M.NTMS_INVENTORY_NONE);
      const { NTMS_DOORSTATE_CLOSED: CLOSED, NTMS_DOORSTATE_OPEN: OPEN } = Door;
      t.same(seen.values.slice(-3), [CLOSED, OPEN, CLOSED]);
    },
  },
  {
    change: 'slot-state-needsinventory-after',
    title: 'what was taken out behind the door leaves its slot empty',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { id, elementAddress } = library.store.table('slots').require(library.medium('ORS001L8').location ?? '');
      const seen = watch(library, () => library.store.table('slots').require(id), 'state');
      await useDoor(library, M.NTMS_INVENTORY_FAST, () => library.autoloader.operator.removeCartridge(elementAddress));
      await library.manager.drain();
      t.same(seen.values, [
        NtmsSlotState.NTMS_SLOTSTATE_FULL,
        NtmsSlotState.NTMS_SLOTSTATE_NEEDSINVENTORY,
        NtmsSlotState.NTMS_SLOTSTATE_EMPTY,
      ]);
    },
  },
  {
    change: 'lib-request-new-inventory',
    title: 'the inventory is a request of its own',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await useDoor(library, M.NTMS_INVENTORY_FAST);
      await library.manager.drain();
      t.match(inventories(library), [{ state: S.NTMS_LM_PASSED, library: library.library.id }]);
    },
  },
]);

const disc = { barcode: null, mediaType: 'L8', ansiVolumeIdentifier: 'DESK01' };
const ejectBy = (house: StandAloneHouse, option: number, message: string | null = null) =>
  house.api.EjectDiskFromSADrive(null, 'desk tool', house.driveRow.deviceName, null, null, message, option);
const isIn = ({ drive }: StandAloneHouse) => drive.inspect()[0]?.drive === 'ready';
const requests = ({ store }: StandAloneHouse) => store.table('libRequests').list({ operationCode: Op.NTMS_LM_EJECT });

async function mounted(t: Test): Promise<StandAloneHouse> {
  const house = await StandAloneHouse.open(t, { inside: disc });
  const side = house.sideOf(house.inside?.id ?? '').id;
  await house.api.MountNtmsMedia(house.session, [side], [null], 1, 2, 0, 0xffff_ffff, null);
  return house;
}

export const ejectDiskFromSADriveBehaviour = behaviourOf('EjectDiskFromSADrive', [
  {
    rule: 'takes-no-session-opens',
    parameter: 'lpAppName',
    title: 'works without a session, under the name that it is given',
    async run(t) {
      const house = await StandAloneHouse.open(t, { inside: disc });
      await house.api.CloseNtmsSession(house.session);
      await ejectBy(house, E.NTMS_EJECT_IMMEDIATE);
      t.match(requests(house), [{ application: 'desk tool', user: 'tester', state: S.NTMS_LM_PASSED }]);
    },
  },
  {
    rule: 'takes-no-session-opens',
    parameter: 'lpComputerName',
    title: 'knows this computer only',
    async run(t) {
      const { api, driveRow } = await StandAloneHouse.open(t, { inside: disc });
      const call = api.EjectDiskFromSADrive('elsewhere', null, driveRow.deviceName, null, null, null, 0);
      t.match(await refusal(call), { name: 'NtmsError' });
    },
  },
  {
    rule: 'targets-stand-alone-drive',
    parameter: 'lpDeviceName',
    title: 'finds the drive by its device name',
    async run(t) {
      const house = await StandAloneHouse.open(t, { inside: disc });
      t.ok(isIn(house));
      await ejectBy(house, E.NTMS_EJECT_IMMEDIATE);
      t.notOk(isIn(house), 'the drive itself has given it');
    },
  },
  {
    rule: 'returns-once-queued-immediate',
    parameter: 'dwOptions',
    title: 'START returns before the drive has given the medium, IMMEDIATE after',
    async run(t) {
      const house = await mounted(t);
      await ejectBy(house, E.NTMS_EJECT_START);
      await house.manager.drain();
      t.match(requests(house), [{ state: S.NTMS_LM_FAILED }], 'in use: its record tells');
      t.equal((await refusal(ejectBy(house, E.NTMS_EJECT_IMMEDIATE))).symbol, 'ERROR_MEDIA_NOT_AVAILABLE');
    },
  },
  ...[true, false].map((force) => ({
    rule: 'ask-user-prompts-force' as const,
    parameter: 'lpMessage' as const,
    title: `ASK_USER asks after a failure; the operator ${force ? 'forces it' : 'cancels'}`,
    async run(t: Test) {
      const house = await mounted(t);
      const call = ejectBy(house, E.NTMS_EJECT_ASK_USER, 'Really?');
      const end = call.then(
        () => 'ejected',
        (error: unknown) => (error as { symbol?: string }).symbol,
      );
      const questions = () => house.manager.operatorRequests.open();
      for (let turns = 0; turns < 100 && questions().length === 0; turns++) await house.clock.sleep(10);
      t.match(questions(), [{ message: /Really\?/, arg1: house.driveRow.id }]);
      house.manager.operatorRequests.answer(questions()[0]?.id ?? '', force ? 'complete' : 'refused');
      t.equal(await end, force ? 'ejected' : 'ERROR_MEDIA_NOT_AVAILABLE');
      t.equal(isIn(house), !force);
    },
  })),
  ...(
    [
      { parameter: 'hWnd', window: 42, title: null, asked: /Really\?/ },
      { parameter: 'lpTitle', window: null, title: 'Desk tool', asked: /^Desk tool: Really\?/ },
    ] as const
  ).map(({ parameter, window, title, asked }) => ({
    parameter,
    title: parameter === 'hWnd' ? 'asks the operator, whatever window is given' : 'puts the title before the question',
    async run(t: Test) {
      const house = await mounted(t);
      const { deviceName } = house.driveRow;
      const call = house.api.EjectDiskFromSADrive(
        null,
        null,
        deviceName,
        window,
        title,
        'Really?',
        E.NTMS_EJECT_ASK_USER,
      );
      const refused = refusal(call);
      const questions = () => house.manager.operatorRequests.open();
      for (let turns = 0; turns < 100 && questions().length === 0; turns++) await house.clock.sleep(10);
      t.match(questions(), [{ message: asked }]);
      house.manager.operatorRequests.answer(questions()[0]?.id ?? '', 'refused');
      t.equal((await refused).symbol, 'ERROR_MEDIA_NOT_AVAILABLE');
    },
  })),
  {
    rule: 'force-breaks-file-system',
    title: 'FORCE takes the medium from an application that has it open',
    async run(t) {
      const house = await mounted(t);
      const opened = await house.api.openDrive(house.session, house.driveRow.id);
      await ejectBy(house, E.NTMS_EJECT_FORCE);
      await house.manager.drain();
      t.notOk(isIn(house));
      await t.rejects(opened.rewind());
      t.match(requests(house), [{ state: S.NTMS_LM_PASSED }]);
    },
  },
  {
    rule: 'cartridge-ends-offline-deleted',
    title: 'is kept offline or deleted as for EjectNtmsMedia, which empties such a drive, too',
    async run(t) {
      const house = await StandAloneHouse.open(t, { inside: disc });
      const { id } = house.inside ?? { id: '' };
      await house.api.EjectNtmsMedia(house.session, id, null, E.NTMS_EJECT_START);
      await house.manager.drain();
      t.notOk(isIn(house));
      t.equal(house.store.table('physicalMedia').get(id), undefined, 'import media are forgotten');
    },
  },
  {
    change: 'physical-media-current-library',
    title: 'an application’s medium goes to the offline library',
    async run(t) {
      const house = await StandAloneHouse.open(t, { inside: disc });
      const { store } = house;
      const { id, mediaType } = house.inside ?? { id: '', mediaType: null };
      const poolType = NtmsPoolType.NTMS_POOLTYPE_APPLICATION;
      const pool = store.table('mediaPools').insert({ poolType, mediaType, name: 'backups' });
      store.table('physicalMedia').update(id, { mediaPool: pool.id });
      await ejectBy(house, E.NTMS_EJECT_IMMEDIATE);
      t.equal(store.table('physicalMedia').require(id).currentLibrary, store.wellKnown.offlineLibrary);
    },
  },
  {
    change: 'physical-media-exists-deleted',
    title: 'an import medium’s record is deleted',
    async run(t) {
      const house = await StandAloneHouse.open(t, { inside: disc });
      await ejectBy(house, E.NTMS_EJECT_IMMEDIATE);
      t.equal(house.store.table('physicalMedia').count(), 0);
    },
  },
  {
    change: 'drive-state-dismounted-done',
    title: 'the drive is empty',
    async run(t) {
      const house = await StandAloneHouse.open(t, { inside: disc });
      t.equal(house.driveRow.state, NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTABLE);
      await ejectBy(house, E.NTMS_EJECT_IMMEDIATE);
      t.equal(house.driveRow.state, NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTED);
      await house.refresh();
      t.equal(house.inside, undefined, 'and a look agrees');
    },
  },
]);
