import { decodeReportLuns, plainLun, reportLunsCdb, SelectReport } from '../../../scsi/spc/report-luns.js';
import { ScsiStatus } from '../../../scsi/status.js';
import type { ScsiTarget } from '../../../transport/scsi-target.js';

const NEXUS = 'iscsi-attachment';
const ALLOCATION_LENGTH = 8 + 8 * 1024;

/** The LUNs that a target itself reports; undefined when it does not. */
export async function reportedLuns(target: ScsiTarget): Promise<readonly number[] | undefined> {
  try {
    const { status, dataIn } = await target.execute({
      nexus: NEXUS,
      lun: 0,
      cdb: reportLunsCdb({ selectReport: SelectReport.ADDRESSABLE, allocationLength: ALLOCATION_LENGTH }),
      dataOut: new Uint8Array(0),
    });
    if (status !== ScsiStatus.GOOD) return undefined;
    return decodeReportLuns(dataIn)
      .luns.map(plainLun)
      .filter((lun) => lun !== undefined);
  } catch {
    return undefined;
  } finally {
    target.nexusLost(NEXUS);
  }
}
