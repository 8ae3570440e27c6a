import { OperationCode } from '../../scsi/opcodes.js';
import { encodeBlockLimits, parseReadBlockLimitsCdb } from '../../scsi/ssc/read-block-limits.js';
import type { Command, CommandTable } from '../device-server.js';
import type { Mechanics } from '../mechanics.js';
import { MAXIMUM_BLOCK_LENGTH } from './block-limits.js';
import type { LoadedTape } from './loaded-tape.js';
import { readTape } from './tape-read-command.js';
import { eraseTape, writeFilemarks, writeTape } from './tape-write-commands.js';

/** READ(6), WRITE(6), WRITE FILEMARKS(6), ERASE(6) and READ BLOCK LIMITS (SSC-3). */
export function tapeDataCommands(tape: LoadedTape, mechanics: Mechanics): CommandTable {
  return new Map<number, Command>([
    [OperationCode.READ_6, { run: ({ cdb }) => readTape(tape, cdb) }],
    [OperationCode.WRITE_6, { run: ({ cdb, dataOut }) => writeTape(tape, cdb, dataOut) }],
    [OperationCode.WRITE_FILEMARKS_6, { run: ({ cdb }) => writeFilemarks(tape, cdb) }],
    [OperationCode.ERASE_6, { run: ({ cdb }) => eraseTape(tape, mechanics, cdb) }],
    [
      OperationCode.READ_BLOCK_LIMITS,
      {
        run({ cdb }) {
          parseReadBlockLimitsCdb(cdb);
          return encodeBlockLimits({ maximumBlockLength: MAXIMUM_BLOCK_LENGTH, minimumBlockLength: 1 });
        },
      },
    ],
  ]);
}
