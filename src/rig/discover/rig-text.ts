import { stringify } from 'yaml';
import { PeripheralDeviceType } from '../../../devices/scsi/opcodes.js';
import type { PluggedUnit } from '../rig.js';
import { printable, quoted } from '../printable.js';
import type { FoundUnit } from './found-unit.js';
import type { PairedUnits } from './pair-up.js';
import { standAloneDrives } from './stand-alone-drives.js';

/** A rig file for what was found; the comments say what each line is. Without changer and drive it is only comments. */
export function rigText({ libraries, otherDrives }: PairedUnits): string {
  const lines: string[] = [];
  const standAlone = standAloneDrives({ libraries, otherDrives });
  if (libraries.length === 0) lines.push('# No changer was found.');
  if (libraries.length + standAlone.length > 0) lines.push('libraries:');
  for (const { name, changer, drives, unknownDrives } of libraries) {
    lines.push(`  # ${describeUnit(changer)}`, `  - name: ${scalar(name)}`, `    changer: ${flow(changer.unit)}`);
    if (drives.length > 0) lines.push('    drives:');
    for (const { address, drive, by } of drives) {
      const how = by === 'lun' ? ', the only drive in the box' : '';
      lines.push(`      - ${flow({ address, ...drive.unit })} # ${describeUnit(drive)}${how}`);
    }
    if (unknownDrives.length > 0) {
      const which = unknownDrives.join(', ');
      lines.push(`    # The changer does not tell which drive is in element ${which}: served blind until you say so.`);
    }
  }
  for (const { name, drive } of standAlone) {
    lines.push(`  # ${describeUnit(drive)}, which no changer claims`, `  - name: ${scalar(name)}`);
    lines.push(`    drive: ${flow(drive.unit)}`);
  }
  if (otherDrives.length > standAlone.length) {
    lines.push(
      '# Drives that no changer claims. Is one of them in a changer above? Then add its line with its address:',
    );
    for (const drive of otherDrives) {
      lines.push(`#     - { address: ..., ${flow(drive.unit).slice(2)} # ${describeUnit(drive)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** `changer IBM 3573-TL, serial number 00L4U78C1234`, fit for a comment. */
export function describeUnit({ identity }: FoundUnit): string {
  const { vendorIdentification, productIdentification, serialNumber, peripheralDeviceType } = identity;
  const what = peripheralDeviceType === PeripheralDeviceType.MEDIUM_CHANGER ? 'changer' : kindOfDrive(identity);
  const model = `${vendorIdentification} ${productIdentification}`.replaceAll(/\s+/g, ' ').trim();
  const serial = serialNumber === undefined ? '' : `, serial number ${serialNumber}`;
  return printable(`${what} ${model}${serial}`);
}

function kindOfDrive({ peripheralDeviceType }: FoundUnit['identity']): string {
  return peripheralDeviceType === PeripheralDeviceType.SEQUENTIAL_ACCESS ? 'tape drive' : 'optical drive';
}

/** A unit as a rig file has it: one mapping on one line. */
export function flow(unit: PluggedUnit | (PluggedUnit & { readonly address: number })): string {
  const members = Object.entries(unit).map(([key, value]) => `${key}: ${member(key, value)}`);
  return `{ ${members.join(', ')} }`;
}

function member(key: string, value: unknown): string {
  if ((key === 'vendorId' || key === 'productId') && typeof value === 'number') {
    return `0x${value.toString(16).padStart(4, '0')}`;
  }
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([inner, one]) => `${inner}: ${member(inner, one)}`)
      .join(', ')} }`;
  }
  return scalar(value);
}

/** Quoted where YAML, or a reader in a flow mapping, would take it for something else. */
export function scalar(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  const plain = stringify(value, { lineWidth: 0 }).trimEnd();
  return /^[A-Za-z0-9/._-]+$/.test(value) && plain === value ? value : quoted(value);
}
