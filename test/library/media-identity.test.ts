import t from 'tap';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { fixtures } from '../../hil/fuzz/fixtures.js';
import {
  NtmsInventoryMethod,
  NtmsLmOperation,
  NtmsLmState,
  NtmsOpreqCommand,
  NtmsPartitionState,
  NtmsPoolType,
  NtmsReadWriteCharacteristics,
} from '../../src/objects/ntmsapi/index.js';
import type { PhysicalMediumRow, SideRow } from '../../src/objects/rows.js';
import { writeTape } from './tape-blocks.js';
import { refusal, VirtualLibrary } from './virtual-library.js';
import type { VirtualLibraryOptions } from './virtual-library.js';

const { NTMS_INVENTORY_FAST: FAST, NTMS_INVENTORY_OMID: OMID } = NtmsInventoryMethod;
const { NTMS_PARTSTATE_IMPORT: IMPORT, NTMS_PARTSTATE_FOREIGN: FOREIGN } = NtmsPartitionState;
const { NTMS_PARTSTATE_UNKNOWN: UNKNOWN, NTMS_PARTSTATE_INCOMPATIBLE: INCOMPATIBLE } = NtmsPartitionState;
const [mtf = new Uint8Array()] = fixtures(/labels\/mtf-media-label/);
const [ibm = new Uint8Array()] = fixtures(/labels\/ibm-vol1/);
const FIRST_SLOT = 4096;

const openWith = (
  t: Parameters<typeof VirtualLibrary.open>[0],
  ...cartridges: NonNullable<VirtualLibraryOptions['cartridges']>[number][]
): Promise<VirtualLibrary> => VirtualLibrary.open(t, { cartridges });
const unlabelled = (slot: number, ansiVolumeIdentifier?: string) => ({
  elementAddress: FIRST_SLOT + slot,
  barcode: null,
  mediaType: 'L8',
  ...(ansiVolumeIdentifier === undefined ? {} : { ansiVolumeIdentifier }),
});

const media = ({ store }: VirtualLibrary): PhysicalMediumRow[] => store.table('physicalMedia').list();
/** The cartridge that the records have in a slot. */
const inSlot = (library: VirtualLibrary, slot: number): PhysicalMediumRow | undefined => {
  const row = library.store.table('slots').find({ elementAddress: FIRST_SLOT + slot });
  return library.store.table('physicalMedia').find({ location: row?.id ?? '' });
};
const sideOf = ({ store }: VirtualLibrary, medium: PhysicalMediumRow | undefined): SideRow | undefined =>
  store.table('sides').find({ physicalMedia: medium?.id ?? '' });
const poolOf = ({ store }: VirtualLibrary, medium: PhysicalMediumRow | undefined): number =>
  store.table('mediaPools').require(medium?.mediaPool ?? '').poolType;
const mountIn = (library: VirtualLibrary, slot: number) =>
  library.api.MountNtmsMedia(
    library.session,
    [sideOf(library, inSlot(library, slot))?.id ?? ''],
    [null],
    1,
    4,
    0,
    0xffff_ffff,
    null,
  );
const dismountAll = async (library: VirtualLibrary) => {
  for (const { mountedPartition } of media(library)) {
    if (mountedPartition !== null) await library.api.DismountNtmsMedia(library.session, [mountedPartition], 1, 2);
  }
  await library.manager.drain();
};
/** Another host writes over a tape. */
const overwrite = async (library: VirtualLibrary, slot: number, ...blocks: Uint8Array[]) => {
  await mountIn(library, slot);
  await writeTape(library, 0, ...blocks);
  await dismountAll(library);
};
/** A person takes a cartridge out of one slot and puts it, or another one, into a second slot; an inventory notices. */
const carry = async (library: VirtualLibrary, from: number, to: number) => {
  const { operator } = library.autoloader;
  operator.openDoor();
  const id = await operator.removeCartridge(FIRST_SLOT + from);
  await operator.closeDoor();
  await library.inventory(FAST);
  operator.openDoor();
  await operator.insertCartridge(FIRST_SLOT + to, { id });
  await operator.closeDoor();
  await library.inventory(FAST);
};

t.test('a label of each known format puts a cartridge into the import pool, and names it', async (t) => {
  const library = await openWith(t, unlabelled(0), unlabelled(1), unlabelled(2, 'ORS003'), unlabelled(3));
  await overwrite(library, 0, mtf);
  await overwrite(library, 1, ibm);
  await library.inventory(OMID);
  const shown = media(library).map((medium) => {
    const { omidLabelType, state } = sideOf(library, medium) ?? {};
    return [medium.name, omidLabelType, state, poolOf(library, medium)];
  });
  t.same(shown, [
    ['Weekly 7', 'Backup of Tests', IMPORT, NtmsPoolType.NTMS_POOLTYPE_IMPORT],
    ['IBM042', 'IBM VOL1', IMPORT, NtmsPoolType.NTMS_POOLTYPE_IMPORT],
    ['ORS003', 'ANSI VOL1', IMPORT, NtmsPoolType.NTMS_POOLTYPE_IMPORT],
    ['00000004', '', FOREIGN, NtmsPoolType.NTMS_POOLTYPE_FOREIGN],
  ]);
  t.equal(sideOf(library, inSlot(library, 0))?.name, 'Weekly 7');
});

t.test('a bar code names a cartridge before its label does, and a name that a person gave stays', async (t) => {
  const library = await openWith(t, unlabelled(0, 'ORS001'), {
    elementAddress: FIRST_SLOT + 1,
    barcode: 'BAR002L8',
    ansiVolumeIdentifier: 'ORS002',
  });
  library.store.table('physicalMedia').update(inSlot(library, 0)?.id ?? '', { name: 'The blue one' });
  await library.inventory(OMID);
  t.same(
    media(library).map(({ name }) => name),
    ['The blue one', 'BAR002L8'],
  );
});

t.test('an inventory by label files a cartridge of nobody anew when it was written elsewhere', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.inventory(OMID);
  const { id, omidLabelInfo } = library.side('ORS001L8');
  t.equal(omidLabelInfo, 'ORS001');
  await library.mount('ORS001L8');
  await writeTape(library, 0, mtf);
  await library.dismount('ORS001L8');
  t.match(await refusal(library.mount('ORS001L8')), { data: { check: 'on-media-label' } });
  await library.manager.drain();
  await library.inventory(OMID);
  t.match(library.side('ORS001L8'), { id, omidLabelInfo: 'Weekly 7' });
  t.equal(library.side('ORS001L8').state, IMPORT);
  await library.mount('ORS001L8');
  await writeTape(library, 0, new Uint8Array(100).fill(7));
  await library.dismount('ORS001L8');
  await library.inventory(OMID);
  t.equal(library.side('ORS001L8').state, FOREIGN, 'nobody knows that format');
  t.equal(library.side('ORS001L8').omidLabelId, '');
  t.equal(poolOf(library, library.medium('ORS001L8')), NtmsPoolType.NTMS_POOLTYPE_FOREIGN);
  t.same(library.disagreements(), []);
});

t.test('an inventory by label leaves it to a person that an owned cartridge carries another label', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.inventory(OMID);
  const { id } = library.side('ORS001L8');
  library.store.table('sides').update(id, { state: NtmsPartitionState.NTMS_PARTSTATE_ALLOCATED });
  await library.mount('ORS001L8');
  await writeTape(library, 0, mtf);
  await library.dismount('ORS001L8');
  await library.inventory(OMID);
  const inventory = library.store
    .table('libRequests')
    .list({ operationCode: NtmsLmOperation.NTMS_LM_INVENTORY })
    .at(-1);
  t.equal(inventory?.state, NtmsLmState.NTMS_LM_FAILED);
  t.match(inventory?.errorDetail, /ORS001L8.*should carry the ANSI VOL1 label ORS001, but carries/);
  t.equal(library.side('ORS001L8').omidLabelInfo, 'ORS001');
});

for (const way of ['an inventory', 'a mount'] as const) {
  t.test(`a cartridge without bar code that comes back from the shelf is known again by ${way}`, async (t) => {
    const library = await openWith(t, unlabelled(0, 'TAPE01'), unlabelled(1, 'TAPE02'));
    await library.inventory(OMID);
    const known = inSlot(library, 0);
    await carry(library, 0, 5);
    t.equal(media(library).length, 3, 'what came is a stranger so far');
    t.equal(sideOf(library, inSlot(library, 5))?.state, UNKNOWN);
    if (way === 'an inventory') await library.inventory(OMID);
    else {
      t.match(await refusal(mountIn(library, 5)), { data: { check: 'on-media-label' }, detail: /TAPE01/ });
      await library.manager.drain();
    }
    t.equal(media(library).length, 2, 'one record for each cartridge');
    t.equal(inSlot(library, 5)?.id, known?.id);
    t.equal(sideOf(library, known)?.state, IMPORT);
    t.same(library.disagreements(), []);
    await mountIn(library, 5);
    t.same(library.inDrives().length, 2);
  });
}

t.test('a cartridge that got a bar code on the shelf keeps its record', async (t) => {
  const library = await openWith(t, unlabelled(0, 'TAPE01'));
  await library.inventory(OMID);
  const known = inSlot(library, 0);
  const { operator } = library.autoloader;
  operator.openDoor();
  await operator.removeCartridge(FIRST_SLOT);
  await operator.closeDoor();
  await library.inventory(FAST);
  operator.openDoor();
  await operator.insertCartridge(FIRST_SLOT + 3, { barcode: 'NEW001L8', ansiVolumeIdentifier: 'TAPE01' });
  await operator.closeDoor();
  await library.inventory(OMID);
  t.same(
    media(library).map(({ id, barCode }) => [id, barCode]),
    [[known?.id, 'NEW001L8']],
  );
  t.same(library.disagreements(), []);
});

t.test('two bar codes with one label are two cartridges, and a person is told', async (t) => {
  const library = await openWith(
    t,
    ...['AAA001L8', 'AAA002L8'].map((barcode, slot) => ({
      elementAddress: FIRST_SLOT + slot,
      barcode,
      ansiVolumeIdentifier: 'TAPE01',
    })),
  );
  await library.inventory(OMID);
  t.equal(library.side('AAA002L8').omidLabelId, library.side('AAA001L8').omidLabelId);
  t.equal(library.side('AAA002L8').state, IMPORT);
  const [request, ...others] = library.manager.operatorRequests.open();
  t.same(others, []);
  t.equal(request?.request, NtmsOpreqCommand.NTMS_OPREQ_MESSAGE);
  t.match(request?.message, /AAA002L8 and AAA001L8 both carry the ANSI VOL1 label TAPE01/);
  t.same(await library.mount(['AAA001L8', 'AAA002L8']), [0, 1], 'each by its bar code');
});

t.test(
  'copies of a read-only medium are cartridges of their own with the same label, of which nobody has to hear',
  async (t) => {
    const library = await openWith(t, unlabelled(0, 'TITLE1'), unlabelled(1, 'TITLE1'));
    const { NTMS_MEDIARW_READONLY: readWriteCharacteristics } = NtmsReadWriteCharacteristics;
    for (const { id } of library.store.table('mediaTypes').list()) {
      library.store.table('mediaTypes').update(id, { readWriteCharacteristics });
    }
    await library.inventory(OMID);
    const sides = library.store.table('sides').list();
    t.same(
      sides.map(({ omidLabelInfo, state }) => [omidLabelInfo, state]),
      [
        ['TITLE1', IMPORT],
        ['TITLE1', IMPORT],
      ],
    );
    t.equal(new Set(media(library).map(({ sequenceNumber }) => sequenceNumber)).size, 2);
    t.same(library.manager.operatorRequests.open(), []);
    await mountIn(library, 0);
    await mountIn(library, 1);
    t.same(library.disagreements(), []);
  },
);

t.test('a cartridge that no drive can use is incompatible once a drive has said so', async (t) => {
  const library = await VirtualLibrary.open(t);
  library.autoloader.addFault({
    name: 'rejects the medium',
    async perform(task, next) {
      const asked = task.lun === library.autoloader.lunsOfDrives[0] && task.cdb[0] === OperationCode.TEST_UNIT_READY;
      if (!asked || library.inDrives()[0] !== 'ORS005L8') return next(task);
      const sense = Uint8Array.of(0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x30, 0, 0, 0, 0, 0);
      return { status: 2, dataIn: new Uint8Array(), sense };
    },
  });
  await refusal(library.mount('ORS005L8', { drives: [0] }));
  await library.manager.drain();
  t.equal(library.side('ORS005L8').state, INCOMPATIBLE);
  t.same(library.inDrives(), [null, null]);
  t.same(library.disagreements(), []);
});
