import { OperationCode, PeripheralDeviceType } from '../scsi/opcodes.js';
import { encodeSense, SenseKey, type SenseInput } from '../scsi/sense.js';
import { encodeStandardInquiry, parseInquiryCdb, VersionDescriptor } from '../scsi/spc/inquiry.js';
import { parsePreventAllowMediumRemovalCdb } from '../scsi/spc/prevent-allow-medium-removal.js';
import { encodeReportLuns, lunFor, parseReportLunsCdb, SelectReport } from '../scsi/spc/report-luns.js';
import { parseRequestSenseCdb } from '../scsi/spc/request-sense.js';
import { parseTestUnitReadyCdb } from '../scsi/spc/test-unit-ready.js';
import { AdditionalSense } from '../scsi/asc-ascq.js';
import { CheckCondition, invalidFieldInCdb } from './check-condition.js';
import type { DeviceIdentity } from './device-identity.js';
import type { Command, CommandTable } from './device-server.js';
import { takeUnitAttention } from './nexus-table.js';
import { vpdPage } from './vital-product-data.js';

/** Data-in as far as the allocation length goes (SPC-4 4.2.5.6). */
export function cutTo(allocationLength: number, data: Uint8Array): Uint8Array {
  return data.length > allocationLength ? data.subarray(0, allocationLength) : data;
}

/** The commands which every logical unit answers at once, whatever else it is doing (SPC-4). */
export function primaryCommands(unit: {
  readonly identity: DeviceIdentity;
  /** Every LUN of the target. */
  readonly luns: readonly number[];
  /** What TEST UNIT READY answers; `undefined` is GOOD. */
  readonly testUnitReadySense: () => SenseInput | undefined;
}): CommandTable {
  const { identity } = unit;
  const { peripheralDeviceType } = identity;

  const inquiry: Command = {
    immediate: true,
    ignoresUnitAttention: true,
    ignoresReservation: true,
    run({ cdb }) {
      const { evpd, pageCode, allocationLength } = parseInquiryCdb(cdb);
      if (!evpd) {
        if (pageCode !== 0) throw invalidFieldInCdb(2);
        return cutTo(
          allocationLength,
          encodeStandardInquiry({
            ...identity.inquiry,
            peripheralDeviceType,
            removableMedium: true,
            commandQueuing: true,
            versionDescriptors: versionDescriptors(peripheralDeviceType),
          }),
        );
      }
      const page = vpdPage(identity, pageCode);
      if (page === undefined) throw invalidFieldInCdb(2);
      return cutTo(allocationLength, page);
    },
  };

  const reportLuns: Command = {
    immediate: true,
    ignoresUnitAttention: true,
    ignoresReservation: true,
    run: ({ cdb }) => runReportLuns(cdb, unit.luns),
  };

  const requestSense: Command = {
    immediate: true,
    ignoresUnitAttention: true,
    ignoresReservation: true,
    run({ cdb }, nexus) {
      const { desc, allocationLength } = parseRequestSenseCdb(cdb);
      const sense = nexus.lastSense ?? takeUnitAttention(nexus) ?? unit.testUnitReadySense() ?? NO_SENSE;
      nexus.lastSense = undefined;
      return cutTo(allocationLength, encodeSense({ ...sense, format: desc ? 'descriptor' : 'fixed' }));
    },
  };

  const testUnitReady: Command = {
    immediate: true,
    run({ cdb }) {
      parseTestUnitReadyCdb(cdb);
      const sense = unit.testUnitReadySense();
      if (sense !== undefined) throw new CheckCondition(sense);
      return undefined;
    },
  };

  return new Map<number, Command>([
    [OperationCode.INQUIRY, inquiry],
    [OperationCode.REPORT_LUNS, reportLuns],
    [OperationCode.REQUEST_SENSE, requestSense],
    [OperationCode.TEST_UNIT_READY, testUnitReady],
  ]);
}

/** PREVENT ALLOW MEDIUM REMOVAL: the unit keeps which nexuses have forbidden removal. */
export function preventAllowCommand(removalPreventedBy: Set<string>): CommandTable {
  const preventAllow: Command = {
    // Allowing may break no reservation (SPC-2).
    ignoresReservation: (cdb) => ((cdb[4] ?? 0) & 0x01) === 0,
    run({ cdb, nexus }) {
      const { prevent } = parsePreventAllowMediumRemovalCdb(cdb);
      // Bit 1 asked old attached changers for their own door.
      if (prevent > 1) throw invalidFieldInCdb(4, 1);
      if (prevent === 1) removalPreventedBy.add(nexus);
      else removalPreventedBy.delete(nexus);
      return undefined;
    },
  };
  return new Map([[OperationCode.PREVENT_ALLOW_MEDIUM_REMOVAL, preventAllow]]);
}

export function runReportLuns(cdb: Uint8Array, luns: readonly number[]): Uint8Array {
  const { selectReport, allocationLength } = parseReportLunsCdb(cdb);
  if (selectReport > SelectReport.ALL) throw invalidFieldInCdb(2);
  // There must be room for one LUN (SPC-3).
  if (allocationLength < 16) throw invalidFieldInCdb(6);
  const reported = selectReport === SelectReport.WELL_KNOWN ? [] : luns.toSorted((one, other) => one - other);
  return cutTo(allocationLength, encodeReportLuns(reported.map((lun) => lunFor(lun))));
}

/** The standards which a unit of that type follows (SPC-4 annex D): SAM-5, SPC-4 and those of the type. */
function versionDescriptors(peripheralDeviceType: number): readonly number[] {
  const { SAM_5, SPC_4, SMC_3, SSC_3 } = VersionDescriptor;
  switch (peripheralDeviceType) {
    case PeripheralDeviceType.MEDIUM_CHANGER:
      return [SAM_5, SPC_4, SMC_3];
    case PeripheralDeviceType.SEQUENTIAL_ACCESS:
      return [SAM_5, SPC_4, SSC_3];
    default:
      return [SAM_5, SPC_4];
  }
}

const NO_SENSE: SenseInput = { key: SenseKey.NO_SENSE, ...AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION };
