import t from 'tap';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { ansiVolumeLabel } from '../../devices/virtual/media/ansi-label.js';
import { encodeFreeLabel, FREE_LABEL_TYPE } from '../../src/library/labels/free-label.js';
import { moveToFreePool } from '../../src/library/free-pool.js';
import {
  NtmsInventoryMethod,
  NtmsLmOperation,
  NtmsLmState,
  NtmsOpreqCommand,
  NtmsPartitionState,
} from '../../src/objects/ntmsapi/index.js';
import type { LibRequestRow } from '../../src/objects/rows.js';
import { LabelLibraries } from '../../src/library/labels/label-libraries.js';
import { firstBlock, writeTape } from './tape-blocks.js';
import { refusal, VirtualLibrary } from './virtual-library.js';

const { NTMS_PARTSTATE_UNPREPARED: UNPREPARED, NTMS_PARTSTATE_AVAILABLE: AVAILABLE } = NtmsPartitionState;
const { NTMS_PARTSTATE_ALLOCATED: ALLOCATED } = NtmsPartitionState;
const recognized = new LabelLibraries();

const free = (library: VirtualLibrary, barCode: string) => moveToFreePool(library.store, library.medium(barCode).id);
/** What the tape in a drive carries by the drive's own word: its label's type and id. */
const labelIn = async (library: VirtualLibrary, drive: number) => {
  const block = await firstBlock(library, drive);
  return block.length === 0 ? 'blank' : recognized.claim(block);
};
const requests = ({ store }: VirtualLibrary): LibRequestRow[] =>
  store.table('libRequests').list({ operationCode: NtmsLmOperation.NTMS_LM_WRITESCRATCH });
/** An allocation, as far as labels are concerned. */
const allocate = ({ store }: VirtualLibrary, side: string) => {
  const { allocateCount } = store.table('sides').require(side);
  store.table('sides').update(side, { state: ALLOCATED, allocateCount: allocateCount + 1 });
};
const writes = (library: VirtualLibrary): (() => number) => {
  let count = 0;
  library.autoloader.addFault({
    name: 'counts writes',
    perform: (task, next) => {
      if (task.cdb[0] === OperationCode.WRITE_6) count += 1;
      return next(task);
    },
  });
  return () => count;
};

t.test('a cartridge that became free is available at once, and nothing moves for it', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.inventory(NtmsInventoryMethod.NTMS_INVENTORY_OMID);
  const motions = library.motions();
  free(library, 'ORS001L8');
  await library.manager.drain();
  t.equal(library.side('ORS001L8').state, AVAILABLE);
  t.equal(library.motions(), motions);
  t.same(requests(library), []);
  await library.mount('ORS001L8');
  const label = await labelIn(library, 0);
  const { omidLabelId, omidLabelType, owedFreeLabel, formerLabelId, state } = library.side('ORS001L8');
  t.same(label, { labelType: FREE_LABEL_TYPE, labelId: omidLabelId, labelInfo: '' }, 'the next mount wrote it');
  t.same([omidLabelType, owedFreeLabel, formerLabelId, state], [FREE_LABEL_TYPE, '', '', AVAILABLE]);
  await library.dismount('ORS001L8');
  const written = writes(library);
  t.same(await library.mount('ORS001L8'), [0], 'and the one after it expects it');
  t.equal(written(), 0);
});

t.test(
  'when free labels are written at once, a side is unprepared until its cartridge has been mounted for it',
  async (t) => {
    const library = await VirtualLibrary.open(t);
    library.manager.freeLabels.atOnce = true;
    await library.inventory(NtmsInventoryMethod.NTMS_INVENTORY_OMID);
    const motions = library.motions();
    free(library, 'ORS001L8');
    t.equal(library.side('ORS001L8').state, UNPREPARED);
    const [request] = requests(library);
    t.equal(request?.priority, -15);
    await library.manager.drain();
    t.equal(library.side('ORS001L8').state, AVAILABLE);
    t.equal(library.side('ORS001L8').omidLabelType, FREE_LABEL_TYPE);
    t.equal(requests(library)[0]?.state, NtmsLmState.NTMS_LM_PASSED);
    t.equal(library.motions(), motions + 2);
    t.same(library.inDrives(), [null, null]);
    t.same(library.disagreements(), []);
    await library.mount('ORS001L8');
    t.match(await labelIn(library, 0), { labelType: FREE_LABEL_TYPE, labelId: library.side('ORS001L8').omidLabelId });
  },
);

t.test('a write-protected cartridge stays unprepared, and is tried again when a person has seen to it', async (t) => {
  const library = await VirtualLibrary.open(t);
  library.manager.freeLabels.atOnce = true;
  const slot = library.store.table('slots').require(library.medium('ORS005L8').location ?? '').elementAddress;
  await library.inventory(NtmsInventoryMethod.NTMS_INVENTORY_OMID);
  library.autoloader.operator.setWriteProtected(slot, true);
  free(library, 'ORS005L8');
  await library.manager.drain();
  t.equal(library.side('ORS005L8').state, UNPREPARED);
  t.match(requests(library)[0], { state: NtmsLmState.NTMS_LM_FAILED, errorCode: 19 });
  t.same(library.inDrives(), [null, null], 'it went home');
  const [request, ...others] = library.manager.operatorRequests.open();
  t.same(others, []);
  t.equal(request?.request, NtmsOpreqCommand.NTMS_OPREQ_MESSAGE);
  t.match(request?.message, /ORS005L8 cannot be made free: .*write-protected/);
  library.autoloader.operator.setWriteProtected(slot, false);
  library.manager.operatorRequests.answer(request?.id ?? '', 'complete');
  await library.manager.drain();
  t.equal(library.side('ORS005L8').state, AVAILABLE);
  t.same(library.manager.operatorRequests.open(), []);
  t.same(library.disagreements(), []);
});

t.test('a mount is not refused for a free label that could not be written', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.inventory(NtmsInventoryMethod.NTMS_INVENTORY_OMID);
  free(library, 'ORS001L8');
  const slot = library.store.table('slots').require(library.medium('ORS001L8').location ?? '').elementAddress;
  library.autoloader.operator.setWriteProtected(slot, true);
  allocate(library, library.side('ORS001L8').id);
  await library.mount('ORS001L8');
  t.match(library.manager.notices.at(-1), /ORS001L8 has no free label: it is write-protected/);
  const { owedFreeLabel, omidLabelInfo } = library.side('ORS001L8');
  t.same(
    [owedFreeLabel, omidLabelInfo],
    ['', 'ORS001'],
    'the record tells what is on the tape, and the application has it now',
  );
  library.autoloader.operator.setWriteProtected(library.drive(0).elementAddress, false);
  await library.dismount('ORS001L8');
  const written = writes(library);
  await library.mount('ORS001L8');
  t.equal(written(), 0, 'what the application may have written is left alone');
});

t.test('a library whose drives take no blocks frees cartridges without a label', async (t) => {
  const library = await VirtualLibrary.open(t, { definition: (definition) => ({ ...definition, drives: [] }) });
  if (
    library.store
      .table('drives')
      .list()
      .some(({ deviceName }) => deviceName !== '')
  )
    t.comment('drives are known');
  library.manager.freeLabels.atOnce = true;
  const { id } = library.side('ORS005L8');
  library.store.table('sides').update(id, { state: NtmsPartitionState.NTMS_PARTSTATE_FOREIGN });
  free(library, 'ORS005L8');
  await library.manager.drain();
  t.equal(library.side('ORS005L8').state, AVAILABLE);
  t.equal(library.motions(), 0);
  t.match(library.manager.notices.at(-1), /free without a free label: no drive of test takes blocks/);
});

t.test(
  'a side that was recorded as unprepared, and not by becoming free, is left alone until it becomes free',
  async (t) => {
    const library = await VirtualLibrary.open(t);
    library.manager.freeLabels.atOnce = true;
    library.store.table('sides').update(library.side('ORS005L8').id, { state: UNPREPARED });
    await library.manager.drain();
    t.equal(library.side('ORS005L8').state, UNPREPARED);
    t.equal(library.motions(), 0);
    free(library, 'ORS005L8');
    await library.manager.drain();
    t.equal(library.side('ORS005L8').state, AVAILABLE);
    t.equal(library.side('ORS005L8').omidLabelType, FREE_LABEL_TYPE);
    t.equal(requests(library).length, 1);
  },
);

t.test('a cartridge that is taken to the shelf before its turn is free without waiting', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.inventory(NtmsInventoryMethod.NTMS_INVENTORY_OMID);
  await library.mount(['ORS002L8', 'ORS003L8']);
  library.manager.freeLabels.atOnce = true;
  free(library, 'ORS005L8');
  const { id } = library.side('ORS005L8');
  await library.takeOut('ORS005L8');
  await library.inventory();
  await library.manager.drain();
  const { state, owedFreeLabel } = library.store.table('sides').require(id);
  t.equal(state, AVAILABLE);
  t.not(owedFreeLabel, '', 'a mount will write it one day');
  t.equal(requests(library)[0]?.state, NtmsLmState.NTMS_LM_PASSED);
});

t.test('a restart takes up what was not prepared', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.inventory(NtmsInventoryMethod.NTMS_INVENTORY_OMID);
  await library.mount(['ORS002L8', 'ORS003L8']);
  library.manager.freeLabels.atOnce = true;
  free(library, 'ORS005L8');
  await library.manager.drain();
  t.equal(requests(library)[0]?.state, NtmsLmState.NTMS_LM_WAITING, 'both drives are taken');
  const restarted = await library.restart();
  t.teardown(() => restarted.manager.stop());
  await restarted.dismount('ORS002L8');
  await restarted.manager.drain();
  t.equal(restarted.side('ORS005L8').state, AVAILABLE);
  t.same(
    requests(restarted).map(({ state }) => state),
    [NtmsLmState.NTMS_LM_CANCELLED, NtmsLmState.NTMS_LM_PASSED],
  );
});

t.test('a label that was on the tape before its record was written is found, and not written again', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.inventory(NtmsInventoryMethod.NTMS_INVENTORY_OMID);
  free(library, 'ORS001L8');
  const { id, owedFreeLabel } = library.side('ORS001L8');
  await library.mount('ORS001L8');
  await library.dismount('ORS001L8');
  // The process was killed before this mount's records were committed.
  const before = { owedFreeLabel, formerLabelId: '', omidLabelId: '', omidLabelType: '', omidLabelInfo: '' };
  library.store.table('sides').update(id, { ...before, formerLabelId: 'ab'.repeat(32) });
  const written = writes(library);
  await library.mount('ORS001L8');
  t.equal(written(), 0);
  t.match(library.side('ORS001L8'), { omidLabelId: owedFreeLabel, omidLabelType: FREE_LABEL_TYPE });
  t.equal(library.side('ORS001L8').owedFreeLabel, '');
});

t.test('whoever was given a free medium may write over its label without saying so', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.inventory(NtmsInventoryMethod.NTMS_INVENTORY_OMID);
  free(library, 'ORS001L8');
  const { id } = library.side('ORS001L8');
  allocate(library, id);
  await library.mount('ORS001L8');
  await writeTape(library, 0, new Uint8Array(512).fill(7));
  await library.dismount('ORS001L8');
  await library.mount('ORS001L8');
  t.equal((await firstBlock(library, 0))[0], 7, 'its data are left alone');
  t.equal(library.side('ORS001L8').omidLabelId, '');
  await writeTape(library, 0, ansiVolumeLabel('OWN001'));
  await library.dismount('ORS001L8');
  library.store.table('sides').update(id, { state: AVAILABLE });
  free(library, 'ORS001L8');
  await library.mount('ORS001L8');
  t.match(await labelIn(library, 0), { labelType: FREE_LABEL_TYPE, labelId: library.side('ORS001L8').omidLabelId });
});

t.test('a tape with another label than the one that became free is not written over', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.inventory(NtmsInventoryMethod.NTMS_INVENTORY_OMID);
  await library.mount('ORS001L8');
  await writeTape(library, 0, ansiVolumeLabel('PRECIO'));
  await library.dismount('ORS001L8');
  free(library, 'ORS001L8');
  const written = writes(library);
  t.match(await refusal(library.mount('ORS001L8')), {
    data: { check: 'on-media-label' },
    detail: /ANSI VOL1 label PRECIO, which was not on it when it became free/,
  });
  await library.manager.drain();
  t.equal(written(), 0);
  t.same(library.inDrives(), [null, null]);
});

t.test('a tape without bar code is written over only when its label proves which one it is', async (t) => {
  const library = await VirtualLibrary.open(t, {
    cartridges: [0, 1].map((slot) => ({
      elementAddress: 4096 + slot,
      barcode: null,
      mediaType: 'L8',
      ansiVolumeIdentifier: `TAPE0${slot}`,
    })),
  });
  const { store, api, session } = library;
  await library.inventory(NtmsInventoryMethod.NTMS_INVENTORY_OMID);
  const [one, other] = store.table('physicalMedia').list();
  const [side] = store.table('sides').list({ physicalMedia: one?.id ?? '' });
  moveToFreePool(store, one?.id ?? '');
  t.equal(
    store.table('physicalMedia').require(one?.id ?? '').name,
    one?.sequenceNumber,
    'its name came from the label',
  );
  const mount = () => api.MountNtmsMedia(session, [side?.id ?? ''], [null], 1, 4, 0, 0xffff_ffff, null);
  await mount();
  t.match(await labelIn(library, 0), { labelType: FREE_LABEL_TYPE });
  await api.DismountNtmsMedia(session, [side?.id ?? ''], 1, 2);
  await library.manager.drain();

  // Its owner may have written anything, so the label does not tell; somebody else's tape lies in its place.
  store.table('sides').update(side?.id ?? '', { owedFreeLabel: 'cd'.repeat(16), omidLabelId: '', formerLabelId: '*' });
  const { operator } = library.autoloader;
  operator.openDoor();
  await operator.removeCartridge(4096);
  await operator.insertCartridge(4096, { barcode: null, mediaType: 'L8', ansiVolumeIdentifier: 'PRECIO' });
  await operator.closeDoor();
  const written = writes(library);
  await mount();
  t.equal(written(), 0);
  t.match(await labelIn(library, 0), { labelType: 'ANSI VOL1', labelInfo: 'PRECIO' });
  t.match(library.manager.notices.at(-1), /has no free label: it has no bar code/);
  t.equal(store.table('physicalMedia').require(other?.id ?? '').name, 'TAPE01', 'nothing became of the other one');
});

t.test('a free label of another computer is a known format with an unknown id', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount('ORS005L8');
  await writeTape(library, 0, encodeFreeLabel({ labelId: '0123456789abcdef0123456789abcdef', writtenMs: 0 }));
  await library.dismount('ORS005L8');
  await library.mount('ORS005L8');
  t.equal(library.side('ORS005L8').state, NtmsPartitionState.NTMS_PARTSTATE_IMPORT);
  t.equal(library.side('ORS005L8').omidLabelType, FREE_LABEL_TYPE);
});
