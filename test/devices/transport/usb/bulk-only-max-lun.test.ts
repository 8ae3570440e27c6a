import t from 'tap';
import { getMaxLun } from '../../../../devices/transport/usb/bulk-only-recovery.js';
import type { UsbTransfer } from '../../../../devices/transport/usb/usb-interface.js';
import { done, gone, ScriptedUsb, stall } from './scripted-usb.js';

const rows: readonly {
  readonly name: string;
  readonly answer: UsbTransfer;
  readonly maxLun: number;
  notice?: RegExp;
}[] = [
  { name: '0', answer: done(Uint8Array.of(0)), maxLun: 0 },
  { name: '1', answer: done(Uint8Array.of(1)), maxLun: 1 },
  { name: '15', answer: done(Uint8Array.of(15)), maxLun: 15 },
  { name: 'a stall', answer: stall, maxLun: 0 },
  { name: '16', answer: done(Uint8Array.of(16)), maxLun: 0, notice: /brought 16, allowed is 0 to 15/ },
  { name: 'nothing', answer: done(), maxLun: 0, notice: /brought nothing/ },
  { name: 'silence', answer: { kind: 'timeout' }, maxLun: 0, notice: /did not end in time/ },
  { name: 'a device that is gone', answer: gone, maxLun: 0, notice: /unplugged/ },
];
for (const { name, answer, maxLun, notice } of rows) {
  t.test(`GET MAX LUN is ${maxLun} for ${name}`, async (t) => {
    const usb = new ScriptedUsb({ transfer: 'GET MAX LUN', length: 1, answer });
    const found = await getMaxLun(usb);
    t.equal(found.maxLun, maxLun);
    if (notice === undefined) t.equal(found.notice, undefined);
    else t.match(found.notice, notice);
    t.strictSame(usb.violations, []);
  });
}
