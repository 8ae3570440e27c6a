import { createHash } from 'node:crypto';
import t from 'tap';
import type { Test } from 'tap';
import { fixtures } from '../../../hil/fuzz/fixtures.js';
import { ansiVolumeLabel } from '../../../devices/virtual/media/ansi-label.js';
import { ansiLabel } from '../../../src/library/labels/ansi-label.js';
import { encodeFreeLabel, freeLabel } from '../../../src/library/labels/free-label.js';
import { LabelLibraries } from '../../../src/library/labels/label-libraries.js';
import type { MediaLabelInfo, MediaLabelLibrary } from '../../../src/library/labels/media-label-library.js';
import { mtfLabel } from '../../../src/library/labels/mtf-label.js';
import { NtmsError } from '../../../src/objects/ntms-error.js';

const capture = (name: string): Uint8Array => {
  const [bytes] = fixtures(new RegExp(`labels/${name}\\.hex$`));
  if (bytes === undefined) throw new Error(`there is no fixture ${name}`);
  return bytes;
};
const hex = ({ LabelID, LabelIDSize }: MediaLabelInfo): string =>
  Buffer.from(LabelID.subarray(0, LabelIDSize)).toString('hex');
const claim = (library: MediaLabelLibrary, bytes: Uint8Array): MediaLabelInfo =>
  library.ClaimMediaLabel(bytes, bytes.length);
const isRefused = (test: Test, library: MediaLabelLibrary, bytes: Uint8Array, why: RegExp): void => {
  test.throws(() => claim(library, bytes), { symbol: 'ERROR_BAD_FORMAT', code: 11, detail: why });
};
/** The bytes with one changed, and the header's checksum right again. */
const changed = (bytes: Uint8Array, patch: Readonly<Record<number, number>>): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  for (const [at, value] of Object.entries(patch)) copy[Number(at)] = value;
  const words = new DataView(copy.buffer);
  let sum = 0;
  for (let at = 0; at < 50; at += 2) sum ^= words.getUint16(at, true);
  words.setUint16(50, sum, true);
  return copy;
};

void t.test('an MTF label is known by the GUID in its media label', (t) => {
  const info = claim(mtfLabel, capture('mtf-media-label'));
  t.equal(info.LabelType, 'Backup of Tests');
  t.equal(info.LabelAppDescr, 'Weekly 7');
  t.equal(hex(info), '6f9619ff8b86d011b42d00cf4fc964ff');
  t.end();
});

void t.test('without the media label bit the GUID does not count, and the id is MD5 of the block', (t) => {
  const bytes = capture('mtf-media-label');
  const info = claim(mtfLabel, changed(bytes, { 56: 0 }));
  t.not(hex(info), '6f9619ff8b86d011b42d00cf4fc964ff');
  const end = new DataView(bytes.buffer, bytes.byteOffset).getUint16(8, true);
  t.equal(
    hex(info),
    createHash('md5')
      .update(changed(bytes, { 56: 0 }).subarray(0, end))
      .digest('hex'),
  );
  const described = claim(mtfLabel, capture('mtf-description'));
  t.match(described, { LabelType: 'Backup of Tests', LabelAppDescr: 'Monthly', LabelIDSize: 16 });
  t.equal(hex(described), '7d834330042fa55383ad0c2931d5837c');
  t.end();
});

void t.test('what follows the MTF block, and whether it is given at all, does not change the id', (t) => {
  const bytes = capture('mtf-description');
  const end = new DataView(bytes.buffer, bytes.byteOffset).getUint16(8, true);
  t.equal(hex(claim(mtfLabel, bytes.subarray(0, end))), hex(claim(mtfLabel, bytes)));
  t.end();
});

void t.test('an MTF block that is not right is another format', (t) => {
  const bytes = capture('mtf-media-label');
  isRefused(t, mtfLabel, bytes.subarray(0, 93), /shorter/);
  const torn = Uint8Array.from(bytes);
  torn[20] = 1;
  isRefused(t, mtfLabel, torn, /checksum/);
  isRefused(t, mtfLabel, changed(bytes, { 0: 0x53 }), /TAPE/);
  isRefused(t, mtfLabel, changed(bytes, { 8: 0, 9: 0 }), /ends outside/);
  isRefused(t, mtfLabel, changed(bytes, { 8: 0xff, 9: 0xff }), /ends outside/);
  isRefused(t, mtfLabel, changed(bytes, { 70: 0xff, 71: 0xff }), /lies outside/);
  isRefused(t, mtfLabel, changed(bytes, { 70: 0 }), /lies outside/);
  isRefused(t, mtfLabel, changed(bytes, { 48: 7 }), /unknown type 7/);
  t.end();
});

void t.test('an MTF label without a software name has a label type all the same', (t) => {
  t.equal(claim(mtfLabel, changed(capture('mtf-description'), { 80: 0, 81: 0 })).LabelType, 'MTF');
  t.end();
});

void t.test('volume labels are known in ASCII and in EBCDIC', (t) => {
  for (const [name, LabelType, LabelAppDescr] of [
    ['ansi-vol1', 'ANSI VOL1', 'ORS042'],
    ['ibm-vol1', 'IBM VOL1', 'IBM042'],
  ] as const) {
    const bytes = capture(name);
    const info = claim(ansiLabel, bytes);
    t.equal(info.LabelType, LabelType);
    t.equal(info.LabelAppDescr, LabelAppDescr);
    t.equal(hex(info), createHash('sha256').update(bytes).digest('hex'));
    isRefused(t, ansiLabel, bytes.subarray(0, 79), /80 characters/);
    isRefused(t, ansiLabel, Uint8Array.of(...bytes, 0x20), /80 characters/);
  }
  t.equal(claim(ansiLabel, ansiVolumeLabel('TAPE01')).LabelAppDescr, 'TAPE01');
  isRefused(t, ansiLabel, new Uint8Array(80).fill(0x41), /VOL1/);
  t.end();
});

void t.test('a volume label without volume identifier is described by its owner', (t) => {
  const bytes = Uint8Array.from(capture('ansi-vol1')).fill(0x20, 4, 10);
  t.equal(claim(ansiLabel, bytes).LabelAppDescr, 'OPENRSM TEST');
  t.end();
});

void t.test('a free label is what docs/labels.md draws, and is read as it was written', (t) => {
  const labelId = '00112233445566778899aabbccddeeff';
  const written = encodeFreeLabel({ labelId, writtenMs: 1_795_249_800_000 });
  t.same(Buffer.from(written).toString('hex'), Buffer.from(capture('free-label')).toString('hex'));
  const info = claim(freeLabel, written);
  t.equal(info.LabelType, 'OpenRSM free medium');
  t.equal(info.LabelAppDescr, '');
  t.equal(hex(info), labelId);
  t.end();
});

void t.test('a free label of which one bit is wrong is none', (t) => {
  const bytes = capture('free-label');
  for (const at of [0, 40, 53, 300, 500]) {
    const torn = Uint8Array.from(bytes);
    torn[at] = (torn[at] ?? 0) ^ 1;
    isRefused(t, freeLabel, torn, /free label/);
  }
  isRefused(t, freeLabel, bytes.subarray(0, 511), /shorter/);
  t.throws(() => encodeFreeLabel({ labelId: 'ab', writtenMs: 0 }), RangeError);
  t.end();
});

const ours = (name: string, answer: () => MediaLabelInfo, longest: () => number = () => 10): MediaLabelLibrary => ({
  name,
  ClaimMediaLabel: answer,
  MaxMediaLabel: longest,
});
const info = (patch: Partial<MediaLabelInfo>): MediaLabelInfo => ({
  LabelType: 'Ours',
  LabelIDSize: 2,
  LabelID: Uint8Array.of(1, 2, 3),
  LabelAppDescr: 'one',
  ...patch,
});

void t.test('the first library that claims a label decides', (t) => {
  const libraries = new LabelLibraries([
    ours('none', () => {
      throw new NtmsError('ERROR_BAD_FORMAT', 'not mine');
    }),
    ours('first', () => info({})),
    ours('second', () => info({ LabelType: 'Other' })),
  ]);
  t.same(libraries.claim(Uint8Array.of(0)), { labelType: 'Ours', labelId: '0102', labelInfo: 'one' });
  t.equal(libraries.claim(capture('free-label'))?.labelType, 'OpenRSM free medium', 'ours is asked before');
  t.equal(new LabelLibraries([]).claim(capture('ansi-vol1')), undefined);
  t.equal(new LabelLibraries().claim(capture('ansi-vol1'))?.labelType, 'ANSI VOL1');
  t.end();
});

void t.test('a library at fault is passed over, and told of once', (t) => {
  const wrong: readonly (() => unknown)[] = [
    () => {
      throw new TypeError('a defect');
    },
    () => undefined,
    () => Promise.resolve(info({})),
    () => Promise.reject(new Error('late')),
    () => info({ LabelType: '' }),
    () => info({ LabelType: 'x'.repeat(64) }),
    () => info({ LabelIDSize: 0 }),
    () => info({ LabelIDSize: 4 }),
    () => info({ LabelIDSize: 257, LabelID: new Uint8Array(300) }),
    () => info({ LabelID: 'ab' as never }),
    () => info({ LabelAppDescr: 'x'.repeat(256) }),
    () => info({ LabelAppDescr: null as never }),
  ];
  for (const answer of wrong) {
    const notices: string[] = [];
    const libraries = new LabelLibraries([ours('bad', answer as never), ours('good', () => info({}))], (text) =>
      notices.push(text),
    );
    t.equal(libraries.claim(Uint8Array.of(0))?.labelType, 'Ours', String(answer));
    t.equal(libraries.claim(Uint8Array.of(0))?.labelType, 'Ours');
    t.equal(notices.length, 1);
    t.match(notices[0], /bad/);
  }
  t.end();
});

void t.test('as much is read as the library that wants most may need', (t) => {
  t.equal(new LabelLibraries([]).longestLabel, 4096);
  t.equal(new LabelLibraries().longestLabel, 65_536, 'MTF');
  const most = new LabelLibraries([
    ours(
      'most',
      () => info({}),
      () => 100_000,
    ),
    ours('less', () => info({})),
  ]);
  t.equal(most.longestLabel, 100_000);
  const notices: string[] = [];
  const bad = [NaN, -1, 1.5].map((length) =>
    ours(
      `bad ${length}`,
      () => info({}),
      () => length,
    ),
  );
  t.equal(new LabelLibraries(bad, (text) => notices.push(text)).longestLabel, 4096);
  t.equal(notices.length, 3);
  t.end();
});

void t.test('what one library does to the bytes does not reach the next', (t) => {
  const vandal: MediaLabelLibrary = {
    name: 'vandal',
    ClaimMediaLabel(bytes) {
      bytes.fill(0);
      throw new NtmsError('ERROR_BAD_FORMAT', 'gone');
    },
    MaxMediaLabel: () => 80,
  };
  t.equal(new LabelLibraries([vandal, ansiLabel]).claim(capture('ansi-vol1'))?.labelInfo, 'ORS042');
  t.end();
});
