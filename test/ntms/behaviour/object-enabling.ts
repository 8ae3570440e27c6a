import type { Test } from 'tap';
import { OperationCode } from '../../../devices/scsi/opcodes.js';
import { checkConditionFault } from '../../../devices/virtual/faults/index.js';
import { NtmsDriveState, NtmsLmOperation, NtmsLmState, NtmsObjectsTypes } from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { takeToShelf } from '../house.js';
import { mountRequestOf, withWaitingMount } from '../waiting-mount.js';

const { NTMS_LIBRARY: LIBRARY, NTMS_DRIVE: DRIVE, NTMS_PHYSICAL_MEDIA: MEDIUM } = NtmsObjectsTypes;
const L = NtmsLmOperation;

/** Calls, waits until nothing can go on, and gives the request's record. */
async function switched(library: VirtualLibrary, verb: 'Disable' | 'Enable', type: number, id: Guid) {
  const { api, session, manager, store } = library;
  await api[`${verb}NtmsObject`](session, type, id);
  const requestId = session.requestIds.at(-1) ?? '';
  await manager.drain();
  return store.table('libRequests').require(requestId);
}

/** Everything that can be switched, with the operations of its requests. */
const objects = [
  {
    type: LIBRARY,
    table: 'libraries',
    operations: [L.NTMS_LM_DISABLELIBRARY, L.NTMS_LM_ENABLELIBRARY],
    idOf: (house: VirtualLibrary) => house.library.id,
  },
  {
    type: DRIVE,
    table: 'drives',
    operations: [L.NTMS_LM_DISABLEDRIVE, L.NTMS_LM_ENABLEDRIVE],
    idOf: (house: VirtualLibrary) => house.drive(0).id,
  },
  {
    type: MEDIUM,
    table: 'physicalMedia',
    operations: [L.NTMS_LM_DISABLEMEDIA, L.NTMS_LM_ENABLEMEDIA],
    idOf: (house: VirtualLibrary) => house.medium('ORS001L8').id,
  },
] as const;

/** The flag, the request and its operation, for each kind of object. */
async function switchesAll(t: Test, verb: 'Disable' | 'Enable'): Promise<void> {
  const library = await VirtualLibrary.open(t);
  const enabled = verb === 'Enable';
  for (const { type, table, operations, idOf } of objects) {
    const id = idOf(library);
    library.store.table(table).update(id, { enabled: !enabled });
    const states: unknown[] = [];
    const stop = library.store.onChange((change) => {
      if (change.table === 'libRequests') states.push(library.store.table('libRequests').get(change.id)?.state);
    });
    const request = await switched(library, verb, type, id);
    stop();
    t.equal(library.store.table(table).require(id).enabled, enabled, table);
    t.equal(request.operationCode, operations[enabled ? 1 : 0]);
    t.same([states[0], request.state], [NtmsLmState.NTMS_LM_QUEUED, NtmsLmState.NTMS_LM_PASSED]);
    library.store.table(table).update(id, { enabled: true });
  }
}

async function repeats(t: Test, verb: 'Disable' | 'Enable'): Promise<void> {
  const library = await VirtualLibrary.open(t);
  for (const { type, table, idOf } of objects) {
    library.store.table(table).update(idOf(library), { enabled: verb === 'Disable' });
    await switched(library, verb, type, idOf(library));
    const requests = library.store.table('libRequests').count();
    const again = library.api[`${verb}NtmsObject`](library.session, type, idOf(library));
    t.match(await refusal(again), { symbol: 'ERROR_INVALID_STATE' });
    t.equal(library.store.table('libRequests').count(), requests, 'and stores no request');
    library.store.table(table).update(idOf(library), { enabled: true });
  }
}

export const disableNtmsObjectBehaviour = behaviourOf('DisableNtmsObject', [
  {
    rule: 'only-libraries-drives-physical',
    parameter: 'dwType',
    title: 'switches nothing else, whatever the kind of the object',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, store } = library;
      const { id: slot } = store.table('slots').list()[0] ?? { id: '' };
      const { NTMS_STORAGESLOT: SLOT } = NtmsObjectsTypes;
      t.match(await refusal(api.DisableNtmsObject(session, SLOT, slot)), { symbol: 'ERROR_INVALID_PARAMETER' });
      t.equal(store.table('slots').require(slot).enabled, true);
    },
  },
  { rule: 'repeating-same-switch-invalid', title: 'refuses the second time', run: (t) => repeats(t, 'Disable') },
  {
    rule: 'repeating-same-switch-invalid',
    title: 'refuses the second time also while the first one waits',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = library;
      await library.mount('ORS001L8');
      const { id } = library.drive(0);
      t.match(await switched(library, 'Disable', DRIVE, id), { state: NtmsLmState.NTMS_LM_WAITING });
      t.match(await refusal(api.DisableNtmsObject(session, DRIVE, id)), { symbol: 'ERROR_INVALID_STATE' });
    },
  },
  {
    rule: 'request-queued-execution-lag',
    parameter: 'lpObjectId',
    title: 'waits until a cartridge is given back, and nobody gets it afterwards',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      const { id } = library.medium('ORS001L8');
      const request = await switched(library, 'Disable', MEDIUM, id);
      t.same([request.state, request.errorDetail], [NtmsLmState.NTMS_LM_WAITING, 'waits: ORS001L8 to be dismounted']);
      t.equal(library.medium('ORS001L8').enabled, true);
      const again = library.mount('ORS001L8', { flags: 0 });
      again.catch(() => undefined);
      await library.dismount('ORS001L8');
      t.equal(library.medium('ORS001L8').enabled, false);
      t.match(await refusal(again), { symbol: 'ERROR_RESOURCE_DISABLED' });
      t.same(library.inDrives(), [null, null]);
    },
  },
  {
    rule: 'disabling-reaches-contained-objects',
    title: 'makes the sides of a cartridge unusable; what waits for it ends as FAILED, and other mounts go on',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { requestId, mount } = await withWaitingMount(library, 'ORS003L8');
      const other = await withWaitingMount(library, 'ORS004L8');
      await switched(library, 'Disable', MEDIUM, library.medium('ORS003L8').id);
      t.match(await refusal(mount), { symbol: 'ERROR_RESOURCE_DISABLED' });
      t.match(library.store.table('libRequests').require(requestId), {
        state: NtmsLmState.NTMS_LM_FAILED,
        errorCode: 4309,
      });
      t.equal(library.side('ORS003L8').enabled, true, 'the side keeps its own flag');
      t.match(await refusal(library.mount('ORS003L8')), { symbol: 'ERROR_RESOURCE_DISABLED' });
      await library.dismount('ORS001L8');
      t.same(await other.mount, [0]);
    },
  },
  {
    rule: 'disabling-reaches-contained-objects',
    title: 'makes the drives and cartridges of a library unusable; what waits goes on when it is enabled',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { mount } = await withWaitingMount(library, 'ORS003L8');
      const { id } = library.library;
      await switched(library, 'Disable', LIBRARY, id);
      t.match(await refusal(library.mount('ORS004L8')), { symbol: 'ERROR_RESOURCE_DISABLED' });
      const dismount = library.api.DismountNtmsMedia(library.session, [library.side('ORS001L8').id], 1, 2);
      t.match(await refusal(dismount), { symbol: 'ERROR_DEVICE_NOT_AVAILABLE' });
      t.equal(library.drive(0).enabled, true, 'the drive keeps its own flag');
      await switched(library, 'Enable', LIBRARY, id);
      await library.dismount('ORS001L8');
      t.same(await mount, [0]);
    },
  },
  {
    rule: 'disabling-reaches-contained-objects',
    title: 'ends a mount that waits for a person to bring the cartridge',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await takeToShelf(library, 'ORS003L8');
      const mount = library.mount('ORS003L8', { flags: 0 });
      mount.catch(() => undefined);
      await switched(library, 'Disable', MEDIUM, library.medium('ORS003L8').id);
      t.match(await refusal(mount), { symbol: 'ERROR_RESOURCE_DISABLED' });
      t.equal(library.medium('ORS003L8').enabled, false);
      t.same(library.manager.operatorRequests.open(), []);
    },
  },
  {
    rule: 'possible-drive-being-disabled',
    title: 'brings home what a deferred dismount left in the drive',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      await library.dismount('ORS001L8', { deferred: true });
      t.same(library.inDrives(), ['ORS001L8', null]);
      const request = await switched(library, 'Disable', DRIVE, library.drive(0).id);
      t.equal(request.state, NtmsLmState.NTMS_LM_PASSED);
      t.same(library.inDrives(), [null, null]);
      t.match(library.drive(0), { enabled: false, state: NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTED });
      t.same(library.disagreements(), []);
      t.same(await library.mount('ORS001L8'), [1], 'and the other drive is taken from now on');
    },
  },
  {
    rule: 'possible-drive-being-disabled',
    title: 'disables a drive with its cartridge where no slot is free',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      await library.dismount('ORS001L8', { deferred: true });
      for (const { id } of library.store.table('slots').list()) {
        library.store.table('slots').update(id, { enabled: false });
      }
      const request = await switched(library, 'Disable', DRIVE, library.drive(0).id);
      t.equal(request.state, NtmsLmState.NTMS_LM_PASSED);
      t.equal(library.drive(0).enabled, false);
      t.same(library.inDrives(), ['ORS001L8', null]);
      t.same(library.disagreements(), []);
    },
  },
  {
    rule: 'possible-drive-being-disabled',
    title: 'disables a drive that does not give its cartridge, and says so',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      await library.dismount('ORS001L8', { deferred: true });
      const hardwareError = { key: 0x04, asc: 0x40, ascq: 0x80 } as const;
      library.autoloader.addFault(checkConditionFault({ lun: 0, opcode: OperationCode.LOAD_UNLOAD }, hardwareError));
      const request = await switched(library, 'Disable', DRIVE, library.drive(0).id);
      t.equal(request.state, NtmsLmState.NTMS_LM_PASSED);
      t.equal(library.drive(0).enabled, false);
      t.same(library.inDrives(), ['ORS001L8', null]);
      t.match(library.manager.notices.join('\n'), /drive 0 is disabled with its cartridge inside/);
      t.same(library.disagreements(), []);
      t.same(await library.mount('ORS002L8'), [1], 'the library goes on');
    },
  },
  {
    rule: 'drives-changers-disabled-before',
    title: 'sends no cartridge into a disabled drive; a mount that wants just that one ends as FAILED',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      const mount = library.mount('ORS003L8', { flags: 0, drives: [0] });
      mount.catch(() => undefined);
      const { id: waiting } = mountRequestOf(library, 'ORS003L8');
      await library.api.DisableNtmsObject(library.session, DRIVE, library.drive(0).id);
      await library.dismount('ORS001L8');
      t.match(await refusal(mount), { symbol: 'ERROR_RESOURCE_DISABLED' });
      t.equal(library.store.table('libRequests').require(waiting).state, NtmsLmState.NTMS_LM_FAILED);
      const refused = library.mount('ORS003L8', { drives: [0] });
      t.match(await refusal(refused), { symbol: 'ERROR_RESOURCE_DISABLED' });
      t.same(library.inDrives(), [null, null]);
    },
  },
  {
    change: 'library-drive-physical-media',
    title: 'takes the flag of each kind of object to FALSE',
    run: (t) => switchesAll(t, 'Disable'),
  },
  {
    change: 'lib-request-new-disablelibrary',
    title: 'stores a request of the right operation, QUEUED',
    run: (t) => switchesAll(t, 'Disable'),
  },
]);

export const enableNtmsObjectBehaviour = behaviourOf('EnableNtmsObject', [
  {
    rule: 'only-libraries-drives-physical',
    parameter: 'dwType',
    title: 'switches nothing else',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, store } = library;
      const [changer] = store.table('changers').list();
      store.table('changers').update(changer?.id ?? '', { enabled: false });
      const call = api.EnableNtmsObject(session, NtmsObjectsTypes.NTMS_CHANGER, changer?.id ?? '');
      t.match(await refusal(call), { symbol: 'ERROR_INVALID_PARAMETER' });
      t.equal(store.table('changers').require(changer?.id ?? '').enabled, false);
    },
  },
  { rule: 'repeating-same-switch-invalid', title: 'refuses the second time', run: (t) => repeats(t, 'Enable') },
  {
    rule: 'request-queued-execution-lag',
    parameter: 'lpObjectId',
    title: 'lets what waits for a disabled drive go on',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      await switched(library, 'Disable', DRIVE, library.drive(1).id);
      const mount = library.mount('ORS002L8', { flags: 0 });
      await library.manager.drain();
      t.same(library.inDrives(), ['ORS001L8', null]);
      await switched(library, 'Enable', DRIVE, library.drive(1).id);
      t.same(await mount, [1]);
      t.same(library.disagreements(), []);
    },
  },
  {
    change: 'library-drive-physical-media',
    title: 'takes the flag of each kind of object to TRUE',
    run: (t) => switchesAll(t, 'Enable'),
  },
  {
    change: 'lib-request-new-enablelibrary',
    title: 'stores a request of the right operation, QUEUED',
    run: (t) => switchesAll(t, 'Enable'),
  },
]);
