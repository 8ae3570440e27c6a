import { existsSync } from 'node:fs';
import { runProgram, type ProgramResult } from './host-program.js';

/** Debian packages that hold what the bench and its guests run. */
export const NEEDED_PACKAGES = [
  'qemu-system-x86',
  'qemu-block-extra',
  'busybox-static',
  'mtx',
  'sg3-utils',
  'usbip',
  'tgt',
  'open-iscsi',
  'mt-st',
  'xz-utils',
] as const;

/** Installs the packages that are missing. Resolves with undefined when the bench can run, else with what is missing, in words. */
export async function prepareMachine(say: (line: string) => void): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `Linux on x86-64 (this is ${process.platform} on ${process.arch})`;
  }
  if (!existsSync('/usr/bin/dpkg-query') || !existsSync('/usr/bin/apt-get')) {
    return 'Debian or one of its kind, for the packages with QEMU and the kernel';
  }
  const missing = await missingPackages();
  if (missing.length === 0 && (await knowsKernel())) return undefined;
  const asRoot = await waysToRoot();
  if (asRoot === undefined) {
    const what = missing.length === 0 ? 'package lists (apt-get update)' : `apt-get install ${missing.join(' ')}`;
    return `${what}: run that as root, or let this run as root or with sudo`;
  }
  say(missing.length === 0 ? 'reading the package lists' : `installing ${missing.join(', ')}`);
  const run = (...command: string[]): Promise<ProgramResult> =>
    runProgram([...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...command], { anyStatus: true });
  const steps = [
    ['update'],
    ...(missing.length === 0 ? [] : [['install', '-y', '--no-install-recommends', ...missing]]),
  ];
  for (const step of steps) {
    const { status, stderr } = await run(...step);
    if (status === 0) continue;
    const what = missing.length === 0 ? 'package lists' : missing.join(', ');
    return `${what}: apt-get ${step[0]} ended with status ${status}: ${stderr.trim().slice(-500)}`;
  }
  return undefined;
}

async function missingPackages(): Promise<string[]> {
  const query = ['dpkg-query', '-W', '-f', '${Package} ${Status}\\n', ...NEEDED_PACKAGES];
  const { stdout } = await runProgram(query, { anyStatus: true });
  const installed = new Set(
    stdout
      .toString()
      .split('\n')
      .filter((line) => line.endsWith(' install ok installed'))
      .map((line) => line.split(' ')[0]),
  );
  return NEEDED_PACKAGES.filter((name) => !installed.has(name));
}

async function knowsKernel(): Promise<boolean> {
  const { stdout } = await runProgram(['apt-cache', 'depends', 'linux-image-amd64'], { anyStatus: true });
  return stdout.toString().includes('linux-image-');
}

/** What to put before a command so that it runs as root; undefined when there is no way. */
async function waysToRoot(): Promise<string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  const sudo = await runProgram(['sudo', '-n', 'true'], { anyStatus: true }).catch(() => undefined);
  return sudo?.status === 0 ? ['sudo', '-n'] : undefined;
}
