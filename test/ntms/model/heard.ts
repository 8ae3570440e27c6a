import { NtmsError, NtmsNotificationOperations, NtmsObjectsTypes } from '../../../src/ntms/index.js';
import type { NtmsNotification } from '../../../src/ntms/index.js';
import type { ApiCaller } from '../house.js';
import type { World } from './world.js';

const { NTMS_OBJ_INSERT, NTMS_OBJ_UPDATE, NTMS_OBJ_DELETE } = NtmsNotificationOperations;

/** What each kind of object has in the model's world, by identifier. */
const watched = [
  [NtmsObjectsTypes.NTMS_MEDIA_POOL, ({ pools }: World) => pools],
  [NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA, ({ media }: World) => media],
  [NtmsObjectsTypes.NTMS_PARTITION, ({ sides }: World) => sides],
  [
    NtmsObjectsTypes.NTMS_LOGICAL_MEDIA,
    ({ sides }: World) =>
      new Map([...sides.values()].flatMap(({ logical }) => (logical === null ? [] : [[logical, 0]]))),
  ],
] as const;

type Channel = readonly [NtmsNotification, (typeof watched)[number][1]];

/** Hears by notification what becomes of objects, and holds it against what the worlds before and after an act tell. */
export class Heard {
  readonly #caller: ApiCaller;
  readonly #channels: readonly Channel[];

  private constructor(caller: ApiCaller, channels: readonly Channel[]) {
    this.#caller = caller;
    this.#channels = channels;
  }

  /** @param caller somebody who may hear of everything */
  static async open(caller: ApiCaller): Promise<Heard> {
    const { api, session } = caller;
    const opened = watched.map(async ([kind, of]) => [await api.OpenNtmsNotification(session, kind), of] as const);
    return new Heard(caller, await Promise.all(opened));
  }

  /** What the news since the last time leave out, or tell in an order that cannot be; one line each. */
  async missing(before: World, after: World): Promise<string[]> {
    const wrong: string[] = [];
    for (const [channel, of] of this.#channels) {
      const [was, is] = [of(before), of(after)] as readonly ReadonlyMap<string, unknown>[];
      if (was === undefined || is === undefined) continue;
      const alive = new Set(was.keys());
      const told = new Set<string>();
      for (const { dwOperation, ObjectId } of await this.#news(channel)) {
        told.add(ObjectId);
        const known = alive.has(ObjectId);
        if (known === (dwOperation === NTMS_OBJ_INSERT) && isChange(dwOperation)) {
          wrong.push(
            `operation ${dwOperation} was told of ${ObjectId}, which ${known ? 'was there' : 'was not there'}`,
          );
        }
        if (dwOperation === NTMS_OBJ_INSERT) alive.add(ObjectId);
        if (dwOperation === NTMS_OBJ_DELETE) alive.delete(ObjectId);
      }
      for (const id of is.keys()) if (!alive.has(id)) wrong.push(`nobody was told that ${id} was added`);
      for (const id of alive) if (!is.has(id)) wrong.push(`nobody was told that ${id} was removed`);
      for (const [id, value] of is) {
        if (was.has(id) && JSON.stringify(was.get(id)) !== JSON.stringify(value) && !told.has(id)) {
          wrong.push(`nobody was told that ${id} has changed`);
        }
      }
    }
    return wrong;
  }

  async #news(channel: NtmsNotification) {
    const news = [];
    for (;;) {
      try {
        news.push(await this.#caller.api.WaitForNtmsNotification(channel, 0));
      } catch (error) {
        if (error instanceof NtmsError && error.symbol === 'ERROR_TIMEOUT') return news;
        throw error;
      }
    }
  }
}

/** The others tell that something asked for has ended. */
function isChange(operation: number): boolean {
  return [NTMS_OBJ_INSERT, NTMS_OBJ_UPDATE, NTMS_OBJ_DELETE].some((one) => one === operation);
}
