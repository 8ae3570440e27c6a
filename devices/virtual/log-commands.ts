import { AdditionalSense } from '../scsi/asc-ascq.js';
import { ScsiFormatError } from '../scsi/format-error.js';
import { OperationCode } from '../scsi/opcodes.js';
import { LogPageControl, parseLogSelectCdb } from '../scsi/spc/log-select.js';
import {
  decodeLogPage,
  decodeLogParameters,
  encodeLogPage,
  encodeLogParameters,
  encodeSupportedLogPages,
  encodeSupportedLogSubpages,
  parseLogSenseCdb,
} from '../scsi/spc/log-sense.js';
import type { ScsiTask } from '../transport/scsi-target.js';
import { illegalRequest, invalidFieldInCdb, invalidFieldInParameterList } from './check-condition.js';
import type { Command, CommandTable, DeviceServer } from './device-server.js';
import type { NexusState } from './nexus-table.js';
import { cutTo } from './primary-commands.js';

/** A log page of a logical unit. */
export interface LogPageSource {
  readonly pageCode: number;
  readonly subpageCode?: number;
  /** The whole page, as this nexus sees it; refuses with a CheckCondition values that it does not have. */
  read(nexus: NexusState, pageControl: number): Uint8Array;
  /** Hears which parameters went out whole. */
  sent?(nexus: NexusState, parameterCodes: readonly number[]): void;
  /** Sets everything that can be counted to its default; tells whether that changed anything. Absent: nothing is counted. */
  reset?(): boolean;
}

const SUPPORTED_PAGES = 0x00;
const ALL_SUBPAGES = 0xff;

/**
 * LOG SENSE and LOG SELECT (SPC-4). Page 00h and the lists of subpages are made from `sources`. LOG SELECT sets counters back;
 * no parameter can be written, and none is saved.
 */
export function logCommands(server: DeviceServer, sources: readonly LogPageSource[]): CommandTable {
  const logSense: Command = {
    ignoresReservation: true,
    run: ({ cdb }, nexus) => sense(sources, cdb, nexus),
  };
  const logSelect: Command = {
    run(task) {
      if (select(sources, task)) server.nexuses.establish(AdditionalSense.LOG_PARAMETERS_CHANGED, task.nexus);
      return undefined;
    },
  };
  return new Map([
    [OperationCode.LOG_SENSE, logSense],
    [OperationCode.LOG_SELECT, logSelect],
  ]);
}

function sense(sources: readonly LogPageSource[], cdb: Uint8Array, nexus: NexusState): Uint8Array {
  const { savePages, pageControl, pageCode, subpageCode, parameterPointer, allocationLength } = parseLogSenseCdb(cdb);
  if (savePages) throw invalidFieldInCdb(1, 0);
  const list = listOfPages(sources, pageCode, subpageCode);
  if (list !== undefined) {
    if (parameterPointer !== 0) throw invalidFieldInCdb(5);
    return cutTo(allocationLength, list);
  }
  const source = findSource(sources, pageCode, subpageCode);
  const page = fromParameter(source.read(nexus, pageControl), parameterPointer);
  const dataIn = cutTo(allocationLength, page);
  source.sent?.(nexus, wholeParameters(dataIn));
  return dataIn;
}

function findSource(sources: readonly LogPageSource[], pageCode: number, subpageCode: number): LogPageSource {
  const ofPage = sources.filter((source) => source.pageCode === pageCode);
  if (ofPage.length === 0) throw invalidFieldInCdb(2, 5);
  const source = ofPage.find((one) => (one.subpageCode ?? 0) === subpageCode);
  if (source === undefined) throw invalidFieldInCdb(3);
  return source;
}

/** 00h lists the pages; subpage FFh the pages with their subpages, of one page or of all (SPC-4). */
function listOfPages(sources: readonly LogPageSource[], pageCode: number, subpageCode: number): Uint8Array | undefined {
  if (pageCode === SUPPORTED_PAGES && subpageCode === 0) {
    const codes = new Set([SUPPORTED_PAGES, ...sources.map((source) => source.pageCode)]);
    return encodeSupportedLogPages([...codes].toSorted((one, other) => one - other));
  }
  if (subpageCode !== ALL_SUBPAGES) return undefined;
  const all = [
    { pageCode: SUPPORTED_PAGES, subpageCode: 0 },
    { pageCode: SUPPORTED_PAGES, subpageCode: ALL_SUBPAGES },
    ...sources.map((source) => ({ pageCode: source.pageCode, subpageCode: source.subpageCode ?? 0 })),
  ].toSorted((one, other) => one.pageCode - other.pageCode || one.subpageCode - other.subpageCode);
  const listed = pageCode === SUPPORTED_PAGES ? all : all.filter((one) => one.pageCode === pageCode);
  if (listed.length === 0) throw invalidFieldInCdb(2, 5);
  return encodeSupportedLogSubpages(pageCode, listed);
}

/** PARAMETER POINTER: the page from this parameter code on. A pointer behind the last one is a wrong field (SPC-4). */
function fromParameter(page: Uint8Array, parameterPointer: number): Uint8Array {
  if (parameterPointer === 0) return page;
  const { pageCode, subpageCode, content } = decodeLogPage(page);
  const left = decodeLogParameters(content).filter(({ parameterCode }) => parameterCode >= parameterPointer);
  if (left.length === 0) throw invalidFieldInCdb(5);
  const rest = { pageCode, content: encodeLogParameters(left) };
  return encodeLogPage(subpageCode === undefined ? rest : { ...rest, subpageCode });
}

function wholeParameters(page: Uint8Array): readonly number[] {
  const codes: number[] = [];
  for (let at = 4; at + 4 <= page.length;) {
    const next = at + 4 + (page[at + 3] ?? 0);
    if (next > page.length) break;
    codes.push(((page[at] ?? 0) << 8) | (page[at + 1] ?? 0));
    at = next;
  }
  return codes;
}

/** Whether anything is another value now. */
function select(sources: readonly LogPageSource[], { cdb, dataOut }: ScsiTask): boolean {
  const params = parseLogSelectCdb(cdb);
  const { parameterCodeReset, saveParameters, pageControl, pageCode, subpageCode, parameterListLength } = params;
  if (saveParameters) throw invalidFieldInCdb(1, 0);
  if (parameterCodeReset && parameterListLength > 0) throw invalidFieldInCdb(1, 1);
  const selected = selectedSources(sources, pageCode, subpageCode);
  if (parameterListLength > 0) {
    if (pageCode !== 0 || subpageCode !== 0) throw invalidFieldInCdb(2, 5);
    if (dataOut.length < parameterListLength) throw illegalRequest(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
    refuseParameters(sources, dataOut.subarray(0, parameterListLength));
    return false;
  }
  // An empty list with the default cumulative values means the same as PCR (SPC-4).
  if (!parameterCodeReset && pageControl !== LogPageControl.DEFAULT_CUMULATIVE) return false;
  return selected.map((source) => source.reset?.() === true).includes(true);
}

function selectedSources(
  sources: readonly LogPageSource[],
  pageCode: number,
  subpageCode: number,
): readonly LogPageSource[] {
  if (pageCode === 0 && (subpageCode === 0 || subpageCode === ALL_SUBPAGES)) return sources;
  if (subpageCode !== ALL_SUBPAGES) return [findSource(sources, pageCode, subpageCode)];
  const ofPage = sources.filter((source) => source.pageCode === pageCode);
  if (ofPage.length === 0) throw invalidFieldInCdb(2, 5);
  return ofPage;
}

/** No parameter can be written: says of the first page in the list what is wrong with it. */
function refuseParameters(sources: readonly LogPageSource[], list: Uint8Array): void {
  try {
    const page = decodeLogPage(list);
    const isKnown = sources.some(
      (source) => source.pageCode === page.pageCode && source.subpageCode === page.subpageCode,
    );
    if (!isKnown) throw invalidFieldInParameterList(0, 5);
    if (page.truncated) throw illegalRequest(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
    if (decodeLogParameters(page.content).length > 0) throw invalidFieldInParameterList(4);
  } catch (error) {
    if (!(error instanceof ScsiFormatError)) throw error;
    throw illegalRequest(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
  }
}
