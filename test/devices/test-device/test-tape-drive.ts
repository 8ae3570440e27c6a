import { AdditionalSense } from '../../../devices/scsi/asc-ascq.js';
import { OperationCode } from '../../../devices/scsi/opcodes.js';
import { SenseKey } from '../../../devices/scsi/sense.js';
import { encodeReadPositionShort } from '../../../devices/scsi/ssc/read-position.js';
import { parseRead6Cdb } from '../../../devices/scsi/ssc/read-write-6.js';
import type { ScsiCommand, TransportResult } from '../../../devices/transport/scsi-transport.js';
import { checkCondition, good, ScriptedTransport } from './scripted-transport.js';

export type TapeObject = Uint8Array | 'filemark';

/** A tape drive with one loaded tape in variable block mode. */
export class TestTapeDrive extends ScriptedTransport {
  readonly tape: TapeObject[];
  position = 0;

  constructor(tape: TapeObject[] = []) {
    super();
    this.tape = tape;
    this.push((command) => this.#answer(command));
  }

  #answer({ cdb, dataOut }: ScsiCommand): TransportResult | undefined {
    switch (cdb[0]) {
      case OperationCode.REWIND:
        this.position = 0;
        return good();
      case OperationCode.READ_6:
        return this.#read(parseRead6Cdb(cdb).transferLength);
      case OperationCode.WRITE_6:
        this.#append((dataOut ?? new Uint8Array()).slice());
        return good();
      case OperationCode.WRITE_FILEMARKS_6:
        for (let i = 0; i < (cdb[4] ?? 0); i++) this.#append('filemark');
        return good();
      case OperationCode.READ_POSITION: {
        const location = { firstLogicalObjectLocation: this.position, lastLogicalObjectLocation: this.position };
        return good(encodeReadPositionShort({ ...location, beginningOfPartition: this.position === 0 }));
      }
      default:
        return undefined;
    }
  }

  #append(object: TapeObject): void {
    this.tape.splice(this.position, this.tape.length, object);
    this.position = this.tape.length;
  }

  #read(length: number): TransportResult {
    const object = this.tape[this.position];
    if (object === undefined) {
      return checkCondition({ key: SenseKey.BLANK_CHECK, ...AdditionalSense.END_OF_DATA_DETECTED });
    }
    this.position++;
    if (object === 'filemark') {
      const sense = { key: SenseKey.NO_SENSE, ...AdditionalSense.FILEMARK_DETECTED };
      return checkCondition({ ...sense, filemark: true, information: length });
    }
    if (object.length === length) return good(object);
    const sense = { key: SenseKey.NO_SENSE, asc: 0, ascq: 0, incorrectLengthIndicator: true };
    return checkCondition({ ...sense, information: length - object.length }, object.slice(0, length));
  }
}
