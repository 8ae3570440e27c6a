import { readFileSync } from 'node:fs';
import t from 'tap';
import { commandName, PeripheralDeviceType } from '../../../devices/scsi/index.js';
import { openAutoloader } from './initiator.js';
import { DRIVE } from './tape-rig.js';

const SESSION = new URL('../../fixtures/linux-st/session.txt', import.meta.url);
const LINE = /^([0-9a-f]+) (-|[0-9a-f]+|fill \d+) > (\d+) (-|[0-9a-f]+|length \d+) (-|[0-9a-f]+)$/;

function bytesOf(text: string): Uint8Array {
  if (text === '-') return new Uint8Array(0);
  if (text.startsWith('fill ')) return new Uint8Array(Number(text.slice(5))).fill(0x5a);
  return Buffer.from(text, 'hex');
}

const hex = (bytes: Uint8Array): string => (bytes.length === 0 ? '-' : Buffer.from(bytes).toString('hex'));

void t.test('what the Linux tape driver, mt and dd send is answered as it was when they were content', async (t) => {
  const { autoloader } = await openAutoloader({ cartridges: [{ elementAddress: 256, barcode: 'TST001L8' }] });
  const lines = readFileSync(SESSION, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  t.ok(lines.length > 150);
  for (const [number, line] of lines.entries()) {
    const [, cdbText = '', dataOutText = '-', status = '', dataInText = '', sense = ''] = LINE.exec(line) ?? [];
    const cdb = bytesOf(cdbText);
    const task = { nexus: 'kernel', lun: DRIVE, cdb, dataOut: bytesOf(dataOutText) };
    const answer = await autoloader.execute(task);
    const dataIn = dataInText.startsWith('length ') ? `length ${answer.dataIn.length}` : hex(answer.dataIn);
    if (dataInText.startsWith('length '))
      t.ok(
        answer.dataIn.every((byte) => byte === 0x5a),
        'what dd wrote',
      );
    const name = commandName(PeripheralDeviceType.SEQUENTIAL_ACCESS, cdb);
    t.equal(
      `${answer.status} ${dataIn} ${hex(answer.sense)}`,
      `${status} ${dataInText} ${sense}`,
      `${number}: ${name}`,
    );
  }
});
