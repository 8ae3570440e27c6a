import fc from 'fast-check';
import t from 'tap';
import { UsbMassStorage } from '../../../../../devices/virtual/attach/usb/index.js';
import { encodeCommandUnit } from '../../../../../devices/transport/usb/information-units.js';
import { hexBytes } from '../../../scsi/hex-fixture.js';
import { setInterface, SET_CONFIGURATION } from './bulk-host.js';
import { BulkOnlyHost } from './bulk-only-host.js';
import { directHost } from './bulk-host.js';
import { good, pattern, ScriptedTarget } from './scripted-target.js';

type Step =
  | { readonly kind: 'control'; readonly setup: Uint8Array }
  | { readonly kind: 'in'; readonly endpoint: number; readonly length: number; readonly unlinked: boolean }
  | { readonly kind: 'out'; readonly endpoint: number; readonly data: Uint8Array; readonly unlinked: boolean };

const endpoint = fc.integer({ min: 0, max: 6 });
const cdb = fc.oneof(
  fc.constantFrom(
    hexBytes('00 00 00 00 00 00'),
    hexBytes('3c 02 00 00 00 00 00 02 00 00'),
    hexBytes('15 10 00 00 0c 00'),
  ),
  fc.uint8Array({ minLength: 1, maxLength: 16 }),
);
const lun = new Uint8Array(8);
const cbw = fc.record({
  cdb,
  length: fc.integer({ min: 0, max: 2_000 }),
  dataIn: fc.boolean(),
  lun: fc.integer({ min: 0, max: 3 }),
});
const unit = fc.record({ cdb, tag: fc.integer({ min: 0, max: 5 }) });
const data = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.constantFrom(pattern(12), pattern(512), pattern(1024)),
  cbw.map((fields) => Uint8Array.from(maker.cbw(fields))),
  unit.map((fields) => encodeCommandUnit({ ...fields, logicalUnitNumber: lun })),
  fc
    .record({ tag: fc.nat(5), tmf: fc.constantFrom(1, 2, 8, 16, 128) })
    .map(({ tag, tmf }) => Uint8Array.of(5, 0, 1, tag, tmf, 0, 0, tag, 0, 0, 0, 0, 0, 0, 0, 0)),
);
const setup = fc.oneof(
  fc.constantFrom(SET_CONFIGURATION, setInterface(0), setInterface(1), hexBytes('21 ff 00 00 00 00 00 00')),
  fc.integer({ min: 0, max: 255 }).map((address) => Uint8Array.of(2, 1, 0, 0, address, 0, 0, 0)),
  fc.uint8Array({ maxLength: 9 }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('control' as const), setup }),
  fc.record({ kind: fc.constant('in' as const), endpoint, length: fc.nat(2_000), unlinked: fc.boolean() }),
  fc.record({ kind: fc.constant('out' as const), endpoint, data, unlinked: fc.boolean() }),
);
const maker = new BulkOnlyHost(directHost(new UsbMassStorage({ target: new ScriptedTarget(), luns: [0] })));

void t.test(
  'whatever a host does, every transfer ends by the time the cable is pulled, and the device is of use again',
  async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const target = new ScriptedTarget();
        target.answers.set(0x3c, () => good(pattern(700)));
        const device = new UsbMassStorage({ target, luns: [0, 1], protocol: 'both' });
        const host = directHost(device);
        await host.control(SET_CONFIGURATION);
        const transfers: Promise<unknown>[] = [];
        for (const one of steps) {
          const stop = new AbortController();
          if (one.kind === 'control') transfers.push(device.control(one.setup, new Uint8Array(0)));
          else if (one.kind === 'in') transfers.push(device.bulkIn(one.endpoint, one.length, stop.signal));
          else transfers.push(device.bulkOut(one.endpoint, one.data, stop.signal));
          if (one.kind !== 'control' && one.unlinked) stop.abort();
          await Promise.resolve();
        }
        await new Promise((resolve) => setImmediate(resolve));
        device.detached();
        await Promise.all(transfers);
        device.busReset();
        const again = await BulkOnlyHost.open(host);
        const answer = await again.run({ cdb: hexBytes('3c 02 00 00 00 00 00 02 bc 00'), dataInLength: 700 });
        return answer.status === 0 && answer.dataIn.length === 700;
      }),
      { numRuns: 300 },
    );
    t.pass();
  },
);
