import * as pdu from '../../devices/transport/iscsi/pdu.js';
import { parsePortal } from '../../devices/transport/iscsi/portal.js';
import { IscsiOpcode } from '../../devices/transport/iscsi/protocol-values.js';
import { encodeTextKeys } from '../../devices/transport/iscsi/text-keys.js';
import { PlainClient } from './plain-client.js';

const TARGET = 'iqn.2026-11.test.openrsm:autoloader';

/** The least initiator that logs in and asks who is there, written from RFC 7143 and not from the transport. */
export class PlainInitiator {
  readonly client: PlainClient;
  readonly #name: string;
  #cmdSn = 1;
  #expStatSn = 0;

  private constructor(client: PlainClient, name: string) {
    this.client = client;
    this.#name = name;
  }

  static async loggedIn(portal: string, name: string): Promise<PlainInitiator> {
    const initiator = new PlainInitiator(await PlainClient.connect(parsePortal(portal)), name);
    initiator.client.send(loginRequest(name));
    const header = pdu.loginResponse.decode((await initiator.#next('the login response')).bhs);
    if (header.statusClass !== 0) throw new Error(`${name} was refused with ${header.statusClass}`);
    return initiator;
  }

  /** Asks for INQUIRY data, and throws unless they come with GOOD. */
  async inquire(lun = 0): Promise<void> {
    const initiatorTaskTag = 0x1000 + this.#cmdSn;
    this.client.send(inquiryRequest({ lun, initiatorTaskTag, cmdSn: this.#cmdSn++, expStatSn: this.#expStatSn }));
    for (;;) {
      const { bhs, data } = await this.#next(`${this.#name} waits for INQUIRY data`);
      if (pdu.opcodeOf(bhs) === IscsiOpcode.nopIn) continue;
      if (pdu.opcodeOf(bhs) !== IscsiOpcode.dataIn) throw new Error(`PDU ${pdu.opcodeOf(bhs)} came, not Data-In`);
      const header = pdu.dataIn.decode(bhs);
      if (!header.hasStatus || header.status !== 0 || data.length < 36) {
        throw new Error(`${this.#name} got ${data.length} bytes of INQUIRY data, status ${header.status}`);
      }
      return;
    }
  }

  async #next(what: string): Promise<{ readonly bhs: Uint8Array; readonly data: Uint8Array }> {
    const bhs = await this.client.take(pdu.BHS_BYTES, what);
    const length = pdu.dataSegmentLengthOf(bhs);
    const data = await this.client.take(pdu.ahsLengthOf(bhs) + length + pdu.paddingOf(length), what);
    if (pdu.opcodeOf(bhs) !== IscsiOpcode.nopIn) this.#expStatSn = (bhs.readUInt32BE(24) + 1) >>> 0;
    return { bhs, data };
  }
}

/** Straight into full feature phase. */
export function loginRequest(name: string, keys: readonly (readonly [string, string])[] = []): Uint8Array {
  return withData(
    pdu.loginRequest.encode({
      transit: true,
      continues: false,
      currentStage: 1,
      nextStage: 3,
      isid: Uint8Array.of(0x80, 0, 0, 1, 0, 0),
      initiatorTaskTag: 1,
      cmdSn: 1,
      expStatSn: 0,
    }),
    encodeTextKeys([['InitiatorName', name], ['SessionType', 'Normal'], ['TargetName', TARGET], ...keys]),
  );
}

export function inquiryRequest(parts: {
  readonly lun: number;
  readonly initiatorTaskTag: number;
  readonly cmdSn: number;
  readonly expStatSn: number;
}): Uint8Array {
  return pdu.scsiCommand.encode({
    ...parts,
    lun: Uint8Array.of(0, parts.lun, 0, 0, 0, 0, 0, 0),
    final: true,
    read: true,
    attribute: 1,
    expectedDataTransferLength: 252,
    cdb: Uint8Array.of(0x12, 0, 0, 0, 252, 0),
  });
}

/** A PDU with its lengths and padding as they should be. */
export function withData(bhs: Uint8Array, data: Uint8Array): Uint8Array {
  pdu.setSegmentLengths(bhs, 0, data.length);
  const bytes = new Uint8Array(bhs.length + data.length + pdu.paddingOf(data.length));
  bytes.set(bhs);
  bytes.set(data, bhs.length);
  return bytes;
}
