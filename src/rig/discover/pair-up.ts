import { matchDrives } from '../../../devices/drive-matching.js';
import { MediaChanger } from '../../../devices/media-changer.js';
import { PeripheralDeviceType } from '../../../devices/scsi/opcodes.js';
import type { ElementStatus } from '../../../devices/scsi/smc/element-status.js';
import { ElementType } from '../../../devices/scsi/smc/element-type.js';
import { DesignatorAssociation, DesignatorType } from '../../../devices/scsi/spc/designator.js';
import { quickUnit } from './ask-units.js';
import type { FoundUnit } from './found-unit.js';
import { CHANGER_PATIENCE_MS, outOfPatience, type Patience, withPatience } from './patience.js';

/** A changer with the drives that are proven to be its own. */
export interface FoundLibrary {
  /** For the rig file: unique, made of the model's name. */
  readonly name: string;
  readonly changer: FoundUnit;
  readonly drives: readonly FoundDrive[];
  /** Data transfer elements whose drive nothing tells. */
  readonly unknownDrives: readonly number[];
}

export interface FoundDrive {
  readonly address: number;
  readonly drive: FoundUnit;
  /** How it is known: `lun` where the changer tells nothing, but there is one drive only, and it is in the same box. */
  readonly by: 'designator' | 'serial-number' | 'lun';
}

export interface PairedUnits {
  readonly libraries: readonly FoundLibrary[];
  /** Drives that no changer claims: stand-alone ones, or of a changer that does not tell. */
  readonly otherDrives: readonly FoundUnit[];
  readonly notices: readonly string[];
}

/**
 * Asks each changer which drive is in which data transfer element. Nothing is guessed, and nothing moves. The only drive of
 * a changer that tells none is the only drive that is a logical unit of the same target, as in autoloaders with one drive.
 */
export async function pairUp(units: readonly FoundUnit[], patience: Patience): Promise<PairedUnits> {
  const notices: string[] = [];
  const own = withoutRepetitions(units, notices);
  const changers = own.filter(isChanger);
  const drives = own.filter((unit) => !isChanger(unit));
  const libraries: FoundLibrary[] = [];
  const taken = new Set<FoundUnit>();
  for (const changer of changers) {
    const name = uniqueName(changer, libraries);
    const elements = await readDriveElements(changer, patience, notices);
    const { pairs } = matchDrives({
      dataTransferElements: elements,
      units: drives.map((found) => ({ name: found.address.deviceName, identity: found.identity, found })),
    });
    const told = pairs.flatMap(({ address, unit, by }): FoundDrive[] =>
      by === 'rig' ? [] : [{ address, drive: unit.found, by }],
    );
    const found = told.length > 0 ? told : onlyDriveBeside(changer, elements, own);
    for (const { drive } of found) taken.add(drive);
    const known = new Set(found.map(({ address }) => address));
    libraries.push({
      name,
      changer,
      drives: found,
      unknownDrives: elements.map(({ address }) => address).filter((address) => !known.has(address)),
    });
  }
  return { libraries, otherDrives: drives.filter((drive) => !taken.has(drive)), notices };
}

function onlyDriveBeside(
  changer: FoundUnit,
  elements: readonly ElementStatus[],
  units: readonly FoundUnit[],
): FoundDrive[] {
  const beside = units.filter((unit) => unit !== changer && unit.place.target === changer.place.target);
  const [element, ...moreElements] = elements;
  const [drive, ...moreUnits] = beside;
  if (element === undefined || drive === undefined || moreElements.length + moreUnits.length > 0) return [];
  // A changer that tells a drive which was not found has told of another one.
  if (element.deviceIdentifier !== undefined || isChanger(drive)) return [];
  return [{ address: element.address, drive, by: 'lun' }];
}

function isChanger({ identity }: FoundUnit): boolean {
  return identity.peripheralDeviceType === PeripheralDeviceType.MEDIUM_CHANGER;
}

/** One device may be reached in several ways; a rig file has it once, by the way that was looked at first. */
function withoutRepetitions(units: readonly FoundUnit[], notices: string[]): FoundUnit[] {
  const own: FoundUnit[] = [];
  for (const unit of units) {
    const first = own.find((other) => isSameUnit(other, unit));
    if (first === undefined) own.push(unit);
    else notices.push(`${unit.address.deviceName} is the same unit as ${first.address.deviceName}: left out`);
  }
  return own;
}

function isSameUnit(one: FoundUnit, other: FoundUnit): boolean {
  // Bridges answer for all their units with the serial number of the box.
  if (one.place.target === other.place.target) return one.place.lun === other.place.lun;
  const [mine, its] = [one.identity, other.identity];
  if (mine.peripheralDeviceType !== its.peripheralDeviceType) return false;
  const [names, others] = [worldWideNames(mine), worldWideNames(its)];
  if (names.length > 0 && others.length > 0) return names.some((name) => others.includes(name));
  return (
    mine.serialNumber !== undefined &&
    mine.serialNumber === its.serialNumber &&
    mine.vendorIdentification === its.vendorIdentification &&
    mine.productIdentification === its.productIdentification
  );
}

/** Names of the logical unit that no other one has, however it is reached. */
function worldWideNames({ designators }: FoundUnit['identity']): string[] {
  return designators
    .filter(
      ({ association, designatorType }) =>
        association === DesignatorAssociation.LOGICAL_UNIT &&
        (designatorType === DesignatorType.NAA || designatorType === DesignatorType.EUI_64),
    )
    .map(({ designatorType, designator }) => `${designatorType} ${Buffer.from(designator).toString('hex')}`);
}

async function readDriveElements(
  { address }: FoundUnit,
  patience: Patience,
  notices: string[],
): Promise<readonly ElementStatus[]> {
  const { clock } = patience;
  const changer = new MediaChanger({ unit: quickUnit(address, clock), clock });
  return withPatience(patience, CHANGER_PATIENCE_MS, async (signal) => {
    const prepared = await changer.prepare({ signal });
    // Without labels, and from what the changer remembers: nothing has to move for the answer.
    const query = {
      elementType: ElementType.DATA_TRANSFER,
      deviceIdentifier: true,
      volumeTag: false,
      currentData: true,
    };
    const elements = prepared.ok ? await changer.readElementStatus({ ...query, signal }) : prepared;
    if (elements.ok) return elements.value;
    const why = signal.aborted ? outOfPatience('it', CHANGER_PATIENCE_MS) : elements.failure.message;
    notices.push(`${address.deviceName} did not tell its drives: ${why}`);
    return [];
  });
}

/** A name for the rig file, made of the model's, that none of `others` has. */
export function uniqueName({ identity }: FoundUnit, others: readonly { readonly name: string }[]): string {
  const model = identity.productIdentification
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|-+$/g, '');
  const base = model === '' ? 'library' : model.slice(0, 56);
  const taken = new Set(others.map(({ name }) => name));
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(name)) return name;
  }
}
