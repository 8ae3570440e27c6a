import type { ElementType } from './element-type.js';
import type { VolumeTag } from './volume-tag.js';

/** One element descriptor of READ ELEMENT STATUS (SMC-3), whatever its type. */
export interface ElementStatus {
  readonly elementType: ElementType;
  /** ELEMENT ADDRESS. */
  readonly address: number;
  /** A unit of media is in the element. */
  readonly full: boolean;
  /** The element is in an abnormal state; `asc` and `ascq` say which. */
  readonly except: boolean;
  /** The medium transport element can reach it. Always false for a medium transport element, which has no such bit. */
  readonly access: boolean;
  readonly asc: number;
  readonly ascq: number;
  /** Where the medium was last moved from; present exactly when SVALID is set. */
  readonly sourceStorageElementAddress?: number;
  /** The medium was turned over on the way from its source. */
  readonly invert: boolean;
  /** ED: the element is disabled. */
  readonly disabled: boolean;
  /** MEDIUM TYPE: 0 unspecified, 1 data, 2 cleaning, 3 diagnostics, 4 WORM, 5 microcode image. */
  readonly mediumType: number;
  readonly primaryVolumeTag?: VolumeTag;
  readonly alternateVolumeTag?: VolumeTag;
  /** The device in a data transfer element, or the medium's own identifier; present only when it was asked for. */
  readonly deviceIdentifier?: DeviceIdentifier;
  /** Present exactly for import/export elements. */
  readonly importExport?: ImportExportStatus;
  /** Present for data transfer elements that fill in the SCSI-2 address bytes. */
  readonly scsiAddress?: DataTransferScsiAddress;
}

export interface ImportExportStatus {
  /** IMPEXP: an operator put the medium here; otherwise the medium transport element did. */
  readonly impExp: boolean;
  /** EXENAB: media can be taken out by the operator here. */
  readonly exEnab: boolean;
  /** INENAB: media can be brought in here. */
  readonly inEnab: boolean;
  /** CMC: exports go to, and imports come from, a connected medium changer; otherwise the operator. */
  readonly connectMediaChanger: boolean;
  /** OIR: an operator must make the element accessible. */
  readonly operatorInterventionRequired: boolean;
}

/** Bytes 6 and 7 of a data transfer element descriptor (SCSI-2 17.2.5.6; obsolete since SMC-2, still sent). */
export interface DataTransferScsiAddress {
  readonly notBus: boolean;
  /** Present exactly when ID VALID is set. */
  readonly scsiBusAddress?: number;
  /** Present exactly when LU VALID is set. */
  readonly logicalUnitNumber?: number;
}

/** The identifier at the end of an element descriptor; code set and type as in VPD page 83h. */
export interface DeviceIdentifier {
  readonly codeSet: number;
  readonly identifierType: number;
  readonly identifier: Uint8Array;
}
