import type { Value } from '../../../scsi/layout.js';
import { layout, uint16, uint8 } from '../../../scsi/layout.js';
import { decodeLun } from '../../../transport/lun.js';
import { paddingOf, type scsiCommand } from '../../../transport/iscsi/pdu.js';
import { PeerFault } from './attach-error.js';
import { RejectReason } from './target-protocol-values.js';

export type ScsiCommandHeader = Value<typeof scsiCommand>;

/** Stands for every LUN that no logical unit can have, so that the device answers for it. */
export const NO_SUCH_LUN = 0xffff;

const segmentHeader = layout('iSCSI additional header segment', 4, { length: uint16(0), type: uint8(2) });
const EXTENDED_CDB = 1;
const BIDIRECTIONAL_READ_LENGTH = 2;
/** Fixed part of a header segment, then its specific byte, which the length counts (RFC 7143 11.2.2). */
const SEGMENT_PREFIX_BYTES = 3;
const MAX_CDB_BYTES = 260;

/** The whole CDB: 16 bytes, and the rest from an extended CDB segment. Throws {@link PeerFault}. */
export function wholeCdb(header: ScsiCommandHeader, additional: Uint8Array): Uint8Array {
  const { cdb } = header;
  const rest = additional.length === 0 ? undefined : extendedCdb(additional);
  if (rest === undefined) return cdb.subarray(0, cdbLength(cdb));
  const whole = new Uint8Array(cdb.length + rest.length);
  whole.set(cdb);
  whole.set(rest, cdb.length);
  return whole;
}

/** The LUN; {@link NO_SUCH_LUN} for an address that can name none of ours. */
export function lunOf(address: Uint8Array): number {
  return decodeLun(address) ?? NO_SUCH_LUN;
}

/** Whether the segments say that data is wanted in both directions. */
export function isBidirectional(header: ScsiCommandHeader): boolean {
  return header.read && header.write;
}

function extendedCdb(additional: Uint8Array): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  for (let at = 0; at < additional.length;) {
    if (at + segmentHeader.length > additional.length) throw malformed('an additional header segment is cut off');
    const { length, type } = segmentHeader.decode(additional, at);
    const end = at + SEGMENT_PREFIX_BYTES + length;
    if (length < 1 || end > additional.length) {
      throw malformed(`an additional header segment of type ${type} says it has ${length} bytes`);
    }
    if (type === EXTENDED_CDB) {
      if (found !== undefined) throw malformed('two extended CDB segments');
      found = additional.subarray(at + segmentHeader.length, end);
    } else if (type !== BIDIRECTIONAL_READ_LENGTH) {
      throw malformed(`an additional header segment of unknown type ${type}`);
    }
    at = end + paddingOf(end);
  }
  if (found !== undefined && found.length + 16 > MAX_CDB_BYTES) throw malformed(`a CDB of ${found.length + 16} bytes`);
  return found;
}

function malformed(what: string): PeerFault {
  return new PeerFault('PROTOCOL', `the initiator sent ${what}`, RejectReason.invalidPduField);
}

/**
 * iSCSI carries 16 bytes and does not say how many of them are the CDB: the group of the operation code does (SPC-4). The
 * vendor specific groups have no fixed length; what lies behind ten bytes counts when it is not zero.
 */
function cdbLength(cdb: Uint8Array): number {
  const group = (cdb[0] ?? 0) >> 5;
  const fixed = GROUP_LENGTHS[group] ?? 0;
  if (fixed > 0) return fixed;
  if (group < 6) return cdb.length;
  for (let at = 10; at < cdb.length; at++) if (cdb[at] !== 0) return at < 12 ? 12 : 16;
  return 10;
}

const GROUP_LENGTHS: readonly number[] = [6, 10, 10, 0, 16, 12, 0, 0];
