import t from 'tap';
import {
  decodeElementStatusData,
  ElementType,
  loadUnloadCdb,
  moveMediumCdb,
  openCloseImportExportElementCdb,
  preventAllowMediumRemovalCdb,
  readElementStatusCdb,
  testUnitReadyCdb,
} from '../../../devices/scsi/index.js';
import { describe, openAutoloader, places, withQuirks } from './initiator.js';

const CHANGER = 1;
const DRIVE = 0;

void t.test('a cartridge comes in through a port and goes out through it', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const { operator } = autoloader;
  const port = async () => {
    const cdb = readElementStatusCdb({
      elementTypeCode: ElementType.IMPORT_EXPORT,
      numberOfElements: 1,
      volTag: true,
      allocationLength: 1000,
    });
    return decodeElementStatusData(await host.read(CHANGER, cdb)).elements[0];
  };
  const id = await operator.insertCartridge(16, { barcode: 'NEW001L8' });
  t.same(await host.takeAttentions(CHANGER), [{ asc: 0x28, ascq: 0x01 }]);
  t.match(await port(), {
    full: true,
    access: true,
    importExport: { impExp: true, inEnab: true, exEnab: true },
    primaryVolumeTag: { volumeIdentifier: 'NEW001L8' },
  });
  const away = await host.send(CHANGER, moveMediumCdb({ sourceAddress: 16, destinationAddress: 4110 }));
  t.equal(describe(away), 'GOOD');
  const back = await host.send(CHANGER, moveMediumCdb({ sourceAddress: 4110, destinationAddress: 16 }));
  t.equal(describe(back), 'GOOD');
  t.match(await port(), { importExport: { impExp: false }, sourceStorageElementAddress: 4110 });
  t.equal(await operator.removeCartridge(16), id);
  t.same(await host.takeAttentions(CHANGER), [{ asc: 0x28, ascq: 0x01 }]);
  t.same(operator.outside(), [{ id, barcode: 'NEW001L8' }]);
  t.equal(await operator.insertCartridge(17, { id }), id, 'the same cartridge again');
  t.same(operator.outside(), []);
  t.equal(places(autoloader)['NEW001L8'], 17);
});

void t.test('slots are reached through the door or in a magazine that is out', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const { operator } = autoloader;
  await t.rejects(operator.removeCartridge(4096), { code: 'OUT_OF_REACH' });
  operator.removeMagazine('left');
  const id = await operator.removeCartridge(4096);
  await operator.insertCartridge(4106, { id });
  await operator.returnMagazine('left');
  t.equal(places(autoloader)['ORS001L8'], 4106);
  operator.openDoor();
  await operator.insertCartridge(4110, { barcode: null, mediaType: 'L8' });
  await operator.closeDoor();
  t.same(await host.takeAttentions(CHANGER), [
    { asc: 0x3b, ascq: 0x12 },
    { asc: 0x3b, ascq: 0x13 },
    { asc: 0x28, ascq: 0x00 },
  ]);
  t.ok(autoloader.inspect().find(({ address }) => address === 4110)?.full);
});

void t.test('refuses with a code what cannot be done', async (t) => {
  const { autoloader } = await openAutoloader();
  const { operator } = autoloader;
  await operator.insertCartridge(16, { barcode: 'NEW001L8' });
  await t.rejects(operator.insertCartridge(16, { barcode: 'NEW002L8' }), { code: 'ELEMENT_FULL' });
  await t.rejects(operator.insertCartridge(17, { id: 99 }), { code: 'NO_SUCH_CARTRIDGE' });
  await t.rejects(operator.removeCartridge(17), { code: 'ELEMENT_EMPTY' });
  await t.rejects(operator.removeCartridge(9), { code: 'NO_SUCH_ELEMENT' });
  await t.rejects(operator.insertCartridge(17, { barcode: 'BAD', ansiVolumeIdentifier: 'too long a name' }), {
    code: 'VOLUME_IDENTIFIER',
  });
  await t.rejects(operator.closeDoor(), { code: 'ALREADY_SO' });
  t.throws(() => operator.removeMagazine('middle'), { code: 'NO_SUCH_MAGAZINE' });
  await t.rejects(operator.returnMagazine('left'), { code: 'ALREADY_SO' });
  operator.openDoor();
  t.throws(() => operator.openDoor(), { code: 'ALREADY_SO' });
  operator.removeMagazine('left');
  t.throws(() => operator.removeMagazine('left'), { code: 'ALREADY_SO' });
  await t.rejects(operator.ejectDrive(4096), { code: 'NO_SUCH_ELEMENT' });
  t.throws(() => operator.setWriteProtected(4110, true), { code: 'ELEMENT_EMPTY' });
});

void t.test('the eject button frees the cartridge unless a host prevents it', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const { operator } = autoloader;
  await host.send(CHANGER, moveMediumCdb({ sourceAddress: 4096, destinationAddress: 256 }));
  await host.takeAttentions(DRIVE);
  operator.openDoor();
  await t.rejects(operator.removeCartridge(256), { code: 'OUT_OF_REACH' });
  await host.send(DRIVE, preventAllowMediumRemovalCdb({ prevent: 1 }));
  await t.rejects(operator.ejectDrive(256), { code: 'REMOVAL_PREVENTED' });
  autoloader.nexusLost(host.nexus);
  await operator.ejectDrive(256);
  await host.takeAttentions(DRIVE);
  t.equal(describe(await host.send(DRIVE, testUnitReadyCdb())), '02/3A/00');
  const id = await operator.removeCartridge(256);
  await operator.insertCartridge(256, { id });
  await host.takeAttentions(DRIVE);
  t.equal(describe(await host.send(DRIVE, testUnitReadyCdb())), 'GOOD', 'the drive takes it in by itself');
  t.equal(describe(await host.send(DRIVE, loadUnloadCdb({ load: false }))), 'GOOD');
});

void t.test('a port with a motor takes and gives while a host has it open, and can be pushed in', async (t) => {
  const { autoloader, host } = await openAutoloader({
    profile: withQuirks('ibm-3573-tl', { openCloseImportExport: true }),
  });
  const { operator } = autoloader;
  await t.rejects(operator.insertCartridge(16, { barcode: 'NEW001L8' }), { code: 'OUT_OF_REACH' });
  await t.rejects(operator.pushPortIn(16), { code: 'ALREADY_SO' });
  await t.rejects(operator.pushPortIn(4096), { code: 'NO_SUCH_ELEMENT' });
  await host.send(CHANGER, openCloseImportExportElementCdb({ elementAddress: 16, actionCode: 0 }));
  await operator.insertCartridge(16, { barcode: 'NEW001L8' });
  const away = moveMediumCdb({ sourceAddress: 16, destinationAddress: 4110 });
  await host.takeAttentions(CHANGER);
  t.equal(describe(await host.send(CHANGER, away)), '05/3B/11', 'the picker does not reach an open port');
  await operator.pushPortIn(16);
  t.same(await host.takeAttentions(CHANGER), [{ asc: 0x28, ascq: 0x01 }]);
  t.equal(describe(await host.send(CHANGER, away)), 'GOOD');
  t.equal(places(autoloader)['NEW001L8'], 4110);
});

void t.test('a dirty label is noticed at the next inventory', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const first = async () => {
    const cdb = readElementStatusCdb({
      startingElementAddress: 4096,
      numberOfElements: 1,
      volTag: true,
      allocationLength: 500,
    });
    return decodeElementStatusData(await host.read(CHANGER, cdb)).elements[0];
  };
  autoloader.operator.setLabelReadable(4096, false);
  t.match(await first(), { except: true, ascq: 0x00 });
  autoloader.operator.openDoor();
  await autoloader.operator.closeDoor();
  await host.takeAttentions(CHANGER);
  t.match(await first(), { full: true, except: true, ascq: 0x01 });
  autoloader.operator.setLabelReadable(4096, true);
  autoloader.operator.openDoor();
  await autoloader.operator.closeDoor();
  await host.takeAttentions(CHANGER);
  t.match(await first(), { except: false, primaryVolumeTag: { volumeIdentifier: 'ORS001L8' } });
});
