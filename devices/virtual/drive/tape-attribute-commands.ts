import { AdditionalSense } from '../../scsi/asc-ascq.js';
import { ScsiFormatError } from '../../scsi/format-error.js';
import { OperationCode } from '../../scsi/opcodes.js';
import {
  AttributeFormat,
  decodeAttributeParameterList,
  encodeAttributeIdentifiers,
  encodeAttributes,
  encodeNumberRange,
  type ListedAttribute,
} from '../../scsi/spc/medium-attribute.js';
import { parseReadAttributeCdb, parseWriteAttributeCdb, ReadAttributeAction } from '../../scsi/spc/read-attribute.js';
import type { ScsiTask } from '../../transport/scsi-target.js';
import { illegalRequest, invalidFieldInCdb, invalidFieldInParameterList } from '../check-condition.js';
import { serviceAction, type Command, type CommandTable } from '../device-server.js';
import type { AttributeChange } from '../media/medium.js';
import { cutTo } from '../primary-commands.js';
import { hostAttribute, hostAttributeIdentifiers, isHostAttribute } from './host-attributes.js';
import type { LoadedTape } from './loaded-tape.js';

/** READ ATTRIBUTE and WRITE ATTRIBUTE (SPC-4): the memory of the cartridge that is loaded. */
export function tapeAttributeCommands(tape: LoadedTape): CommandTable {
  return new Map<number, Command>([
    ...Object.values(ReadAttributeAction).map((action): [number, Command] => [
      serviceAction(OperationCode.READ_ATTRIBUTE, action),
      { run: ({ cdb }) => readAttribute(tape, cdb) },
    ]),
    [OperationCode.WRITE_ATTRIBUTE, { run: (task) => writeAttribute(tape, task) }],
  ]);
}

function readAttribute(tape: LoadedTape, cdb: Uint8Array): Uint8Array {
  const params = parseReadAttributeCdb(cdb);
  const { serviceAction: action, firstAttributeIdentifier, allocationLength } = params;
  const memory = tape.memory();
  checkVolume(params);
  const attributes = memory.attributes().filter(({ identifier }) => identifier >= firstAttributeIdentifier);
  switch (action) {
    case ReadAttributeAction.ATTRIBUTE_VALUES:
      if (firstAttributeIdentifier !== 0 && attributes.length === 0) throw invalidFieldInCdb(8);
      return cutTo(allocationLength, encodeAttributes(attributes));
    case ReadAttributeAction.ATTRIBUTE_LIST:
      return cutTo(allocationLength, encodeAttributeIdentifiers(attributes.map(({ identifier }) => identifier)));
    case ReadAttributeAction.SUPPORTED_ATTRIBUTES: {
      const known = new Set([
        ...memory.attributes().map(({ identifier }) => identifier),
        ...hostAttributeIdentifiers(),
      ]);
      const sorted = [...known].filter((identifier) => identifier >= firstAttributeIdentifier);
      return cutTo(allocationLength, encodeAttributeIdentifiers(sorted.toSorted((one, other) => one - other)));
    }
    case ReadAttributeAction.LOGICAL_VOLUME_LIST:
    case ReadAttributeAction.PARTITION_LIST:
      // One volume, one partition, both numbered 0.
      return cutTo(allocationLength, encodeNumberRange(0, 1));
    default:
      throw invalidFieldInCdb(1, 4);
  }
}

function writeAttribute(tape: LoadedTape, { cdb, dataOut }: ScsiTask): undefined {
  const params = parseWriteAttributeCdb(cdb);
  const memory = tape.memory();
  checkVolume(params);
  const length = params.parameterListLength;
  if (length === 0) return undefined;
  if (dataOut.length < length) throw illegalRequest(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
  const changes = decode(dataOut.subarray(0, length)).map(checked);
  if (memory.spaceAfter(changes) < 0) throw illegalRequest(AdditionalSense.AUXILIARY_MEMORY_OUT_OF_SPACE);
  memory.change(changes);
  return undefined;
}

function checkVolume(params: { readonly logicalVolumeNumber: number; readonly partitionNumber: number }): void {
  if (params.logicalVolumeNumber !== 0) throw invalidFieldInCdb(5);
  if (params.partitionNumber !== 0) throw invalidFieldInCdb(7);
}

function decode(list: Uint8Array): readonly ListedAttribute[] {
  try {
    return decodeAttributeParameterList(list);
  } catch (error) {
    if (!(error instanceof ScsiFormatError)) throw error;
    throw illegalRequest(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
  }
}

/** A host writes its own attributes only, in their own form; one without a value is removed. */
function checked({ identifier, format, value, offset }: ListedAttribute): AttributeChange {
  if (!isHostAttribute(identifier)) throw invalidFieldInParameterList(offset);
  if (value.length === 0) return { identifier, format, value: undefined };
  const known = hostAttribute(identifier);
  const formatFits = known === undefined ? format <= AttributeFormat.TEXT : format === known.format;
  if (!formatFits) throw invalidFieldInParameterList(offset + 2);
  const lengthFits =
    known === undefined || (known.variable ? value.length <= known.length : value.length === known.length);
  if (!lengthFits) throw invalidFieldInParameterList(offset + 3);
  return { identifier, format, value };
}
