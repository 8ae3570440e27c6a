import { SystemClock } from '../../devices/clock.js';
import { testUnitReadyCdb } from '../../devices/scsi/spc/test-unit-ready.js';
import { SgTransport } from '../../devices/transport/sg/sg-transport.js';
import { ratePerSecond } from './figure.js';

/** `sg-load PATH`: TEST UNIT READY by SG_IO, one at a time; prints commands a second. Run by the benchmark under umockdev. */
const transport = new SgTransport({ path: process.argv[2] ?? '', clock: new SystemClock() });
await transport.open();
const command = { lun: 0, cdb: testUnitReadyCdb(), timeoutMs: 10_000 };
const rate = await ratePerSecond(async () => {
  for (let i = 0; i < 50; i++) {
    const result = await transport.execute(command);
    if (result.kind === 'failed') throw new Error(result.failure.message);
  }
  return 50;
});
await transport.close();
console.log(rate);
