import { SimulatedClock } from '../../devices/clock.js';
import { NtmsInventoryMethod, NtmsLmOperation, NtmsLmState, type NtmsSession } from '../../src/ntms/index.js';
import type { VirtualAutoloader } from '../../devices/virtual/index.js';
import { deeds } from '../workload/deeds.js';
import type { House } from '../workload/house.js';
import { RandomNumbers } from '../workload/random-numbers.js';
import { verdict } from '../workload/verdict.js';
import { bringAllBack, mishaps } from './mishaps.js';
import { CARTRIDGES, openSoakHardware, openSoakHouse } from './soak-house.js';

export interface YearOptions {
  readonly days: number;
  readonly seed: number;
  /** Holds the database. */
  readonly folder: string;
  readonly onDay?: (day: Day) => void;
}

export interface Day {
  readonly number: number;
  /** What must not be, in the evening when a person has put everything right. */
  readonly wrong: readonly string[];
  /** Bytes in use after a collection; absent when Node was not started with --expose-gc. */
  readonly heapBytes?: number;
}

export interface Year {
  readonly days: number;
  readonly deeds: number;
  readonly mishaps: number;
  readonly motions: number;
  readonly wrong: readonly string[];
  readonly heapBytes: readonly number[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DEEDS_A_DAY = 40;
const MISHAP_A_DEED = 0.02;
const DAYS_BETWEEN_RESTARTS = 30;
const WEEK = 7;

/** Days of a library in simulated time; ends with the first day that goes wrong. */
export async function year({ days, seed, folder, onDay }: YearOptions): Promise<Year> {
  const clock = new SimulatedClock({ auto: true });
  const random = new RandomNumbers(seed);
  const autoloader = await openSoakHardware(clock);
  let house = await openSoakHouse(folder, clock, autoloader);
  let session = await house.api.OpenNtmsSession(null, 'soak', 0);
  const count = { deeds: 0, mishaps: 0, motions: 0 };
  const heapBytes: number[] = [];
  const unexpected: string[] = [];
  const faults: (() => void)[] = [];
  const hands: Promise<unknown>[] = [];
  let unwatch = watchMotions(house, () => (count.motions += 1));
  let wrong: readonly string[] = [];
  let number = 0;
  while (number < days && wrong.length === 0) {
    number += 1;
    for (let deed = 0; deed < DEEDS_A_DAY; deed++) {
      if (random.chance(MISHAP_A_DEED)) {
        count.mishaps += 1;
        const mend = await random.pick(mishaps)?.[1](autoloader, random);
        if (mend !== undefined) faults.push(mend);
      }
      count.deeds += 1;
      const [name, act] = random.pick(deeds) ?? ['', () => Promise.resolve()];
      // One hand at a time waits; the others go on in the meantime.
      const done = act({ house, session, random }).catch((error: unknown) => {
        if (!(error instanceof Error && 'symbol' in error)) unexpected.push(`${name} threw ${String(error)}`);
      });
      hands.push(done);
      if (random.chance(0.5)) await done;
      await clock.sleep(random.below((2 * DAY_MS) / DEEDS_A_DAY));
    }
    await Promise.all(hands.splice(0));
    await house.manager.drain();
    for (const mend of faults.splice(0)) mend();
    await evening(house);
    await house.api.CloseNtmsSession(session);
    wrong = [...unexpected, ...verdict(house, CARTRIDGES)];
    if (number % DAYS_BETWEEN_RESTARTS === 0) {
      unwatch();
      await house.close();
      house = await openSoakHouse(folder, clock, autoloader);
      unwatch = watchMotions(house, () => (count.motions += 1));
    }
    session = await house.api.OpenNtmsSession(null, 'soak', 0);
    const heap = number % WEEK === 0 ? collected() : undefined;
    if (heap !== undefined) heapBytes.push(heap);
    onDay?.({ number, wrong, ...(heap === undefined ? {} : { heapBytes: heap }) });
  }
  unwatch();
  await house.close();
  await autoloader.close();
  return { days: number, ...count, wrong, heapBytes };
}

/** A person puts everything right: brings cartridges back, answers what was asked, and has the library look at itself. */
async function evening(house: House): Promise<void> {
  const { manager, store, api, library, autoloader } = house;
  if (autoloader === undefined) throw new Error('the hardware is not in this process');
  await comeIn(house, autoloader);
  for (const { id } of manager.operatorRequests.open()) manager.operatorRequests.answer(id, 'complete');
  await manager.refresh(library);
  await manager.drain();
  const session = await api.OpenNtmsSession(null, 'evening', 0);
  await withdrawCleanings(house, session);
  for (const { savedPartitionId } of store.table('drives').list()) {
    if (savedPartitionId === null) continue;
    await api.DismountNtmsMedia(session, [savedPartitionId], 1, 2).catch(() => undefined);
  }
  await manager.drain();
  await api.InventoryNtmsLibrary(session, library, NtmsInventoryMethod.NTMS_INVENTORY_FAST);
  await manager.drain();
  await api.CloseNtmsSession(session);
}

/** Brings back what lies outside; a library that is locked is asked to be opened. */
async function comeIn({ api, library, manager, momentMs }: House, autoloader: VirtualAutoloader): Promise<void> {
  await bringAllBack(autoloader);
  if (autoloader.operator.outside().length === 0) return;
  const session = await api.OpenNtmsSession(null, 'evening', 0);
  await api.AccessNtmsLibraryDoor(session, library, NtmsInventoryMethod.NTMS_INVENTORY_FAST);
  for (let looks = 0; looks < 20 && autoloader.operator.outside().length > 0; looks++) {
    await manager.clock.sleep(momentMs);
    await bringAllBack(autoloader);
  }
  await manager.drain();
  await api.CloseNtmsSession(session);
}

/** When the cleaner is spent, cleanings wait for another one; nobody buys one here. */
async function withdrawCleanings({ store, api, manager }: House, session: NtmsSession): Promise<void> {
  const operationCode = NtmsLmOperation.NTMS_LM_CLEANDRIVE;
  const { NTMS_LM_QUEUED, NTMS_LM_WAITING } = NtmsLmState;
  for (const { id } of store.table('libRequests').list({ operationCode, state: [NTMS_LM_QUEUED, NTMS_LM_WAITING] })) {
    await api.CancelNtmsLibraryRequest(session, id);
  }
  await manager.drain();
}

function watchMotions({ store }: House, moved: () => void): () => void {
  return store.onChange(({ table, operation }) => {
    if (table === 'moveJournal' && operation === 'insert') moved();
  });
}

function collected(): number | undefined {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) return undefined;
  gc();
  return process.memoryUsage().heapUsed;
}
