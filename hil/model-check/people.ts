import { seeWhatLeftAndCame } from './device-answers.js';
import type { Happen, Scene } from './happening.js';
import type { Moment } from './moment.js';
import { drives, elements, slots, tapes } from './small-library.js';
import type { Name, Tape } from './small-library.js';

/** What operators and administrators do, as they should or not. */
export function peoplesActs(now: Moment, scene: Scene, happen: Happen): void {
  const mine = tapes.filter((tape) => scene.thirdTape || tape !== 'tape3');
  switches(now, scene, happen);
  service(now, happen);
  if (scene.port) atPort(now, mine, happen);
  if (scene.door) atDoor(now, mine, happen);
}

/** Anything may be switched off at any time, and on again. */
function switches(now: Moment, scene: Scene, happen: Happen): void {
  const parts: Name[] = elements.filter((element) => scene.port || element !== 'port');
  if (scene.door) parts.push('door');
  for (const part of parts) {
    if (now.snapshot(part).matches({ availability: 'enabled' })) {
      happen(`${part} is disabled`, (then) => then.send(part, { type: 'DISABLED' }), 'mishap');
    } else happen(`${part} is enabled`, (then) => then.send(part, { type: 'ENABLED' }));
  }
}

function service(now: Moment, happen: Happen): void {
  for (const drive of drives) {
    if (now.leaf(drive).startsWith('failed')) {
      happen(`${drive} is serviced`, (then) => then.send(drive, { type: 'SERVICED' }));
    } else if (now.leaf(drive).startsWith('loaded')) {
      happen(
        `${drive} tells of a fault`,
        (then) => then.send(drive, { type: 'FAULT_REPORTED', reason: 'drive' }),
        'mishap',
      );
    }
  }
  if (['failed', 'uncertain'].includes(now.leaf('picker')) && !now.hasCommand('picker')) {
    happen('the picker is serviced', (then) => then.send('picker', { type: 'SERVICED' }));
  }
}

/** A person puts a cartridge in, takes one, pushes the port in, or does nothing until the time is over. */
function atPort(now: Moment, mine: readonly Tape[], happen: Happen): void {
  const { truth } = now;
  const inside = now.at('port');
  if (truth.portOut && inside === undefined) {
    for (const tape of mine) {
      if (truth.where[tape] !== 'outside') continue;
      happen(`a person puts ${tape} into the port`, (then) => then.put(tape, 'port'));
    }
  }
  if (truth.portOut && inside !== undefined) {
    happen(`a person takes ${inside} out of the port`, (then) => then.put(inside, 'outside'));
  }
  if (now.leaf('port', 'position') !== 'extended') return;
  if (truth.portOut) {
    happen('a person pushes the port in', (then) => {
      then.truth.portOut = false;
    });
  }
  if (truth.timer) {
    happen('the time of the port is over', (then) => {
      then.truth.timer = false;
      then.send('port', { type: 'TIMER_EXPIRED', timer: 'portExtended' });
    });
  }
  const full = inside !== undefined;
  // A full port whose cartridge shall be taken is waited for.
  if (truth.portOut && full && now.job?.kind === 'eject') return;
  happen('the library looks at the port', (then) => {
    then.send('port', { type: 'ELEMENT_STATUS_READ', full, extended: then.truth.portOut });
    seeWhatLeftAndCame(then);
  });
}

function atDoor(now: Moment, mine: readonly Tape[], happen: Happen): void {
  const { truth } = now;
  const door = now.leaf('door');
  const quiet = now.motion === null && !now.hasCommand('picker') && now.job === null;
  if (door === 'closed.locked' && quiet && !truth.lookDue) {
    happen('a client asks for the door', (then) =>
      then.send('door', { type: 'ACCESS_REQUESTED', requestId: 'access', action: 'NTMS_INVENTORY_FAST' }),
    );
  }
  if (door === 'closed.unlocked') {
    happen('nobody opens the door', (then) => then.send('door', { type: 'ACCESS_ABANDONED' }), 'abandoned');
    happen('a person opens the door', (then) => {
      then.truth.doorOpen = true;
      then.send('door', { type: 'DOOR_OPENED' });
    });
  }
  if (!truth.doorOpen) return;
  happen('a person shuts the door', (then) => {
    then.truth.doorOpen = false;
    then.send('door', { type: 'DOOR_STATUS_READ', open: false });
  });
  for (const tape of mine) {
    const from = truth.where[tape];
    if (from !== 'outside' && !slots.some((slot) => slot === from)) continue;
    for (const to of ['outside', ...slots] as const) {
      if (to === from || (to !== 'outside' && now.at(to) !== undefined)) continue;
      happen(`a person carries ${tape} from ${from} to ${to}`, (then) => then.put(tape, to), 'mishap');
    }
  }
}
