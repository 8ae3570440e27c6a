import { AdditionalSense } from '../scsi/asc-ascq.js';
import { ScsiFormatError } from '../scsi/format-error.js';
import { OperationCode } from '../scsi/opcodes.js';
import {
  decodeModeParameterList,
  encodeModeParameters,
  type ModeHeaderFormat,
  type ModeParameterList,
} from '../scsi/spc/mode-parameters.js';
import { parseModeSelect10Cdb, parseModeSelect6Cdb } from '../scsi/spc/mode-select.js';
import { parseModeSense10Cdb, parseModeSense6Cdb } from '../scsi/spc/mode-sense.js';
import type { ScsiTask } from '../transport/scsi-target.js';
import { illegalRequest, invalidFieldInCdb, invalidFieldInParameterList } from './check-condition.js';
import type { Command, CommandTable, DeviceServer } from './device-server.js';
import type { ModeSenseParams } from './mode-page-choice.js';
import type { ModePages } from './mode-pages.js';
import { cutTo } from './primary-commands.js';

const SHORT_HEADER = 4;
const LONG_HEADER = 8;
/** What MODE DATA LENGTH of one byte can say, and that byte. */
const LONGEST_SHORT = 256;

/** What stands before the pages: a tape drive has a density, a block length and more there; a changer has nothing. */
export interface ModeHeader {
  /** For MODE SENSE; block descriptors are left out with DBD. Refuses with a CheckCondition where it must. */
  report(pageControl: number): {
    readonly mediumType?: number;
    readonly deviceSpecificParameter?: number;
    readonly blockDescriptors?: Uint8Array;
  };
  /**
   * For MODE SELECT: refuses with a CheckCondition, or gives what takes the values over, and then tells whether one is
   * another now. That is called only when the pages were accepted as well.
   */
  accept(list: ModeParameterList): () => boolean;
}

/** No block descriptors, nothing to set. Medium type and device-specific parameter are reserved (SMC-3). */
export const EMPTY_MODE_HEADER: ModeHeader = {
  report: () => ({}),
  accept(list) {
    // BLOCK DESCRIPTOR LENGTH is the last byte of the short header, the last two of the long one.
    const { blockDescriptorsOffset: end } = list;
    if (list.blockDescriptors.length > 0) throw invalidFieldInParameterList(end === SHORT_HEADER ? end - 1 : end - 2);
    return () => false;
  },
};

/** MODE SENSE and MODE SELECT, 6 and 10 (SPC-4). Values cannot be saved; a change is told to all other nexuses. */
export function modeCommands(
  server: DeviceServer,
  pages: ModePages,
  header: ModeHeader = EMPTY_MODE_HEADER,
): CommandTable {
  server.whenReset(() => pages.reset());

  const sense = (format: ModeHeaderFormat, params: ModeSenseParams & { readonly dbd: boolean }): Uint8Array => {
    const chosen = pages.choose(params);
    const { blockDescriptors = new Uint8Array(0), ...rest } = header.report(params.pageControl);
    const parameters = { ...rest, blockDescriptors: params.dbd ? new Uint8Array(0) : blockDescriptors, pages: chosen };
    const long = encodeModeParameters(parameters, 10);
    if (format === 10) return cutTo(params.allocationLength, long);
    // MODE DATA LENGTH has one byte: what does not fit must be asked for with MODE SENSE(10) (SPC-4).
    if (long.length - LONG_HEADER + SHORT_HEADER > LONGEST_SHORT) throw invalidFieldInCdb(2, 5);
    return cutTo(params.allocationLength, encodeModeParameters(parameters, 6));
  };

  const select = (
    format: ModeHeaderFormat,
    { savePages, parameterListLength }: { readonly savePages: boolean; readonly parameterListLength: number },
    { dataOut, nexus }: ScsiTask,
  ): undefined => {
    if (savePages) throw invalidFieldInCdb(1, 0);
    // No list is no error, and changes nothing (SPC-4).
    if (parameterListLength === 0) return undefined;
    if (dataOut.length < parameterListLength) throw illegalRequest(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
    const list = decodeList(dataOut.subarray(0, parameterListLength), format);
    const takeOver = header.accept(list);
    const pagesChanged = pages.select(list.pages);
    const headerChanged = takeOver();
    if (pagesChanged || headerChanged) server.nexuses.establish(AdditionalSense.MODE_PARAMETERS_CHANGED, nexus);
    return undefined;
  };

  return new Map<number, Command>([
    [OperationCode.MODE_SENSE_6, { run: ({ cdb }) => sense(6, parseModeSense6Cdb(cdb)) }],
    [OperationCode.MODE_SENSE_10, { run: ({ cdb }) => sense(10, parseModeSense10Cdb(cdb)) }],
    [OperationCode.MODE_SELECT_6, { run: (task) => select(6, parseModeSelect6Cdb(task.cdb), task) }],
    [OperationCode.MODE_SELECT_10, { run: (task) => select(10, parseModeSelect10Cdb(task.cdb), task) }],
  ]);
}

/** A list that ends inside a header, descriptor or page has the wrong length (SPC-4). */
function decodeList(bytes: Uint8Array, format: ModeHeaderFormat): ModeParameterList {
  try {
    return decodeModeParameterList(bytes, format);
  } catch (error) {
    if (!(error instanceof ScsiFormatError)) throw error;
    throw illegalRequest(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
  }
}
