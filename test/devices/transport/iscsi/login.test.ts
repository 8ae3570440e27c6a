import t from 'tap';
import { SimulatedClock } from '../../../../devices/clock.js';
import { IscsiTransport } from '../../../../devices/transport/iscsi/index.js';
import * as pdu from '../../../../devices/transport/iscsi/pdu.js';
import { IscsiOpcode, LoginStage } from '../../../../devices/transport/iscsi/protocol-values.js';
import { decodeTextKeys, encodeTextKeys } from '../../../../devices/transport/iscsi/text-keys.js';
import { answerLogin, refuse } from './peer/peer-login.js';
import { completedOf, peerRig, peerTarget } from './peer/peer-rig.js';
import { ScriptedPeer } from './peer/scripted-peer.js';

const turCommand = { lun: 0, cdb: new Uint8Array(6), timeoutMs: 1000 };

t.test('logs in with one request when no secret is configured', async (t) => {
  const { peer, transport } = await peerRig(t);
  await transport.open();
  const [only, ...more] = peer.of(IscsiOpcode.loginRequest);
  t.equal(more.length, 0);
  const header = pdu.loginRequest.decode(only?.bhs ?? new Uint8Array(0));
  t.match(header, {
    transit: true,
    currentStage: LoginStage.operationalNegotiation,
    nextStage: LoginStage.fullFeature,
  });
  const keys = new Map(decodeTextKeys(only?.data ?? new Uint8Array(0)));
  t.equal(keys.get('TargetName'), peerTarget);
  t.equal(keys.get('SessionType'), 'Normal');
  t.equal(keys.has('AuthMethod'), false);
});

t.test('takes the negotiated values over, and answers what the target asks by itself', async (t) => {
  const asks = [
    ['IFMarker', 'No'],
    ['X-com.example.Speed', 'High'],
  ] as const;
  const keys = { MaxBurstLength: '65536', InitialR2T: 'No', MaxRecvDataSegmentLength: '16384' };
  const { peer, transport } = await peerRig(t, { keys, asks });
  await transport.open();
  t.match(transport.parameters, {
    maxBurstLength: 65_536,
    firstBurstLength: 65_536,
    initialR2T: false,
    targetMaxRecvDataSegmentLength: 16_384,
  });
  const answers = decodeTextKeys(peer.of(IscsiOpcode.loginRequest)[1]?.data ?? new Uint8Array(0));
  t.strictSame(answers, [
    ['IFMarker', 'Reject'],
    ['X-com.example.Speed', 'NotUnderstood'],
  ]);
});

t.test('puts an answer together that comes in several PDUs', async (t) => {
  const { peer, transport } = await peerRig(t);
  const text = encodeTextKeys([
    ['TargetAlias', 'vault'],
    ['MaxBurstLength', '4096'],
    ['InitialR2T', 'Yes'],
  ]);
  let sent = 0;
  peer.on(
    IscsiOpcode.loginRequest,
    (received, connection) => {
      const header = pdu.loginRequest.decode(received.bhs);
      const end = Math.min(sent + 15, text.length);
      const { initiatorTaskTag, isid, currentStage } = header;
      const response = { continues: end < text.length, currentStage, isid, tsih: 0, initiatorTaskTag };
      connection.send(pdu.loginResponse.encode({ ...response, ...connection.takeSerials() }), text.subarray(sent, end));
      sent = end;
    },
    Math.ceil(text.length / 15),
  );
  await transport.open();
  t.match(transport.parameters, { targetAlias: 'vault', maxBurstLength: 4096 });
  t.match(await transport.execute(turCommand), { kind: 'completed', status: 0 });
});

const chap = { user: 'backup', secret: 'a secret of twenty' };
const algorithms = [
  { ours: 'MD5', theirs: { number: '5', hash: 'md5' } },
  { ours: 'SHA1', theirs: { number: '6', hash: 'sha1' } },
  { ours: 'SHA256', theirs: { number: '7', hash: 'sha256' } },
  { ours: 'SHA3-256', theirs: { number: '8', hash: 'sha3-256' } },
] as const;
for (const { ours, theirs } of algorithms) {
  t.test(`proves its secret by CHAP with ${ours}`, async (t) => {
    const { peer, transport } = await peerRig(
      t,
      { chap: { ...chap, algorithm: theirs } },
      { chap: { ...chap, algorithms: [ours] } },
    );
    await transport.open();
    completedOf(await transport.execute(turCommand));
    t.equal(peer.of(IscsiOpcode.loginRequest).length, 4);
    const said = peer.received.map((received) => Buffer.from(received.data).toString()).join('');
    t.notMatch(said, chap.secret, 'the secret itself is never sent');
  });
}

t.test('has the target prove itself by mutual CHAP', async (t) => {
  const proof = { user: 'vault', secret: 'another secret' };
  const { transport } = await peerRig(t, { chap: { ...chap, proof } }, { chap: { ...chap, mutual: proof } });
  await transport.open();
  t.match(await transport.execute(turCommand), { kind: 'completed', status: 0 });
});

const impostors = [
  { what: 'proves nothing', proof: undefined },
  { what: 'has another secret', proof: { user: 'vault', secret: 'a guess' } },
  { what: 'has another name', proof: { user: 'value', secret: 'another secret' } },
];
for (const { what, proof } of impostors) {
  t.test(`trusts no target that ${what}`, async (t) => {
    const mutual = { user: 'vault', secret: 'another secret' };
    const peerChap = proof === undefined ? chap : { ...chap, proof };
    const { peer, transport } = await peerRig(t, { chap: peerChap }, { chap: { ...chap, mutual } });
    await t.rejects(transport.open(), { code: 'unreachable', failure: { cause: { code: 'ISCSI_AUTHENTICATION' } } });
    await peer.until(() => peer.connection.ended);
    t.equal(peer.of(IscsiOpcode.scsiCommand).length, 0);
  });
}

t.test('does not let the target answer CHAP with None', async (t) => {
  const { peer, transport } = await peerRig(t, {}, { chap });
  peer.on(IscsiOpcode.loginRequest, (received, connection) =>
    answerLogin(connection, pdu.loginRequest.decode(received.bhs), [['AuthMethod', 'None']], false),
  );
  await t.rejects(transport.open(), { code: 'unreachable', failure: { cause: { code: 'ISCSI_AUTHENTICATION' } } });
});

t.test('says that the secret is wrong, and does not try again by itself', async (t) => {
  const { peer, transport } = await peerRig(t, { chap }, { chap: { ...chap, secret: 'not that one' } });
  await t.rejects(transport.open(), { code: 'unreachable', message: /0201h, authentication failed/ });
  t.match(await transport.execute(turCommand), {
    kind: 'failed',
    failure: { code: 'unreachable', executed: /^no$/, cause: { code: 'ISCSI_AUTHENTICATION' } },
  });
  t.equal(peer.connections.length, 2, 'one login a call');
});

t.test('refuses options that make no sense before it connects', (t) => {
  const clock = new SimulatedClock();
  const good = { portal: '127.0.0.1', target: peerTarget, clock };
  t.throws(() => new IscsiTransport({ ...good, portal: 'host:port' }), { code: 'ISCSI_OPTION' });
  t.throws(() => new IscsiTransport({ ...good, target: 'library 1' }), { code: 'ISCSI_OPTION' });
  t.throws(() => new IscsiTransport({ ...good, initiatorName: `iqn.${'x'.repeat(220)}` }), { code: 'ISCSI_OPTION' });
  t.throws(() => new IscsiTransport({ ...good, maxInFlight: 0 }), { code: 'ISCSI_OPTION' });
  t.end();
});

t.test('refuses one secret for both directions of mutual CHAP', async (t) => {
  const { transport } = await peerRig(
    t,
    { chap },
    { chap: { ...chap, mutual: { user: 'vault', secret: chap.secret } } },
  );
  await t.rejects(transport.open(), { code: 'unreachable', failure: { cause: { code: 'ISCSI_OPTION' } } });
});

t.test('follows a redirection to another portal', async (t) => {
  const { peer, transport } = await peerRig(t);
  const door = await ScriptedPeer.listen();
  t.teardown(() => door.close());
  peer.on(IscsiOpcode.loginRequest, (received, connection) =>
    refuse(connection, pdu.loginRequest.decode(received.bhs), 0x0101, [['TargetAddress', `${door.portal},1`]]),
  );
  await transport.open();
  t.match(await transport.execute(turCommand), { kind: 'completed', status: 0 });
  t.equal(door.of(IscsiOpcode.scsiCommand).length, 1);
});

t.test('gives up when redirections go in a circle', async (t) => {
  const { peer, transport } = await peerRig(t);
  peer.on(IscsiOpcode.loginRequest, (received, connection) =>
    refuse(connection, pdu.loginRequest.decode(received.bhs), 0x0102, [['TargetAddress', peer.portal]]),
  );
  await t.rejects(transport.open(), { code: 'unreachable', message: /redirected/ });
  t.equal(peer.connections.length, 5);
});

const refusals = [
  { status: 0x0202, match: /authorization/ },
  { status: 0x0203, match: /target not found/ },
  { status: 0x0301, match: /service unavailable/ },
  { status: 0x02ff, match: /02ffh, initiator error/ },
  { status: 0x0777, match: /0777h, unknown status/ },
];
for (const { status, match } of refusals) {
  t.test(`says what login status ${status.toString(16).padStart(4, '0')}h means`, async (t) => {
    const { peer, transport } = await peerRig(t);
    peer.on(IscsiOpcode.loginRequest, (received, connection) =>
      refuse(connection, pdu.loginRequest.decode(received.bhs), status),
    );
    await t.rejects(transport.open(), { code: 'unreachable', message: match });
  });
}

t.test('gives up on a peer that accepts the connection and never answers', async (t) => {
  const { clock, peer, transport } = await peerRig(t);
  peer.on(IscsiOpcode.loginRequest, () => undefined);
  const opening = transport.open();
  await peer.arrived(IscsiOpcode.loginRequest);
  await Promise.all([
    t.rejects(opening, { code: 'unreachable', message: /did not finish the login within 10000 ms/ }),
    clock.advance(10_000),
  ]);
});

t.test('gives up on a login that never comes to an end', async (t) => {
  const { peer, transport } = await peerRig(t);
  peer.on(IscsiOpcode.loginRequest, (received, connection) =>
    answerLogin(connection, pdu.loginRequest.decode(received.bhs), [], false),
  );
  await t.rejects(transport.open(), { code: 'protocol', message: /no end of the login/ });
});

const brokenAnswers: readonly {
  what: string;
  change: Partial<Parameters<typeof pdu.loginResponse.encode>[0]>;
  text?: string;
}[] = [
  { what: 'a foreign task tag', change: { initiatorTaskTag: 99 } },
  { what: 'another stage', change: { currentStage: 0 } },
  { what: 'a stage that nobody asked for', change: { nextStage: 1 } },
  { what: 'another protocol version', change: { versionActive: 1 } },
  { what: 'text that is no text', change: {}, text: 'HeaderDigest' },
  { what: 'more than was offered', change: {}, text: 'MaxBurstLength=16000000\0' },
];
for (const { what, change, text } of brokenAnswers) {
  t.test(`refuses a login response with ${what}`, async (t) => {
    const { peer, transport } = await peerRig(t);
    peer.on(IscsiOpcode.loginRequest, (received, connection) => {
      const { isid, initiatorTaskTag, currentStage, nextStage } = pdu.loginRequest.decode(received.bhs);
      const right = {
        transit: true,
        currentStage,
        nextStage,
        isid,
        tsih: 7,
        initiatorTaskTag,
        ...connection.takeSerials(),
      };
      connection.send(pdu.loginResponse.encode({ ...right, ...change }), Buffer.from(text ?? ''));
    });
    await t.rejects(transport.open(), { code: 'protocol' });
    await peer.until(() => peer.connection.ended);
  });
}

t.test('says so when nobody listens at the portal', async (t) => {
  const { peer, transport } = await peerRig(t);
  await peer.close();
  await t.rejects(transport.open(), {
    code: 'unreachable',
    failure: { executed: /^no$/, cause: { code: 'ISCSI_CONNECT' } },
  });
});

t.test('ends a login under way when it is closed', async (t) => {
  const { peer, transport } = await peerRig(t);
  peer.on(IscsiOpcode.loginRequest, () => undefined);
  const opening = t.rejects(transport.open(), { code: 'closed' });
  await peer.arrived(IscsiOpcode.loginRequest);
  await transport.close();
  await opening;
  await peer.until(() => peer.connection.ended);
});
