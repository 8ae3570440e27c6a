import type { ElementStatus } from './scsi/smc/element-status.js';
import { CodeSet, DesignatorAssociation, DesignatorType, type Designator } from './scsi/spc/designator.js';

/** A logical unit that may be the drive in a data transfer element. */
export interface MatchableUnit {
  /** As the rig calls it. */
  readonly name: string;
  /** As `Drive.identify` gives it. */
  readonly identity: { readonly serialNumber?: string; readonly designators: readonly Designator[] };
}

/** A pair that the rig names, for changers that do not tell which drive is where. */
export interface RigPair {
  readonly address: number;
  /** Name of the unit. */
  readonly unit: string;
}

export interface DriveMatchingInput<U extends MatchableUnit> {
  /** All data transfer elements, read with DVCID. */
  readonly dataTransferElements: readonly ElementStatus[];
  readonly units: readonly U[];
  readonly rig?: readonly RigPair[];
}

export interface DrivePair<U extends MatchableUnit> {
  readonly address: number;
  readonly unit: U;
  /** What proved it. */
  readonly by: 'designator' | 'serial-number' | 'rig';
}

/**
 * - `no-drive`: nothing says which drive is in this element, or that drive was not found;
 * - `ambiguous`: two drives claim one element, or two elements one drive; none of them is paired;
 * - `not-a-drive-address`: the rig names an address that is no data transfer element;
 * - `unknown-unit`: the rig names a drive that was not found;
 * - `rig-contradicts-device`: the changer tells another drive than the rig;
 * - `unit-without-element`: a drive that no element claims.
 */
export type DriveMatchingProblemCode =
  'no-drive' | 'ambiguous' | 'not-a-drive-address' | 'unknown-unit' | 'rig-contradicts-device' | 'unit-without-element';

export interface DriveMatchingProblem {
  readonly code: DriveMatchingProblemCode;
  readonly address?: number;
  readonly unit?: string;
  /** What is wrong and what to do about it. */
  readonly message: string;
}

export interface DriveMatching<U extends MatchableUnit> {
  /** Ascending by address. */
  readonly pairs: readonly DrivePair<U>[];
  readonly problems: readonly DriveMatchingProblem[];
}

/**
 * Finds out which logical unit is the drive in which data transfer element: by the designator that the changer reports,
 * else by the serial number in it, else by the rig. Nothing is guessed, not even when one drive and one element are left:
 * a wrong pair unloads somebody else's tape.
 */
export function matchDrives<U extends MatchableUnit>(input: DriveMatchingInput<U>): DriveMatching<U> {
  const { dataTransferElements: elements, units, rig = [] } = input;
  const problems: DriveMatchingProblem[] = rigProblems(input);
  const claims: DrivePair<U>[] = [];
  for (const element of elements) {
    const told = toldByChanger(element, units);
    const named = rig.filter(({ address }) => address === element.address).map(({ unit }) => unit);
    const candidates = told.length > 0 ? told : namedByRig(element.address, named, units);
    const [first] = candidates;
    if (first === undefined) problems.push(noDrive(element, named));
    else if (candidates.length > 1) problems.push(severalDrives(element.address, candidates));
    else if (named.length > 0 && !named.includes(first.unit.name)) problems.push(contradicted(first, named));
    else claims.push(first);
  }
  const pairs = claims.filter((claim) => {
    const rivals = claims.filter((other) => other.unit === claim.unit);
    if (rivals.length === 1) return true;
    problems.push(severalElements(claim, rivals));
    return false;
  });
  const mentioned = new Set([...claims.map(({ unit }) => unit.name), ...problems.map(({ unit }) => unit)]);
  for (const unit of units) if (!mentioned.has(unit.name)) problems.push(withoutElement(unit));
  return { pairs: pairs.toSorted((one, other) => one.address - other.address), problems };
}

function toldByChanger<U extends MatchableUnit>(element: ElementStatus, units: readonly U[]): DrivePair<U>[] {
  const { address, deviceIdentifier: told } = element;
  if (told === undefined) return [];
  const designated = (only: (association: number) => boolean): DrivePair<U>[] =>
    units
      .filter(({ identity }) =>
        identity.designators.some(
          ({ association, designatorType, codeSet, designator }) =>
            only(association) &&
            designatorType === told.identifierType &&
            codeSet === told.codeSet &&
            sameBytes(designator, told.identifier),
        ),
      )
      .map((unit) => ({ address, unit, by: 'designator' }));
  const own = designated((association) => association === DesignatorAssociation.LOGICAL_UNIT);
  // Some changers tell the port's or the target's designator, which several logical units may share.
  const any = own.length > 0 ? own : designated(() => true);
  if (any.length > 0) return any;
  if (told.codeSet !== CodeSet.ASCII && told.codeSet !== CodeSet.UTF_8) return [];
  const serials = serialNumbersIn(told.identifier, told.identifierType);
  return units
    .filter(({ identity: { serialNumber } }) => serialNumber !== undefined && serials.includes(serialNumber))
    .map((unit) => ({ address, unit, by: 'serial-number' }));
}

/**
 * What may be the serial number in an identifier: the whole text (HP libraries send nothing else), or what follows vendor
 * (8 characters) and product (16) in a T10 vendor ID, or its last word.
 */
function serialNumbersIn(identifier: Uint8Array, identifierType: number): readonly string[] {
  const text = new TextDecoder().decode(identifier).replaceAll('\0', ' ');
  const whole = text.trim();
  if (identifierType !== DesignatorType.T10_VENDOR_ID) return [whole];
  return [whole, text.slice(24).trim(), whole.split(/\s+/).at(-1) ?? ''].filter((serial) => serial !== '');
}

/** Equal but for the blanks and NULs that devices pad text with. */
function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  const length = Math.max(one.length, other.length);
  const shorter = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) {
    if (i < shorter ? one[i] !== other[i] : !isPadding(one[i] ?? other[i])) return false;
  }
  return shorter > 0;
}

function isPadding(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0;
}

function namedByRig<U extends MatchableUnit>(
  address: number,
  names: readonly string[],
  units: readonly U[],
): DrivePair<U>[] {
  return units.filter(({ name }) => names.includes(name)).map((unit) => ({ address, unit, by: 'rig' }));
}

function rigProblems({
  dataTransferElements,
  units,
  rig = [],
}: DriveMatchingInput<MatchableUnit>): DriveMatchingProblem[] {
  const addresses = dataTransferElements.map(({ address }) => address);
  const known = addresses.length === 0 ? 'The changer has none.' : `The changer has ${addresses.join(', ')}.`;
  return rig.flatMap(({ address, unit }): DriveMatchingProblem[] => {
    const problems: DriveMatchingProblem[] = [];
    if (!addresses.includes(address)) {
      const message = `The rig puts ${unit} at ${address}, which is no data transfer element. ${known} Correct the rig.`;
      problems.push({ code: 'not-a-drive-address', address, unit, message });
    }
    if (!units.some(({ name }) => name === unit)) {
      const message = `The rig puts ${unit} at element ${address}, but there is no such drive. Is it switched on and plugged in?`;
      problems.push({ code: 'unknown-unit', address, unit, message });
    }
    return problems;
  });
}

function noDrive({ address, deviceIdentifier }: ElementStatus, named: readonly string[]): DriveMatchingProblem {
  const told =
    deviceIdentifier === undefined
      ? 'the changer does not tell which drive is there'
      : `the changer tells ${printable(deviceIdentifier.identifier)}, and no drive found is that`;
  const rig = named.length === 0 ? 'the rig names none' : `the rig names ${named.join(', ')}, not found`;
  return {
    code: 'no-drive',
    address,
    message: `Data transfer element ${address} has no drive: ${told}; ${rig}. Name its drive in the rig, or plug it in.`,
  };
}

function severalDrives(address: number, candidates: readonly DrivePair<MatchableUnit>[]): DriveMatchingProblem {
  const names = candidates.map(({ unit }) => unit.name).join(' and ');
  return {
    code: 'ambiguous',
    address,
    message: `Data transfer element ${address} may be ${names}. Are they two paths to one drive? Leave one of them out of the rig.`,
  };
}

function severalElements(
  claim: DrivePair<MatchableUnit>,
  rivals: readonly DrivePair<MatchableUnit>[],
): DriveMatchingProblem {
  const { address, unit } = claim;
  const others = rivals.map((other) => other.address).join(' and ');
  return {
    code: 'ambiguous',
    address,
    unit: unit.name,
    message: `Data transfer elements ${others} both claim ${unit.name}. Check the rig and the serial numbers of the drives.`,
  };
}

function contradicted({ address, unit }: DrivePair<MatchableUnit>, named: readonly string[]): DriveMatchingProblem {
  return {
    code: 'rig-contradicts-device',
    address,
    unit: unit.name,
    message: `The rig puts ${named.join(', ')} at element ${address}, the changer says that ${unit.name} is there. Correct the rig.`,
  };
}

function withoutElement({ name }: MatchableUnit): DriveMatchingProblem {
  return {
    code: 'unit-without-element',
    unit: name,
    message: `No data transfer element claims ${name}. Say in the rig where it is, or leave it out.`,
  };
}

function printable(bytes: Uint8Array): string {
  const text = new TextDecoder('latin1').decode(bytes).replaceAll('\0', ' ').trim();
  const plain = /^[\x20-\x7e]+$/.test(text);
  return plain ? `"${text}"` : Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
