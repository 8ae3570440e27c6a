import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { SimulatedClock, SystemClock } from '../../devices/clock.js';
import { findProfile } from '../../devices/profiles/index.js';
import { AdditionalSense } from '../../devices/scsi/asc-ascq.js';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { encodeSense, SenseKey } from '../../devices/scsi/sense.js';
import { ScsiStatus } from '../../devices/scsi/status.js';
import { LoopbackTransport } from '../../devices/transport/loopback.js';
import { CodeSet, DesignatorAssociation, DesignatorType } from '../../devices/scsi/spc/designator.js';
import type { ScsiTarget } from '../../devices/transport/scsi-target.js';
import type { ScsiTransport } from '../../devices/transport/scsi-transport.js';
import { VirtualAutoloader } from '../../devices/virtual/index.js';
import { askTarget } from '../../src/rig/discover/ask-units.js';
import { discover } from '../../src/rig/discover/discover.js';
import type { FoundUnit, Look } from '../../src/rig/discover/found-unit.js';
import { pairUp } from '../../src/rig/discover/pair-up.js';
import { rigText } from '../../src/rig/discover/rig-text.js';
import { unitAddress } from '../../src/rig/plug-board.js';
import { readRig } from '../../src/rig/read-rig.js';
import type { UsbUnit } from '../../src/rig/rig.js';

const clock = new SystemClock();

interface Asked extends Look {
  readonly opcodes: readonly number[];
  readonly cdbs: readonly Uint8Array[];
}

/** What discovery finds on a model that stands behind a USB device, and what it sent to it. */
async function ask(
  t: Test,
  profile: string,
  serialNumber: string,
  { tellsDrives = true }: { readonly tellsDrives?: boolean } = {},
): Promise<Asked> {
  const autoloader = await VirtualAutoloader.create({
    profile: findProfile(profile),
    clock,
    timing: 'zero',
    serialNumber,
  });
  t.teardown(() => autoloader.close());
  const opcodes: number[] = [];
  const cdbs: Uint8Array[] = [];
  const target: ScsiTarget = {
    execute: (task) => {
      opcodes.push(task.cdb[0] ?? -1);
      cdbs.push(task.cdb);
      // DVCID is bit 0 of byte 6.
      const asksForDrives = task.cdb[0] === OperationCode.READ_ELEMENT_STATUS && ((task.cdb[6] ?? 0) & 1) === 1;
      if (tellsDrives || !asksForDrives) return autoloader.execute(task);
      const sense = encodeSense({ key: SenseKey.ILLEGAL_REQUEST, ...AdditionalSense.INVALID_FIELD_IN_CDB });
      return Promise.resolve({ status: ScsiStatus.CHECK_CONDITION, dataIn: new Uint8Array(0), sense });
    },
    nexusLost: (nexus) => autoloader.nexusLost(nexus),
  };
  const transport = new LoopbackTransport({ target, name: `usb://${serialNumber}`, clock });
  t.teardown(() => transport.close());
  const unit = (lun: number): UsbUnit => ({
    transport: 'usb',
    vendorId: 0x1209,
    productId: 0xb070,
    serialNumber,
    protocol: 'auto',
    lun,
  });
  return { ...(await askTarget(unitAddress(transport, 0), unit, { clock })), opcodes, cdbs };
}

t.test('a changer gets the drives that it tells, in a rig file that is read as it is', async (t) => {
  const found = await ask(t, 'ibm-3573-tl', '00123');
  const paired = await pairUp(found.units, { clock });
  t.same(found.notices, []);
  t.same(paired.notices, []);
  const text = rigText(paired);
  const rig = readRig({ text });
  const device = { transport: 'usb', vendorId: 0x1209, productId: 0xb070, serialNumber: '00123', protocol: 'auto' };
  t.hasStrict(rig.libraries, [
    {
      name: '3573-tl',
      changer: { ...device, lun: 1 },
      drives: [
        { address: 256, unit: { ...device, lun: 0 } },
        { address: 257, unit: { ...device, lun: 2 } },
      ],
    },
  ]);
  t.match(text, 'vendorId: 0x1209, productId: 0xb070');
  t.match(text, '# changer IBM 3573-TL, serial number 00123');
});

t.test('discovery sends nothing that moves, loads or changes anything', async (t) => {
  const found = await ask(t, 'ibm-3573-tl', 'A1');
  await pairUp(found.units, { clock });
  const harmless: readonly number[] = [
    OperationCode.INQUIRY,
    OperationCode.REPORT_LUNS,
    OperationCode.REQUEST_SENSE,
    OperationCode.TEST_UNIT_READY,
    OperationCode.MODE_SENSE_6,
    OperationCode.MODE_SENSE_10,
    OperationCode.READ_ELEMENT_STATUS,
  ];
  t.ok(found.opcodes.includes(OperationCode.READ_ELEMENT_STATUS));
  t.same(
    found.opcodes.filter((opcode) => !harmless.includes(opcode)),
    [],
  );
  const reads = found.cdbs.filter(([opcode]) => opcode === OperationCode.READ_ELEMENT_STATUS);
  const curdata = 0x02;
  t.ok(reads.length > 0 && reads.every((cdb) => ((cdb[6] ?? 0) & curdata) !== 0), 'the picker need not move for it');
});

t.test('drives that the changer does not tell apart are offered as comments, never guessed', async (t) => {
  const found = await ask(t, 'hp-msl2024', 'B2', { tellsDrives: false });
  const paired = await pairUp(found.units, { clock });
  const text = rigText(paired);
  const rig = readRig({ text });
  t.equal(rig.libraries[0]?.drives, undefined);
  t.match(text, '# The changer does not tell which drive is in element 480, 481');
  t.match(text, /# +- \{ address: \.\.\., transport: usb, .* lun: 0 \} # tape drive/);
});

t.test('the only drive of a changer that tells none is the one beside it on the same target', async (t) => {
  t.equal(findProfile('sony-vgp-xl1b').quirks.deviceIdentifier, 'none', 'this model does not tell its drive');
  const found = await ask(t, 'sony-vgp-xl1b', 'B3');
  const elsewhere = await ask(t, 'quantum-superloader3', 'B4', { tellsDrives: false });
  const paired = await pairUp([...found.units, ...elsewhere.units], { clock });
  const text = rigText(paired);
  t.match(
    readRig({ text }).libraries.map(({ drives }) => drives),
    [[{ address: 512, unit: { serialNumber: 'B3', lun: 0 } }], [{ address: 32, unit: { serialNumber: 'B4', lun: 0 } }]],
  );
  t.match(text, /# optical drive .*, the only drive in the box/);
});

t.test('a drive in the same box is not taken for one that the changer tells and that was not found', async (t) => {
  const [changer, drive] = (await ask(t, 'exabyte-magnum-1x7', 'B5')).units.toSorted(
    (a, b) => b.identity.peripheralDeviceType - a.identity.peripheralDeviceType,
  );
  if (changer === undefined || drive === undefined) throw new Error('both were to be found');
  const another = { ...drive, identity: { ...drive.identity, serialNumber: 'X', designators: [] } };
  const { libraries, otherDrives } = await pairUp([changer, another], { clock });
  t.same(libraries[0]?.drives, []);
  t.equal(otherDrives[0], another);
});

t.test('two autoloaders of one model get names of their own, each its own drives', async (t) => {
  const first = await ask(t, 'hp-msl2024', 'C1');
  const second = await ask(t, 'hp-msl2024', 'C2');
  const { libraries } = await pairUp([...first.units, ...second.units], { clock });
  const [one, other] = readRig({ text: rigText({ libraries, otherDrives: [], notices: [] }) }).libraries;
  t.same([one?.name, other?.name], ['msl-g3-series', 'msl-g3-series-2']);
  t.match(one?.drives, [{ unit: { serialNumber: 'C1' } }, { unit: { serialNumber: 'C1' } }]);
  t.match(other?.drives, [{ unit: { serialNumber: 'C2' } }, { unit: { serialNumber: 'C2' } }]);
});

t.test('a device that is reached in two ways is in the rig file once, by the way looked at first', async (t) => {
  const first = await ask(t, 'stk-l20', 'D1');
  const again = await ask(t, 'stk-l20', 'D1');
  const paired = await pairUp([...first.units, ...again.units], { clock });
  t.equal(paired.libraries.length, 1);
  t.equal(
    paired.libraries[0]?.changer,
    first.units.find(({ address }) => address.lun === 0),
  );
  t.equal(paired.notices.length, first.units.length);
  t.match(paired.notices[0], /is the same unit as .*: left out/);
});

t.test('without any changer the text says so and holds no library', (t) => {
  t.match(rigText({ libraries: [], otherDrives: [], notices: [] }), /^# No changer was found\.\n$/);
  t.end();
});

/** A unit that was found, told otherwise than it is. */
function told(
  unit: FoundUnit | undefined,
  target: string,
  lun: number,
  identity: Partial<FoundUnit['identity']>,
): FoundUnit {
  if (unit === undefined) throw new Error('nothing was found');
  const address = { ...unit.address, lun, deviceName: `${target}, LUN ${lun}` };
  return { ...unit, address, place: { target, lun }, identity: { ...unit.identity, designators: [], ...identity } };
}

const naa = (hex: string) => ({
  association: DesignatorAssociation.LOGICAL_UNIT,
  designatorType: DesignatorType.NAA,
  codeSet: CodeSet.BINARY,
  designator: Buffer.from(hex, 'hex'),
});

t.test('two units of one target are two, whatever serial number the box tells for both', async (t) => {
  const { units } = await ask(t, 'ibm-3573-tl', 'E1');
  const drive = units.find(({ address }) => address.lun === 0);
  const drives = [0, 2].map((lun) => told(drive, 'usb box', lun, { serialNumber: 'BOX' }));
  const { otherDrives, notices } = await pairUp(drives, { clock });
  t.same(otherDrives, drives);
  t.same(notices, []);
});

t.test(
  'a unit that two host adapters reach is one, known by its world wide name without a serial number',
  async (t) => {
    const { units } = await ask(t, 'ibm-3573-tl', 'F1');
    const { serialNumber: _, ...anonymous } = units[0]?.identity ?? {};
    const path = (target: string, name: string): FoundUnit => {
      const found = told(units[0], target, 0, { designators: [naa(name)] });
      return { ...found, identity: { ...anonymous, designators: [naa(name)] } as FoundUnit['identity'] };
    };
    const paths = [path('kernel 0:0:1', '500104f000000001'), path('kernel 1:0:1', '500104f000000001')];
    const { otherDrives, notices } = await pairUp(paths, { clock });
    t.same(otherDrives, paths.slice(0, 1));
    t.match(notices, [/kernel 1:0:1, LUN 0 is the same unit as kernel 0:0:1, LUN 0: left out/]);
    const others = [path('kernel 0:0:1', '500104f000000001'), path('kernel 0:0:2', '500104f000000002')];
    t.same((await pairUp(others, { clock })).otherDrives, others, 'two names are two units');
  },
);

t.test('drives with world wide names of their own are two, even with one serial number', async (t) => {
  const { units } = await ask(t, 'ibm-3573-tl', 'G1');
  const drives = ['500104f000000001', '500104f000000002'].map((name, index) =>
    told(units[0], `kernel 0:0:${index}`, 0, { serialNumber: '0000000000', designators: [naa(name)] }),
  );
  t.same((await pairUp(drives, { clock })).otherDrives, drives);
});

/** A path on which nothing is ever answered; what is cancelled ends. */
function deadPath(time: SimulatedClock): ScsiTransport & { sent: number } {
  const path = {
    name: 'test://dead',
    maxInFlight: 1,
    sent: 0,
    open: () => Promise.resolve(),
    execute: async ({ timeoutMs, signal }: Parameters<ScsiTransport['execute']>[0]) => {
      path.sent++;
      const code = await time.sleep(timeoutMs, signal).then(
        () => 'timeout' as const,
        () => 'aborted' as const,
      );
      return { kind: 'failed', failure: { code, executed: 'unknown', message: 'no answer' } } as const;
    },
    close: () => Promise.resolve(),
  };
  return path;
}

const deadUnit = (lun: number): UsbUnit => ({
  transport: 'usb',
  vendorId: 1,
  productId: 2,
  protocol: 'auto',
  lun,
});

t.test('a target that does not answer is given up after a minute, and said so', async (t) => {
  const time = new SimulatedClock({ auto: true });
  const startMs = time.now();
  const look = await askTarget(unitAddress(deadPath(time), 0), deadUnit, { clock: time });
  t.same(look.units, []);
  t.equal(look.notices.length, 1, look.notices.join('; '));
  t.ok(time.now() - startMs <= 60_000, `${time.now() - startMs} ms`);
});

t.test('nothing more is asked once discovery was interrupted', async (t) => {
  const time = new SimulatedClock();
  const path = deadPath(time);
  const closing = new AbortController();
  const looking = askTarget(unitAddress(path, 0), deadUnit, { clock: time, closing: closing.signal });
  while (path.sent === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  closing.abort();
  t.same((await looking).units, []);
  t.equal(path.sent, 1);
  await askTarget(unitAddress(path, 0), deadUnit, { clock: time, closing: closing.signal });
  t.equal(path.sent, 1);
  t.equal(time.pending, 0);
});

t.test('an interrupted discovery closes what it has opened', async (t) => {
  const interrupted = new AbortController();
  const folder = t.testdir();
  const looking = discover({
    transports: ['serial'],
    serialLines: [{ path: join(folder, 'no-line'), baudRate: 9600 }],
    clock: new SimulatedClock(),
    stateFolder: folder,
    signal: interrupted.signal,
  });
  interrupted.abort(new Error('enough'));
  await t.rejects(looking, { message: 'enough' });
});

t.test('whatever a device calls itself, its rig file reads back as it was meant', async (t) => {
  const { units } = await ask(t, 'ibm-3573-tl', 'H1');
  const [changer] = units.filter(({ address }) => address.lun === 1);
  const odd = fc.constantFrom(
    'null',
    '~',
    'yes',
    '0x1f',
    '0123',
    '1e3',
    '-',
    '---',
    '...',
    '#a',
    'a: b',
    "'",
    '"',
    '{',
  );
  const text = fc.oneof(
    odd,
    fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)), minLength: 1 }),
  );
  fc.assert(
    fc.property(text, text, text, (serialNumber, user, productIdentification) => {
      const usb: UsbUnit = { ...deadUnit(1), serialNumber };
      const portal = { portal: '[::1]:3260', target: 'iqn.2026-11.test:x', chap: { user, secretFile: `/tmp/${user}` } };
      const sg = { transport: 'sg', path: `/dev/tape/by-id/scsi-${serialNumber}` } as const;
      const found = (unit: FoundUnit['unit']): FoundUnit => ({
        ...told(changer, 'box', 1, { productIdentification, serialNumber }),
        unit,
      });
      const drives = [
        { address: 1, drive: found({ transport: 'iscsi', lun: 2, ...portal }), by: 'designator' as const },
        { address: 2, drive: found(sg), by: 'lun' as const },
      ];
      const libraries = [{ name: 'a', changer: found(usb), drives, unknownDrives: [3] }];
      const written = rigText({ libraries, otherDrives: [found(usb), found(sg)], notices: [] });
      // As it comes back from a file.
      const rig = readRig({ text: Buffer.from(written, 'utf8').toString('utf8') });
      t.strictSame(rig.libraries[0]?.changer, usb);
      const [first, second] = rig.libraries[0]?.drives ?? [];
      t.match(first?.unit, { chap: { user, secretFile: `/tmp/${user}` } });
      t.strictSame(second?.unit, sg);
    }),
    { numRuns: 300 },
  );
});
