import t from 'tap';
import { prepareGiveBack } from '../../../../devices/transport/usb/kernel-driver.js';

t.test(
  'giving a device back that is gone is harmless',
  { skip: process.platform !== 'linux' && 'Linux only' },
  async (t) => {
    const giveBack = await prepareGiveBack();
    t.type(giveBack, 'function');
    t.doesNotThrow(() => giveBack?.({ bus: 998, address: 254, interfaceNumber: 0 }));
  },
);
