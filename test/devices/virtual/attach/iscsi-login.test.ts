import t from 'tap';
import { LoginStage } from '../../../../devices/transport/iscsi/protocol-values.js';
import type { TextKey } from '../../../../devices/transport/iscsi/text-keys.js';
import { attachIscsi } from '../../../../devices/virtual/attach/iscsi/index.js';
import { identity, initiatorName } from './iscsi-raw-initiator.js';
import { targetRig } from './iscsi-rig.js';

const account = { user: 'tester', secret: 'a secret of many words' };
const { securityNegotiation, operationalNegotiation, fullFeature } = LoginStage;

await t.test('answers each operational key by its result function', async (t) => {
  const offered: TextKey[] = [
    ['HeaderDigest', 'None,CRC32C'],
    ['DataDigest', 'CRC32C,None'],
    ['MaxConnections', '8'],
    ['InitialR2T', 'Yes'],
    ['ImmediateData', 'No'],
    ['MaxRecvDataSegmentLength', '4096'],
    ['MaxBurstLength', '16776192'],
    ['FirstBurstLength', '0x2000'],
    ['DefaultTime2Wait', '5'],
    ['DefaultTime2Retain', '20'],
    ['MaxOutstandingR2T', '16'],
    ['DataPDUInOrder', 'No'],
    ['DataSequenceInOrder', 'No'],
    ['ErrorRecoveryLevel', '2'],
    ['IFMarker', 'No'],
    ['OFMarker', 'Yes'],
    ['IFMarkInt', '2048~8192'],
    ['TaskReporting', 'FastAbort,RFC3720'],
    ['iSCSIProtocolLevel', '2'],
    ['X-com.example.flavour', 'strawberry'],
    ['MaxOutstandingUnexpectedPDUs', '0'],
  ];
  const { connect } = await targetRig(t);
  const keys = await (await connect()).login({ keys: offered });
  t.strictSame(Object.fromEntries(keys), {
    TargetPortalGroupTag: '1',
    HeaderDigest: 'None',
    DataDigest: 'CRC32C',
    MaxConnections: '4',
    InitialR2T: 'Yes',
    ImmediateData: 'No',
    MaxRecvDataSegmentLength: '262144',
    MaxBurstLength: '1048576',
    FirstBurstLength: '8192',
    DefaultTime2Wait: '5',
    DefaultTime2Retain: '0',
    MaxOutstandingR2T: '4',
    DataPDUInOrder: 'Yes',
    DataSequenceInOrder: 'Yes',
    ErrorRecoveryLevel: '0',
    IFMarker: 'No',
    OFMarker: 'No',
    IFMarkInt: 'Reject',
    TaskReporting: 'RFC3720',
    iSCSIProtocolLevel: '1',
    'X-com.example.flavour': 'NotUnderstood',
    MaxOutstandingUnexpectedPDUs: 'NotUnderstood',
  });
});

await t.test('agrees to no first burst that is longer than a burst', async (t) => {
  const { connect } = await targetRig(t, { limits: { maxBurstLength: 65_536 } });
  const offered: TextKey[] = [
    ['FirstBurstLength', '262144'],
    ['MaxBurstLength', '262144'],
  ];
  const keys = await (await connect()).login({ keys: offered });
  t.strictSame([keys.get('MaxBurstLength'), keys.get('FirstBurstLength')], ['65536', '65536']);
  const short: TextKey[] = [
    ['FirstBurstLength', '65536'],
    ['MaxBurstLength', '4096'],
  ];
  t.equal((await (await connect()).login({ keys: short })).get('FirstBurstLength'), '4096');
});

await t.test('rejects values that a key cannot have, and keeps its default', async (t) => {
  const { connect } = await targetRig(t);
  const keys = await (
    await connect()
  ).login({
    keys: [
      ['InitialR2T', 'Maybe'],
      ['MaxBurstLength', '511'],
      ['HeaderDigest', 'MD5'],
      ['MaxRecvDataSegmentLength', 'long'],
      ['ErrorRecoveryLevel', '-1'],
    ],
  });
  for (const key of ['InitialR2T', 'MaxBurstLength', 'HeaderDigest', 'ErrorRecoveryLevel']) {
    t.equal(keys.get(key), 'Reject', key);
  }
});

await t.test('calls keys about commands irrelevant in a discovery session', async (t) => {
  const { connect } = await targetRig(t);
  const keys = await (
    await connect()
  ).login({
    sessionType: 'Discovery',
    keys: [
      ['MaxConnections', '1'],
      ['InitialR2T', 'No'],
      ['HeaderDigest', 'None'],
    ],
  });
  t.equal(keys.get('MaxConnections'), 'Irrelevant');
  t.equal(keys.get('InitialR2T'), 'Irrelevant');
  t.equal(keys.get('HeaderDigest'), 'None');
  t.equal(keys.has('TargetPortalGroupTag'), false);
});

await t.test('goes through both stages, one request at a time', async (t) => {
  const { connect, attachment } = await targetRig(t, { targetAlias: 'the loader' });
  const raw = await connect();
  const first = await raw.loginStep({
    currentStage: securityNegotiation,
    nextStage: operationalNegotiation,
    keys: [...identity(), ['AuthMethod', 'CHAP,None']],
  });
  t.strictSame(Object.fromEntries(first.keys), {
    TargetPortalGroupTag: '1',
    TargetAlias: 'the loader',
    AuthMethod: 'None',
  });
  t.hasStrict(first.header, { transit: true, nextStage: operationalNegotiation, tsih: 0, statusClass: 0 });
  const second = await raw.loginStep({ currentStage: operationalNegotiation, keys: [['ImmediateData', 'Yes']] });
  t.equal(second.header.transit, false);
  t.equal(second.keys.get('ImmediateData'), 'Yes');
  const last = await raw.loginStep({ currentStage: operationalNegotiation, nextStage: fullFeature, keys: [] });
  t.hasStrict(last.header, { transit: true, nextStage: fullFeature });
  t.not(last.header.tsih, 0);
  t.equal(last.keys.size, 0, 'nothing is declared twice');
  await raw.ping();
  t.hasStrict(attachment.sessions(), [{ initiatorName, type: 'Normal', tsih: last.header.tsih }]);
});

await t.test('goes from the security stage straight to full feature phase with defaults', async (t) => {
  const { connect } = await targetRig(t);
  const raw = await connect();
  const { header } = await raw.loginStep({
    currentStage: securityNegotiation,
    nextStage: fullFeature,
    keys: identity(),
  });
  t.hasStrict(header, { transit: true, nextStage: fullFeature });
  await raw.ping();
});

await t.test('joins text that comes in several requests', async (t) => {
  const { connect } = await targetRig(t);
  const raw = await connect();
  const text = Buffer.from('InitiatorName=iqn.2026-11.test:cut\0SessionType=Discovery\0DataDigest=CRC32C,None\0');
  const cuts = [text.subarray(0, 20), text.subarray(20, 37), text.subarray(37)];
  for (const [at, part] of cuts.entries()) {
    const isLast = at === cuts.length - 1;
    const { header, keys } = await raw.loginStep({
      currentStage: operationalNegotiation,
      ...(isLast ? { nextStage: fullFeature } : {}),
      continues: !isLast,
      keys: [],
      text: part,
    });
    t.equal(header.transit, isLast);
    t.equal(keys.get('DataDigest'), isLast ? 'CRC32C' : undefined);
  }
});

for (const [why, status, step] of [
  ['without InitiatorName', 0x0207, { keys: [['TargetName', 'iqn.2026-11.test.openrsm:autoloader']] }],
  ['without TargetName', 0x0207, { keys: [['InitiatorName', initiatorName]] }],
  ['to another target', 0x0203, { keys: identity({ targetName: 'iqn.2026-11.test:elsewhere' }) }],
  [
    'with a session type of its own',
    0x0209,
    {
      keys: [
        ['InitiatorName', initiatorName],
        ['SessionType', 'Chat'],
      ],
    },
  ],
  ['with a name that is none', 0x0200, { keys: identity({ initiatorName: 'somebody' }) }],
  ['with a key twice', 0x0200, { keys: [...identity(), ['InitialR2T', 'No'], ['InitialR2T', 'Yes']] }],
  ['into a session that does not exist', 0x020a, { keys: identity(), tsih: 77 }],
  ['with text that is none', 0x0200, { keys: [], text: Buffer.from('no equals sign\0') }],
  ['back to the stage it came from', 0x0200, { keys: identity(), nextStage: operationalNegotiation }],
] as const) {
  await t.test(`refuses a login ${why}`, async (t) => {
    const { connect, told, errors } = await targetRig(t);
    const raw = await connect();
    const { header } = await raw.loginStep({ currentStage: operationalNegotiation, nextStage: fullFeature, ...step });
    t.equal(header.statusClass * 256 + header.statusDetail, status);
    await raw.untilClosed();
    await told();
    t.hasStrict(errors, [{ code: 'LOGIN_REFUSED' }]);
  });
}

await t.test('refuses a login that changes its session on the way', async (t) => {
  const { connect } = await targetRig(t);
  const raw = await connect();
  await raw.loginStep({ currentStage: operationalNegotiation, keys: identity() });
  const { header } = await raw.loginStep({
    currentStage: operationalNegotiation,
    nextStage: fullFeature,
    keys: [],
    isid: Uint8Array.of(0x80, 9, 9, 9, 9, 9),
  });
  t.hasStrict(header, { statusClass: 2, statusDetail: 0x0b });
});

await t.test('lets an initiator take its time in the security stage', async (t) => {
  const { connect, attachment } = await targetRig(t);
  const currentStage = securityNegotiation;
  const slow = await connect();
  t.equal((await slow.loginStep({ currentStage, keys: identity() })).header.statusClass, 0);
  const chosen = await slow.loginStep({ currentStage, keys: [['AuthMethod', 'CHAP,None']] });
  t.strictSame([...chosen.keys], [['AuthMethod', 'None']]);
  const { header } = await slow.loginStep({ currentStage, nextStage: fullFeature, keys: [] });
  t.hasStrict(header, { statusClass: 0, transit: true });
  await slow.ping();
  t.equal(attachment.sessions().length, 1);
});

for (const [key, keys] of [
  [
    'InitiatorName',
    [
      ['InitiatorName', initiatorName],
      ['InitiatorName', 'iqn.2026-11.test:somebody-else'],
      ['SessionType', 'Discovery'],
    ],
  ],
  ['AuthMethod', [...identity(), ['AuthMethod', 'CHAP'], ['AuthMethod', 'None']]],
] as const) {
  await t.test(`refuses a login that says ${key} twice`, async (t) => {
    const { connect, errors, told } = await targetRig(t);
    const raw = await connect();
    const { header } = await raw.loginStep({ currentStage: securityNegotiation, nextStage: fullFeature, keys });
    t.hasStrict(header, { statusClass: 2, statusDetail: 0 });
    await told();
    t.match(errors[0]?.message, `${key} twice`);
  });
}

await t.test('knows an initiator by its name in any spelling', async (t) => {
  const { loggedIn, attachment, target } = await targetRig(t);
  await loggedIn();
  const again = await loggedIn({ initiatorName: initiatorName.toUpperCase() });
  await again.ping();
  t.equal(attachment.sessions().length, 1, 'the former session is replaced');
  t.strictSame(
    target.lostNexuses,
    attachment.sessions().map(({ nexus }) => nexus),
  );
});

await t.test('has options that make sense', async (t) => {
  const { clock, target, attachment } = await targetRig(t);
  const asked = { target, clock, port: 0 };
  await t.rejects(attachIscsi({ ...asked, targetName: 'my loader' }), { code: 'OPTION' });
  await t.rejects(attachIscsi({ ...asked, chap: { user: '', secret: 'x' } }), { code: 'OPTION' });
  await t.rejects(attachIscsi({ ...asked, chap: { ...account, mutual: account } }), { code: 'OPTION' });
  const port = Number(attachment.portal.split(':')[1]);
  await t.rejects(attachIscsi({ ...asked, port }), { code: 'LISTEN', message: /in use/ });
});
