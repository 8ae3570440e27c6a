import { dataFailure } from './command-failure.js';
import {
  failed,
  mapOutcome,
  succeeded,
  type CommandFailure,
  type CommandNote,
  type CommandOutcome,
} from './command-outcome.js';
import { commandOptions, type CommandOptions } from './command-request.js';
import type { LogicalUnit } from './logical-unit.js';
import { AdditionalSense } from './scsi/asc-ascq.js';
import { hasAdditionalSense, SenseKey } from './scsi/sense.js';
import type { ElementStatus } from './scsi/smc/element-status.js';
import { allElementTypes, type ElementType } from './scsi/smc/element-type.js';
import {
  allocationLengthFor,
  decodeElementStatusData,
  decodeElementStatusHeader,
  elementStatusHeaderLength,
  readElementStatusCdb,
  type ElementStatusData,
} from './scsi/smc/read-element-status.js';
import { ScsiStatus } from './scsi/status.js';

/** One READ ELEMENT STATUS as it goes over the wire. */
export interface WireQuery {
  readonly elementType?: ElementType;
  readonly start: number;
  readonly count: number;
  readonly volumeTag: boolean;
  readonly deviceIdentifier: boolean;
  readonly currentData: boolean;
}

const name = 'READ ELEMENT STATUS';
/** Up to so many elements the answer is small, so that asking for its size first would cost more than it saves. */
const fewElements = 16;
/** Generous for a descriptor with both volume tags and a long device identifier. */
const guessedDescriptorLength = 256;
const guessedHeadersLength = 64;
/** The inventory may grow between asking for its size and asking for it. */
const sizingAttempts = 3;

/**
 * Carries one query, finding the allocation length that it needs: header first, then the whole report, once more if it
 * has grown. When the report is larger than `maxAllocationLength`, the whole descriptors of its beginning come back and
 * `truncated` is set. A report that is shorter than it says although there was room is a failure of layer `data`.
 */
export async function queryElementStatus(
  unit: LogicalUnit,
  query: WireQuery,
  maxAllocationLength: number,
  options: CommandOptions,
): Promise<CommandOutcome<ElementStatusData>> {
  const guess = Math.min(guessedHeadersLength + query.count * guessedDescriptorLength, 0xffff, maxAllocationLength);
  let allocationLength = guess;
  if (query.count > fewElements) {
    const header = await send(unit, query, elementStatusHeaderLength, decodeElementStatusHeader, options);
    if (!header.ok && !isRefusal(header.failure)) return header;
    // Some devices refuse to send a header only, some call it empty then: they get the guess.
    if (header.ok && header.value.byteCountOfReportAvailable > 0) allocationLength = allocationLengthFor(header.value);
  }
  for (let attempt = 1; ; attempt++) {
    const asked = Math.min(allocationLength, maxAllocationLength);
    const decode = (bytes: Uint8Array): ElementStatusData =>
      decodeElementStatusData(bytes, { dvcid: query.deviceIdentifier });
    const report = await send(unit, query, asked, decode, options);
    if (!report.ok || !report.value.truncated) return report;
    const needed = allocationLengthFor(report.value);
    if (needed <= asked) {
      const completed = withCutElement(report.value);
      if (completed !== undefined) return succeeded(completed, [...report.notes, cutNote(unit)]);
      return lie(unit, `the report ends early: it announces ${needed} bytes and there was room for ${asked}`);
    }
    if (asked === maxAllocationLength) {
      if (report.value.elements.length > 0) return report;
      return lie(unit, `not one element fits the largest allocation length (${maxAllocationLength} bytes)`);
    }
    if (attempt === sizingAttempts) {
      return lie(unit, `the report grows each time it is asked for, last to ${needed} bytes`);
    }
    allocationLength = needed;
  }
}

/**
 * Some devices send a little less than they announce: Linux tgtd 1.0.85 forgets the eight bytes of the header, so that the
 * last descriptor loses its end. When exactly the last element is cut, and what came of it tells its flags, it counts as
 * read; anything that misses more than that is not believed.
 */
function withCutElement(report: ElementStatusData): ElementStatusData | undefined {
  const { partialElement, elements, numberOfElementsAvailable } = report;
  if (partialElement === undefined || elements.length + 1 !== numberOfElementsAvailable) return undefined;
  return { ...report, elements: [...elements, partialElement], truncated: false };
}

function cutNote(unit: LogicalUnit): CommandNote {
  return { kind: 'fallback', message: `${unit.name} sends fewer bytes of its element status than it announces.` };
}

/** The device does not take the command in this form: INVALID FIELD IN CDB, and what some say instead. */
export function isRefusal({ sense }: CommandFailure): boolean {
  return (
    sense !== undefined &&
    sense.key === SenseKey.ILLEGAL_REQUEST &&
    (hasAdditionalSense(sense, AdditionalSense.INVALID_FIELD_IN_CDB) ||
      hasAdditionalSense(sense, AdditionalSense.PARAMETER_NOT_SUPPORTED) ||
      hasAdditionalSense(sense, AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION))
  );
}

/** There is no element at or above the starting address. */
export function isInvalidAddress({ sense }: CommandFailure): boolean {
  return (
    sense !== undefined &&
    sense.key === SenseKey.ILLEGAL_REQUEST &&
    hasAdditionalSense(sense, AdditionalSense.INVALID_ELEMENT_ADDRESS)
  );
}

/** A failure of layer `data` for element status data that cannot be right. */
export function lie(unit: LogicalUnit, problem: string): CommandOutcome<never> {
  return failed(dataFailure({ device: unit.name, request: { name } }, ScsiStatus.GOOD, problem));
}

/** The elements of `second` know their device; those of `first` get that from them. */
export function withDeviceIdentifiers(
  first: readonly ElementStatus[],
  second: readonly ElementStatus[],
): readonly ElementStatus[] {
  const identifiers = new Map(second.map((element) => [element.address, element.deviceIdentifier]));
  return first.map((element) => {
    const deviceIdentifier = identifiers.get(element.address);
    return deviceIdentifier === undefined ? element : { ...element, deviceIdentifier };
  });
}

function send<T>(
  unit: LogicalUnit,
  query: WireQuery,
  allocationLength: number,
  decode: (bytes: Uint8Array) => T,
  options: CommandOptions,
): Promise<CommandOutcome<T>> {
  return unit.execute(
    {
      name,
      cdb: readElementStatusCdb({
        volTag: query.volumeTag,
        elementTypeCode: query.elementType ?? allElementTypes,
        startingElementAddress: query.start,
        numberOfElements: query.count,
        curData: query.currentData,
        dvcid: query.deviceIdentifier,
        allocationLength,
      }),
      dataInLength: allocationLength,
      timeoutClass: 'inventory',
      decode,
    },
    commandOptions(options),
  );
}

export const elementsOf = (outcome: CommandOutcome<ElementStatusData>): CommandOutcome<readonly ElementStatus[]> =>
  mapOutcome(outcome, ({ elements }) => elements);
