import { DesignatorType } from '../../scsi/spc/designator.js';
import type { ElementStatus } from '../../scsi/smc/element-status.js';
import { ElementType } from '../../scsi/smc/element-type.js';
import { AdditionalSense } from '../../scsi/asc-ascq.js';
import { readLabel } from '../cartridge.js';
import type { Content, Element } from '../element-store.js';
import { serialNumberDesignator, t10Designator, type DeviceIdentity } from '../device-identity.js';
import type { Changer } from './changer.js';

/** MEDIUM TYPE of an element descriptor (SMC-3). */
const MediumType = { UNSPECIFIED: 0, DATA: 1, CLEANING: 2 } as const;

/** What a drive in a data transfer element is called, and where it answers. */
export interface DriveInElement {
  readonly identity: DeviceIdentity;
  readonly lun: number;
}

/** What READ ELEMENT STATUS says of one element. */
export function reportElement(
  changer: Changer,
  element: Element,
  asked: { readonly volTag: boolean; readonly dvcid: boolean; readonly drive: DriveInElement | undefined },
): ElementStatus {
  // What is in a magazine that was taken out, the changer cannot know.
  const content = element.present ? element.content : null;
  const exception = exceptionOf(changer, element, content);
  const tag = content === null ? undefined : labelOf(changer, content);
  return {
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
    mediumType: tag === undefined || content === null ? MediumType.UNSPECIFIED : mediumTypeOf(content),
    ...(content === null || content.sourceStorageElementAddress === null
      ? {}
      : { sourceStorageElementAddress: content.sourceStorageElementAddress }),
    ...(asked.volTag && tag !== undefined
      ? { primaryVolumeTag: { volumeIdentifier: tag, volumeSequenceNumber: 0 } }
      : {}),
    ...(element.elementType === ElementType.IMPORT_EXPORT ? { importExport: importExportOf(element) } : {}),
    ...(asked.drive === undefined ? {} : driveParts(changer, asked.drive, asked.dvcid)),
  };
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
): { asc: number; ascq: number } | undefined {
  if (!element.present) return AdditionalSense.MEDIUM_MAGAZINE_REMOVED;
  if (content === null || changer.profile.barcode.maximumLength === 0) return undefined;
  if (!content.labelScanned) return changer.profile.quirks.labelNotScanned;
  if (labelOf(changer, content) === undefined) return changer.profile.quirks.labelUnreadable;
  return content.cartridge.cleaning ? changer.profile.quirks.cleaningCartridge : undefined;
}

function mediumTypeOf(content: Content): number {
  return content.cartridge.cleaning ? MediumType.CLEANING : MediumType.DATA;
}

function importExportOf(element: Element): NonNullable<ElementStatus['importExport']> {
  return {
    impExp: element.content !== null && element.putInByOperator,
    exEnab: true,
    inEnab: true,
    connectMediaChanger: false,
    operatorInterventionRequired: false,
  };
}

function driveParts(changer: Changer, drive: DriveInElement, dvcid: boolean): Partial<ElementStatus> {
  const kind = changer.profile.quirks.deviceIdentifier;
  const designator = kind === 'serial-number' ? serialNumberDesignator(drive.identity) : t10Designator(drive.identity);
  return {
    ...(drive.lun > 7 ? {} : { scsiAddress: { notBus: false, logicalUnitNumber: drive.lun } }),
    ...(!dvcid || kind === 'none'
      ? {}
      : {
          deviceIdentifier: {
            codeSet: designator.codeSet,
            identifierType: kind === 'serial-number' ? DesignatorType.VENDOR_SPECIFIC : designator.designatorType,
            identifier: designator.designator,
          },
        }),
  };
}
