import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestMachine } from '../guest-machine.js';
import type { Report } from '../tap-writer.js';

export interface TapeSubject {
  /** `/dev/sg1`: slot 1 goes into its drive 0, and stays there. */
  readonly changer: string;
  /** The no-rewind node of that drive: `/dev/nst0`. */
  readonly tape: string;
  readonly megabytes: number;
}

/** Half of the data in each of two files; they are tape files 0 and 2, a small one lies between them. */
const NAMES = ['first', 'second'] as const;
const SMALL_BLOCKS = 5;
const LONG_SECONDS = 240;

/**
 * Writes, positions and reads through the kernel's st driver with unmodified mt, tar and dd, and compares what comes back by
 * SHA-256. The data are made and judged by this machine, which is ten times as fast as the guest.
 */
export async function tapeSteps(report: Report, guest: GuestMachine, subject: TapeSubject): Promise<void> {
  const { changer, tape, megabytes } = subject;
  const folder = join(guest.folder, 'tape');
  await mkdir(folder, { recursive: true });
  try {
    const wanted = new Map<string, string>();
    for (const name of NAMES) {
      const data = randomBytes((megabytes / 2) * 1_000_000 + 17);
      wanted.set(name, createHash('sha256').update(data).digest('hex'));
      await writeFile(join(folder, name), data);
    }
    const works = async (command: string, seconds?: number): Promise<string> => {
      const { status, stdout, stderr } = await guest.run(command, seconds);
      report.ok(status === 0, `${command} succeeds`, `status ${status}: ${stdout}${stderr}`);
      return stdout;
    };
    const mt = (words: string): Promise<string> => works(`mt -f ${tape} ${words}`);
    const atFile = async (file: number, block: number): Promise<void> => {
      const status = await mt('status');
      report.match(
        status,
        new RegExp(`File number=${file}, block number=${block}\\b`),
        `st is at file ${file}, block ${block}`,
      );
    };

    await works(`mtx -f ${changer} load 1 0`);
    report.match(await mt('status'), /\bBOT\b.*\bONLINE\b/, 'mt status: loaded, at its beginning, online');
    await mt('setblk 0');
    await works(`tar -cf ${tape} -b 128 -C /out/tape ${NAMES[0]}`, LONG_SECONDS);
    await works(`dd if=/out/tape/${NAMES[0]} of=${tape} bs=1000 count=${SMALL_BLOCKS}`);
    await works(`tar -cf ${tape} -b 20 -C /out/tape ${NAMES[1]}`, LONG_SECONDS);
    await atFile(3, 0);
    await mt('rewind');
    await mt('fsf 2');
    await atFile(2, 0);

    await works(`mkdir /out/tape/back && tar -xf ${tape} -b 20 -C /out/tape/back`, LONG_SECONDS);
    await mt('rewind');
    await works(`tar -xf ${tape} -b 128 -C /out/tape/back`, LONG_SECONDS);
    for (const name of NAMES) {
      const found = await digestOf(join(folder, 'back', name));
      report.equal(found, wanted.get(name), `${name}: ${megabytes / 2} MB come back to the byte (SHA-256)`);
    }

    await mt('asf 1');
    await mt('fsr 2');
    await atFile(1, 2);
    await works(
      `dd if=${tape} bs=64k count=1 of=/run/read && dd if=/out/tape/${NAMES[0]} bs=1000 skip=2 count=1 of=/run/wanted`,
    );
    const differs = await guest.run('cmp /run/read /run/wanted');
    report.equal(differs.status, 0, `block 2 of tape file 1 is what was written, 1,000 bytes long ${differs.stdout}`);
    await mt('eod');
    await atFile(3, -1);
    await mt('bsfm 1');
    await mt('rewind');
    report.match(await mt('tell'), /At block 0\b/, 'mt tell: at block 0 after a rewind');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
