import type { Happen, Scene } from './happening.js';
import type { Moment } from './moment.js';
import { drives, slots, tapes } from './small-library.js';
import type { Drive, Element, Slot, Tape } from './small-library.js';

/** What the library may ask its machines for, as far as its own plan allows: they may refuse. */
export function requestsOf(now: Moment, scene: Scene, happen: Happen): void {
  const still = mayMove(now);
  if (still && now.leaf('picker') === 'idle') {
    for (const drive of drives) mountsInto(drive, now, happen);
    for (const drive of drives) fetchesFrom(drive, now, happen);
    if (scene.port) portMotions(now, happen);
  }
  if (still && now.leaf('picker') === 'holding') {
    const tape = now.believed('picker') as Tape;
    for (const slot of homesOf(now, tape)) {
      happen(`the library puts ${tape} from the picker into ${slot}`, (then) => then.move(tape, 'picker', slot));
    }
  }
  for (const drive of drives) {
    dismountsOf(drive, now, happen);
    if (scene.handles) handlesOn(drive, now, happen);
  }
  if (scene.port) portJobs(now, scene, happen);
  if (now.truth.lookDue && now.motion === null && !now.hasCommand('picker')) {
    happen('the library looks into its elements', look);
  }
}

/** Nothing moves while people may reach in, nor before what they did was looked at. */
function mayMove(now: Moment): boolean {
  return now.leaf('door') === 'closed.locked' && !now.truth.lookDue && !now.hasCommand('picker');
}

function isFree(now: Moment, tape: Tape): boolean {
  return now.leaf(tape) === 'idle' && !isPromised(now, tape);
}

/** The port's job is to give it out. */
function isPromised(now: Moment, tape: Tape): boolean {
  return now.job?.requestId === `eject ${tape}`;
}

function mountsInto(drive: Drive, now: Moment, happen: Happen): void {
  for (const tape of tapes) {
    const home = slots.find((slot) => now.believed(slot) === tape && now.isOn(slot));
    if (home === undefined || !isFree(now, tape)) continue;
    // A drive that holds something refuses, whatever it is doing; one refusal of each kind is enough.
    if (!['empty', 'failed.empty', 'loaded.closed', 'dismountable'].includes(now.leaf(drive))) continue;
    if (now.leaf(drive) === 'dismountable') {
      happen(`by wrong records ${tape} is claimed in ${drive}`, (then) => claim(then, tape, drive));
    }
    happen(`a client mounts ${tape} in ${drive}`, (then) => {
      const requestId = `mount ${tape}`;
      then.send(tape, { type: 'REQUEST_ACCEPTED', requestId });
      then.send(drive, { type: 'MOUNT_REQUESTED', requestId, mediumId: tape });
      if (then.leaf(drive) === 'mounting') then.move(tape, home, drive);
    });
  }
}

function dismountsOf(drive: Drive, now: Moment, happen: Happen): void {
  const leaf = now.leaf(drive);
  const tape = now.believed(drive);
  if (tape === undefined || now.hasCommand(drive)) return;
  if (['dismountable', 'unloaded', 'loaded.closed'].includes(leaf) && isFree(now, tape)) {
    happen(`a client mounts ${tape}, which is in ${drive}`, (then) => claim(then, tape, drive));
  }
  if (!['loaded.closed', 'loaded.opened', 'dismountable', 'unloaded'].includes(leaf)) return;
  for (const deferred of [false, true]) {
    if (deferred && now.leaf(tape) === 'idle') continue;
    happen(`a client dismounts ${drive}${deferred ? ', deferred' : ''}`, (then) => {
      then.send(drive, { type: 'DISMOUNT_REQUESTED', requestId: `dismount ${tape}`, deferred });
    });
  }
}

function claim(then: Moment, tape: Tape, drive: Drive): void {
  const requestId = `mount ${tape}`;
  then.send(tape, { type: 'REQUEST_ACCEPTED', requestId });
  then.send(drive, { type: 'CLAIMED', requestId, mediumId: tape });
}

function handlesOn(drive: Drive, now: Moment, happen: Happen): void {
  const { handles } = now.truth;
  if (handles.includes(drive)) {
    happen(`the application closes what is in ${drive}`, (then) => {
      then.truth.handles = handles.filter((other) => other !== drive);
      if (then.context(drive).openCount > 0) then.send(drive, { type: 'CLOSED' });
    });
    return;
  }
  const tape = now.believed(drive);
  if (now.leaf(drive) !== 'loaded.closed' || tape === undefined || now.leaf(tape) !== 'loaded') return;
  happen(`an application opens ${tape} in ${drive}`, (then) => {
    then.truth.handles = [...handles, drive];
    then.send(drive, { type: 'OPENED' });
  });
}

function fetchesFrom(drive: Drive, now: Moment, happen: Happen): void {
  const tape = now.believed(drive);
  if (now.leaf(drive) !== 'dismounting' || tape === undefined || now.hasCommand(drive)) return;
  const places: Element[] = isPromised(now, tape) && isReadyForTape(now) ? ['port'] : homesOf(now, tape);
  for (const place of places) {
    happen(`the library fetches ${tape} from ${drive} into ${place}`, (then) => then.move(tape, drive, place));
  }
}

/** The port waits inside for the cartridge that it shall give out. */
function isReadyForTape(now: Moment): boolean {
  return isIn(now) && now.leaf('port', 'content') === 'empty' && now.job?.ending === null && now.isOn('port');
}

function isIn(now: Moment): boolean {
  return ['retracted', 'unknown'].includes(now.leaf('port', 'position')) && !now.hasCommand('port');
}

/** To and from the port. */
function portMotions(now: Moment, happen: Happen): void {
  const { job } = now;
  if (!isIn(now)) return;
  if (job?.kind === 'eject' && isReadyForTape(now)) {
    const slot = slots.find((one) => isPromised(now, now.believed(one) ?? 'tape1') && now.believed(one) !== undefined);
    const tape = slot === undefined ? undefined : now.believed(slot);
    if (slot === undefined || tape === undefined || !now.isOn(slot) || now.leaf(tape) !== 'idle') return;
    happen(`the library brings ${tape} from ${slot} into the port`, (then) => then.move(tape, slot, 'port'));
  }
  if (now.leaf('port', 'content') !== 'full' || job?.kind === 'eject' || !now.isOn('port')) return;
  const inside = now.at('port');
  if (inside === undefined) return;
  const homes = homesOf(now, inside);
  for (const slot of homes) {
    happen(`the library puts ${inside} from the port into ${slot}`, (then) => then.move(inside, 'port', slot));
  }
  if (homes.length === 0 && job !== null) {
    happen('no slot is free for what is in the port', (then) => then.send('port', { type: 'SLOTS_EXHAUSTED' }));
  }
}

function portJobs(now: Moment, scene: Scene, happen: Happen): void {
  if (now.job !== null && now.job.ending === null) {
    happen('a client stops the work of the port', (then) => then.send('port', { type: 'STOP_REQUESTED' }), 'abandoned');
  }
  if (now.job !== null || now.isMovedAt('port') || now.leaf('door') !== 'closed.locked' || now.truth.lookDue) return;
  if (scene.thirdTape) {
    for (const many of [false, true]) {
      const requestId = many ? 'injectMany' : 'inject';
      happen(`a client injects ${many ? 'many cartridges' : 'a cartridge'}`, (then) =>
        then.send('port', { type: 'INJECT_STARTED', requestId, many }),
      );
    }
  }
  for (const tape of tapes) {
    if (!isFree(now, tape)) continue;
    const inSlot = slots.some((slot) => now.believed(slot) === tape);
    const drive = drives.find((one) => now.believed(one) === tape && now.leaf(one) === 'dismountable');
    if (!inSlot && drive === undefined) continue;
    happen(`a client ejects ${tape}`, (then) => {
      then.send('port', { type: 'EJECT_STARTED', requestId: `eject ${tape}` });
      if (drive === undefined || then.job === null) return;
      then.send(drive, { type: 'DISMOUNT_REQUESTED', requestId: `dismount ${tape}`, deferred: false });
    });
  }
}

/** Every machine hears what its element shows, and every cartridge where it is. */
function look(then: Moment): void {
  then.truth.lookDue = false;
  for (const element of [...slots, ...drives, 'picker'] as const) {
    const mediumId = then.at(element) ?? null;
    then.send(element, { type: 'ELEMENT_STATUS_READ', full: mediumId !== null, mediumId });
  }
  for (const tape of tapes) then.located(tape);
}

/** The cartridge's own slot, else free slots that are nobody's, else any free slot. */
function homesOf(now: Moment, tape: Tape): Slot[] {
  const free = slots.filter((slot) => now.leaf(slot) === 'empty' && now.isOn(slot) && !now.isMovedAt(slot));
  const ownerOf = (slot: Slot): Tape | null => now.context(slot).owner;
  const own = free.filter((slot) => ownerOf(slot) === tape);
  if (own.length > 0) return own;
  const nobodys = free.filter((slot) => ownerOf(slot) === null);
  return nobodys.length > 0 ? nobodys : free;
}
