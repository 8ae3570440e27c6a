import { OperationCode } from '../../scsi/opcodes.js';
import type { ElementStatus } from '../../scsi/smc/element-status.js';
import { allElementTypes, ElementType, isElementType } from '../../scsi/smc/element-type.js';
import {
  parseInitializeElementStatusCdb,
  parseInitializeElementStatusWithRangeCdb,
} from '../../scsi/smc/initialize-element-status.js';
import {
  cutElementStatusData,
  encodeElementStatusData,
  parseReadElementStatusCdb,
  type ElementStatusPageInput,
} from '../../scsi/smc/read-element-status.js';
import { CheckCondition, invalidElementAddress, invalidFieldInCdb } from '../check-condition.js';
import type { Command, CommandTable } from '../device-server.js';
import type { Element } from '../element-store.js';
import type { Changer } from './changer.js';
import { reportElement, type DriveInElement } from './element-report.js';
import { checkReady } from './motion-checks.js';
import { scan } from './motions.js';

/** READ ELEMENT STATUS and the two INITIALIZE ELEMENT STATUS (SMC-3). */
export function elementStatusCommands(
  changer: Changer,
  driveIn: (address: number) => DriveInElement | undefined,
): CommandTable {
  const commands = new Map<number, Command>();
  commands.set(OperationCode.READ_ELEMENT_STATUS, {
    // SMC-2: with CURDATA nothing moves, so a reservation does not matter.
    ignoresReservation: (cdb) => ((cdb[6] ?? 0) & 0x02) !== 0,
    run: ({ cdb }) => readElementStatus(changer, driveIn, cdb),
  });
  commands.set(OperationCode.INITIALIZE_ELEMENT_STATUS, {
    async run({ cdb }) {
      parseInitializeElementStatusCdb(cdb);
      checkReady(changer);
      await scan(changer, scannable(changer.elements.all()));
      return undefined;
    },
  });
  if (changer.profile.quirks.initializeElementStatusWithRange) {
    commands.set(OperationCode.INITIALIZE_ELEMENT_STATUS_WITH_RANGE, {
      run: ({ cdb }) => initializeWithRange(changer, cdb),
    });
  }
  return commands;
}

/** The pages of a report: one for each element type, in the order of addresses. */
export function elementStatusPages(
  changer: Changer,
  elements: readonly Element[],
  asked: { readonly volTag: boolean; readonly dvcid: boolean },
  driveIn: (address: number) => DriveInElement | undefined,
): ElementStatusPageInput[] {
  const pages = new Map<ElementType, ElementStatus[]>();
  for (const element of elements) {
    const { elementType, address } = element;
    const drive = elementType === ElementType.DATA_TRANSFER ? driveIn(address) : undefined;
    const status = reportElement(changer, element, asked, drive);
    const page = pages.get(elementType);
    if (page === undefined) pages.set(elementType, [status]);
    else page.push(status);
  }
  return [...pages].map(([elementType, reported]) => ({
    elementType,
    pVolTag: asked.volTag,
    aVolTag: false,
    elements: reported,
  }));
}

function readElementStatus(
  changer: Changer,
  driveIn: (address: number) => DriveInElement | undefined,
  cdb: Uint8Array,
): Uint8Array {
  const params = parseReadElementStatusCdb(cdb);
  const { elementTypeCode, startingElementAddress } = params;
  const { quirks } = changer.profile;
  if (elementTypeCode !== allElementTypes && !isElementType(elementTypeCode)) throw invalidFieldInCdb(1, 3);
  if (params.volTag && params.dvcid && quirks.noVolumeTagWithDeviceIdentifier) throw invalidFieldInCdb(6, 0);
  // While the inventory is being taken there is nothing true to report. An open door only stops the picker.
  if (changer.state.becomingReady) {
    const sense = changer.state.notReadySense();
    if (sense !== undefined) throw new CheckCondition(sense);
  }
  const most = Math.min(params.numberOfElements, quirks.maxElementsPerQuery ?? 0xffff);
  const ofType = isElementType(elementTypeCode) ? changer.elements.ofType(elementTypeCode) : changer.elements.all();
  const elements = ofType.filter(({ address }) => address >= startingElementAddress).slice(0, most);
  const report = encodeElementStatusData(elementStatusPages(changer, elements, params, driveIn));
  return cutElementStatusData(report, params.allocationLength);
}

async function initializeWithRange(changer: Changer, cdb: Uint8Array): Promise<undefined> {
  const { fast, range, startingElementAddress, numberOfElements } = parseInitializeElementStatusWithRangeCdb(cdb);
  checkReady(changer);
  let elements = changer.elements.all();
  if (range) {
    if (changer.elements.find(startingElementAddress) === undefined) throw invalidElementAddress(2);
    elements = elements.filter(({ address }) => address >= startingElementAddress);
    // Zero means all from there on (SMC-3).
    if (numberOfElements > 0) elements = elements.slice(0, numberOfElements);
  }
  // FAST looks for cartridges and leaves the labels; the sensors of this device always know of cartridges.
  if (!fast) await scan(changer, scannable(elements));
  return undefined;
}

function scannable(elements: readonly Element[]): readonly Element[] {
  return elements.filter(({ elementType, present }) => present && elementType !== ElementType.MEDIUM_TRANSPORT);
}
