import t from 'tap';
import { findProfile, profileIds, type ElementRange, type Profile } from '../../../devices/profiles/index.js';
import { defaultCartridges } from '../../../devices/virtual/index.js';

const profiles = profileIds().map((id) => findProfile(id));

/** The addresses of a range. */
function addresses({ first, count }: ElementRange): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

function allAddresses({ elements }: Profile): number[] {
  return Object.values(elements).flatMap((range: ElementRange) => addresses(range));
}

void t.test('the catalogue is sorted and every id is there once', (t) => {
  t.ok(profiles.length >= 5);
  t.same(profileIds(), [...new Set(profileIds())].toSorted());
  t.same(
    profiles.map(({ id }) => id),
    profileIds(),
  );
  t.end();
});

void t.test('an unknown id is answered with the ids there are', (t) => {
  t.throws(() => findProfile('acme-9000'), { code: 'UNKNOWN_PROFILE', message: profileIds().join(', ') });
  t.end();
});

for (const profile of profiles) {
  void t.test(`${profile.id} is a model that can exist`, (t) => {
    const used = allAddresses(profile);
    t.equal(new Set(used).size, used.length, 'no two elements share an address');
    t.ok(
      used.every((address) => Number.isInteger(address) && address >= 0 && address <= 0xffff),
      'addresses fit 16 bits',
    );
    t.ok(profile.elements.mediumTransport.count === 1, 'one picker');
    t.ok(profile.elements.dataTransfer.count > 0 && profile.elements.storage.count > 0);
    t.equal(profile.drives.luns.length, profile.elements.dataTransfer.count, 'a LUN for each drive');
    const luns = [profile.changer.lun, ...profile.drives.luns];
    t.equal(new Set(luns).size, luns.length, 'no two units share a LUN');
    t.ok(luns.includes(0), 'something answers at LUN 0');
    for (const { inquiry } of [profile.changer, profile.drives]) {
      t.ok(inquiry.vendorIdentification.length <= 8, inquiry.vendorIdentification);
      t.ok(inquiry.productIdentification.length <= 16, inquiry.productIdentification);
      t.ok(inquiry.productRevisionLevel.length <= 4, inquiry.productRevisionLevel);
    }
    t.ok(profile.sources.length > 0 && profile.sources.every((source) => source.length > 10), 'says where it is from');
    t.ok(Object.values(profile.timings).every((ms) => ms >= 0));
    t.ok(profile.mediaTypes.length > 0);
    const slots = new Set(addresses(profile.elements.storage));
    const inMagazines = profile.magazines.flatMap((magazine) => addresses(magazine));
    t.equal(new Set(inMagazines).size, inMagazines.length, 'magazines share no slot');
    t.ok(
      inMagazines.every((address) => slots.has(address)),
      'magazines consist of slots',
    );
    t.ok(inMagazines.length === 0 || inMagazines.length === slots.size, 'all slots are in magazines, or none');
    t.equal(profile.controller.maxElementsPerQuery, profile.quirks.maxElementsPerQuery, 'controller and device agree');
    t.equal(
      profile.controller.noVolumeTagWithDeviceIdentifier ?? false,
      profile.quirks.noVolumeTagWithDeviceIdentifier,
    );
    t.end();
  });

  void t.test(`the default cartridges of ${profile.id} fit it and leave room`, (t) => {
    const placed = defaultCartridges(profile);
    const slots = new Set(addresses(profile.elements.storage));
    t.ok(placed.length > 0);
    t.ok(placed.every(({ elementAddress }) => slots.has(elementAddress)));
    t.equal(new Set(placed.map(({ elementAddress }) => elementAddress)).size, placed.length);
    t.ok(placed.length <= slots.size - 2, 'two slots stay empty');
    const barcodes = placed.flatMap(({ barcode }) => barcode ?? []);
    t.equal(new Set(barcodes).size, barcodes.length);
    t.equal(barcodes.length > 0, profile.barcode.maximumLength > 0);
    const cleaning = placed.filter(({ barcode }) => barcode !== null && profile.barcode.cleaning.test(barcode));
    t.equal(cleaning.length, profile.drives.peripheralDeviceType === 0x01 ? 1 : 0);
    t.end();
  });
}
