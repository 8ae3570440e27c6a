import type { Profile } from '../../profiles/profile.js';
import type { DeviceIdentifier, ElementStatus } from '../../scsi/smc/element-status.js';
import { ElementType } from '../../scsi/smc/element-type.js';
import { AdditionalSense } from '../../scsi/asc-ascq.js';
import { readLabel } from '../cartridge.js';
import type { Content, Element } from '../element-store.js';
import { serialNumberDesignator, t10Designator, type DeviceIdentity } from '../device-identity.js';
import type { Changer } from './changer.js';

/** MEDIUM TYPE of an element descriptor (SMC-3). */
const MediumType = { UNSPECIFIED: 0, DATA: 1, CLEANING: 2 } as const;

/** Where a drive in a data transfer element answers, and what it is called. */
export interface DriveInElement {
  readonly lun: number;
  /** For DVCID; absent where the model does not identify its drives. */
  readonly identifier?: DeviceIdentifier;
}

export function driveInElement(profile: Profile, lun: number, identity: DeviceIdentity): DriveInElement {
  const kind = profile.quirks.deviceIdentifier;
  if (kind === 'none') return { lun };
  const { codeSet, designatorType, designator } =
    kind === 'serial-number' ? serialNumberDesignator(identity) : t10Designator(identity);
  return { lun, identifier: { codeSet, identifierType: designatorType, identifier: designator } };
}

/** What READ ELEMENT STATUS says of one element. */
export function reportElement(
  changer: Changer,
  element: Element,
  asked: { readonly volTag: boolean; readonly dvcid: boolean },
  drive?: DriveInElement,
): ElementStatus {
  // What is in a magazine that was taken out, the changer cannot know.
  const content = element.present ? element.content : null;
  const label = content === null ? undefined : labelOf(changer, content);
  const exception = exceptionOf(changer, element, content, label);
  // Built field by field: it is done for every element of every report.
  const status: { -readonly [K in keyof ElementStatus]: ElementStatus[K] } = {
    elementType: element.elementType,
    address: element.address,
    full: content !== null,
    except: exception !== undefined,
    access: accessible(changer, element),
    asc: exception?.asc ?? 0,
    ascq: exception?.ascq ?? 0,
    invert: content?.inverted ?? false,
    // ED: "a magazine is not installed" (Dell TL4000 user's guide p. 71-75).
    disabled: !element.present,
    mediumType: content === null || label === undefined ? MediumType.UNSPECIFIED : mediumTypeOf(content),
  };
  const source = content?.sourceStorageElementAddress ?? null;
  if (source !== null) status.sourceStorageElementAddress = source;
  if (asked.volTag && label !== undefined) {
    status.primaryVolumeTag = { volumeIdentifier: label, volumeSequenceNumber: 0 };
  }
  if (element.elementType === ElementType.IMPORT_EXPORT) status.importExport = importExportOf(changer, element);
  if (drive === undefined) return status;
  if (drive.lun <= 7) status.scsiAddress = { notBus: false, logicalUnitNumber: drive.lun };
  if (asked.dvcid && drive.identifier !== undefined) status.deviceIdentifier = drive.identifier;
  return status;
}

/** The label that the changer has read from a cartridge. */
export function labelOf(changer: Changer, content: Content): string | undefined {
  return content.labelScanned ? readLabel(content.cartridge, changer.profile) : undefined;
}

function accessible(changer: Changer, element: Element): boolean {
  switch (element.elementType) {
    case ElementType.MEDIUM_TRANSPORT:
      return false;
    case ElementType.DATA_TRANSFER:
      return changer.drives.get(element.address)?.accessible ?? false;
    case ElementType.STORAGE:
    case ElementType.IMPORT_EXPORT:
      return element.present && !changer.state.doorOpen && !changer.state.openPorts.has(element.address);
  }
}

function exceptionOf(
  changer: Changer,
  element: Element,
  content: Content | null,
  label: string | undefined,
): { asc: number; ascq: number } | undefined {
  if (!element.present) return AdditionalSense.MEDIUM_MAGAZINE_REMOVED;
  if (content === null || changer.profile.barcode.maximumLength === 0) return undefined;
  if (!content.labelScanned) return changer.profile.quirks.labelNotScanned;
  if (label === undefined) return changer.profile.quirks.labelUnreadable;
  return content.cartridge.cleaning ? changer.profile.quirks.cleaningCartridge : undefined;
}

function mediumTypeOf(content: Content): number {
  return content.cartridge.cleaning ? MediumType.CLEANING : MediumType.DATA;
}

function importExportOf(changer: Changer, element: Element): NonNullable<ElementStatus['importExport']> {
  return {
    impExp: element.content !== null && element.putInByOperator,
    exEnab: true,
    inEnab: true,
    connectMediaChanger: false,
    // It stands open: somebody has to push it in.
    operatorInterventionRequired: changer.state.openPorts.has(element.address),
  };
}
