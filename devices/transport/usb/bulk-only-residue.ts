/** What a data-in stage brought, and what the device's CSW said of it. */
export interface DataInReport {
  readonly cdb: Uint8Array;
  /** dCBWDataTransferLength, bytes. */
  readonly asked: number;
  readonly received: Uint8Array;
  /** dCSWDataResidue, bytes. */
  readonly residue: number;
}

export interface DataInJudgement {
  /** What of the received bytes is data. */
  readonly data: Uint8Array;
  /** Why this device's residues cannot be believed; absent when nothing speaks against them. */
  readonly lie?: string;
}

/**
 * A device that has less data than asked for may pad it to the full length and tell by the residue how much of it was real
 * (Bulk-Only Transport 1.0, 6.7.2, case 5): only then does the residue cut what came. In all other cases the bytes that
 * came are the better witness: many devices always say 0, some say anything.
 */
export function judgeDataIn({ cdb, asked, received, residue }: DataInReport): DataInJudgement {
  // Not meaningful by 6.3.2; but the status beside it may be all right.
  if (residue > asked) {
    return { data: received, lie: `it tells of a residue of ${residue} bytes in a transfer of ${asked}` };
  }
  const isPadded = received.length === asked && residue > 0;
  if (!isPadded) return { data: received };
  const inquired = standardInquiryLength(cdb, received);
  if (inquired !== undefined && inquired >= received.length) {
    return { data: received, lie: `it tells of a residue of ${residue} bytes for INQUIRY data that are complete` };
  }
  return { data: received.subarray(0, asked - residue) };
}

/** How long standard INQUIRY data say that they are (SPC-4, ADDITIONAL LENGTH): the one answer every device has to give. */
function standardInquiryLength(cdb: Uint8Array, data: Uint8Array): number | undefined {
  const isStandardInquiry = cdb[0] === 0x12 && ((cdb[1] ?? 0) & 0x01) === 0;
  return isStandardInquiry && data.length > 4 ? (data[4] ?? 0) + 5 : undefined;
}
