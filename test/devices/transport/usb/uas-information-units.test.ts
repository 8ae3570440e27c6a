import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { ScsiFormatError } from '../../../../devices/scsi/format-error.js';
import {
  encodeCommandUnit,
  encodeSenseUnit,
  InformationUnitId,
  MAX_IU_CDB_BYTES,
  parseCommandPipeUnit,
  parseStatusPipeUnit,
  readReadyUnit,
  responseName,
  responseUnit,
  taskManagementUnit,
  UasResponseCode,
  UasTaskAttribute,
  UasTaskManagementFunction,
  unitTag,
  writeReadyUnit,
} from '../../../../devices/transport/usb/information-units.js';

const lun1 = Uint8Array.from([0, 1, 0, 0, 0, 0, 0, 0]);

/** Every line of the capture that is no remark. */
const captured = readFileSync(new URL('../../../fixtures/qemu-usb-uas/status-pipe-units.hex', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => Uint8Array.from(Buffer.from(line.replaceAll(' ', ''), 'hex')));

t.test('reads what another implementation sends', async (t) => {
  t.strictSame(captured.map(parseStatusPipeUnit), [
    { kind: 'readReady', tag: 3 },
    { kind: 'writeReady', tag: 6 },
    { kind: 'sense', tag: 3, statusQualifier: 0, status: 0, sense: new Uint8Array(0) },
    {
      kind: 'sense',
      tag: 1,
      statusQualifier: 0,
      status: 2,
      sense: Uint8Array.from([0x70, 0, 6, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x29, 0, 0, 0, 0, 0]),
    },
    // The length rules; the bytes behind it are nobody's.
    { kind: 'sense', tag: 12, statusQualifier: 0, status: 2, sense: new Uint8Array(0) },
    { kind: 'response', tag: 13, additionalResponseInformation: 0, responseCode: 0 },
  ]);
});

t.test('a COMMAND IU has its fields where UAS-3 6.2.2 draws them', async (t) => {
  const cdb = Uint8Array.from({ length: 18 }, (_, at) => 0xa0 + at);
  const bytes = encodeCommandUnit({
    tag: 0x1234,
    taskAttribute: UasTaskAttribute.ORDERED,
    logicalUnitNumber: lun1,
    cdb,
  });
  t.strictSame([...bytes], [1, 0, 0x12, 0x34, 2, 0, 4, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...cdb, 0, 0]);
  t.strictSame(parseCommandPipeUnit(bytes), {
    kind: 'command',
    tag: 0x1234,
    taskAttribute: UasTaskAttribute.ORDERED,
    logicalUnitNumber: lun1,
    cdb: Uint8Array.from([...cdb, 0, 0]),
  });
});

t.test('a TASK MANAGEMENT IU has its fields where UAS-3 6.2.7 draws them', async (t) => {
  const bytes = taskManagementUnit.encode({
    tag: 0x0102,
    function: UasTaskManagementFunction.ABORT_TASK,
    managedTag: 0x0304,
    logicalUnitNumber: lun1,
  });
  t.strictSame([...bytes], [5, 0, 1, 2, 1, 0, 3, 4, 0, 1, 0, 0, 0, 0, 0, 0]);
  t.strictSame(parseCommandPipeUnit(bytes), {
    kind: 'taskManagement',
    tag: 0x0102,
    function: 1,
    managedTag: 0x0304,
    logicalUnitNumber: lun1,
  });
});

t.test('what goes to the status pipe comes back as it went', async (t) => {
  const sense = Uint8Array.from({ length: 252 }, (_, at) => at);
  t.strictSame(parseStatusPipeUnit(encodeSenseUnit({ tag: 9, status: 2, statusQualifier: 0x8001, sense })), {
    kind: 'sense',
    tag: 9,
    statusQualifier: 0x8001,
    status: 2,
    sense,
  });
  const { OVERLAPPED_TAG_ATTEMPTED: responseCode } = UasResponseCode;
  const response = responseUnit.encode({ tag: 9, additionalResponseInformation: 0x010203, responseCode });
  t.strictSame([...response], [4, 0, 0, 9, 1, 2, 3, 0x0a]);
  t.strictSame(parseStatusPipeUnit(response), {
    kind: 'response',
    tag: 9,
    additionalResponseInformation: 0x010203,
    responseCode,
  });
  t.strictSame(parseStatusPipeUnit(readReadyUnit.encode({ tag: 0xffff })), { kind: 'readReady', tag: 0xffff });
  t.strictSame(parseStatusPipeUnit(writeReadyUnit.encode({ tag: 1 })), { kind: 'writeReady', tag: 1 });
});

t.test('refuses to encode what no unit can carry', async (t) => {
  const command = { tag: 1, logicalUnitNumber: lun1, cdb: new Uint8Array(6) };
  for (const wrong of [
    { cdb: new Uint8Array(0) },
    { cdb: new Uint8Array(MAX_IU_CDB_BYTES + 1) },
    { tag: 0x1_0000 },
    { logicalUnitNumber: new Uint8Array(9) },
  ]) {
    t.throws(() => encodeCommandUnit({ ...command, ...wrong }), { code: 'OUT_OF_RANGE' });
  }
  t.equal(encodeCommandUnit({ ...command, cdb: new Uint8Array(MAX_IU_CDB_BYTES) }).length, 284);
  t.throws(() => encodeSenseUnit({ tag: 1, status: 2, sense: new Uint8Array(0x1_0000) }), { code: 'OUT_OF_RANGE' });
});

t.test('refuses each unit that is a byte too short, and names it', async (t) => {
  const whole = [
    encodeCommandUnit({ tag: 1, logicalUnitNumber: lun1, cdb: new Uint8Array(20) }),
    taskManagementUnit.encode({ tag: 1, function: 1, logicalUnitNumber: lun1 }),
  ];
  for (const bytes of whole) {
    for (let length = 0; length < bytes.length; length++) {
      t.throws(() => parseCommandPipeUnit(bytes.subarray(0, length)), { code: 'SHORT_DATA' }, `${length} bytes`);
    }
  }
  const sense = encodeSenseUnit({ tag: 1, status: 2, sense: new Uint8Array(18) });
  for (const bytes of [sense, responseUnit.encode({ tag: 1, responseCode: 0 }), readReadyUnit.encode({ tag: 1 })]) {
    for (let length = 0; length < bytes.length; length++) {
      t.throws(() => parseStatusPipeUnit(bytes.subarray(0, length)), { code: 'SHORT_DATA' }, `${length} bytes`);
    }
  }
  t.throws(() => parseStatusPipeUnit(sense.subarray(0, 20)), {
    what: 'UAS SENSE IU',
    message: /34 bytes.*had only 20/,
  });
});

t.test('refuses units on the wrong pipe, and ids that do not exist', async (t) => {
  const onCommandPipe: readonly number[] = [InformationUnitId.COMMAND, InformationUnitId.TASK_MANAGEMENT];
  const onStatusPipe = Object.values(InformationUnitId).filter((id) => !onCommandPipe.includes(id)) as number[];
  for (let id = 0; id < 256; id++) {
    const bytes = new Uint8Array(64);
    bytes[0] = id;
    if (onCommandPipe.includes(id)) t.doesNotThrow(() => parseCommandPipeUnit(bytes));
    else t.throws(() => parseCommandPipeUnit(bytes), { code: 'CONTRADICTION' });
    if (onStatusPipe.includes(id)) t.doesNotThrow(() => parseStatusPipeUnit(bytes));
    else t.throws(() => parseStatusPipeUnit(bytes), { code: 'CONTRADICTION' });
  }
});

t.test('takes bytes behind a unit for padding', async (t) => {
  const response = Uint8Array.from([...responseUnit.encode({ tag: 7, responseCode: 8 }), 0xff, 0xff]);
  t.hasStrict(parseStatusPipeUnit(response), { kind: 'response', responseCode: 8 });
  const sense = Uint8Array.from([...encodeSenseUnit({ tag: 7, status: 2, sense: Uint8Array.from([0x70]) }), 0xff]);
  t.hasStrict(parseStatusPipeUnit(sense), { kind: 'sense', sense: Uint8Array.from([0x70]) });
});

t.test('tells the tag of a unit that is wrong otherwise', async (t) => {
  t.equal(unitTag(Uint8Array.from([0x77, 0, 1, 2])), 0x0102);
  t.equal(unitTag(Uint8Array.from([0x77, 0, 1])), undefined);
});

t.test('any bytes give a unit or an error that names what was wrong, and share no memory with it', async (t) => {
  const property = fc.property(
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(1, 3, 4, 5, 6, 7, 0x55),
    (bytes, id) => {
      if (bytes.length > 0) bytes[0] = id;
      for (const parse of [parseStatusPipeUnit, parseCommandPipeUnit]) {
        try {
          const unit = parse(bytes);
          for (const value of Object.values(unit)) {
            if (value instanceof Uint8Array && value.buffer === bytes.buffer) throw new Error('a view into the input');
          }
          if (unit.tag !== unitTag(bytes)) throw new Error('another tag');
        } catch (error) {
          if (!(error instanceof ScsiFormatError)) throw error;
        }
      }
    },
  );
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2_000 }));
});

t.test('names response codes as the standard does', async (t) => {
  t.equal(responseName(0x0a), 'OVERLAPPED TAG ATTEMPTED');
  t.equal(responseName(0x7f), 'response code 7Fh');
});
