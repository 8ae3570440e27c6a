import t from 'tap';
import { findProfile, profileIds } from '../../devices/profiles/index.js';
import { knownMediaType, mediaTypesOfDrive } from '../../src/library/known-media-types.js';
import { DeviceType, NtmsReadWriteCharacteristics, StorageMediaType } from '../../src/objects/ntmsapi/index.js';
import { addOtherLibrary } from '../ntms/house.js';
import { VirtualLibrary } from './virtual-library.js';

/** The types that a library supports, by name. */
function namesOf({ store }: VirtualLibrary, library: string): string[] {
  const links = store.table('libraryMediaTypes').list({ library });
  return links.map(({ mediaType }) => store.table('mediaTypes').require(mediaType).name).sort();
}

await t.test('an LTO drive tells by its product which media it writes; other drives tell nothing', (t) => {
  const names = (product: string): string[] => mediaTypesOfDrive(product).map(({ name }) => name);
  const eight = ['LTO-8', 'LTO-M8', 'LTO-7'];
  for (const product of ['ULTRIUM-TD8', 'ULTRIUM-HH8', 'ULT3580-HH8', 'Ultrium 8-SCSI', 'ULTRIUM 8 ', 'ULT3580-TD8']) {
    t.same(names(product), eight, product);
  }
  t.same(names('ULTRIUM-TD1'), ['LTO-1']);
  t.same(names('ULTRIUM-TD2'), ['LTO-2', 'LTO-1']);
  t.same(names('ULTRIUM-HH9'), ['LTO-9', 'LTO-8']);
  for (const product of ['', 'DVD RW DRU', 'SDLT320', 'ULTRIUM-', '3592 E08', 'ULTRIUM-TD8X']) {
    t.same(names(product), [], product);
  }
  for (const { id, drives } of profileIds().map(findProfile)) {
    const tape = drives.peripheralDeviceType === 0x01;
    t.equal(names(drives.inquiry.productIdentification).length > 0, tape, id);
  }
  t.end();
});

await t.test('a media type is stored with what is known of it by its name', (t) => {
  const { NTMS_MEDIARW_REWRITABLE, NTMS_MEDIARW_WRITEONCE } = NtmsReadWriteCharacteristics;
  const tape = { mediaType: StorageMediaType.LTO_Ultrium, deviceType: DeviceType.FILE_DEVICE_TAPE };
  t.same(knownMediaType('LTO-8'), { name: 'LTO-8', ...tape, readWriteCharacteristics: NTMS_MEDIARW_REWRITABLE });
  t.same(knownMediaType('LTO-M8').mediaType, StorageMediaType.LTO_Ultrium);
  t.same(knownMediaType('LTO-9 WORM'), {
    name: 'LTO-9 WORM',
    ...tape,
    readWriteCharacteristics: NTMS_MEDIARW_WRITEONCE,
  });
  t.equal(knownMediaType('Cleaning cartridge').mediaType, StorageMediaType.CLEANER_CARTRIDGE);
  t.same(knownMediaType('Unknown'), { name: 'Unknown', readWriteCharacteristics: NTMS_MEDIARW_REWRITABLE });
  t.end();
});

await t.test(
  'a library supports the types of its drives and of the media in it, each with its three pools',
  async (t) => {
    const library = await VirtualLibrary.open(t);
    const { store } = library;
    t.same(namesOf(library, library.library.id), ['Cleaning cartridge', 'LTO-7', 'LTO-8', 'LTO-M8']);
    for (const { id, name } of store.table('mediaTypes').list()) {
      t.same(
        store
          .table('mediaPools')
          .list({ mediaType: id })
          .map(({ poolType }) => poolType)
          .sort((a, b) => a - b),
        [1, 2, 3],
        name,
      );
    }
    t.same(namesOf(library, store.wellKnown.offlineLibrary), [], 'the shelf supports nothing and takes everything');
  },
);

await t.test('a cartridge that comes into a library brings its type along', async (t) => {
  const library = await VirtualLibrary.open(t);
  const { operator } = library.autoloader;
  const [free] = library.autoloader.inspect().filter(({ address, full }) => address >= 4096 && !full);
  operator.openDoor();
  await operator.insertCartridge(free?.address ?? 0, { barcode: 'OLD001L5' });
  await operator.closeDoor();
  await library.inventory();
  t.ok(namesOf(library, library.library.id).includes('LTO-5'));

  const other = addOtherLibrary(library);
  const wax = library.store.ensureMediaType({ name: 'Wax cylinder' }).mediaType.id;
  library.store.table('physicalMedia').update(other.medium, { mediaType: wax, location: null });
  operator.openDoor();
  await operator.removeCartridge(free?.address ?? 0);
  await operator.insertCartridge(free?.address ?? 0, { barcode: 'OTHER1' });
  await operator.closeDoor();
  await library.inventory();
  t.equal(library.medium('OTHER1').currentLibrary, library.library.id);
  t.ok(namesOf(library, library.library.id).includes('Wax cylinder'));
});

await t.test('a database from before this table learns the types from its media at the next start', async (t) => {
  const library = await VirtualLibrary.open(t);
  const links = library.store.table('libraryMediaTypes');
  for (const { id } of links.list()) links.remove(id);
  const restarted = await library.restart();
  t.same(namesOf(restarted, restarted.library.id), ['Cleaning cartridge', 'LTO-8']);
});

await t.test('the types of a library go with it', async (t) => {
  const library = await VirtualLibrary.open(t);
  const { library: other, medium } = addOtherLibrary(library);
  const type = library.store.table('physicalMedia').require(medium).mediaType ?? '';
  library.store.table('libraryMediaTypes').insert({ library: other.id, mediaType: type });
  library.store.table('physicalMedia').remove(medium);
  library.store.table('libraries').remove(other.id);
  t.equal(library.store.table('libraryMediaTypes').count({ library: other.id }), 0);
});
