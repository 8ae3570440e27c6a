import fc from 'fast-check';
import t from 'tap';
import { findProfile, profileIds } from '../../../devices/profiles/index.js';
import {
  decodeElementStatusData,
  decodeTapeAlert,
  inquiryCdb,
  logSenseCdb,
  modeSense10Cdb,
  modeSense6Cdb,
  OperationCode,
  readElementStatusCdb,
  requestSenseCdb,
  ScsiStatus,
  type ElementStatus,
} from '../../../devices/scsi/index.js';
import { describe, openAutoloader } from './initiator.js';

const CHANGER = 1;
const statuses: readonly number[] = Object.values(ScsiStatus);

void t.test('whatever bytes a host sends, the answer is a status and the cartridges stay whole', async () => {
  const opcodes = [...new Set<number>(Object.values(OperationCode))];
  const command = fc.record({
    lun: fc.constantFrom(0, 1, 2, 3, 7, 255),
    opcode: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...opcodes) }, fc.nat(0xff)),
    // Mostly zeros and small numbers, so that commands get past their first check.
    rest: fc.array(fc.oneof(fc.constantFrom(0, 0, 0, 0, 1, 16, 32, 255), fc.nat(0xff)), { maxLength: 15 }),
    dataOut: fc.uint8Array({ maxLength: 64 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...profileIds()),
      fc.array(command, { minLength: 1, maxLength: 40 }),
      async (id, commands) => {
        const failures: unknown[] = [];
        const profile = findProfile(id);
        const { first } = profile.elements.storage;
        const cartridges = [0, 1, 2].map((index) => ({
          elementAddress: first + index,
          barcode: null,
          capacityBytes: 5_000,
        }));
        const { autoloader, host } = await openAutoloader({
          profile,
          cartridges,
          onInternalFailure: (error) => failures.push(error),
        });
        for (const { lun, opcode, rest, dataOut } of commands) {
          const { status } = await host.send(lun, Uint8Array.of(opcode, ...rest), { dataOut });
          if (!statuses.includes(status)) throw new Error(`status ${status}`);
        }
        if (failures.length > 0) throw failures[0];
        const ids = autoloader.inspect().flatMap(({ cartridgeId }) => cartridgeId ?? []);
        if (ids.toSorted((one, other) => one - other).join() !== '1,2,3') throw new Error(`cartridges ${ids.join()}`);
      },
    ),
    { numRuns: 400 },
  );
});

void t.test('an empty CDB is no command', async (t) => {
  const { host } = await openAutoloader();
  t.equal(describe(await host.send(CHANGER, new Uint8Array(0))), '05/20/00');
  t.equal(describe(await host.send(7, new Uint8Array(0))), '05/25/00');
});

void t.test('a label that no reader can read is like no label, and hides no other element', async (t) => {
  const unreadable = ['ÅÄÖ001L8', 'Ω00001L8', '', '   ', 'TAB\t01L8'];
  const cartridges = [
    ...unreadable.map((barcode, index) => ({ elementAddress: 4096 + index, barcode, mediaType: 'L8' })),
    { elementAddress: 4110, barcode: 'ORS001L8' },
  ];
  const { host } = await openAutoloader({ cartridges });
  const data = await host.read(CHANGER, readElementStatusCdb({ volTag: true, allocationLength: 0xff_ffff }));
  const byAddress = new Map(decodeElementStatusData(data).elements.map((element) => [element.address, element]));
  for (const [index, barcode] of unreadable.entries()) {
    const element = byAddress.get(4096 + index) as ElementStatus;
    t.match(element, { full: true, except: true, asc: 0x83, ascq: 0x01 }, `'${barcode}'`);
    t.equal(element.primaryVolumeTag, undefined, `'${barcode}'`);
  }
  t.match(byAddress.get(4110), { full: true, except: false, primaryVolumeTag: { volumeIdentifier: 'ORS001L8' } });
});

void t.test('ten thousand elements are reported in one answer, and in parts that fit', async (t) => {
  const base = findProfile('ibm-3573-tl');
  const profile = { ...base, elements: { ...base.elements, storage: { first: 4096, count: 10_000 } }, magazines: [] };
  const { host } = await openAutoloader({ profile });
  const all = await host.read(CHANGER, readElementStatusCdb({ volTag: true, allocationLength: 0xff_ffff }));
  t.equal(decodeElementStatusData(all).elements.length, 10_006);
  const part = decodeElementStatusData(
    await host.read(
      CHANGER,
      readElementStatusCdb({ elementTypeCode: 2, startingElementAddress: 14_000, allocationLength: 1_000 }),
    ),
  );
  t.match(part, { numberOfElementsAvailable: 96, truncated: true, firstElementAddressReported: 14_000 });
  t.ok(part.elements.length > 50 && part.partialElement === undefined, 'whole descriptors only');
});

void t.test('an allocation length of zero is no error, and brings no data', async (t) => {
  const { host } = await openAutoloader();
  for (const [lun, cdb] of [
    [CHANGER, inquiryCdb({ allocationLength: 0 })],
    [CHANGER, inquiryCdb({ evpd: true, pageCode: 0x83, allocationLength: 0 })],
    [CHANGER, requestSenseCdb({ allocationLength: 0 })],
    [CHANGER, modeSense6Cdb({ pageCode: 0x1d, allocationLength: 0 })],
    [CHANGER, modeSense10Cdb({ pageCode: 0x1d, allocationLength: 0 })],
    [CHANGER, readElementStatusCdb({ allocationLength: 0 })],
    [CHANGER, logSenseCdb({ pageCode: 0x2e, allocationLength: 0 })],
    [0, modeSense6Cdb({ pageCode: 0x3f, allocationLength: 0 })],
  ] as const) {
    const answer = await host.send(lun, cdb);
    t.equal(`${describe(answer)}, ${answer.dataIn.length} bytes`, 'GOOD, 0 bytes');
  }
});

void t.test('asking for the size of the TapeAlert page reads no flag', async (t) => {
  const { autoloader, host } = await openAutoloader();
  autoloader.operator.openDoor();
  t.equal((await host.read(CHANGER, logSenseCdb({ pageCode: 0x2e, allocationLength: 4 }))).length, 4);
  const whole = () => host.read(CHANGER, logSenseCdb({ pageCode: 0x2e, allocationLength: 1024 }));
  t.same([...decodeTapeAlert(await whole())], [16]);
  t.same([...decodeTapeAlert(await whole())], [], 'what was sent is read');
});
