import { connect, type Socket } from 'node:net';
import { crc32c, digestBytes } from '../../../../devices/transport/iscsi/crc32c.js';
import { encodeLun } from '../../../../devices/transport/lun.js';
import { PduParser, type ReceivedPdu } from '../../../../devices/transport/iscsi/pdu-parser.js';
import * as pdu from '../../../../devices/transport/iscsi/pdu.js';
import { parsePortal } from '../../../../devices/transport/iscsi/portal.js';
import { IscsiOpcode } from '../../../../devices/transport/iscsi/protocol-values.js';
import { decodeTextKeys, encodeTextKeys, type TextKey } from '../../../../devices/transport/iscsi/text-keys.js';

export const initiatorName = 'iqn.2026-11.test.raw:initiator';
export const defaultTargetName = 'iqn.2026-11.test.openrsm:autoloader';
export const lunZero = new Uint8Array(8);

export interface LoginWishes {
  readonly keys?: readonly TextKey[];
  readonly isid?: Uint8Array;
  readonly tsih?: number;
  readonly connectionId?: number;
  readonly cmdSn?: number;
  readonly initiatorName?: string;
  readonly targetName?: string;
  readonly sessionType?: 'Normal' | 'Discovery';
}

export const usualIsid = Uint8Array.of(0x80, 1, 2, 3, 0, 0);

let nextTag = 100;

type CommandInput = Parameters<typeof pdu.scsiCommand.encode>[0];

/** An initiator that says exactly what a test tells it to, right or wrong. */
export class RawInitiator {
  readonly socket: Socket;
  readonly #parser = new PduParser(0xff_ffff);
  readonly #arrived: ReceivedPdu[] = [];
  #wake: () => void = () => undefined;
  #digests = { header: false, data: false };
  closed = false;
  /** What the next request carries; commands and requests that are not immediate use it up. */
  cmdSn = 1;
  expStatSn = 0;
  tsih = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#parser.push(chunk);
      for (let one = this.#parser.next(); one !== undefined; one = this.#parser.next()) {
        this.#arrived.push({ ...one, bhs: one.bhs.slice(), data: one.data.slice() });
      }
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
  }

  static connect(portal: string): Promise<RawInitiator> {
    return new Promise((resolve, reject) => {
      const socket = connect({ ...parsePortal(portal), noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.removeListener('error', reject);
        resolve(new RawInitiator(socket));
      });
    });
  }

  /** Connects and logs in to full feature phase. */
  static async loggedIn(portal: string, wishes: LoginWishes = {}): Promise<RawInitiator> {
    const initiator = await RawInitiator.connect(portal);
    await initiator.login(wishes);
    return initiator;
  }

  /** Unlike those of every other connection: connections of one session share their tags. */
  takeTag(): number {
    return nextTag++;
  }

  /** One login straight into full feature phase; gives the target's keys. Throws when it is refused. */
  async login(wishes: LoginWishes = {}): Promise<Map<string, string>> {
    this.cmdSn = wishes.cmdSn ?? this.cmdSn;
    const { header, keys } = await this.loginStep({
      ...wishes,
      currentStage: 1,
      nextStage: 3,
      keys: [...identity(wishes), ...(wishes.keys ?? [])],
    });
    if (header.statusClass !== 0) throw new Error(`login status ${header.statusClass}/${header.statusDetail}`);
    if (!header.transit || header.nextStage !== 3) throw new Error('the login did not end');
    this.useDigests(keys.get('HeaderDigest') === 'CRC32C', keys.get('DataDigest') === 'CRC32C');
    this.tsih = header.tsih;
    return keys;
  }

  /** One login request with its answer. Without `nextStage` it asks for no transit. */
  async loginStep(step: {
    currentStage: number;
    nextStage?: number;
    keys: readonly TextKey[];
    continues?: boolean;
    isid?: Uint8Array;
    tsih?: number;
    connectionId?: number;
    tag?: number;
    text?: Uint8Array;
  }): Promise<{ header: ReturnType<typeof pdu.loginResponse.decode>; keys: Map<string, string> }> {
    this.send(
      pdu.loginRequest.encode({
        transit: step.nextStage !== undefined,
        continues: step.continues ?? false,
        currentStage: step.currentStage,
        nextStage: step.nextStage ?? 0,
        isid: step.isid ?? usualIsid,
        tsih: step.tsih ?? 0,
        connectionId: step.connectionId ?? 0,
        initiatorTaskTag: step.tag ?? 7,
        cmdSn: this.cmdSn,
        expStatSn: this.expStatSn,
      }),
      step.text ?? encodeTextKeys(step.keys),
    );
    const answer = await this.take(IscsiOpcode.loginResponse);
    const header = pdu.loginResponse.decode(answer.bhs);
    this.expStatSn = (header.statSn + 1) >>> 0;
    return { header, keys: new Map(decodeTextKeys(answer.data)) };
  }

  useDigests(header: boolean, data: boolean): void {
    this.#digests = { header, data };
    this.#parser.headerDigest = header;
    this.#parser.dataDigest = data;
  }

  /** Sends a SCSI command and uses a CmdSN up unless it says otherwise; gives its task tag. */
  command(
    parts: Partial<Omit<CommandInput, 'cdb' | 'lun'>> & { cdb: Uint8Array; lun?: number },
    data?: Uint8Array,
    ahs?: Uint8Array,
  ): number {
    const { lun = 0, ...rest } = parts;
    const tag = parts.initiatorTaskTag ?? this.takeTag();
    this.send(
      pdu.scsiCommand.encode({
        final: true,
        attribute: 1,
        expectedDataTransferLength: 0,
        initiatorTaskTag: tag,
        expStatSn: this.expStatSn,
        ...rest,
        cmdSn: parts.cmdSn ?? (parts.immediate === true ? this.cmdSn : this.cmdSn++),
        lun: encodeLun(lun) ?? lunZero,
      }),
      data,
      ahs,
    );
    return tag;
  }

  /** Sends a PDU with lengths, padding and digests as they should be. */
  send(bhs: Uint8Array, data: Uint8Array = new Uint8Array(0), ahs: Uint8Array = new Uint8Array(0)): void {
    this.socket.write(this.encode(bhs, data, ahs));
  }

  encode(bhs: Uint8Array, data: Uint8Array = new Uint8Array(0), ahs: Uint8Array = new Uint8Array(0)): Buffer {
    pdu.setSegmentLengths(bhs, ahs.length, data.length);
    const parts: Uint8Array[] = [bhs, ahs];
    if (this.#digests.header) parts.push(digestBytes(crc32c(bhs, ahs)));
    if (data.length > 0) {
      const padded = Buffer.concat([data, new Uint8Array(pdu.paddingOf(data.length))]);
      parts.push(padded);
      if (this.#digests.data) parts.push(digestBytes(crc32c(padded)));
    }
    return Buffer.concat(parts);
  }

  /** The next PDU, which must have this opcode. */
  async take(opcode: number): Promise<ReceivedPdu> {
    const next = await this.next();
    if (next === undefined) throw new Error(`the target closed, ${opcode.toString(16)}h was awaited`);
    if (next.opcode !== opcode) {
      throw new Error(`opcode ${next.opcode.toString(16)}h came, ${opcode.toString(16)}h was awaited`);
    }
    return next;
  }

  /** The next PDU; undefined once the target has closed. */
  async next(): Promise<ReceivedPdu | undefined> {
    while (this.#arrived.length === 0 && !this.closed) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#arrived.shift();
  }

  /** The SCSI Response or Data-In with status that is next, decoded. */
  async response(): Promise<ReturnType<typeof pdu.scsiResponse.decode>> {
    return pdu.scsiResponse.decode((await this.take(IscsiOpcode.scsiResponse)).bhs);
  }

  /** PDUs that have come and nobody took. */
  get waiting(): number {
    return this.#arrived.length;
  }

  /** A NOP-Out and its answer: what was sent before has been dealt with. */
  async ping(): Promise<void> {
    const tag = this.takeTag();
    this.send(
      pdu.nopOut.encode({
        immediate: true,
        initiatorTaskTag: tag,
        cmdSn: this.cmdSn,
        expStatSn: this.expStatSn,
      }),
    );
    const answer = pdu.nopIn.decode((await this.take(IscsiOpcode.nopIn)).bhs);
    if (answer.initiatorTaskTag !== tag) throw new Error('the NOP-In answers something else');
  }

  /** Resolves when the target has closed; PDUs that came before can still be taken. */
  async untilClosed(): Promise<void> {
    while (!this.closed) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  drop(): void {
    this.socket.destroy();
  }
}

export function identity(wishes: LoginWishes = {}): TextKey[] {
  const name: TextKey = ['InitiatorName', wishes.initiatorName ?? initiatorName];
  if (wishes.sessionType === 'Discovery') return [name, ['SessionType', 'Discovery']];
  return [name, ['SessionType', 'Normal'], ['TargetName', wishes.targetName ?? defaultTargetName]];
}
