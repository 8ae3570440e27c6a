import { clearHalt, SET_CONFIGURATION, type BulkHost, type HostTransfer } from './bulk-host.js';

const IN = 0x81;
const OUT = 0x02;

/** What a Bulk-Only command came to. `stalled`: the pipes that stalled on the way, in order. */
export interface BulkOnlyAnswer {
  readonly status: number;
  readonly residue: number;
  readonly dataIn: Uint8Array;
  readonly stalled: readonly string[];
}

/** A Bulk-Only host written from the standard for these tests; it splits data into transfers of `pieceBytes`. */
export class BulkOnlyHost {
  readonly host: BulkHost;
  pieceBytes = 65_536;
  #tag = 0x1000;

  constructor(host: BulkHost) {
    this.host = host;
  }

  static async open(host: BulkHost): Promise<BulkOnlyHost> {
    await host.control(SET_CONFIGURATION);
    return new BulkOnlyHost(host);
  }

  /** The CBW; everything as given, however wrong. */
  cbw(fields: { length: number; dataIn: boolean; lun: number; cdb: Uint8Array; tag?: number }): Uint8Array {
    const bytes = Buffer.alloc(31);
    bytes.write('USBC', 'latin1');
    bytes.writeUInt32LE(fields.tag ?? ++this.#tag, 4);
    bytes.writeUInt32LE(fields.length, 8);
    bytes[12] = fields.dataIn ? 0x80 : 0;
    bytes[13] = fields.lun;
    bytes[14] = fields.cdb.length;
    bytes.set(fields.cdb, 15);
    return bytes;
  }

  async run(command: {
    cdb: Uint8Array;
    lun?: number;
    dataInLength?: number;
    dataOut?: Uint8Array;
  }): Promise<BulkOnlyAnswer> {
    const { cdb, lun = 0, dataInLength = 0, dataOut = new Uint8Array(0) } = command;
    const stalled: string[] = [];
    const length = Math.max(dataInLength, dataOut.length);
    await this.host.bulkOut(OUT, this.cbw({ length, dataIn: dataInLength > 0, lun, cdb }));
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < dataInLength; at += this.pieceBytes) {
      const room = Math.min(this.pieceBytes, dataInLength - at);
      const transfer = await this.host.bulkIn(IN, room);
      if (transfer.kind === 'stall') {
        stalled.push('data-in');
        await this.host.control(clearHalt(IN));
        break;
      }
      const data = done(transfer).data;
      pieces.push(Uint8Array.from(data));
      if (data.length < room) break;
    }
    for (let at = 0; at < dataOut.length; at += this.pieceBytes) {
      const transfer = await this.host.bulkOut(OUT, dataOut.subarray(at, at + this.pieceBytes));
      if (transfer.kind !== 'stall') continue;
      stalled.push('data-out');
      await this.host.control(clearHalt(OUT));
      break;
    }
    let csw = await this.host.bulkIn(IN, 13);
    if (csw.kind === 'stall') {
      stalled.push('status');
      await this.host.control(clearHalt(IN));
      csw = await this.host.bulkIn(IN, 13);
    }
    const bytes = Buffer.from(done(csw).data);
    if (bytes.toString('latin1', 0, 4) !== 'USBS') throw new Error(`no CSW: ${bytes.toString('hex')}`);
    if (bytes.readUInt32LE(4) !== this.#tag) throw new Error('the CSW has another tag');
    return {
      status: bytes[12] ?? -1,
      residue: bytes.readUInt32LE(8),
      dataIn: Uint8Array.from(Buffer.concat(pieces)),
      stalled,
    };
  }

  /** 5.3.4: reset, then both halts. */
  async resetRecovery(): Promise<void> {
    await this.host.control(Uint8Array.of(0x21, 0xff, 0, 0, 0, 0, 0, 0));
    await this.host.control(clearHalt(IN));
    await this.host.control(clearHalt(OUT));
  }
}

export function done(transfer: HostTransfer): Extract<HostTransfer, { kind: 'done' }> {
  if (transfer.kind !== 'done') throw new Error(`the transfer ended as ${transfer.kind}`);
  return transfer;
}
