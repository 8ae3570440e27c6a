import { answersTo } from './device-answers.js';
import type { Happen, Happening, Scene } from './happening.js';
import { requestsOf } from './library-requests.js';
import { Moment } from './moment.js';
import { peoplesActs } from './people.js';
import type { SmallWorlds, World } from './small-world.js';

/** All mishaps that can happen next, or all else: what the library asks for, what devices answer, what people do. */
export function happenings(worlds: SmallWorlds, world: World, scene: Scene, mishaps: boolean): Happening[] {
  const all: Happening[] = [];
  const now = new Moment(worlds, world);
  const happen: Happen = (what, act, kind = 'ordinary') => {
    if ((kind === 'mishap') !== mishaps) return;
    const moment = new Moment(worlds, world);
    act(moment);
    all.push({ what, kind, moment });
  };
  requestsOf(now, scene, happen);
  for (const command of now.commands) answersTo(command, now, happen);
  peoplesActs(now, scene, happen);
  return all;
}
