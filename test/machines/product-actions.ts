import { addresses, drives, media, places, slots } from './product-world.js';
import type { Command, Medium, Moment, Place, World } from './product-world.js';
import { Moment as MomentOf } from './product-world.js';

/** One thing that can happen next. */
export interface Happening {
  readonly what: string;
  readonly moment: Moment;
}

/** Everything that can happen in a world: what the library asks for, what devices answer, and what goes wrong. */
export function happenings(world: World): Happening[] {
  const all: Happening[] = [];
  const now = new MomentOf(world);
  const happen = (what: string, act: (moment: Moment) => void, mishap = false): void => {
    if (mishap && world.mishaps === 0) return;
    const moment = new MomentOf(world);
    if (mishap) moment.mishaps -= 1;
    act(moment);
    all.push({ what, moment });
  };
  const pickerFree = now.leaf('picker') === 'idle' && now.state('picker').snapshot.matches('availability.enabled');

  for (const drive of drives) {
    requestsOf(drive, now, pickerFree, happen);
  }
  if (now.leaf('picker') === 'holding' && now.state('picker').snapshot.matches('availability.enabled')) {
    const medium = now.believed('picker') as Medium;
    for (const slot of homesOf(now, medium)) {
      happen(`put ${medium} from the picker into ${slot}`, (then) => move(then, medium, 'picker', slot));
    }
  }
  for (const command of world.commands) answersTo(command, now, happen);
  if (world.commands.length === 0) switches(now, happen);
  if (['failed', 'uncertain'].includes(now.leaf('picker')) && world.commands.length === 0) {
    happen('the picker is serviced', (then) => then.send('picker', { type: 'SERVICED' }));
  }
  return all;
}

type Happen = (what: string, act: (moment: Moment) => void, mishap?: boolean) => void;

function requestsOf(drive: (typeof drives)[number], now: Moment, pickerFree: boolean, happen: Happen): void {
  const leaf = now.leaf(drive);
  const idle = media.filter((medium) => now.leaf(medium) === 'idle');
  for (const medium of idle) {
    const home = slots.find((slot) => now.believed(slot) === medium && now.isOn(slot));
    if (home !== undefined && pickerFree && leaf === 'empty') {
      happen(`mount ${medium} in ${drive}`, (then) => {
        then.send(medium, { type: 'REQUEST_ACCEPTED', requestId: medium });
        then.send(drive, { type: 'MOUNT_REQUESTED', requestId: `mount ${medium}`, mediumId: medium });
        if (then.leaf(drive) === 'mounting') move(then, medium, home, drive);
      });
    }
    if (['dismountable', 'unloaded'].includes(leaf) && now.believed(drive) === medium) {
      happen(`claim ${medium} in ${drive}`, (then) => {
        then.send(medium, { type: 'REQUEST_ACCEPTED', requestId: medium });
        then.send(drive, { type: 'CLAIMED', requestId: `mount ${medium}`, mediumId: medium });
        if (then.leaf(drive) === 'mounted')
          then.send(medium, { type: 'MEDIUM_MOVED_IN', elementAddress: addresses[drive] });
      });
    }
  }
  if (['loaded.closed', 'dismountable', 'unloaded'].includes(leaf)) {
    for (const deferred of [false, true]) {
      happen(`dismount ${drive}${deferred ? ', deferred' : ''}`, (then) => {
        const medium = then.believed(drive) as Medium;
        if (deferred && then.leaf(medium) === 'idle') return;
        then.send(drive, { type: 'DISMOUNT_REQUESTED', requestId: `dismount ${medium}`, deferred });
      });
    }
  }
  if (leaf === 'dismounting' && pickerFree && noCommandOf(now, drive)) {
    const medium = now.believed(drive) as Medium;
    for (const slot of homesOf(now, medium)) {
      happen(`fetch ${medium} from ${drive} into ${slot}`, (then) => move(then, medium, drive, slot));
    }
  }
  if (leaf.startsWith('failed')) happen(`${drive} is serviced`, (then) => then.send(drive, { type: 'SERVICED' }));
}

/** What a device may answer to a command, honestly. */
function answersTo(command: Command, now: Moment, happen: Happen): void {
  const answer = (what: string, act: (then: Moment) => void, mishap = false): void =>
    happen(
      `${command.type}: ${what}`,
      (then) => {
        then.answering(command);
        act(then);
      },
      mishap,
    );
  const drive = command.from;
  const moveId = String(command['moveId']);
  const medium = String(command['mediumId']) as Medium;
  if (command.type === 'command.moveMedium') {
    const destination = places.find((place) => addresses[place] === command['destination']) as Place;
    const ends: readonly (Place | undefined)[] = [undefined, destination, 'picker'];
    answer('done', (then) => {
      then.truth[medium] = destination;
      then.send('picker', { type: 'MOVE_COMPLETED', moveId });
    });
    answer('refused', (then) => then.send('picker', { type: 'MOVE_REFUSED', moveId, reason: 'refused' }), true);
    for (const end of ends) {
      answer(
        `lost, cartridge at ${end ?? 'source'}`,
        (then) => {
          if (end !== undefined) then.truth[medium] = end;
          then.send('picker', { type: 'MOVE_OUTCOME_UNKNOWN', moveId });
        },
        true,
      );
      answer(
        `fault, cartridge at ${end ?? 'source'}`,
        (then) => {
          if (end !== undefined) then.truth[medium] = end;
          then.send('picker', { type: 'FAULT_REPORTED', reason: 'jam' });
        },
        true,
      );
    }
    answer('said done, but nothing moved', (then) => then.send('picker', { type: 'MOVE_COMPLETED', moveId }), true);
  }
  if (command.type === 'command.readBack') {
    const where = now.truth[medium];
    const found = { [Number(command['destination'])]: 'moved', [Number(command['source'])]: 'not-moved' };
    const outcome = found[addresses[where]] ?? 'on-picker';
    answer(outcome, (then) => then.send('picker', { type: 'MOVE_VERIFIED', moveId, outcome }));
    answer('uncertain', (then) => then.send('picker', { type: 'MOVE_VERIFIED', moveId, outcome: 'uncertain' }), true);
  }
  if (command.type === 'command.waitUntilReady') {
    answer('ready', (then) => then.send(drive, { type: 'DRIVE_READY' }));
    answer('never ready', (then) => then.send(drive, { type: 'DRIVE_NOT_READY' }), true);
    answer('fault', (then) => then.send(drive, { type: 'FAULT_REPORTED', reason: 'drive' }), true);
  }
  if (command.type === 'command.unload') {
    answer('unloaded', (then) => then.send(drive, { type: 'MEDIUM_UNLOADED' }));
    answer('prevented', (then) => then.send(drive, { type: 'DISMOUNT_FAILED', reason: 'prevented' }), true);
    answer('fault', (then) => then.send(drive, { type: 'FAULT_REPORTED', reason: 'drive' }), true);
  }
  // An administrator may switch a drive off in the middle of everything.
  for (const place of ['drive1', 'picker'] as const) {
    if (now.state(place).snapshot.matches('availability.enabled')) {
      happen(`${place} is disabled during ${command.type}`, (then) => then.send(place, { type: 'DISABLED' }), true);
    }
  }
}

/** Between commands: an administrator, a person at the open door. */
function switches(now: Moment, happen: Happen): void {
  for (const place of ['drive1', 'picker', 'slot3'] as const) {
    if (now.state(place).snapshot.matches('availability.enabled')) {
      happen(`${place} is disabled`, (then) => then.send(place, { type: 'DISABLED' }), true);
    } else happen(`${place} is enabled`, (then) => then.send(place, { type: 'ENABLED' }));
  }
  if (!['idle', 'holding'].includes(now.leaf('picker'))) return;
  const from = slots.find((slot) => now.at(slot) !== undefined);
  const to = slots.find((slot) => now.at(slot) === undefined);
  if (from === undefined || to === undefined) return;
  const medium = now.at(from) as Medium;
  if (now.leaf(medium) !== 'idle') return;
  happen(
    `a person carries ${medium} from ${from} to ${to}`,
    (then) => {
      then.truth[medium] = to;
      for (const slot of slots) {
        const found = then.at(slot);
        then.send(slot, { type: 'ELEMENT_STATUS_READ', full: found !== undefined, mediumId: found ?? null });
      }
      then.settleHome(medium, to);
      then.send(medium, { type: 'LOCATED', location: { kind: 'slot', elementAddress: addresses[to] } });
    },
    true,
  );
}

function move(then: Moment, medium: Medium, source: Place, destination: Place): void {
  then.send('picker', {
    type: 'MOVE_REQUESTED',
    moveId: medium,
    mediumId: medium,
    source: addresses[source],
    destination: addresses[destination],
  });
}

/** Free slots that are kept for this cartridge, else free slots that are kept for nobody. */
function homesOf(now: Moment, medium: Medium): Place[] {
  const free = slots.filter((slot) => now.leaf(slot) === 'empty' && now.isOn(slot));
  const ownerOf = (slot: Place): unknown => (now.state(slot).snapshot.context as { owner: unknown }).owner;
  const own = free.filter((slot) => ownerOf(slot) === medium);
  return own.length > 0 ? own : free.filter((slot) => ownerOf(slot) === null);
}

function noCommandOf(now: Moment, drive: Place): boolean {
  return !now.commands.some((command) => command.from === drive);
}
