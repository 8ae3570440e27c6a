import { readFileSync, writeFileSync } from 'node:fs';
import type { CommandContext } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { findObject } from '../names/object-name.js';
import type { ObjectKind } from '../names/object-kinds.js';
import { withManager } from '../open-manager.js';

/** Which attribute of which object. */
export interface AttributeName {
  readonly kind: ObjectKind;
  readonly object: string;
  readonly name: string;
}

/** `rsm attribute get`: prints text as it is and other bytes in hexadecimal, or writes the bytes to a file. */
export async function getAttribute(
  context: CommandContext,
  { kind, object: wanted, name }: AttributeName,
  options: { readonly output?: string },
): Promise<void> {
  await withManager(context, async (open) => {
    const { id, type, label } = await findObject(open.reader(), kind, wanted);
    const { lpAttributeData } = await open.api.GetNtmsObjectAttribute(open.session, id, type, name, null);
    const data = Buffer.from(lpAttributeData);
    const text = asText(data);
    const { terminal } = context;
    if (options.output !== undefined) {
      writeFileSync(options.output, data);
      terminal.line(`${data.length} bytes are written to ${options.output}.`);
    } else {
      terminal.line(text ?? data.toString('hex'));
    }
    terminal.document({ ...{ kind, id, object: label, name, bytes: data.length }, hex: data.toString('hex'), text });
  });
}

/** `rsm attribute set`: from the command line or from a file. */
export async function setAttribute(
  context: CommandContext,
  { kind, object: wanted, name }: AttributeName,
  value: string | undefined,
  options: { readonly file?: string },
): Promise<void> {
  const data = readData(value, options.file);
  if (data.length === 0)
    throw new CommandError('USAGE', 'An attribute without bytes is none. See "rsm attribute remove".');
  await write(context, { kind, object: wanted, name }, data);
}

/** `rsm attribute remove`. */
export async function removeAttribute(context: CommandContext, which: AttributeName): Promise<void> {
  await write(context, which, null);
}

async function write(context: CommandContext, which: AttributeName, data: Buffer | null): Promise<void> {
  const { kind, name } = which;
  await withManager(context, async (open) => {
    const { id, type, label } = await findObject(open.reader(), kind, which.object);
    const { api, session } = open;
    // Taking away what is not there is no error to the API; to a person it is a misspelt name.
    if (data === null) await api.GetNtmsObjectAttribute(session, id, type, name, null);
    const bytes = data?.length ?? 0;
    await api.SetNtmsObjectAttribute(session, id, type, name, data, bytes);
    const what = data === null ? 'is removed from' : `(${bytes} bytes) is set on`;
    context.terminal.line(`Attribute ${name} ${what} ${label}.`);
    context.terminal.document({ kind, id, object: label, name, bytes });
  });
}

function readData(value: string | undefined, file: string | undefined): Buffer {
  if ((value === undefined) === (file === undefined)) {
    throw new CommandError('USAGE', 'Give the value, or a file with --file; one of the two.');
  }
  return file === undefined ? Buffer.from(value ?? '', 'utf8') : readFileSync(file);
}

/** The text that the bytes are; null when they are none that a terminal should be sent. */
function asText(data: Buffer): string | null {
  const text = data.toString('utf8');
  return Buffer.from(text, 'utf8').equals(data) && !/[^\P{Cc}\n\t]/u.test(text) ? text : null;
}
