/**
 * CDB USAGE DATA (SPC-4, REPORT SUPPORTED OPERATION CODES): a one for every bit of a CDB that is looked at; the operation
 * code and the service action stand as themselves. It is learned from the codec itself, bit by bit: a bit whose change
 * changes what `parse` gives (or makes it throw) is looked at, and no other.
 */
export function cdbUsage(
  parse: (cdb: Uint8Array) => unknown,
  command: { readonly opcode: number; readonly serviceAction?: number; readonly length: number },
): Uint8Array {
  const { opcode, serviceAction, length } = command;
  const cdb = new Uint8Array(length);
  cdb[0] = opcode;
  if (serviceAction !== undefined) cdb[1] = serviceAction;
  const usage = new Uint8Array(length);
  const plain = seen(parse, cdb);
  for (let byte = 1; byte < length; byte++) {
    for (let bit = 0; bit < 8; bit++) {
      const changed = cdb.slice();
      changed[byte] = (changed[byte] ?? 0) ^ (1 << bit);
      if (seen(parse, changed) !== plain) usage[byte] = (usage[byte] ?? 0) | (1 << bit);
    }
  }
  usage[0] = opcode;
  if (serviceAction !== undefined) usage[1] = ((usage[1] ?? 0) & 0xe0) | serviceAction;
  return usage;
}

/** What is said where no codec is known: every bit may matter, but CONTROL. */
export function unknownCdbUsage(opcode: number, length: number): Uint8Array {
  const usage = new Uint8Array(length).fill(0xff);
  usage[0] = opcode;
  usage[length - 1] = 0;
  return usage;
}

function seen(parse: (cdb: Uint8Array) => unknown, cdb: Uint8Array): string {
  try {
    return JSON.stringify(parse(cdb), (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)) ?? '';
  } catch {
    return 'refused';
  }
}
