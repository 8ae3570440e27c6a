import { lstat, readlink, stat, symlink, unlink } from 'node:fs/promises';

import type { Clock } from '../../../clock.js';
import { longestLine } from '../../../transport/serial/line.js';
import type { ScsiTarget } from '../../../transport/scsi-target.js';
import { LineAssembler } from './line-assembler.js';
import type { PseudoTerminal } from './pseudo-terminal.js';
import { openPseudoTerminal } from './pseudo-terminal.js';
import { SerialLineServer } from './serial-line-server.js';

const chunkBytes = 1_024;
const cdbMax = 260;

export interface AttachSerialOptions {
  readonly target: ScsiTarget;
  readonly clock: Clock;
  /** Path of a symbolic link to make to the pseudo-terminal, so that a rig file can name it. */
  readonly link?: string;
  readonly nexus?: string;
  /** Called once when the pseudo-terminal fails; it is closed then. */
  readonly onError?: (cause: Error) => void;
}

export interface SerialAttachment {
  /** What a host opens: the link when one was asked for, else the pseudo-terminal itself. */
  readonly path: string;
  /** Hangs up, removes the link, ends the nexus. Harmless when repeated. */
  close(): Promise<void>;
}

/** The link to be made is something else already. */
export class LinkTakenError extends Error {
  override readonly name = 'LinkTakenError';
  readonly code = 'link-taken';
}

/** Plugs a target into a serial line of this machine. Rejects with {@link LinkTakenError} or a pseudo-terminal's error. */
export async function attachSerial(options: AttachSerialOptions): Promise<SerialAttachment> {
  const { target, clock, link, nexus } = options;
  let terminal: PseudoTerminal | undefined;
  const server = new SerialLineServer({
    target,
    clock,
    write: (line) => terminal?.write(`${line}\n`),
    chunkBytes,
    cdbMax,
    ...(nexus !== undefined && { nexus }),
  });
  const lines = new LineAssembler({
    longest: longestLine({ cdbBytes: cdbMax, chunkBytes }),
    onLine: (line) => server.receive(line),
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      server.close();
      if (link !== undefined && terminal !== undefined) await removeLink(link, terminal.path);
      await terminal?.close();
    })();
    return closing;
  };
  const opened = openPseudoTerminal({
    clock,
    onData: (bytes) => lines.push(bytes),
    onError: (cause) => void close().then(() => options.onError?.(cause)),
  });
  terminal = opened;
  try {
    if (link !== undefined) await makeLink(link, opened.path);
  } catch (cause) {
    await close();
    throw cause;
  }
  return { path: link ?? opened.path, close };
}

async function makeLink(link: string, path: string): Promise<void> {
  const isSymbolicLink = await lstat(link).then(
    (found) => found.isSymbolicLink(),
    () => undefined,
  );
  if (isSymbolicLink !== undefined) {
    const leadsSomewhere = await stat(link).then(
      () => true,
      () => false,
    );
    // Only a link whose terminal is gone is a leftover; one that leads somewhere may be another device in use.
    if (!isSymbolicLink || leadsSomewhere) {
      throw new LinkTakenError(`${link} is there already and is in use; choose another path or remove it`);
    }
    await unlink(link);
  }
  await symlink(path, link);
}

/** Removes the link unless it is no longer ours. */
async function removeLink(link: string, path: string): Promise<void> {
  const leadsTo = await readlink(link).catch(() => undefined);
  if (leadsTo === path) await unlink(link).catch(() => undefined);
}
