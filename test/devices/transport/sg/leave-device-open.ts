import { SystemClock } from '../../../../devices/clock.js';
import { SgTransport } from '../../../../devices/transport/sg/sg-transport.js';
import { testCdb, TestCommand } from '../test-target.js';

const transport = new SgTransport({ path: '/dev/sg0', clock: new SystemClock() });
await transport.open();
const result = await transport.execute({ lun: 0, cdb: testCdb(TestCommand.TEST_UNIT_READY), timeoutMs: 60_000 });
console.log(result.kind);
