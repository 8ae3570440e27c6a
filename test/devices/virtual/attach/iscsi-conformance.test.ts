import t from 'tap';
import { SimulatedClock } from '../../../../devices/clock.js';
import { IscsiTransport, type IscsiTransportOptions } from '../../../../devices/transport/iscsi/index.js';
import { attachIscsi, type AttachIscsiOptions } from '../../../../devices/virtual/attach/iscsi/index.js';
import { conformance } from '../../transport/conformance.js';
import { TestTarget } from '../../transport/test-target.js';

type Variant = {
  readonly name: string;
  readonly initiator?: Partial<IscsiTransportOptions>;
  readonly attachment?: Partial<AttachIscsiOptions>;
};

const account = { user: 'tester', secret: 'a secret of many words' };
const mutual = { user: 'autoloader', secret: 'another secret altogether' };

const variants: readonly Variant[] = [
  { name: 'iscsi target' },
  {
    name: 'iscsi target with digests and unsolicited data',
    initiator: {
      headerDigest: 'CRC32C',
      dataDigest: 'CRC32C',
      offer: { initialR2T: false, immediateData: false, firstBurstLength: 4096, maxBurstLength: 8192 },
    },
  },
  {
    name: 'iscsi target with short segments, solicited data and CHAP',
    initiator: {
      chap: { ...account, mutual, algorithms: ['SHA3-256', 'SHA256', 'SHA1', 'MD5'] },
      offer: {
        initialR2T: true,
        immediateData: false,
        maxRecvDataSegmentLength: 512,
        maxBurstLength: 2048,
        maxOutstandingR2T: 3,
      },
    },
    attachment: { chap: { ...account, mutual }, limits: { maxRecvDataSegmentLength: 1024 } },
  },
];

for (const { name, initiator, attachment: asked } of variants) {
  await conformance(t, {
    name,
    lengths: [8191, 8192, 8193, 262_143, 262_145],
    open: async () => {
      const clock = new SimulatedClock();
      const target = new TestTarget(clock);
      const complaints: string[] = [];
      const attachment = await attachIscsi({
        target,
        clock,
        port: 0,
        onError: ({ message }) => complaints.push(message),
        ...asked,
      });
      const { portal, targetName } = attachment;
      const transport = new IscsiTransport({ portal, target: targetName, clock, ...initiator });
      return {
        transport,
        target,
        passTime: (ms) => clock.advance(ms),
        close: async () => {
          await attachment.close();
          t.strictSame(complaints, [], `${name}: the target had nothing to complain of`);
        },
      };
    },
  });
}
