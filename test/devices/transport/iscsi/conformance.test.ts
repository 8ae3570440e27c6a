import t from 'tap';
import { SimulatedClock } from '../../../../devices/clock.js';
import { IscsiTransport } from '../../../../devices/transport/iscsi/index.js';
import { conformance } from '../conformance.js';
import { TestTarget } from '../test-target.js';
import { peerTarget } from './peer/peer-rig.js';
import { ScriptedPeer, type PeerOptions } from './peer/scripted-peer.js';

const digests = { headerDigest: 'CRC32C', dataDigest: 'CRC32C' } as const;
const variants: readonly { name: string; keys: PeerOptions['keys']; digests?: typeof digests }[] = [
  { name: 'iscsi with immediate data', keys: { MaxRecvDataSegmentLength: '65536' } },
  {
    name: 'iscsi with unsolicited data and digests',
    keys: {
      InitialR2T: 'No',
      FirstBurstLength: '1024',
      MaxBurstLength: '4096',
      HeaderDigest: 'CRC32C',
      DataDigest: 'CRC32C',
    },
    digests,
  },
  {
    name: 'iscsi with solicited data only',
    keys: { ImmediateData: 'No', MaxBurstLength: '512', MaxRecvDataSegmentLength: '512' },
  },
];

for (const { name, keys, digests: asked } of variants) {
  await conformance(t, {
    name,
    lengths: [8191, 8192, 8193, 262_143, 262_145],
    open: async () => {
      const clock = new SimulatedClock();
      const target = new TestTarget(clock);
      const peer = await ScriptedPeer.listen({ target, ...(keys === undefined ? {} : { keys }) });
      const transport = new IscsiTransport({ portal: peer.portal, target: peerTarget, clock, ...asked });
      return {
        transport,
        target,
        passTime: (ms) => clock.advance(ms),
        close: async () => {
          t.strictSame(peer.violations, [], `${name}: the initiator kept all rules`);
          await peer.close();
        },
      };
    },
  });
}
