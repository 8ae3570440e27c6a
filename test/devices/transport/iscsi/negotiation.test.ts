import t from 'tap';
import { OperationalNegotiation, type OperationalOffer } from '../../../../devices/transport/iscsi/negotiation.js';
import type { TextKey } from '../../../../devices/transport/iscsi/text-keys.js';

const offer: OperationalOffer = {
  headerDigest: 'CRC32C,None',
  dataDigest: 'None',
  maxRecvDataSegmentLength: 262_144,
  maxBurstLength: 1_048_576,
  firstBurstLength: 262_144,
  initialR2T: false,
  immediateData: true,
  maxOutstandingR2T: 4,
};

function negotiate(keys: TextKey[], given: Partial<OperationalOffer> = {}) {
  const negotiation = new OperationalNegotiation({ ...offer, ...given }, 'Normal');
  return { answers: negotiation.receive(keys), parameters: negotiation.result() };
}

t.test('keeps the defaults of the standard for keys that the target never answers', (t) => {
  t.match(negotiate([]).parameters, {
    headerDigest: false,
    initialR2T: true,
    immediateData: true,
    maxBurstLength: 262_144,
    firstBurstLength: 65_536,
    maxOutstandingR2T: 1,
    targetMaxRecvDataSegmentLength: 8192,
  });
  t.end();
});

t.test('takes over what the target answers', (t) => {
  const { answers, parameters } = negotiate([
    ['HeaderDigest', 'CRC32C'],
    ['InitialR2T', 'No'],
    ['ImmediateData', 'No'],
    ['MaxBurstLength', '131072'],
    ['FirstBurstLength', '262144'],
    ['MaxOutstandingR2T', '2'],
    ['MaxRecvDataSegmentLength', '65536'],
    ['TargetAlias', 'vault'],
    ['TargetPortalGroupTag', '1'],
  ]);
  t.strictSame(answers, []);
  t.match(parameters, {
    headerDigest: true,
    initialR2T: false,
    immediateData: false,
    maxBurstLength: 131_072,
    firstBurstLength: 131_072,
    maxOutstandingR2T: 2,
    targetMaxRecvDataSegmentLength: 65_536,
    targetAlias: 'vault',
  });
  t.end();
});

t.test('treats Reject, NotUnderstood and Irrelevant as the default', (t) => {
  const { parameters } = negotiate([
    ['MaxBurstLength', 'NotUnderstood'],
    ['InitialR2T', 'Irrelevant'],
    ['HeaderDigest', 'Reject'],
  ]);
  t.match(parameters, { maxBurstLength: 262_144, initialR2T: true, headerDigest: false });
  t.end();
});

t.test('refuses answers that no result function gives', (t) => {
  const impossible: TextKey[] = [
    ['MaxBurstLength', '2097152'],
    ['MaxBurstLength', '100'],
    ['MaxOutstandingR2T', '0'],
    ['ErrorRecoveryLevel', '2'],
    ['DataPDUInOrder', 'No'],
    ['InitialR2T', 'Perhaps'],
    ['MaxRecvDataSegmentLength', '16777216'],
  ];
  for (const key of impossible) t.throws(() => negotiate([key]), { code: 'ISCSI_PROTOCOL' }, key.join('='));
  t.throws(
    () =>
      negotiate([
        ['InitialR2T', 'No'],
        ['InitialR2T', 'No'],
      ]),
    { code: 'ISCSI_PROTOCOL' },
    'a key twice',
  );
  t.throws(() => negotiate([['InitialR2T', 'No']], { initialR2T: true }), { code: 'ISCSI_PROTOCOL' }, 'No to Yes');
  t.end();
});

t.test('insists on a digest when None was not offered', (t) => {
  const only = { headerDigest: 'CRC32C' } as const;
  t.throws(() => negotiate([['HeaderDigest', 'None']], only), { code: 'ISCSI_NEGOTIATION' });
  t.throws(() => negotiate([['HeaderDigest', 'Reject']], only), { code: 'ISCSI_NEGOTIATION' });
  t.equal(negotiate([['HeaderDigest', 'CRC32C']], only).parameters.headerDigest, true);
  t.end();
});

t.test('answers what the target asks by itself', (t) => {
  const discovery = new OperationalNegotiation(offer, 'Discovery');
  const answers = discovery.receive([
    ['MaxBurstLength', '65536'],
    ['ImmediateData', 'No'],
    ['IFMarker', 'No'],
    ['OFMarkInt', '2048'],
    ['X-com.example.Speed', 'High'],
  ]);
  t.strictSame(answers, [
    ['MaxBurstLength', '65536'],
    ['ImmediateData', 'No'],
    ['IFMarker', 'Reject'],
    ['OFMarkInt', 'Reject'],
    ['X-com.example.Speed', 'NotUnderstood'],
  ]);
  t.match(discovery.result(), { maxBurstLength: 65_536, immediateData: false });
  t.end();
});

t.test('never offers a first burst longer than a burst', (t) => {
  const keys = new Map(new OperationalNegotiation({ ...offer, maxBurstLength: 4096 }, 'Normal').offer());
  t.equal(keys.get('FirstBurstLength'), '4096');
  t.end();
});
