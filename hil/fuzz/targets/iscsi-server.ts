import * as pdu from '../../../devices/transport/iscsi/pdu.js';
import { parsePortal } from '../../../devices/transport/iscsi/portal.js';
import { encodeTextKeys } from '../../../devices/transport/iscsi/text-keys.js';
import {
  attachIscsi,
  type IscsiAttachError,
  type IscsiAttachment,
} from '../../../devices/virtual/attach/iscsi/index.js';
import { turns, until } from '../event-loop.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { inputOf } from '../input-reader.js';
import { inquiryRequest, loginRequest, PlainInitiator, withData } from '../iscsi-initiator.js';
import { PlainClient, wayToLeave } from '../plain-client.js';
import { ALL_CARTRIDGES, cartridgesOf, smallAutoloader, type SmallAutoloader } from '../small-autoloader.js';

const BAD_NAME = 'iqn.2026-11.test.fuzz:bad';
/** Longer than any of the target's patience with a silent initiator, in steps that a good one is heard in. */
const PATIENCE_STEPS = 8;
const STEP_MS = 20_000;

interface Rig {
  readonly small: SmallAutoloader;
  readonly attachment: IscsiAttachment;
  readonly errors: readonly IscsiAttachError[];
  readonly good: PlainInitiator;
}

/** Bytes as an initiator's stream, while another initiator is logged in and stays served. */
export function iscsiServerTargets(): FuzzTarget[] {
  return [
    {
      name: 'iscsi-server-before-login',
      seeds: seedsBefore,
      take: (input) => withRig((rig) => sendAs(input, rig, undefined)),
      codes: [],
      cost: 'session',
    },
    {
      name: 'iscsi-server-after-login',
      seeds: seedsAfter,
      take: (input) => withRig((rig) => sendAs(input, rig, loginRequest(BAD_NAME))),
      codes: [],
      cost: 'session',
    },
  ];
}

async function withRig(use: (rig: Rig) => Promise<void>): Promise<void> {
  const small = await smallAutoloader();
  const errors: IscsiAttachError[] = [];
  const attachment = await attachIscsi({
    target: small.autoloader,
    clock: small.clock,
    luns: small.luns,
    port: 0,
    limits: { shutdownGraceMs: 0, maxTransferBytes: 1024 * 1024, maxBufferedBytes: 2 * 1024 * 1024 },
    onError: (error) => errors.push(error),
  });
  try {
    const good = await PlainInitiator.loggedIn(attachment.portal, 'iqn.2026-11.test.fuzz:good');
    await use({ small, attachment, errors, good });
    await good.client.close();
  } finally {
    await attachment.close();
    await small.autoloader.close();
  }
}

async function sendAs(input: Uint8Array, rig: Rig, login: Uint8Array | undefined): Promise<void> {
  const { attachment, good, small, errors } = rig;
  const bad = await PlainClient.connect(parsePortal(attachment.portal));
  if (login !== undefined) {
    bad.send(login);
    await bad.take(pdu.BHS_BYTES, 'the login response');
  }
  const way = wayToLeave(input);
  if (way === 'staying without reading') bad.socket.pause();
  bad.send(input);
  await turns(3);
  await good.inquire();
  if (way === 'half way') bad.socket.end();
  if (way === 'by reset') bad.socket.resetAndDestroy();
  for (let step = 0; attachment.connectionCount > 1 && step < PATIENCE_STEPS; step++) {
    await turns(5);
    // One that has gone is gone without the help of time.
    if (way === 'half way' || way === 'by reset') await until('the end', () => attachment.connectionCount === 1);
    else await small.clock.advance(STEP_MS);
    await good.inquire();
  }
  await until('the bad connection is dropped', () => attachment.connectionCount === 1);
  await good.inquire(1);
  await bad.close();
  if (attachment.sessions().length !== 1) throw new Error(`${attachment.sessions().length} sessions are left`);
  checkDevice(small, errors);
}

function checkDevice({ autoloader, failures }: SmallAutoloader, errors: readonly IscsiAttachError[]): void {
  if (failures.length > 0) throw failures[0];
  const failure = errors.find(({ code }) => code === 'TARGET_FAILURE');
  if (failure !== undefined) throw failure;
  if (cartridgesOf(autoloader) !== ALL_CARTRIDGES) throw new Error(`the cartridges are ${cartridgesOf(autoloader)}`);
}

function seedsBefore(): Uint8Array[] {
  const inquiry = inquiryRequest({ lun: 0, initiatorTaskTag: 5, cmdSn: 1, expStatSn: 1 });
  const offer = [
    ['HeaderDigest', 'CRC32C,None'],
    ['DataDigest', 'None'],
    ['MaxRecvDataSegmentLength', '8192'],
    ['MaxConnections', '4'],
    ['InitialR2T', 'No'],
    ['FirstBurstLength', '4096'],
  ] as const;
  return [
    inputOf(loginRequest(BAD_NAME), inquiry),
    inputOf(loginRequest(BAD_NAME, offer), inquiry),
    inputOf(
      securityRequest([
        ['InitiatorName', BAD_NAME],
        ['SessionType', 'Discovery'],
        ['AuthMethod', 'CHAP,None'],
      ]),
      securityRequest([['CHAP_A', '5']]),
    ),
    inquiry,
  ];
}

function securityRequest(keys: readonly (readonly [string, string])[]): Uint8Array {
  const stages = { transit: true, continues: false, currentStage: 0, nextStage: 1 };
  return withData(
    pdu.loginRequest.encode({
      ...stages,
      isid: Uint8Array.of(0x80, 0, 0, 2, 0, 0),
      initiatorTaskTag: 1,
      cmdSn: 1,
      expStatSn: 0,
    }),
    encodeTextKeys(keys),
  );
}

function seedsAfter(): Uint8Array[] {
  const lun = new Uint8Array(8);
  const write = (cmdSn: number, final: boolean, immediate: Uint8Array): Uint8Array =>
    withData(
      pdu.scsiCommand.encode({
        lun,
        final,
        write: true,
        attribute: 1,
        expectedDataTransferLength: 1024,
        initiatorTaskTag: 20 + cmdSn,
        cmdSn,
        expStatSn: 1,
        cdb: Uint8Array.of(0x0a, 0, 0, 4, 0, 0),
      }),
      immediate,
    );
  const dataOut = (initiatorTaskTag: number, dataSn: number, bufferOffset: number): Uint8Array =>
    withData(
      pdu.dataOut.encode({ initiatorTaskTag, final: true, expStatSn: 1, dataSn, bufferOffset }),
      new Uint8Array(512),
    );
  const inquiry = (cmdSn: number): Uint8Array =>
    inquiryRequest({ lun: 0, initiatorTaskTag: 40 + cmdSn, cmdSn, expStatSn: 1 });
  const header = { lun, cmdSn: 1, expStatSn: 1, immediate: true };
  return [
    inputOf(inquiry(1), inquiry(2)),
    inputOf(write(1, true, new Uint8Array(1024)), inquiry(2)),
    inputOf(write(1, false, new Uint8Array(512)), dataOut(21, 0, 512)),
    inputOf(write(1, false, new Uint8Array(0)), dataOut(21, 0, 0)),
    inputOf(write(1, true, new Uint8Array(0)), inquiry(2)),
    inputOf(pdu.nopOut.encode({ ...header, initiatorTaskTag: 9 }), inquiry(1)),
    inputOf(
      inquiry(1),
      pdu.taskManagementRequest.encode({
        ...header,
        function: 1,
        initiatorTaskTag: 10,
        referencedTaskTag: 41,
        cmdSn: 2,
        refCmdSn: 1,
      }),
    ),
    withData(
      pdu.textRequest.encode({ ...header, final: true, continues: false, initiatorTaskTag: 11 }),
      encodeTextKeys([['SendTargets', 'All']]),
    ),
    pdu.logoutRequest.encode({ ...header, reason: 0, initiatorTaskTag: 12, connectionId: 0 }),
  ];
}
