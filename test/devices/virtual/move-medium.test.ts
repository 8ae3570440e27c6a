import t from 'tap';
import { findProfile } from '../../../devices/profiles/index.js';
import {
  exchangeMediumCdb,
  loadUnloadCdb,
  moveMediumCdb,
  positionToElementCdb,
  preventAllowMediumRemovalCdb,
  testUnitReadyCdb,
} from '../../../devices/scsi/index.js';
import { describe, fieldPointer, openAutoloader, places, withQuirks } from './initiator.js';

// The 3573-TL: picker 1, ports 16-18, drives 256-257, slots 4096-4118; default cartridges in 4096-4103 and 4118.
const CHANGER = 1;
const DRIVE_1 = 0;
const move = (sourceAddress: number, destinationAddress: number, more: object = {}): Uint8Array =>
  moveMediumCdb({ sourceAddress, destinationAddress, ...more });

void t.test('moves a cartridge from its slot into a drive and back', async (t) => {
  const { autoloader, host } = await openAutoloader();
  t.equal(describe(await host.send(CHANGER, move(4096, 256))), 'GOOD');
  t.equal(places(autoloader)['ORS001L8'], 256);
  t.same(await host.takeAttentions(DRIVE_1), [{ asc: 0x28, ascq: 0x00 }], 'the drive tells that it became ready');
  t.equal(describe(await host.send(DRIVE_1, testUnitReadyCdb())), 'GOOD');
  t.equal(describe(await host.send(DRIVE_1, loadUnloadCdb({ load: false }))), 'GOOD');
  t.equal(describe(await host.send(DRIVE_1, testUnitReadyCdb())), '02/3A/00');
  t.equal(describe(await host.send(CHANGER, move(256, 4100 + 6))), 'GOOD');
  t.equal(places(autoloader)['ORS001L8'], 4106);
  t.equal(autoloader.inspect().find(({ address }) => address === 4106)?.sourceStorageElementAddress, 4096);
});

void t.test('refuses with the sense that SMC-3 gives each cause', async (t) => {
  const cases: readonly [what: string, cdb: Uint8Array, sense: string, pointer?: string][] = [
    ['an empty source', move(4110, 4111), '05/3B/0E'],
    ['a full destination', move(4096, 4097), '05/3B/0D'],
    ['a source that is no element', move(9999, 4111), '05/21/01', '4'],
    ['a destination that is no element', move(4096, 9999), '05/21/01', '6'],
    ['a transport element that is none', move(4096, 4111, { mediumTransportAddress: 2 }), '05/21/01', '2'],
    ['a drive as the transport element', move(4096, 4111, { mediumTransportAddress: 256 }), '05/21/01', '2'],
    ['turning over a tape', move(4096, 4111, { invert: true }), '05/24/00', '10.0'],
  ];
  for (const [what, cdb, sense, pointer] of cases) {
    const { autoloader, host } = await openAutoloader();
    const before = autoloader.inspect();
    const answer = await host.send(CHANGER, cdb);
    t.equal(describe(answer), sense, what);
    t.equal(fieldPointer(answer), pointer, `${what}: field pointer`);
    t.same(autoloader.inspect(), before, `${what}: nothing has moved`);
  }
});

void t.test(
  'takes the default transport address 0 and the real one, and nothing but the real one where so',
  async (t) => {
    const { host } = await openAutoloader();
    t.equal(describe(await host.send(CHANGER, move(4096, 4110, { mediumTransportAddress: 1 }))), 'GOOD');
    const strict = await openAutoloader({ profile: findProfile('exabyte-magnum-1x7') });
    t.equal(describe(await strict.host.send(1, move(1, 6))), '05/21/01');
    t.equal(describe(await strict.host.send(1, move(1, 6, { mediumTransportAddress: 0x56 }))), 'GOOD');
  },
);

void t.test('leaves a loaded cartridge in the drive where the model wants it unloaded first', async (t) => {
  const { host } = await openAutoloader();
  await host.send(CHANGER, move(4096, 256));
  t.equal(describe(await host.send(CHANGER, move(256, 4096))), '05/44/81', 'the 3573-TL says source not ready');
  const exabyte = await openAutoloader({ profile: findProfile('exabyte-magnum-1x7') });
  const transport = { mediumTransportAddress: 0x56 };
  await exabyte.host.send(1, move(1, 0x52, transport));
  t.equal(describe(await exabyte.host.send(1, move(0x52, 1, transport))), '05/3B/90');
});

void t.test('unloads the drive by itself where the model does', async (t) => {
  const { autoloader, host } = await openAutoloader({ profile: findProfile('hp-msl2024') });
  await host.send(1, move(0x20, 0x1e0));
  t.equal(describe(await host.send(1, move(0x1e0, 0x20))), 'GOOD');
  t.equal(places(autoloader)['ORS001L8'], 0x20);
  await host.takeAttentions(0);
  t.equal(describe(await host.send(0, testUnitReadyCdb())), '02/3A/00');
});

void t.test('takes nothing from a drive whose removal is prevented', async (t) => {
  for (const [id, slot, drive, sense] of [
    ['hp-msl2024', 0x20, 0x1e0, '05/53/02'],
    ['ibm-3573-tl', 4096, 256, '05/53/03'],
  ] as const) {
    const { host } = await openAutoloader({ profile: findProfile(id) });
    await host.send(1, move(slot, drive));
    await host.takeAttentions(0);
    await host.send(0, preventAllowMediumRemovalCdb({ prevent: 1 }));
    t.equal(describe(await host.send(1, move(drive, slot))), sense, id);
    t.equal(describe(await host.send(0, loadUnloadCdb({ load: false }))), '05/53/02', 'nor does the drive eject');
    await host.send(0, preventAllowMediumRemovalCdb({ prevent: 0 }));
    t.equal(describe(await host.send(0, loadUnloadCdb({ load: false }))), 'GOOD');
    t.equal(describe(await host.send(1, move(drive, slot))), 'GOOD', `${id}: allowed again`);
  }
});

void t.test('refuses another move while the picker holds a cartridge, and lets that cartridge go', async (t) => {
  const { autoloader, host } = await openAutoloader();
  t.equal(describe(await host.send(CHANGER, move(4096, 1))), 'GOOD', 'the picker is a place, too');
  t.equal(describe(await host.send(CHANGER, move(4097, 4110))), '05/3B/A0');
  t.equal(describe(await host.send(CHANGER, move(1, 1))), 'GOOD');
  t.equal(describe(await host.send(CHANGER, move(1, 4110))), 'GOOD');
  t.equal(describe(await host.send(CHANGER, move(1, 4111))), '05/3B/0E', 'the picker is empty now');
  t.equal(places(autoloader)['ORS001L8'], 4110);
});

void t.test('refuses while the door is open, the panel is used or a magazine is out', async (t) => {
  const { autoloader, host } = await openAutoloader();
  autoloader.operator.openDoor();
  t.equal(describe(await host.send(CHANGER, move(4096, 4110))), '02/04/18');
  t.equal(describe(await host.send(CHANGER, testUnitReadyCdb())), '02/04/18');
  await autoloader.operator.closeDoor();
  t.same(await host.takeAttentions(CHANGER), [{ asc: 0x28, ascq: 0x00 }]);

  autoloader.operator.takeControl();
  t.equal(describe(await host.send(CHANGER, move(4096, 4110))), '02/04/07');
  autoloader.operator.releaseControl();

  autoloader.operator.removeMagazine('left');
  t.same(await host.takeAttentions(CHANGER), [{ asc: 0x3b, ascq: 0x12 }]);
  t.equal(describe(await host.send(CHANGER, move(4096, 4110))), '05/3B/11', 'out of the magazine');
  t.equal(describe(await host.send(CHANGER, move(4118, 4106))), '05/3B/11', 'into the magazine');
  await autoloader.operator.returnMagazine('left');
  t.same(await host.takeAttentions(CHANGER), [
    { asc: 0x3b, ascq: 0x13 },
    { asc: 0x28, ascq: 0x00 },
  ]);
  t.equal(describe(await host.send(CHANGER, move(4096, 4110))), 'GOOD');
});

void t.test('says how its model calls an open door', async (t) => {
  const { autoloader, host } = await openAutoloader({ profile: findProfile('exabyte-magnum-1x7') });
  autoloader.operator.openDoor();
  t.equal(describe(await host.send(1, testUnitReadyCdb())), '02/04/83');
});

void t.test('refuses a medium that the drive cannot use, by its label or in the drive', async (t) => {
  const cartridges = [{ elementAddress: 0x20, barcode: 'OLD001L2' }];
  const checked = await openAutoloader({ profile: findProfile('hp-msl2024'), cartridges });
  t.equal(describe(await checked.host.send(1, move(0x20, 0x1e0))), '05/30/00');
  t.equal(places(checked.autoloader)['OLD001L2'], 0x20);

  const unchecked = await openAutoloader({ cartridges: [{ elementAddress: 4096, barcode: 'OLD001L2' }] });
  t.equal(describe(await unchecked.host.send(CHANGER, move(4096, 256))), 'GOOD', 'the changer does not look');
  t.equal(describe(await unchecked.host.send(DRIVE_1, testUnitReadyCdb())), '02/30/00', 'the drive does');
  t.equal(describe(await unchecked.host.send(DRIVE_1, loadUnloadCdb({ load: true }))), '02/30/00');
  t.equal(describe(await unchecked.host.send(CHANGER, move(256, 4096))), 'GOOD', 'and gives it back');
});

void t.test('turns a two-sided medium over where the model can', async (t) => {
  const { autoloader, host } = await openAutoloader({ profile: withQuirks('ibm-3573-tl', { invert: true }) });
  t.equal(describe(await host.send(CHANGER, move(4096, 4110, { invert: true }))), 'GOOD');
  t.equal(places(autoloader)['ORS001L8'], 4110);
});

void t.test('exchanges two cartridges in one step', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const exchange = (source: number, first: number, second: number): Uint8Array =>
    exchangeMediumCdb({ sourceAddress: source, firstDestinationAddress: first, secondDestinationAddress: second });
  t.equal(describe(await host.send(CHANGER, exchange(4096, 4097, 4096))), 'GOOD', 'a swap');
  t.match(places(autoloader), { ORS001L8: 4097, ORS002L8: 4096 });
  t.equal(describe(await host.send(CHANGER, exchange(4096, 4097, 4110))), 'GOOD', 'a ring of three');
  t.match(places(autoloader), { ORS002L8: 4097, ORS001L8: 4110 });
  t.equal(describe(await host.send(CHANGER, exchange(4112, 4097, 4096))), '05/3B/0E', 'no source');
  t.equal(describe(await host.send(CHANGER, exchange(4097, 4112, 4096))), '05/3B/0E', 'nothing to exchange with');
  t.equal(describe(await host.send(CHANGER, exchange(4097, 4098, 4099))), '05/3B/0D', 'no room for the second');
  t.equal(describe(await host.send(CHANGER, exchange(4097, 4097, 4096))), '05/3B/0D', 'with itself');
  const answer = await host.send(CHANGER, exchange(4097, 4098, 9999));
  t.equal(`${describe(answer)} at ${fieldPointer(answer)}`, '05/21/01 at 8');
});

void t.test('exchanges the cartridge of a drive and makes the drive ready with the new one', async (t) => {
  const { autoloader, host } = await openAutoloader({
    profile: withQuirks('hp-msl2024', { exchangeMedium: true }),
  });
  await host.send(1, move(0x20, 0x1e0));
  await host.takeAttentions(0);
  const cdb = exchangeMediumCdb({
    sourceAddress: 0x21,
    firstDestinationAddress: 0x1e0,
    secondDestinationAddress: 0x20,
  });
  t.equal(describe(await host.send(1, cdb)), 'GOOD');
  t.match(places(autoloader), { ORS001L8: 0x20, ORS002L8: 0x1e0 });
  t.same(await host.takeAttentions(0), [{ asc: 0x28, ascq: 0x00 }]);
  t.equal(describe(await host.send(0, testUnitReadyCdb())), 'GOOD');
});

void t.test('positions the picker, and answers commands the model has not as unknown', async (t) => {
  const { host } = await openAutoloader();
  t.equal(describe(await host.send(CHANGER, positionToElementCdb({ destinationAddress: 4100 }))), 'GOOD');
  const answer = await host.send(CHANGER, positionToElementCdb({ destinationAddress: 5000 }));
  t.equal(`${describe(answer)} at ${fieldPointer(answer)}`, '05/21/01 at 4');
  const superloader = await openAutoloader({ profile: findProfile('quantum-superloader3') });
  const swap = exchangeMediumCdb({ sourceAddress: 1, firstDestinationAddress: 2, secondDestinationAddress: 1 });
  t.equal(describe(await superloader.host.send(1, swap)), '05/20/00');
  t.equal(describe(await superloader.host.send(1, Uint8Array.of(0xee, 0, 0, 0, 0, 0))), '05/20/00');
  t.equal(describe(await superloader.host.send(1, Uint8Array.of(0xa5, 0, 0))), '05/24/00', 'a CDB that is too short');
});

void t.test('cleans a drive with a cleaning cartridge and counts its uses', async (t) => {
  const cartridges = [{ elementAddress: 4096, barcode: 'CLNU01L1', cleaningUsesRemaining: 1 }];
  const { host } = await openAutoloader({ cartridges });
  t.equal(describe(await host.send(CHANGER, move(4096, 256))), 'GOOD');
  t.equal(describe(await host.send(DRIVE_1, testUnitReadyCdb())), '02/3A/00', 'cleaned, and ejected');
  t.equal(describe(await host.send(CHANGER, move(256, 4096))), 'GOOD');
  await host.send(CHANGER, move(4096, 256));
  t.equal(describe(await host.send(DRIVE_1, testUnitReadyCdb())), '02/30/0B', 'used up');
});
