import { requireBytes, ScsiFormatError } from './format-error.js';
import { layout, type Field, type Layout, type LayoutInput, type LayoutValue } from './layout.js';

type Fields = Readonly<Record<string, Field<number> | Field<boolean> | Field<string> | Field<Uint8Array>>>;

/** A command descriptor block: a layout whose byte 0 is the operation code. The CONTROL byte is always zero. */
export interface CdbLayout<F extends Fields> {
  readonly what: string;
  readonly opcode: number;
  readonly length: number;
  /** The initiator's side. Throws `OUT_OF_RANGE`. */
  build(params: LayoutInput<F>): Uint8Array;
  /** The device's side. Throws `SHORT_DATA`, or `CONTRADICTION` when it is another command. */
  parse(cdb: Uint8Array): LayoutValue<F>;
}

export type CdbParams<C> = C extends CdbLayout<infer F> ? LayoutInput<F> : never;
export type CdbValue<C> = C extends CdbLayout<infer F> ? LayoutValue<F> : never;

/**
 * Declares a CDB. With `serviceAction`, bits 4 to 0 of byte 1 are set and checked as well.
 * Reserved bits are written as zero and not looked at when parsing.
 */
export function cdbLayout<const F extends Fields>(
  what: string,
  opcode: number,
  length: number,
  fields: F,
  serviceAction?: number,
): CdbLayout<F> {
  const block: Layout<F> = layout(`${what} CDB`, length, fields);
  return {
    what,
    opcode,
    length,
    build(params) {
      const cdb = block.encode(params);
      cdb[0] = opcode;
      if (serviceAction !== undefined) cdb[1] = (cdb[1] ?? 0) | serviceAction;
      return cdb;
    },
    parse(cdb) {
      requireBytes(block.what, cdb, 0, length);
      if (cdb[0] !== opcode) {
        throw new ScsiFormatError(
          'CONTRADICTION',
          block.what,
          0,
          `operation code is ${hex(cdb[0])}, not ${hex(opcode)}`,
        );
      }
      if (serviceAction !== undefined && ((cdb[1] ?? 0) & 0x1f) !== serviceAction) {
        const found = (cdb[1] ?? 0) & 0x1f;
        throw new ScsiFormatError(
          'CONTRADICTION',
          block.what,
          1,
          `service action is ${hex(found)}, not ${hex(serviceAction)}`,
        );
      }
      return block.decode(cdb);
    },
  };
}

function hex(byte: number | undefined): string {
  return `${(byte ?? 0).toString(16).toUpperCase().padStart(2, '0')}h`;
}
