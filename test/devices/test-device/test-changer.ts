import { AdditionalSense, type AdditionalSenseCode } from '../../../devices/scsi/asc-ascq.js';
import { OperationCode, PeripheralDeviceType } from '../../../devices/scsi/opcodes.js';
import { SenseKey } from '../../../devices/scsi/sense.js';
import type { ElementStatus } from '../../../devices/scsi/smc/element-status.js';
import { ElementType } from '../../../devices/scsi/smc/element-type.js';
import { encodeElementAddressAssignment } from '../../../devices/scsi/smc/mode-pages.js';
import { parseMoveMediumCdb } from '../../../devices/scsi/smc/move-medium.js';
import {
  cutElementStatusData,
  encodeElementStatusData,
  parseReadElementStatusCdb,
} from '../../../devices/scsi/smc/read-element-status.js';
import { encodeStandardInquiry, parseInquiryCdb } from '../../../devices/scsi/spc/inquiry.js';
import { encodeModeParameters } from '../../../devices/scsi/spc/mode-parameters.js';
import { parseModeSense6Cdb } from '../../../devices/scsi/spc/mode-sense.js';
import { encodeReportLuns, lunFor } from '../../../devices/scsi/spc/report-luns.js';
import {
  encodeDeviceIdentification,
  encodeUnitSerialNumber,
  VpdPage,
} from '../../../devices/scsi/spc/vital-product-data.js';
import type { ScsiCommand, TransportResult } from '../../../devices/transport/scsi-transport.js';
import { checkCondition, good, ScriptedTransport } from './scripted-transport.js';

export interface TestChangerOptions {
  readonly ranges?: Partial<Record<ElementType, { first: number; count: number }>>;
  /** Address to barcode of the media at the start. */
  readonly media?: Readonly<Record<number, string>>;
  readonly noElementAddressPage?: boolean;
  readonly refusesVolTagWithDvcid?: boolean;
  readonly refusesDvcid?: boolean;
  readonly refusesVolTag?: boolean;
  readonly refusesCurData?: boolean;
  /** It sends no more elements in one answer, whatever is asked. */
  readonly maxElements?: number;
}

/** A small medium changer, enough to see what the controller does with one. One picker; labels are plain text. */
export class TestChanger extends ScriptedTransport {
  readonly ranges: Record<ElementType, { first: number; count: number }>;
  readonly media = new Map<number, string>();
  readonly options: TestChangerOptions;

  constructor(options: TestChangerOptions = {}) {
    super();
    this.options = options;
    this.ranges = {
      [ElementType.MEDIUM_TRANSPORT]: { first: 1, count: 1 },
      [ElementType.STORAGE]: { first: 4096, count: 8 },
      [ElementType.IMPORT_EXPORT]: { first: 16, count: 1 },
      [ElementType.DATA_TRANSFER]: { first: 256, count: 2 },
      ...options.ranges,
    };
    for (const [address, label] of Object.entries(options.media ?? {})) this.media.set(Number(address), label);
    this.push((command) => this.#answer(command));
  }

  elements(): ElementStatus[] {
    return Object.entries(this.ranges).flatMap(([type, { first, count }]) =>
      Array.from({ length: count }, (_, i) => this.element(Number(type) as ElementType, first + i)),
    );
  }

  element(elementType: ElementType, address: number): ElementStatus {
    const label = this.media.get(address);
    return {
      elementType,
      address,
      full: label !== undefined,
      except: false,
      access: elementType !== ElementType.MEDIUM_TRANSPORT,
      asc: 0,
      ascq: 0,
      invert: false,
      disabled: false,
      mediumType: 0,
      ...(label === undefined || label === ''
        ? {}
        : { primaryVolumeTag: { volumeIdentifier: label, volumeSequenceNumber: 0 } }),
      ...(elementType === ElementType.IMPORT_EXPORT
        ? {
            importExport: {
              impExp: false,
              exEnab: true,
              inEnab: true,
              connectMediaChanger: false,
              operatorInterventionRequired: false,
            },
          }
        : {}),
    };
  }

  move(source: number, destination: number): void {
    const label = this.media.get(source);
    if (label === undefined) return;
    this.media.delete(source);
    this.media.set(destination, label);
  }

  #answer({ cdb }: ScsiCommand): TransportResult | undefined {
    switch (cdb[0]) {
      case OperationCode.INQUIRY:
        return this.#inquiry(cdb);
      case OperationCode.REPORT_LUNS:
        return good(encodeReportLuns([lunFor(0), lunFor(1)]));
      case OperationCode.MODE_SENSE_6:
        return this.#modeSense(cdb);
      case OperationCode.READ_ELEMENT_STATUS:
        return this.#readElementStatus(cdb);
      case OperationCode.MOVE_MEDIUM:
        return this.#moveMedium(cdb);
      default:
        return undefined;
    }
  }

  #inquiry(cdb: Uint8Array): TransportResult {
    const { evpd, pageCode, allocationLength } = parseInquiryCdb(cdb);
    const owner = { peripheralDeviceType: PeripheralDeviceType.MEDIUM_CHANGER };
    if (!evpd) {
      const strings = { vendorIdentification: 'TEST', productIdentification: 'CHANGER', productRevisionLevel: '1.0' };
      return good(encodeStandardInquiry({ ...owner, ...strings }), allocationLength);
    }
    if (pageCode === VpdPage.UNIT_SERIAL_NUMBER)
      return good(encodeUnitSerialNumber(owner, 'CHG0001'), allocationLength);
    if (pageCode !== VpdPage.DEVICE_IDENTIFICATION) return refuse(AdditionalSense.INVALID_FIELD_IN_CDB);
    return good(encodeDeviceIdentification(owner, []), allocationLength);
  }

  #modeSense(cdb: Uint8Array): TransportResult {
    const { pageCode, allocationLength } = parseModeSense6Cdb(cdb);
    if (pageCode !== 0x1d || this.options.noElementAddressPage === true) {
      return refuse(AdditionalSense.INVALID_FIELD_IN_CDB);
    }
    const page = encodeElementAddressAssignment({
      firstMediumTransportElementAddress: this.ranges[1].first,
      numberOfMediumTransportElements: this.ranges[1].count,
      firstStorageElementAddress: this.ranges[2].first,
      numberOfStorageElements: this.ranges[2].count,
      firstImportExportElementAddress: this.ranges[3].first,
      numberOfImportExportElements: this.ranges[3].count,
      firstDataTransferElementAddress: this.ranges[4].first,
      numberOfDataTransferElements: this.ranges[4].count,
    });
    return good(encodeModeParameters({ pages: [page] }, 6), allocationLength);
  }

  #readElementStatus(cdb: Uint8Array): TransportResult {
    const query = parseReadElementStatusCdb(cdb);
    const { options } = this;
    if (
      (query.volTag && query.dvcid && options.refusesVolTagWithDvcid === true) ||
      (query.dvcid && options.refusesDvcid === true) ||
      (query.volTag && options.refusesVolTag === true) ||
      (query.curData && options.refusesCurData === true)
    ) {
      return refuse(AdditionalSense.INVALID_FIELD_IN_CDB);
    }
    const found = this.elements()
      .filter(({ elementType }) => query.elementTypeCode === 0 || elementType === query.elementTypeCode)
      .filter(({ address }) => address >= query.startingElementAddress)
      .toSorted((one, other) => one.address - other.address)
      .slice(0, Math.min(query.numberOfElements, options.maxElements ?? 0xffff));
    if (found.length === 0) return refuse(AdditionalSense.INVALID_ELEMENT_ADDRESS);
    const pages = ([1, 2, 3, 4] as const)
      .map((elementType) => ({
        elementType,
        pVolTag: query.volTag,
        aVolTag: false,
        elements: found
          .filter((element) => element.elementType === elementType)
          .map((element) =>
            query.dvcid && elementType === 4
              ? { ...element, deviceIdentifier: driveIdentifier(element.address) }
              : element,
          ),
      }))
      .filter(({ elements }) => elements.length > 0);
    return good(cutElementStatusData(encodeElementStatusData(pages), query.allocationLength));
  }

  #moveMedium(cdb: Uint8Array): TransportResult {
    const { sourceAddress, destinationAddress } = parseMoveMediumCdb(cdb);
    if (!this.media.has(sourceAddress)) return refuse(AdditionalSense.MEDIUM_SOURCE_ELEMENT_EMPTY);
    if (this.media.has(destinationAddress)) return refuse(AdditionalSense.MEDIUM_DESTINATION_ELEMENT_FULL);
    this.move(sourceAddress, destinationAddress);
    return good();
  }
}

export function driveIdentifier(address: number): NonNullable<ElementStatus['deviceIdentifier']> {
  return { codeSet: 2, identifierType: 0, identifier: new TextEncoder().encode(`DRIVE${address}`) };
}

function refuse({ asc, ascq }: AdditionalSenseCode): TransportResult {
  return checkCondition({ key: SenseKey.ILLEGAL_REQUEST, asc, ascq });
}
