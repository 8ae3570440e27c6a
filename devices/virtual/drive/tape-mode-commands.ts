import { AdditionalSense } from '../../scsi/asc-ascq.js';
import { cdbLayout } from '../../scsi/cdb-layout.js';
import { flag, uint16, uint8 } from '../../scsi/layout.js';
import { OperationCode } from '../../scsi/opcodes.js';
import {
  decodeBlockDescriptor,
  encodeBlockDescriptor,
  encodeModeParameters,
  type ModeHeaderFormat,
} from '../../scsi/spc/mode-parameters.js';
import { parseModeSense10Cdb, parseModeSense6Cdb } from '../../scsi/spc/mode-sense.js';
import type { ScsiTask } from '../../transport/scsi-target.js';
import { illegalRequest, invalidFieldInCdb, invalidFieldInParameterList } from '../check-condition.js';
import type { Command, CommandTable } from '../device-server.js';
import { choosePages, type ModeSenseParams } from '../mode-page-choice.js';
import { cutTo } from '../primary-commands.js';
import type { LoadedTape } from './loaded-tape.js';
import { MAXIMUM_BLOCK_LENGTH } from './tape-data-commands.js';

/** MODE SELECT (SPC-4). The parameter list is header, block descriptor, pages. */
const modeSelect6 = cdbLayout('MODE SELECT(6)', OperationCode.MODE_SELECT_6, 6, {
  savePages: flag(1, 0),
  parameterListLength: uint8(4),
});
const modeSelect10 = cdbLayout('MODE SELECT(10)', OperationCode.MODE_SELECT_10, 10, {
  savePages: flag(1, 0),
  parameterListLength: uint16(7),
});

/** Bits of the device-specific parameter (SSC-3): write protected; buffered mode 1. */
const WRITE_PROTECTED = 0x80;
const BUFFERED_MODE = 0x10;
const HEADER_LENGTH: Readonly<Record<ModeHeaderFormat, number>> = { 6: 4, 10: 8 };
const BLOCK_DESCRIPTOR_LENGTH = 8;
const BLOCK_LENGTH_OFFSET = 5;
/** Density "default"; what a real generation reports differs and is of no use here. */
const DEFAULT_DENSITY = 0;

/** MODE SENSE and MODE SELECT, 6 and 10, of a tape drive: the block length is the only thing that can be set. */
export function tapeModeCommands(tape: LoadedTape): CommandTable {
  const sense = (format: ModeHeaderFormat, params: ModeSenseParams & { readonly dbd: boolean }): Uint8Array => {
    const pages = choosePages([], params);
    const blockDescriptors = params.dbd
      ? new Uint8Array(0)
      : encodeBlockDescriptor({ densityCode: DEFAULT_DENSITY, blockLength: tape.blockLength });
    const deviceSpecificParameter = BUFFERED_MODE | (tape.writeProtected ? WRITE_PROTECTED : 0);
    return cutTo(
      params.allocationLength,
      encodeModeParameters({ deviceSpecificParameter, blockDescriptors, pages }, format),
    );
  };
  const { nexuses } = tape.bay.server;
  tape.bay.server.whenReset(() => {
    tape.blockLength = 0;
  });
  const select = (
    format: ModeHeaderFormat,
    savePages: boolean,
    length: number,
    { dataOut, nexus }: ScsiTask,
  ): undefined => {
    if (savePages) throw invalidFieldInCdb(1, 0);
    if (length === 0) return undefined;
    const list = dataOut.subarray(0, length);
    const headerLength = HEADER_LENGTH[format];
    if (list.length < length || length < headerLength)
      throw illegalRequest(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
    const descriptorsLength = format === 6 ? (list[3] ?? 0) : ((list[6] ?? 0) << 8) | (list[7] ?? 0);
    const whole = descriptorsLength === 0 || descriptorsLength === BLOCK_DESCRIPTOR_LENGTH;
    // No page can be changed, so nothing may follow.
    if (!whole || list.length !== headerLength + descriptorsLength) {
      throw illegalRequest(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
    }
    if (descriptorsLength === 0) return undefined;
    const { blockLength } = decodeBlockDescriptor(list, headerLength);
    if (blockLength > MAXIMUM_BLOCK_LENGTH) throw invalidFieldInParameterList(headerLength + BLOCK_LENGTH_OFFSET);
    if (blockLength === tape.blockLength) return undefined;
    tape.blockLength = blockLength;
    // The drive has one block length for everybody.
    nexuses.establish(AdditionalSense.MODE_PARAMETERS_CHANGED, nexus);
    return undefined;
  };
  return new Map<number, Command>([
    [OperationCode.MODE_SENSE_6, { run: ({ cdb }) => sense(6, parseModeSense6Cdb(cdb)) }],
    [OperationCode.MODE_SENSE_10, { run: ({ cdb }) => sense(10, parseModeSense10Cdb(cdb)) }],
    [
      OperationCode.MODE_SELECT_6,
      {
        run(task) {
          const { savePages, parameterListLength } = modeSelect6.parse(task.cdb);
          return select(6, savePages, parameterListLength, task);
        },
      },
    ],
    [
      OperationCode.MODE_SELECT_10,
      {
        run(task) {
          const { savePages, parameterListLength } = modeSelect10.parse(task.cdb);
          return select(10, savePages, parameterListLength, task);
        },
      },
    ],
  ]);
}
