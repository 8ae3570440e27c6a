import fc from 'fast-check';
import t from 'tap';
import { commandTable } from '../../../devices/scsi/command-table.js';
import { dataOutCommands, dataOutLength } from '../../../devices/scsi/data-out-length.js';
import { PeripheralDeviceType } from '../../../devices/scsi/opcodes.js';
import { hexBytes } from './hex-fixture.js';

const { DIRECT_ACCESS, SEQUENTIAL_ACCESS, CD_DVD, MEDIUM_CHANGER } = PeripheralDeviceType;

/** Type, CDB, block length, bytes of data-out. */
const drawn: readonly (readonly [type: number, cdb: string, blockLength: number, length: number | undefined])[] = [
  [SEQUENTIAL_ACCESS, '0a 00 01 00 02 00', 512, 0x10002],
  [SEQUENTIAL_ACCESS, '0a 01 00 00 14 00', 512, 20 * 512],
  [SEQUENTIAL_ACCESS, '0a 01 00 00 14 00', 0, 0],
  [SEQUENTIAL_ACCESS, '0a 00 00 00 00 00', 512, 0],
  [DIRECT_ACCESS, '0a 00 00 00 02 00', 512, 1024],
  [DIRECT_ACCESS, '0a 00 00 00 00 00', 512, 256 * 512],
  [CD_DVD, '2a 00 00 00 00 00 00 01 00 00', 2048, 256 * 2048],
  [DIRECT_ACCESS, 'aa 00 00 00 00 00 00 00 00 03 00 00', 512, 3 * 512],
  [DIRECT_ACCESS, '8a 00 00 00 00 00 00 00 00 00 00 00 00 03 00 00', 512, 3 * 512],
  [SEQUENTIAL_ACCESS, '8a 01 00 00 00 00 00 00 00 00 00 00 00 00 03 00', 512, 3 * 512],
  [SEQUENTIAL_ACCESS, '8a 00 00 00 00 00 00 00 00 00 00 00 00 00 03 00', 512, 3],
  [SEQUENTIAL_ACCESS, '13 02 00 00 50 00', 0, 0x50],
  [SEQUENTIAL_ACCESS, '13 00 00 00 50 00', 0, 0],
  [SEQUENTIAL_ACCESS, '04 01 00 00 08 00', 0, 8],
  [DIRECT_ACCESS, '04 10 00 00 00 00', 512, undefined],
  [DIRECT_ACCESS, '04 00 00 00 00 00', 512, 0],
  [DIRECT_ACCESS, '07 00 00 00 00 00', 512, undefined],
  [MEDIUM_CHANGER, '07 00 00 00 00 00', 0, 0],
  [MEDIUM_CHANGER, '15 10 00 00 18 00', 0, 24],
  [MEDIUM_CHANGER, '55 10 00 00 00 00 00 01 18 00', 0, 280],
  [MEDIUM_CHANGER, '16 00 00 00 06 00', 0, 0],
  [MEDIUM_CHANGER, '16 01 00 00 06 00', 0, 6],
  [MEDIUM_CHANGER, '56 01 00 00 00 00 00 00 06 00', 0, 6],
  [MEDIUM_CHANGER, '56 02 00 00 00 00 00 00 08 00', 0, 8],
  [MEDIUM_CHANGER, '56 00 00 00 00 00 00 00 08 00', 0, 0],
  [MEDIUM_CHANGER, '1d 10 00 01 02 00', 0, 0x102],
  [MEDIUM_CHANGER, '3b 05 00 00 00 00 01 00 00 00', 0, 0x10000],
  [MEDIUM_CHANGER, '4c 02 40 00 00 00 00 00 14 00', 0, 20],
  [MEDIUM_CHANGER, '5f 00 00 00 00 00 00 00 18 00', 0, 24],
  [MEDIUM_CHANGER, '5e 00 00 00 00 00 00 00 18 00', 0, 0],
  [SEQUENTIAL_ACCESS, '8d 00 00 00 00 00 00 00 00 00 00 00 00 2a 00 00', 0, 42],
  [SEQUENTIAL_ACCESS, '8c 00 00 00 00 00 00 00 00 00 00 00 00 2a 00 00', 0, 0],
  [MEDIUM_CHANGER, 'a4 0f 00 00 00 00 00 00 00 0c 00 00', 0, 12],
  [MEDIUM_CHANGER, 'a4 1f 00 00 00 00 00 00 00 0c 00 00', 0, undefined],
  [MEDIUM_CHANGER, 'b6 00 00 00 00 05 00 00 00 28 00 00', 0, 40],
  [CD_DVD, 'b6 00 00 00 00 00 00 00 00 00 1c 00', 2048, 28],
  [SEQUENTIAL_ACCESS, 'b5 20 00 10 00 00 00 00 00 10 00 00', 0, 16],
  [SEQUENTIAL_ACCESS, 'b5 20 00 10 80 00 00 00 00 01 00 00', 0, 512],
  [MEDIUM_CHANGER, 'b5 12 00 00 00 01 00 00 10 00 00 00', 0, 0],
  [MEDIUM_CHANGER, 'a5 00 00 00 10 00 01 00 00 00 00 00', 0, 0],
  [CD_DVD, 'a5 00 00 00 10 00 01 00 00 00 00 00', 2048, 0],
  [MEDIUM_CHANGER, 'e7 00 00 00 00 00 00 00 00 00', 0, 0],
  [MEDIUM_CHANGER, 'c7 00 00 00 00 00', 0, undefined],
  [MEDIUM_CHANGER, '7f 00 00 00 00 00 00 10', 0, undefined],
  [MEDIUM_CHANGER, '02 00 00 00 00 00', 0, 0],
];

t.test('each CDB asks for as much data as its own field says', (t) => {
  for (const [type, cdb, blockLength, length] of drawn) {
    t.equal(dataOutLength(type, hexBytes(cdb), blockLength), length, `${cdb} to type ${type}`);
  }
  t.end();
});

/** The commands of the table which carry data to the device; every other has none, whatever its bytes are. */
const withDataOut = new Set(dataOutCommands.map(({ opcode }) => opcode));

t.test('no other command of the command table asks for data, whatever its bytes are', (t) => {
  const bytes = fc.uint8Array({ minLength: 15, maxLength: 15 });
  for (const { opcode, name, peripheralDeviceTypes = Object.values(PeripheralDeviceType) } of commandTable) {
    if (withDataOut.has(opcode)) continue;
    for (const type of peripheralDeviceTypes) {
      fc.assert(
        fc.property(bytes, (rest) => dataOutLength(type, Uint8Array.of(opcode, ...rest), 512) === 0),
        { numRuns: 5 },
      );
    }
    t.pass(name);
  }
  t.end();
});

t.test('every command that sends data by its name has a line', (t) => {
  const sends =
    /^(WRITE|MODE SELECT|LOG SELECT|SEND|SET|PERSISTENT RESERVE OUT|SECURITY PROTOCOL OUT|MAINTENANCE OUT|REASSIGN|RESERVE)/;
  for (const { opcode, name } of commandTable) {
    if (sends.test(name) && !name.startsWith('WRITE FILEMARKS')) t.ok(withDataOut.has(opcode), name);
  }
  t.end();
});

t.test('the table is ascending, and each line is reached by its types', (t) => {
  for (const [i, line] of dataOutCommands.entries()) {
    const before = dataOutCommands[i - 1];
    if (before !== undefined && before.opcode > line.opcode) t.fail(`${line.name} is out of order`);
    const same = dataOutCommands.filter(({ opcode }) => opcode === line.opcode);
    const types = same.flatMap(({ peripheralDeviceTypes }) => peripheralDeviceTypes ?? [-1]);
    t.equal(new Set(types).size, types.length, `${line.name}: no type has two lines`);
  }
  t.end();
});

t.test('any bytes give a length of at most what their field can say, or none', (t) => {
  fc.assert(
    fc.property(fc.nat(0x1f), fc.uint8Array({ maxLength: 32 }), fc.nat(0xff_ffff), (type, cdb, blockLength) => {
      const length = dataOutLength(type, cdb, blockLength);
      return length === undefined || (Number.isSafeInteger(length) && length >= 0);
    }),
    { numRuns: 2000 },
  );
  for (const { opcode } of dataOutCommands) {
    const length = dataOutLength(MEDIUM_CHANGER, Uint8Array.of(opcode, 0xff), 0xff_ffff);
    t.ok(length === undefined || length === 0, 'a CDB that ends too early asks for nothing');
  }
  const mostBlocks = Uint8Array.of(0xaa, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0);
  t.equal(dataOutLength(0x00, mostBlocks, 0xff_ffff), Number.MAX_SAFE_INTEGER, 'the most that can be asked for');
  t.equal(dataOutLength(MEDIUM_CHANGER, new Uint8Array(), 512), 0);
  t.end();
});
