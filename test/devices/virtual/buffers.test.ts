import t from 'tap';
import {
  BufferMode,
  decodeBufferDescriptor,
  decodeEchoBufferDescriptor,
  readBufferCdb,
  writeBufferCdb,
} from '../../../devices/scsi/index.js';
import { hexBytes } from '../scsi/hex-fixture.js';
import { describe, fieldPointer, Initiator, openAutoloader } from './initiator.js';

const CHANGER = 1;
const hello = hexBytes('68 65 6c 6c 6f');
const read = (mode: number, allocationLength: number, more: { bufferId?: number; bufferOffset?: number } = {}) =>
  readBufferCdb({ mode, allocationLength, ...more });

function write(host: Initiator, mode: number, dataOut: Uint8Array, bufferOffset = 0) {
  return host.send(CHANGER, writeBufferCdb({ mode, bufferOffset, parameterListLength: dataOut.length }), { dataOut });
}

void t.test('the data buffer gives back what was written, wherever, with and without its header', async (t) => {
  const { host } = await openAutoloader();
  const { bufferCapacity, offsetBoundary } = decodeBufferDescriptor(
    await host.read(CHANGER, read(BufferMode.DESCRIPTOR, 4)),
  );
  t.same([bufferCapacity, offsetBoundary], [65536, 0]);
  t.equal(describe(await write(host, BufferMode.DATA, hello, 0x100)), 'GOOD');
  t.same(await host.read(CHANGER, read(BufferMode.DATA, 5, { bufferOffset: 0x100 })), hello);
  const end = await host.read(CHANGER, read(BufferMode.DATA, 100, { bufferOffset: bufferCapacity - 2 }));
  t.equal(end.length, 2, 'the buffer ends there');
  t.equal(
    describe(await write(host, BufferMode.COMBINED_HEADER_AND_DATA, Uint8Array.from([0, 0, 0, 0, ...hello]))),
    'GOOD',
  );
  t.same(
    await host.read(CHANGER, read(BufferMode.COMBINED_HEADER_AND_DATA, 9)),
    hexBytes('00 01 00 00 68 65 6c 6c 6f'),
  );
  t.equal((await host.read(CHANGER, read(BufferMode.DATA, 0))).length, 0);
  t.same(decodeBufferDescriptor(await host.read(CHANGER, read(BufferMode.DESCRIPTOR, 4, { bufferId: 1 }))), {
    offsetBoundary: 0,
    bufferCapacity: 0,
  });
});

void t.test('what one nexus echoes no other one reads', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const other = new Initiator(autoloader, 'other');
  await other.takeAttentions(CHANGER);
  t.same(decodeEchoBufferDescriptor(await host.read(CHANGER, read(BufferMode.ECHO_BUFFER_DESCRIPTOR, 4))), {
    overwrittenSupported: true,
    bufferCapacity: 4096,
  });
  t.equal(describe(await host.send(CHANGER, read(BufferMode.ECHO_BUFFER, 5))), '05/2C/00', 'nothing to echo yet');
  await write(host, BufferMode.ECHO_BUFFER, hello);
  await write(other, BufferMode.ECHO_BUFFER, hexBytes('01 02'));
  t.same(await host.read(CHANGER, read(BufferMode.ECHO_BUFFER, 100)), hello);
  t.same(await other.read(CHANGER, read(BufferMode.ECHO_BUFFER, 1)), hexBytes('01'));
  autoloader.nexusLost('other');
  await other.takeAttentions(CHANGER);
  t.equal(describe(await other.send(CHANGER, read(BufferMode.ECHO_BUFFER, 5))), '05/2C/00');
});

void t.test('refuses other modes, buffers that there are not, and what does not fit', async (t) => {
  const { host } = await openAutoloader();
  for (const [what, answer, expected] of [
    ['reading in a mode for microcode', host.send(CHANGER, read(0x0f, 4)), '05/24/00 at 1.4'],
    ['reading the error history', host.send(CHANGER, read(0x1c, 4)), '05/24/00 at 1.4'],
    ['downloading microcode', write(host, 0x05, hello), '05/24/00 at 1.4'],
    ['writing a descriptor', write(host, BufferMode.DESCRIPTOR, hello), '05/24/00 at 1.4'],
    ['another buffer', host.send(CHANGER, read(BufferMode.DATA, 4, { bufferId: 1 })), '05/24/00 at 2'],
    [
      'an offset behind the end',
      host.send(CHANGER, read(BufferMode.DATA, 4, { bufferOffset: 65536 })),
      '05/24/00 at 3',
    ],
    ['data beyond the end', write(host, BufferMode.DATA, hello, 65534), '05/24/00 at 6'],
    ['more than can be echoed', write(host, BufferMode.ECHO_BUFFER, new Uint8Array(4097)), '05/24/00 at 6'],
    [
      'a mode specific field',
      host.send(CHANGER, writeBufferCdb({ mode: 2, modeSpecific: 1, parameterListLength: 0 })),
      '05/24/00 at 1.7',
    ],
  ] as const) {
    const refused = await answer;
    t.equal(`${describe(refused)} at ${fieldPointer(refused)}`, expected, what);
  }
  const less = writeBufferCdb({ mode: 2, parameterListLength: 10 });
  t.equal(describe(await host.send(CHANGER, less, { dataOut: hello })), '05/1A/00');
  t.equal(describe(await write(host, BufferMode.COMBINED_HEADER_AND_DATA, hexBytes('00 00 00'))), '05/1A/00');
});
