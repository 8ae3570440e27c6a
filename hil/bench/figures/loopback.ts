import { SystemClock } from '../../../devices/clock.js';
import { findProfile } from '../../../devices/profiles/index.js';
import { testUnitReadyCdb } from '../../../devices/scsi/spc/test-unit-ready.js';
import { LoopbackTransport } from '../../../devices/transport/loopback.js';
import { VirtualAutoloader } from '../../../devices/virtual/index.js';
import type { Figure } from '../figure.js';
import { ratePerSecond } from '../figure.js';

/** TEST UNIT READY to the virtual autoloader's changer through the loopback transport, one after another. */
export async function loopback(): Promise<Figure[]> {
  const clock = new SystemClock();
  const target = await VirtualAutoloader.create({ profile: findProfile('ibm-3573-tl'), clock, timing: 'zero' });
  const transport = new LoopbackTransport({ target, name: 'virtual://bench', clock });
  await transport.open();
  const command = { lun: target.lunOfChanger, cdb: testUnitReadyCdb(), timeoutMs: 10_000 };
  const value = await ratePerSecond(async () => {
    for (let i = 0; i < 100; i++) {
      const result = await transport.execute(command);
      if (result.kind === 'failed') throw new Error(result.failure.message);
    }
    return 100;
  });
  await transport.close();
  await target.close();
  return [{ name: 'loopback, TEST UNIT READY to the virtual autoloader', value, unit: 'commands/s' }];
}
