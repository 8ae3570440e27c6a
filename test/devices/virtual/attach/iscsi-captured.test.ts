import { readFileSync } from 'node:fs';
import t from 'tap';
import * as pdu from '../../../../devices/transport/iscsi/pdu.js';
import { IscsiOpcode } from '../../../../devices/transport/iscsi/protocol-values.js';
import { decodeTextKeys } from '../../../../devices/transport/iscsi/text-keys.js';
import { targetRig } from './iscsi-rig.js';

/** The PDUs of a capture, in its order. */
function captured(name: string): Buffer[] {
  const text = readFileSync(new URL(`iscsi-fixtures/${name}.hex`, import.meta.url), 'utf8');
  return text
    .split('\n\n')
    .map((block) => block.replaceAll(/#.*/g, '').replaceAll(/\s/g, ''))
    .filter((digits) => digits !== '')
    .map((digits) => Buffer.from(digits, 'hex'));
}

const operational = {
  HeaderDigest: 'None',
  DataDigest: 'None',
  DefaultTime2Wait: '2',
  DefaultTime2Retain: '0',
  IFMarker: 'No',
  OFMarker: 'No',
  ErrorRecoveryLevel: '0',
  MaxRecvDataSegmentLength: '262144',
};
const forCommands = {
  TargetPortalGroupTag: '1',
  InitialR2T: 'No',
  ImmediateData: 'Yes',
  FirstBurstLength: '262144',
  MaxOutstandingR2T: '1',
  MaxConnections: '1',
  DataPDUInOrder: 'Yes',
  DataSequenceInOrder: 'Yes',
};

await t.test('answers the discovery of open-iscsi', async (t) => {
  const { connect, attachment } = await targetRig(t);
  const [login, sendTargets] = captured('open-iscsi-login');
  const raw = await connect();
  raw.socket.write(login ?? '');
  const answer = await raw.take(IscsiOpcode.loginResponse);
  t.hasStrict(pdu.loginResponse.decode(answer.bhs), { transit: true, nextStage: 3, statSn: 0, expCmdSn: 1 });
  t.strictSame(Object.fromEntries(decodeTextKeys(answer.data)), operational);
  raw.socket.write(sendTargets ?? '');
  const found = await raw.take(IscsiOpcode.textResponse);
  t.hasStrict(pdu.textResponse.decode(found.bhs), { final: true, statSn: 1, expCmdSn: 2 });
  t.strictSame(Object.fromEntries(decodeTextKeys(found.data)), {
    TargetName: attachment.targetName,
    TargetAddress: `${attachment.portal},1`,
  });
});

await t.test('answers the login of open-iscsi', async (t) => {
  const { connect, attachment } = await targetRig(t);
  const raw = await connect();
  raw.socket.write(captured('open-iscsi-login')[2] ?? '');
  const answer = await raw.take(IscsiOpcode.loginResponse);
  t.hasStrict(pdu.loginResponse.decode(answer.bhs), {
    transit: true,
    nextStage: 3,
    statSn: 0,
    expCmdSn: 0,
    maxCmdSn: 127,
  });
  const keys = Object.fromEntries(decodeTextKeys(answer.data));
  t.strictSame(keys, { ...operational, ...forCommands, MaxBurstLength: '1048576' });
  t.hasStrict(attachment.sessions(), [{ nexus: 'iqn.1993-08.org.debian:01:guest,i,0x00023d000001' }]);
});

await t.test('answers the login of libiscsi', async (t) => {
  const { connect } = await targetRig(t);
  const raw = await connect();
  raw.socket.write(captured('libiscsi-login')[0] ?? '');
  const answer = await raw.take(IscsiOpcode.loginResponse);
  t.hasStrict(pdu.loginResponse.decode(answer.bhs), { transit: true, nextStage: 3, statSn: 1, expCmdSn: 0x6282_fafd });
  const keys = Object.fromEntries(decodeTextKeys(answer.data));
  t.strictSame(keys, { ...operational, ...forCommands, MaxBurstLength: '262144' });
});
