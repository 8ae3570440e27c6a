import t from 'tap';
import { matchDrives, type MatchableUnit } from '../../devices/drive-matching.js';
import type { ElementStatus } from '../../devices/scsi/smc/element-status.js';
import { CodeSet, DesignatorAssociation, DesignatorType, type Designator } from '../../devices/scsi/spc/designator.js';
import { TestChanger } from './test-device/test-changer.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const naa = (...octets: number[]): Designator => ({
  codeSet: CodeSet.BINARY,
  designatorType: DesignatorType.NAA,
  association: DesignatorAssociation.LOGICAL_UNIT,
  designator: Uint8Array.of(0x50, ...octets),
});

function unit(name: string, serialNumber?: string, ...designators: Designator[]): MatchableUnit {
  return { name, identity: { designators, ...(serialNumber === undefined ? {} : { serialNumber }) } };
}

function element(address: number, deviceIdentifier?: ElementStatus['deviceIdentifier']): ElementStatus {
  const empty = new TestChanger().element(4, address);
  return { ...empty, ...(deviceIdentifier === undefined ? {} : { deviceIdentifier }) };
}

const tells = (text: string, identifierType: number = DesignatorType.VENDOR_SPECIFIC) => ({
  codeSet: CodeSet.ASCII,
  identifierType,
  identifier: bytes(text),
});
const tellsNaa = (...octets: number[]) => ({
  codeSet: CodeSet.BINARY,
  identifierType: DesignatorType.NAA,
  identifier: Uint8Array.of(0x50, ...octets),
});
const summary = ({ pairs }: ReturnType<typeof matchDrives>): string[] =>
  pairs.map((pair) => `${pair.address} ${pair.unit.name} ${pair.by}`);
const codes = ({ problems }: ReturnType<typeof matchDrives>): string[] => problems.map(({ code }) => code);

t.test('pairs by the designator that the changer tells', async (t) => {
  const matching = matchDrives({
    dataTransferElements: [element(257, tellsNaa(2)), element(256, tellsNaa(1))],
    units: [unit('a', 'S1', naa(1)), unit('b', 'S2', naa(2))],
  });
  t.same(summary(matching), ['256 a designator', '257 b designator']);
  t.same(matching.problems, []);
});

t.test('pairs by the serial number: alone, behind vendor and product, and padded', async (t) => {
  const t10 = `${'IBM'.padEnd(8)}${'ULT3580-TD8'.padEnd(16)}10WT001234`;
  const full = `${'QUANTUM'.padEnd(8)}SIXTEENCHARACTERHU77`;
  const matching = matchDrives({
    dataTransferElements: [
      element(1, tells('HU1234\0\0\0\0')),
      element(2, tells(t10, DesignatorType.T10_VENDOR_ID)),
      element(3, tells(full, DesignatorType.T10_VENDOR_ID)),
    ],
    units: [unit('c', 'HU77'), unit('b', '10WT001234'), unit('a', 'HU1234')],
  });
  t.same(summary(matching), ['1 a serial-number', '2 b serial-number', '3 c serial-number']);
});

t.test('a serial number that only ends like another one does not match', async (t) => {
  const matching = matchDrives({ dataTransferElements: [element(1, tells('HU1234'))], units: [unit('a', '1234')] });
  t.same(summary(matching), []);
  t.same(codes(matching), ['no-drive', 'unit-without-element']);
});

t.test('pairs by the rig where the changer tells nothing', async (t) => {
  const matching = matchDrives({
    dataTransferElements: [element(256), element(257)],
    units: [unit('a'), unit('b')],
    rig: [
      { address: 256, unit: 'b' },
      { address: 257, unit: 'a' },
    ],
  });
  t.same(summary(matching), ['256 b rig', '257 a rig']);
});

t.test('nothing is guessed, not even with one drive and one element', async (t) => {
  const matching = matchDrives({ dataTransferElements: [element(256)], units: [unit('a', 'S1')] });
  t.same(summary(matching), []);
  t.match(matching.problems, [{ code: 'no-drive', address: 256, message: /element 256 has no drive/ }, { unit: 'a' }]);
});

t.test('two paths to one drive are ambiguous', async (t) => {
  const matching = matchDrives({
    dataTransferElements: [element(256, tells('S1'))],
    units: [unit('a', 'S1'), unit('b', 'S1')],
  });
  t.same(summary(matching), []);
  t.match(matching.problems[0], { code: 'ambiguous', address: 256, message: /a and b/ });
});

t.test('two elements that claim one drive get none', async (t) => {
  const matching = matchDrives({
    dataTransferElements: [element(256, tells('S1')), element(257, tells('S1'))],
    units: [unit('a', 'S1')],
  });
  t.same(summary(matching), []);
  t.same(codes(matching), ['ambiguous', 'ambiguous']);
});

t.test('a designator of the target, shared by its units, does not decide', async (t) => {
  const shared = { ...naa(9), association: DesignatorAssociation.TARGET_DEVICE };
  const units = [unit('a', 'S1', shared, naa(1)), unit('b', 'S2', shared, naa(2))];
  t.same(summary(matchDrives({ dataTransferElements: [element(256, tellsNaa(1))], units })), ['256 a designator']);
  t.equal(codes(matchDrives({ dataTransferElements: [element(256, tellsNaa(9))], units }))[0], 'ambiguous');
});

t.test("a logical unit's own designator counts more than one of its target", async (t) => {
  const units = [
    unit('a', 'S1', naa(1)),
    unit('b', 'S2', { ...naa(1), association: DesignatorAssociation.TARGET_PORT }),
  ];
  t.same(summary(matchDrives({ dataTransferElements: [element(256, tellsNaa(1))], units })), ['256 a designator']);
});

t.test('a rig that contradicts the changer is refused', async (t) => {
  const matching = matchDrives({
    dataTransferElements: [element(256, tells('S1'))],
    units: [unit('a', 'S1'), unit('b', 'S2')],
    rig: [{ address: 256, unit: 'b' }],
  });
  t.same(summary(matching), []);
  t.match(matching.problems[0], { code: 'rig-contradicts-device', address: 256, unit: 'a' });
});

t.test('a rig that names an address outside the map, or an unknown drive, is told so', async (t) => {
  const matching = matchDrives({
    dataTransferElements: [element(256)],
    units: [unit('a')],
    rig: [
      { address: 99, unit: 'a' },
      { address: 256, unit: 'x' },
    ],
  });
  t.same(codes(matching), ['not-a-drive-address', 'unknown-unit', 'no-drive']);
  t.match(matching.problems[0]?.message, /99.*256/);
});
