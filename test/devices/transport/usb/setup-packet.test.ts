import t from 'tap';
import { encodeSetup, parseSetup } from '../../../../devices/transport/usb/setup-packet.js';
import { hexBytes } from '../../scsi/hex-fixture.js';

void t.test('setup packets go both ways', async (t) => {
  const clearHalt = { type: 'standard', recipient: 'endpoint', request: 1, value: 0, index: 0x81 } as const;
  t.same(encodeSetup(clearHalt, 'out', 0), hexBytes('02 01 00 00 81 00 00 00'));
  const maxLun = { type: 'class', recipient: 'interface', request: 0xfe, value: 0, index: 0 } as const;
  t.same(encodeSetup(maxLun, 'in', 1), hexBytes('a1 fe 00 00 00 00 01 00'));
  t.same(parseSetup(hexBytes('a1 fe 00 00 00 00 01 00')), { ...maxLun, toHost: true, length: 1 });
});

void t.test('what no device knows is not a request', async (t) => {
  t.equal(parseSetup(hexBytes('60 00 00 00 00 00 00 00')), undefined, 'reserved type');
  t.equal(parseSetup(hexBytes('04 00 00 00 00 00 00 00')), undefined, 'reserved recipient');
  t.equal(parseSetup(hexBytes('80 06 00 01')), undefined, 'half a packet');
});
