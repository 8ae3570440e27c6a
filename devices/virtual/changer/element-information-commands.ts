import { OperationCode, REPORT_ELEMENT_INFORMATION_SERVICE_ACTION } from '../../scsi/opcodes.js';
import {
  ElementInformationPage,
  encodeElementState,
  encodeElementStaticInformation,
  encodeSupportedElementInformationPages,
  Known,
  parseReportElementInformationCdb,
} from '../../scsi/smc/report-element-information.js';
import { ElementType, isElementType } from '../../scsi/smc/element-type.js';
import { CheckCondition, invalidFieldInCdb } from '../check-condition.js';
import { serviceAction, type Command, type CommandTable } from '../device-server.js';
import type { Element } from '../element-store.js';
import { cutTo } from '../primary-commands.js';
import type { Changer } from './changer.js';
import { reportElement } from './element-report.js';

const PAGES: readonly number[] = [
  ElementInformationPage.SUPPORTED_PAGES,
  ElementInformationPage.STATIC,
  ElementInformationPage.STATE,
  ElementInformationPage.ALL,
];

/** REPORT ELEMENT INFORMATION (SMC-3): which elements there are for good, and how each is now. Nothing moves for it. */
export function elementInformationCommands(changer: Changer): CommandTable {
  const report: Command = {
    run({ cdb }) {
      const params = parseReportElementInformationCdb(cdb);
      const { pageCode, elementTypeCode, numberOfElementsValid, numberOfElements } = params;
      if (!PAGES.includes(pageCode)) throw invalidFieldInCdb(2);
      if (elementTypeCode !== 0 && !isElementType(elementTypeCode)) throw invalidFieldInCdb(3, 3);
      if (pageCode === ElementInformationPage.SUPPORTED_PAGES && numberOfElementsValid) throw invalidFieldInCdb(3, 5);
      const elements = changer.elements
        .all()
        .filter(({ elementType }) => elementTypeCode === 0 || elementType === elementTypeCode)
        .filter(({ address }) => address >= params.startingElementAddress)
        .slice(0, numberOfElementsValid ? numberOfElements : undefined);
      return cutTo(params.allocationLength, pagesOf(changer, pageCode, elementTypeCode, elements));
    },
  };
  return new Map([
    [serviceAction(OperationCode.SERVICE_ACTION_IN_16, REPORT_ELEMENT_INFORMATION_SERVICE_ACTION), report],
  ]);
}

function pagesOf(
  changer: Changer,
  pageCode: number,
  elementTypeCode: number,
  elements: readonly Element[],
): Uint8Array {
  switch (pageCode) {
    case ElementInformationPage.SUPPORTED_PAGES:
      return supportedPages(changer, elementTypeCode);
    case ElementInformationPage.STATIC:
      return staticInformation(changer, elements);
    case ElementInformationPage.STATE:
      return states(changer, elements);
    default:
      return Uint8Array.from(
        [
          supportedPages(changer, elementTypeCode),
          staticInformation(changer, elements),
          states(changer, elements),
        ].flatMap((page) => [...page]),
      );
  }
}

function supportedPages(changer: Changer, elementTypeCode: number): Uint8Array {
  const types = [...new Set(changer.elements.all().map(({ elementType }) => elementType))]
    .filter((elementType) => elementTypeCode === 0 || elementType === elementTypeCode)
    .toSorted((one, other) => one - other);
  return encodeSupportedElementInformationPages(types.map((type) => ({ elementTypeCode: type, pageCodes: PAGES })));
}

/** Elements of one type with addresses one after another are alike. */
function staticInformation(changer: Changer, elements: readonly Element[]): Uint8Array {
  const runs: { first: number; count: number; elementType: ElementType; disableCapable: boolean }[] = [];
  for (const { address, elementType } of elements) {
    const last = runs.at(-1);
    const disableCapable = canBeTakenOut(changer, address);
    const goesOn =
      last !== undefined &&
      last.elementType === elementType &&
      last.first + last.count === address &&
      last.disableCapable === disableCapable;
    if (goesOn) last.count += 1;
    else runs.push({ first: address, count: 1, elementType, disableCapable });
  }
  return encodeElementStaticInformation(
    runs.map(({ first, count, elementType, disableCapable }) => ({
      firstElementAddress: first,
      numberOfElements: count,
      elementTypeCode: elementType,
      movesDuringOperation: elementType === ElementType.MEDIUM_TRANSPORT,
      disableCapable,
    })),
  );
}

/** A storage element is disabled while its magazine is out. */
function canBeTakenOut(changer: Changer, address: number): boolean {
  return changer.profile.magazines.some(({ first, count }) => address >= first && address < first + count);
}

function states(changer: Changer, elements: readonly Element[]): Uint8Array {
  if (changer.state.becomingReady) {
    const sense = changer.state.notReadySense();
    // While the inventory is being taken there is nothing true to report.
    if (sense !== undefined) throw new CheckCondition(sense);
  }
  return encodeElementState(
    elements.map((element) => {
      const { address, elementType, present } = element;
      const status = reportElement(changer, element, { volTag: false, dvcid: false });
      const openPort = changer.state.openPorts.has(address);
      return {
        elementAddress: address,
        elementTypeCode: elementType,
        volumePresent: present ? (status.full ? Known.YES : Known.NO) : Known.UNKNOWN,
        placedByTransport: status.full ? (element.putInByOperator ? Known.NO : Known.YES) : Known.UNKNOWN,
        operatorInterventionRequired: !present || openPort,
        disabled: !present,
        transportAccessProhibited: elementType !== ElementType.MEDIUM_TRANSPORT && !status.access,
        senseDataValid: status.except,
        asc: status.asc,
        ascq: status.ascq,
      };
    }),
  );
}
