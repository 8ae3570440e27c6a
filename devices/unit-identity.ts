import { dataFailure } from './command-failure.js';
import { failed, succeeded, type CommandNote, type CommandOutcome } from './command-outcome.js';
import { commandOptions, type CommandOptions } from './command-request.js';
import type { LogicalUnit } from './logical-unit.js';
import type { Designator } from './scsi/spc/designator.js';
import { decodeStandardInquiry, inquiryCdb, PeripheralQualifier, type StandardInquiry } from './scsi/spc/inquiry.js';
import { decodeReportLuns, plainLun, reportLunsCdb } from './scsi/spc/report-luns.js';
import { decodeDeviceIdentification, decodeUnitSerialNumber, VpdPage } from './scsi/spc/vital-product-data.js';
import { ScsiStatus } from './scsi/status.js';

/** Which device answers at a logical unit number. */
export interface UnitIdentity {
  readonly lun: number;
  readonly peripheralDeviceType: number;
  readonly vendorIdentification: string;
  readonly productIdentification: string;
  readonly productRevisionLevel: string;
  /** VPD page 80h; absent when the device has none. */
  readonly serialNumber?: string;
  /** VPD page 83h; empty when the device has none. */
  readonly designators: readonly Designator[];
  readonly inquiry: StandardInquiry;
}

/** Which peripheral device types will do, and what a person calls such a device. */
export interface ExpectedUnit {
  readonly peripheralDeviceTypes: readonly number[];
  readonly what: string;
}

const standardLength = 96;
/** The longest page that a device with a one-byte allocation length can send. */
const vpdLength = 252;
const reportLunsLength = 8 + 8 * 256;

/**
 * Asks for INQUIRY data and the vital product data pages 80h and 83h. Another device type than expected, and a LUN without
 * a logical unit, is a failure whose message names the LUNs that the target has. A device without these pages, or with
 * other bytes in their place (USB bridges answer with standard data), is identified without them; a note says so.
 */
export async function identifyUnit(
  unit: LogicalUnit,
  expected: ExpectedUnit,
  options: CommandOptions = {},
): Promise<CommandOutcome<UnitIdentity>> {
  const name = 'INQUIRY';
  const standard = await unit.execute(
    {
      name,
      cdb: inquiryCdb({ allocationLength: standardLength }),
      dataInLength: standardLength,
      timeoutClass: 'inquiry',
      decode: decodeStandardInquiry,
    },
    commandOptions(options),
  );
  if (!standard.ok) return standard;
  const inquiry = standard.value;
  const problem = mismatch(unit.lun, inquiry, expected);
  if (problem !== undefined) {
    const luns = await describeLuns(unit, options);
    const failure = dataFailure({ device: unit.name, request: { name } }, ScsiStatus.GOOD, `${problem}. ${luns}`);
    return failed({ ...failure, message: `${unit.name}: ${problem}. ${luns}` });
  }
  const serial = await vitalProductData(unit, VpdPage.UNIT_SERIAL_NUMBER, decodeUnitSerialNumber, options);
  const designators = await vitalProductData(unit, VpdPage.DEVICE_IDENTIFICATION, decodeDeviceIdentification, options);
  // A lost path is a failure; a page that is refused or unreadable is not.
  for (const page of [serial, designators]) if (!page.ok && page.failure.layer === 'transport') return page;
  const notes: CommandNote[] = [...standard.notes];
  for (const page of [serial, designators]) {
    if (page.ok) notes.push(...page.notes);
    else notes.push(...page.failure.notes, { kind: 'fallback', message: page.failure.message });
  }
  return succeeded(
    {
      lun: unit.lun,
      peripheralDeviceType: inquiry.peripheralDeviceType,
      vendorIdentification: inquiry.vendorIdentification,
      productIdentification: inquiry.productIdentification,
      productRevisionLevel: inquiry.productRevisionLevel,
      ...(serial.ok && serial.value !== '' ? { serialNumber: serial.value } : {}),
      designators: designators.ok ? designators.value : [],
      inquiry,
    },
    notes,
  );
}

function mismatch(lun: number, inquiry: StandardInquiry, expected: ExpectedUnit): string | undefined {
  const { peripheralQualifier, peripheralDeviceType } = inquiry;
  if (peripheralQualifier !== PeripheralQualifier.CONNECTED) {
    return `there is no logical unit at LUN ${lun} (peripheral qualifier ${peripheralQualifier})`;
  }
  if (expected.peripheralDeviceTypes.includes(peripheralDeviceType)) return undefined;
  const found = `${inquiry.vendorIdentification} ${inquiry.productIdentification}`.trim();
  return `LUN ${lun} is ${found} of peripheral device type ${hexByte(peripheralDeviceType)}, not a ${expected.what}`;
}

async function describeLuns(unit: LogicalUnit, options: CommandOptions): Promise<string> {
  const reported = await unit.execute(
    {
      name: 'REPORT LUNS',
      cdb: reportLunsCdb({ allocationLength: reportLunsLength }),
      dataInLength: reportLunsLength,
      timeoutClass: 'inquiry',
      decode: decodeReportLuns,
    },
    commandOptions(options),
  );
  if (!reported.ok) return 'The target does not report its LUNs; look them up in its manual and correct the rig.';
  const luns = reported.value.luns.map(plainLun).filter((lun) => lun !== undefined);
  if (luns.length === 0) return 'The target reports no LUN at all; check its configuration.';
  return `The target reports LUN ${luns.join(', ')}; take the right one into the rig.`;
}

async function vitalProductData<T>(
  unit: LogicalUnit,
  pageCode: number,
  decode: (bytes: Uint8Array) => T,
  options: CommandOptions,
): Promise<CommandOutcome<T>> {
  const ask = <U>(allocationLength: number, read: (bytes: Uint8Array) => U): Promise<CommandOutcome<U>> =>
    unit.execute(
      {
        name: `INQUIRY (VPD page ${hexByte(pageCode)})`,
        cdb: inquiryCdb({ evpd: true, pageCode, allocationLength }),
        dataInLength: allocationLength,
        timeoutClass: 'inquiry',
        decode: read,
      },
      commandOptions(options),
    );
  const first = await ask(vpdLength, (bytes) => {
    const wanted = 4 + ((bytes[2] ?? 0) << 8) + (bytes[3] ?? 0);
    const longer = bytes.length === vpdLength && bytes[1] === pageCode && wanted > vpdLength;
    return longer ? { longer: true as const, wanted } : { longer: false as const, value: decode(bytes) };
  });
  if (!first.ok) return first;
  if (first.value.longer) return ask(Math.min(first.value.wanted, 0xffff), decode);
  return succeeded(first.value.value, first.notes);
}

function hexByte(value: number): string {
  return `${value.toString(16).toUpperCase().padStart(2, '0')}h`;
}
