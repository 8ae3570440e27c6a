import t, { type Test } from 'tap';
import { SimulatedClock } from '../../../../devices/clock.js';
import { discoverTargets } from '../../../../devices/transport/iscsi/index.js';
import * as pdu from '../../../../devices/transport/iscsi/pdu.js';
import { IscsiOpcode } from '../../../../devices/transport/iscsi/protocol-values.js';
import { decodeTextKeys, encodeTextKeys } from '../../../../devices/transport/iscsi/text-keys.js';
import { ScriptedPeer, type PeerOptions } from './peer/scripted-peer.js';

/** A peer that lists its targets, in pieces of `pieceBytes`. */
async function listingPeer(
  t: Test,
  text: Uint8Array,
  pieceBytes: number,
  options: PeerOptions = {},
): Promise<ScriptedPeer> {
  const peer = await ScriptedPeer.listen(options);
  t.teardown(() => peer.close());
  let sent = 0;
  peer.on(IscsiOpcode.textRequest, (received, connection) => {
    const { initiatorTaskTag, cmdSn } = pdu.textRequest.decode(received.bhs);
    connection.expCmdSn = cmdSn + 1;
    const end = Math.min(sent + pieceBytes, text.length);
    const final = end === text.length;
    const tag = final ? {} : { targetTransferTag: 33 };
    connection.send(
      pdu.textResponse.encode({ final, continues: !final, initiatorTaskTag, ...tag, ...connection.takeSerials() }),
      text.subarray(sent, end),
    );
    sent = end;
  });
  return peer;
}

const list = encodeTextKeys([
  ['TargetName', 'iqn.2026-11.test:one'],
  ['TargetAddress', '192.0.2.1:3260,1'],
  ['TargetAddress', '192.0.2.2:3260,2'],
  ['TargetName', 'iqn.2026-11.test:two'],
]);
const targets = [
  { name: 'iqn.2026-11.test:one', addresses: ['192.0.2.1:3260,1', '192.0.2.2:3260,2'] },
  { name: 'iqn.2026-11.test:two', addresses: [] },
];

t.test('lists targets with their addresses in a discovery session, and logs out', async (t) => {
  const peer = await listingPeer(t, list, 8192);
  t.strictSame(await discoverTargets({ portal: peer.portal, clock: new SimulatedClock() }), targets);
  const login = new Map(decodeTextKeys(peer.of(IscsiOpcode.loginRequest)[0]?.data ?? new Uint8Array(0)));
  t.equal(login.get('SessionType'), 'Discovery');
  t.equal(login.has('TargetName'), false);
  await peer.arrived(IscsiOpcode.logoutRequest);
});

t.test('puts a list together that comes in pieces', async (t) => {
  const peer = await listingPeer(t, list, 10);
  t.strictSame(await discoverTargets({ portal: peer.portal, clock: new SimulatedClock() }), targets);
  const tags = peer
    .of(IscsiOpcode.textRequest)
    .map((received) => pdu.textRequest.decode(received.bhs).targetTransferTag);
  t.ok(tags.slice(1).every((tag) => tag === 33));
});

t.test('proves a secret in discovery too', async (t) => {
  const chap = { user: 'backup', secret: 'a secret of twenty' };
  const peer = await listingPeer(t, list, 8192, { chap });
  t.strictSame(await discoverTargets({ portal: peer.portal, chap, clock: new SimulatedClock() }), targets);
  const wrong = { ...chap, secret: 'no' };
  await t.rejects(discoverTargets({ portal: peer.portal, chap: wrong, clock: new SimulatedClock() }), {
    code: 'ISCSI_AUTHENTICATION',
  });
});

t.test('gives up on a list that does not come', async (t) => {
  const clock = new SimulatedClock();
  const peer = await listingPeer(t, list, 8192);
  peer.on(IscsiOpcode.textRequest, () => undefined);
  const pending = t.rejects(discoverTargets({ portal: peer.portal, clock }), { code: 'ISCSI_CONNECTION_LOST' });
  await peer.arrived(IscsiOpcode.textRequest);
  await clock.advance(10_000);
  await pending;
});

t.test('refuses a list that makes no sense', async (t) => {
  const lonely = await listingPeer(t, encodeTextKeys([['TargetAddress', '192.0.2.1']]), 8192);
  await t.rejects(discoverTargets({ portal: lonely.portal, clock: new SimulatedClock() }), { code: 'ISCSI_PROTOCOL' });
  const rejecting = await listingPeer(t, list, 8192);
  rejecting.on(IscsiOpcode.textRequest, (received, connection) =>
    connection.send(pdu.reject.encode({ reason: 5, ...connection.takeSerials() }), received.bhs),
  );
  await t.rejects(discoverTargets({ portal: rejecting.portal, clock: new SimulatedClock() }), {
    code: 'ISCSI_LOGIN_REFUSED',
  });
});
