import { SystemClock } from '../../../../devices/clock.js';
import { SgTransport } from '../../../../devices/transport/sg/sg-transport.js';
import { testCdb, TestCommand } from '../test-target.js';

// Sends what never ends, closes, and ends without any exit().
const transport = new SgTransport({ path: '/dev/sg0', clock: new SystemClock() });
await transport.open();
const hanging = transport.execute({ lun: 0, cdb: testCdb(TestCommand.HANG), timeoutMs: 300_000 });
setTimeout(() => {
  void transport.close().then(() => console.log('closed'));
}, 300);
const result = await hanging;
process.on('exit', () => console.log(result.kind === 'failed' && result.failure.code === 'closed' ? 'ended' : result));
