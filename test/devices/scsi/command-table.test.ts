import t from 'tap';
import {
  cdbLength,
  commandName,
  commandTable,
  describeCommand,
  timeoutClassOf,
} from '../../../devices/scsi/command-table.js';
import { OperationCode, PeripheralDeviceType } from '../../../devices/scsi/opcodes.js';
import { hexBytes } from './hex-fixture.js';

const { MEDIUM_CHANGER, SEQUENTIAL_ACCESS, CD_DVD } = PeripheralDeviceType;

t.test('one operation code means different things on different devices', (t) => {
  for (const [cdb, changer, tape, optical] of [
    ['2b', 'POSITION TO ELEMENT', 'LOCATE(10)', 'SEEK(10)'],
    ['a5', 'MOVE MEDIUM', 'operation code A5h', 'PLAY AUDIO(12)'],
    ['a6', 'EXCHANGE MEDIUM', 'operation code A6h', 'LOAD/UNLOAD MEDIUM'],
    ['1b', 'OPEN/CLOSE IMPORT/EXPORT ELEMENT', 'LOAD UNLOAD', 'START STOP UNIT'],
    ['b5', 'REQUEST VOLUME ELEMENT ADDRESS', 'SECURITY PROTOCOL OUT', 'SECURITY PROTOCOL OUT'],
    ['12', 'INQUIRY', 'INQUIRY', 'INQUIRY'],
  ] as const) {
    const bytes = hexBytes(cdb);
    t.same(
      [MEDIUM_CHANGER, SEQUENTIAL_ACCESS, CD_DVD].map((type) => commandName(type, bytes)),
      [changer, tape, optical],
    );
  }
  t.end();
});

t.test('service actions have their own names', (t) => {
  t.equal(commandName(MEDIUM_CHANGER, hexBytes('a3 0c')), 'REPORT SUPPORTED OPERATION CODES');
  t.equal(commandName(MEDIUM_CHANGER, hexBytes('a3 1e')), 'MAINTENANCE IN');
  t.equal(commandName(MEDIUM_CHANGER, new Uint8Array()), 'empty command descriptor block');
  t.end();
});

t.test('each command has its class of time', (t) => {
  t.equal(timeoutClassOf(MEDIUM_CHANGER, hexBytes('a5')), 'motion');
  t.equal(timeoutClassOf(MEDIUM_CHANGER, hexBytes('07')), 'inventory');
  t.equal(timeoutClassOf(MEDIUM_CHANGER, hexBytes('b8')), 'inventory');
  t.equal(timeoutClassOf(SEQUENTIAL_ACCESS, hexBytes('01')), 'tape-motion');
  t.equal(timeoutClassOf(SEQUENTIAL_ACCESS, hexBytes('08')), 'data');
  t.equal(timeoutClassOf(MEDIUM_CHANGER, hexBytes('12')), 'inquiry');
  t.equal(timeoutClassOf(MEDIUM_CHANGER, hexBytes('00')), 'quick');
  t.equal(timeoutClassOf(MEDIUM_CHANGER, hexBytes('c7')), 'data');
  t.end();
});

t.test('the table is ascending, every line can be reached, every operation code is in it', (t) => {
  for (const [i, entry] of commandTable.entries()) {
    const before = commandTable[i - 1];
    if (before !== undefined && before.opcode > entry.opcode) t.fail(`${entry.name} is out of order`);
    const types = entry.peripheralDeviceTypes ?? [PeripheralDeviceType.UNKNOWN];
    for (const type of types) {
      // No service action has all bits set: it leads to the entry of the operation code itself.
      const cdb = Uint8Array.of(entry.opcode, entry.serviceAction ?? 0x1f);
      t.equal(describeCommand(type, cdb), entry, entry.name);
    }
  }
  const listed = new Set(commandTable.map((entry) => entry.opcode));
  t.same(
    Object.values(OperationCode).filter((opcode) => !listed.has(opcode)),
    [],
  );
  t.end();
});

t.test('the group of an operation code tells the length', (t) => {
  t.same([0x12, 0x2b, 0x4d, 0x92, 0xa5, 0xb8, 0x7f, 0x7e, 0xc0, 0xe7].map(cdbLength), [
    6,
    10,
    10,
    16,
    12,
    12,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  t.end();
});
