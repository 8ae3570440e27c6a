import t from 'tap';
import { discoverTargets, IscsiTransport } from '../../../../devices/transport/iscsi/index.js';
import { chapResponse } from '../../../../devices/transport/iscsi/chap-response.js';
import { LoginStage } from '../../../../devices/transport/iscsi/protocol-values.js';
import { decodeBinaryValue, encodeBinaryValue, type TextKey } from '../../../../devices/transport/iscsi/text-keys.js';
import { identity } from './iscsi-raw-initiator.js';
import { targetRig } from './iscsi-rig.js';

const account = { user: 'tester', secret: 'a secret of many words' };
const mutual = { user: 'autoloader', secret: 'another secret altogether' };
const { securityNegotiation, operationalNegotiation, fullFeature } = LoginStage;

for (const algorithm of ['MD5', 'SHA1', 'SHA256', 'SHA3-256'] as const) {
  await t.test(`lets an initiator in that proves its secret by ${algorithm}, and proves its own`, async (t) => {
    const { attachment, clock } = await targetRig(t, { chap: { ...account, mutual } });
    const transport = new IscsiTransport({
      portal: attachment.portal,
      target: attachment.targetName,
      clock,
      chap: { ...account, mutual, algorithms: [algorithm] },
    });
    await transport.open();
    t.equal(attachment.sessions().length, 1);
    await transport.close();
  });
}

for (const [why, chap] of [
  ['a wrong secret', { user: 'tester', secret: 'wrong secret' }],
  ['a wrong user', { user: 'guest', secret: account.secret }],
  ['no account at all', undefined],
] as const) {
  await t.test(`refuses an initiator with ${why}`, async (t) => {
    const { attachment, clock, errors, told } = await targetRig(t, { chap: account });
    const transport = new IscsiTransport({
      portal: attachment.portal,
      target: attachment.targetName,
      clock,
      ...(chap === undefined ? {} : { chap }),
    });
    await t.rejects(transport.open(), { cause: { code: 'ISCSI_AUTHENTICATION' } });
    await told();
    t.match(errors[0], { code: 'LOGIN_REFUSED', message: /authentication failed/ });
    t.strictSame(attachment.sessions(), []);
    await transport.close();
  });
}

await t.test('is not trusted by an initiator whose mutual secret it does not know', async (t) => {
  const { attachment, clock } = await targetRig(t, { chap: { ...account, mutual } });
  const transport = new IscsiTransport({
    portal: attachment.portal,
    target: attachment.targetName,
    clock,
    chap: { ...account, mutual: { ...mutual, secret: 'something else entirely' } },
  });
  await t.rejects(transport.open(), { cause: { code: 'ISCSI_AUTHENTICATION' } });
  await transport.close();
});

/** Takes the first two steps of CHAP; gives the challenge. */
async function challenged(
  raw: Awaited<ReturnType<Awaited<ReturnType<typeof targetRig>>['connect']>>,
  algorithms = '5',
) {
  const currentStage = securityNegotiation;
  await raw.loginStep({ currentStage, keys: [...identity(), ['AuthMethod', 'CHAP']] });
  const { keys } = await raw.loginStep({ currentStage, keys: [['CHAP_A', algorithms]] });
  return keys;
}

await t.test('refuses an initiator that reflects the challenge', async (t) => {
  const { connect, errors, told } = await targetRig(t, { chap: { ...account, mutual } });
  const raw = await connect();
  const keys = await challenged(raw);
  const challenge = decodeBinaryValue('CHAP_C', keys.get('CHAP_C') ?? '');
  const proof = chapResponse('MD5', Number(keys.get('CHAP_I')), account.secret, challenge);
  const { header } = await raw.loginStep({
    currentStage: securityNegotiation,
    nextStage: operationalNegotiation,
    keys: [
      ['CHAP_N', account.user],
      ['CHAP_R', encodeBinaryValue(proof)],
      ['CHAP_I', '1'],
      ['CHAP_C', keys.get('CHAP_C') ?? ''],
    ],
  });
  t.hasStrict(header, { statusClass: 2, statusDetail: 1 });
  await told();
  t.match(errors[0]?.message, /reflected/);
});

await t.test('takes the first algorithm of the list that it knows', async (t) => {
  const { connect } = await targetRig(t, { chap: account });
  t.equal((await challenged(await connect(), '99,7,5')).get('CHAP_A'), '7');
});

await t.test('refuses an initiator whose algorithms it does not know', async (t) => {
  const { connect } = await targetRig(t, { chap: account });
  const raw = await connect();
  await raw.loginStep({ currentStage: securityNegotiation, keys: [...identity(), ['AuthMethod', 'CHAP']] });
  const { header } = await raw.loginStep({ currentStage: securityNegotiation, keys: [['CHAP_A', '99']] });
  t.hasStrict(header, { statusClass: 2, statusDetail: 1 });
});

for (const [how, keys] of [
  ['by going on without a proof', [] as TextKey[]],
  ['by negotiating anew', [['AuthMethod', 'None']] as TextKey[]],
] as const) {
  await t.test(`lets nobody around CHAP ${how}`, async (t) => {
    const { connect, attachment } = await targetRig(t, { chap: account });
    const raw = await connect();
    await challenged(raw);
    const { header } = await raw.loginStep({ currentStage: securityNegotiation, nextStage: fullFeature, keys });
    t.notOk(header.statusClass === 0 && header.transit);
    t.strictSame(attachment.sessions(), []);
  });
}

await t.test('tells a discovery session which target there is only once it has proved itself by CHAP', async (t) => {
  const { attachment, clock } = await targetRig(t, { chap: account });
  const { portal } = attachment;
  const found = await discoverTargets({ portal, clock, chap: account });
  t.strictSame(found, [{ name: attachment.targetName, addresses: [`${portal},1`] }]);
  const liar = { user: account.user, secret: 'another secret of many words' };
  for (const chap of [undefined, liar]) {
    await t.rejects(discoverTargets({ portal, clock, chap }), { code: 'ISCSI_AUTHENTICATION' });
  }
});

for (const [how, currentStage, nextStage, keys] of [
  ['leaves the security stage out', operationalNegotiation, fullFeature, []],
  ['offers no method but None', securityNegotiation, fullFeature, [['AuthMethod', 'None']]],
  ['offers no method at all', securityNegotiation, fullFeature, []],
] as const) {
  for (const sessionType of ['Discovery', 'Normal'] as const) {
    await t.test(`lets no ${sessionType} session in that ${how}, when CHAP is wanted`, async (t) => {
      const { connect, attachment } = await targetRig(t, { chap: account });
      const raw = await connect();
      const all = [...identity({ sessionType }), ...keys];
      const { header } = await raw.loginStep({ currentStage, nextStage, keys: all });
      t.hasStrict(header, { statusClass: 2, statusDetail: 1, transit: false });
      await raw.untilClosed();
      t.strictSame(attachment.sessions(), []);
    });
  }
}

await t.test('lets an initiator name itself before it speaks of CHAP', async (t) => {
  const { connect } = await targetRig(t, { chap: account });
  const raw = await connect();
  const { header } = await raw.loginStep({ currentStage: securityNegotiation, keys: identity() });
  t.equal(header.statusClass, 0);
  const next = await raw.loginStep({ currentStage: securityNegotiation, keys: [['AuthMethod', 'CHAP']] });
  t.strictSame([...next.keys], [['AuthMethod', 'CHAP']]);
});
