import t from 'tap';
import { findProfile, profileIds, standAloneProfileIds } from '../../../devices/profiles/index.js';
import {
  decodeReportLuns,
  inquiryCdb,
  decodeStandardInquiry,
  reportLunsCdb,
  testUnitReadyCdb,
} from '../../../devices/scsi/index.js';
import { openAutoloader } from './initiator.js';

for (const id of standAloneProfileIds()) {
  await t.test(`${id} is a drive that a person loads, with no changer beside it`, async (t) => {
    const profile = findProfile(id);
    t.notOk(profileIds().includes(id), 'it is no autoloader');
    t.equal(profile.standAlone, true);
    t.equal(profile.elements.storage.count + profile.elements.mediumTransport.count, 0);
    const { autoloader, host } = await openAutoloader({ profile, cartridges: [] });
    await host.takeAttentions(0);
    const luns = decodeReportLuns(await host.read(0, reportLunsCdb({ allocationLength: 1024 })));
    t.equal(luns.luns.length, 1);
    const inquiry = decodeStandardInquiry(await host.read(0, inquiryCdb({ allocationLength: 96 })));
    t.equal(inquiry.peripheralDeviceType, 1);
    const { operator } = autoloader;
    const ready = async (): Promise<number> => (await host.send(0, testUnitReadyCdb())).status;
    t.equal(await ready(), 2, 'nothing inside');
    const { first } = profile.elements.dataTransfer;
    const cartridge = await operator.insertCartridge(first, { barcode: null, mediaType: profile.mediaTypes[0] ?? '' });
    t.equal((await host.send(0, testUnitReadyCdb())).sense?.asc, 0x28, 'the host is told that a medium came');
    t.equal(await ready(), 0);
    await t.rejects(operator.removeCartridge(first), { code: 'OUT_OF_REACH' });
    await operator.ejectDrive(first);
    t.equal(await operator.removeCartridge(first), cartridge);
    t.equal(await ready(), 2);
  });
}
