import type { QuirkSense } from '../../profiles/profile.js';
import { AdditionalSense } from '../../scsi/asc-ascq.js';
import { ElementType } from '../../scsi/smc/element-type.js';
import { CheckCondition, illegalRequest, invalidElementAddress, invalidFieldInCdb } from '../check-condition.js';
import type { Element } from '../element-store.js';
import { readLabel } from '../cartridge.js';
import { takesMedium } from '../media/medium-format.js';
import type { Changer } from './changer.js';

/** Refuses while the picker cannot work at all. */
export function checkReady(changer: Changer): void {
  const sense = changer.state.notReadySense();
  if (sense !== undefined) throw new CheckCondition(sense);
}

/** The picker that the CDB names; `fieldPointer` is where in the CDB it does. */
export function checkTransport(changer: Changer, address: number, fieldPointer: number): Element {
  const pickers = changer.elements.ofType(ElementType.MEDIUM_TRANSPORT);
  const byDefault = address === 0 && changer.profile.quirks.defaultTransportAddress;
  const picker = byDefault ? pickers[0] : pickers.find((candidate) => candidate.address === address);
  if (picker === undefined) throw invalidElementAddress(fieldPointer);
  return picker;
}

/** An element of the map, in a magazine that is there. */
export function checkElement(changer: Changer, address: number, fieldPointer: number): Element {
  const element = changer.elements.find(address);
  if (element === undefined) throw invalidElementAddress(fieldPointer);
  // A port that stands open is out of reach like a magazine that is out.
  const outOfReach = !element.present || changer.state.openPorts.has(element.address);
  if (outOfReach) throw illegalRequest(AdditionalSense.MEDIUM_MAGAZINE_NOT_ACCESSIBLE);
  return element;
}

export function checkInvert(changer: Changer, invert: boolean, fieldPointer: number, bitPointer: number): void {
  if (invert && !changer.profile.quirks.invert) throw invalidFieldInCdb(fieldPointer, bitPointer);
}

/** There must be a cartridge, the picker must be free to take it, and a drive must be able to give it. */
export function checkSource(changer: Changer, source: Element, picker: Element): void {
  if (source.content === null) throw illegalRequest(AdditionalSense.MEDIUM_SOURCE_ELEMENT_EMPTY);
  if (source !== picker && picker.content !== null) throw refusal(changer.profile.quirks.pickerFull);
  checkDriveGives(changer, source);
}

/** A drive gives its cartridge only unloaded; a drive that unloads for the picker must be allowed to. */
export function checkDriveGives(changer: Changer, source: Element): void {
  const bay = changer.drives.get(source.address);
  if (bay === undefined) return;
  const { quirks } = changer.profile;
  if (bay.removalPreventedBy.size > 0) throw refusal(quirks.driveRemovalPrevented);
  if (bay.condition === 'cleaning') {
    throw new CheckCondition(bay.notReadySense() ?? quirks.driveNotUnloaded);
  }
  if (!bay.accessible && !quirks.implicitUnload) throw refusal(quirks.driveNotUnloaded);
}

/** There must be room. */
export function checkDestination(destination: Element): void {
  if (destination.content !== null) throw illegalRequest(AdditionalSense.MEDIUM_DESTINATION_ELEMENT_FULL);
}

/** The changer can read on the label that a drive will not take the medium. */
export function checkMediumFits(changer: Changer, source: Element, destination: Element): void {
  const { profile } = changer;
  const cartridge = source.content?.cartridge;
  if (destination.elementType !== ElementType.DATA_TRANSFER || cartridge === undefined || cartridge.cleaning) return;
  const readable = profile.barcode.mediaIdSuffix && source.content?.labelScanned === true;
  if (!profile.quirks.checksMediaIdentifier || !readable || readLabel(cartridge, profile) === undefined) return;
  if (!takesMedium(profile, cartridge.mediaType)) {
    throw illegalRequest(AdditionalSense.INCOMPATIBLE_MEDIUM_INSTALLED);
  }
}

/** A refusal whose sense the model chooses. */
export function refusal(sense: QuirkSense): CheckCondition {
  return new CheckCondition(sense);
}
