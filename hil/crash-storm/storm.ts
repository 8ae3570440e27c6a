import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { SystemClock } from '../../devices/clock.js';
import { attachIscsi } from '../../devices/virtual/attach/iscsi/index.js';
import type { VirtualAutoloader } from '../../devices/virtual/index.js';
import { RandomNumbers } from '../workload/random-numbers.js';
import { openHardware, openStormHouse, stormCartridges, stormProfile, type HardwarePath } from './storm-house.js';
import { verdict } from '../workload/verdict.js';

/** Where the hardware is while the process that works is killed. */
export type StormKind = 'embedded' | 'iscsi';

export interface StormOptions {
  readonly kind: StormKind;
  readonly rounds: number;
  readonly seed: number;
  /** Made when missing; holds the state of the storm. */
  readonly folder: string;
  /** Program and arguments that run the worker; its own are added. */
  readonly worker: readonly [string, ...string[]];
  readonly onRound?: (round: StormRound) => void;
}

export interface StormRound {
  readonly number: number;
  /** Milliseconds from `ready` to the kill; below 0: it was killed while it started. */
  readonly killedAfterMs: number;
  readonly deeds: number;
  readonly wrong: readonly string[];
}

/** The longest that a worker is let work. */
const MOST_MS = 300;
const STARTS_KILLED = 0.15;
const START_MS = 600;

/** Rounds of: start, work, SIGKILL at a random moment, start again, look. Resolves with the rounds; the first wrong one is the last. */
export async function storm(options: StormOptions): Promise<StormRound[]> {
  const random = new RandomNumbers(options.seed);
  const place = await hardwareOf(options);
  const rounds: StormRound[] = [];
  try {
    for (let number = 1; number <= options.rounds; number++) {
      const killed = await killedWorker(options, place.worker, random);
      keepCopy(options.folder);
      const wrong = [...killed.wrong, ...(await look(options.folder, place.checker))];
      const round = { number, killedAfterMs: killed.afterMs, deeds: killed.deeds, wrong };
      rounds.push(round);
      options.onRound?.(round);
      if (wrong.length > 0) break;
    }
  } finally {
    await place.close();
  }
  return rounds;
}

interface Place {
  readonly checker: HardwarePath;
  /** Arguments that lead the worker to the hardware. */
  readonly worker: readonly string[];
  close(): Promise<void>;
}

async function hardwareOf({ kind }: StormOptions): Promise<Place> {
  if (kind === 'embedded') return { checker: { kind: 'embedded' }, worker: [], close: () => Promise.resolve() };
  const autoloader: VirtualAutoloader = await openHardware();
  const { changer, drives } = stormProfile;
  const attachment = await attachIscsi({
    target: autoloader,
    clock: new SystemClock(),
    luns: [changer.lun, ...drives.luns],
    port: 0,
    limits: { shutdownGraceMs: 0 },
  });
  return {
    checker: { kind: 'attached', autoloader },
    worker: [attachment.portal, 'iqn.2026-11.test.openrsm:autoloader'],
    async close() {
      await attachment.close();
      await autoloader.close();
    },
  };
}

async function killedWorker(
  { folder, worker: [program, ...before] }: StormOptions,
  path: readonly string[],
  random: RandomNumbers,
): Promise<{ readonly afterMs: number; readonly deeds: number; readonly wrong: readonly string[] }> {
  const duringStart = random.chance(STARTS_KILLED);
  const afterMs = duringStart ? random.below(START_MS) : random.below(MOST_MS);
  const child = spawn(program, [...before, folder, String(random.below(2 ** 31)), ...path], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve(signal ?? `status ${status}`));
  });
  const errors = textOf(child);
  const lines: string[] = [];
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      resolve();
    });
  });
  if (!duringStart) await Promise.race([ready, ended]);
  await Promise.race([sleep(afterMs), ended]);
  child.kill('SIGKILL');
  const how = await ended;
  const wrong = how === 'SIGKILL' ? [] : [`the worker ended by itself (${how}): ${errors().trim()}`];
  return { afterMs: duringStart ? afterMs - START_MS : afterMs, deeds: Math.max(0, lines.length - 1), wrong };
}

function textOf({ stderr }: ChildProcess): () => string {
  let text = '';
  stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

/** The state as the kill left it, beside the one that the next start has mended: for whoever has to find out why. */
function keepCopy(folder: string): void {
  const copy = `${folder}.killed`;
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const part of ['database', 'hardware']) {
    if (existsSync(join(folder, part))) cpSync(join(folder, part), join(copy, part), { recursive: true });
  }
}

/** What the next start finds. */
async function look(folder: string, path: HardwarePath): Promise<string[]> {
  try {
    const house = await openStormHouse(folder, path);
    try {
      await house.manager.drain();
      return verdict(house, stormCartridges().length);
    } finally {
      await house.close();
    }
  } catch (error) {
    return [`the next start failed: ${error instanceof Error ? error.message : String(error)}`];
  }
}
