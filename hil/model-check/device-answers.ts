import type { Happen } from './happening.js';
import type { Moment } from './moment.js';
import { addresses, elementAt, tapes } from './small-library.js';
import type { Drive, Place, Tape } from './small-library.js';
import type { Command } from './small-world.js';

type Answer = (what: string, act: (then: Moment) => void, kind?: 'mishap') => void;

/** What a device may answer to a command: as it should, or with a mishap. */
export function answersTo(command: Command, now: Moment, happen: Happen): void {
  const answer: Answer = (what, act, kind) =>
    happen(
      `${command.from} answers ${command.type.slice('command.'.length)}: ${what}`,
      (then) => {
        then.answer(command);
        act(then);
      },
      kind,
    );
  switch (command.type) {
    case 'command.moveMedium':
      return moveAnswers(command, answer);
    case 'command.readBack':
      return readBackAnswers(command, now, answer);
    case 'command.waitUntilReady':
      return readyAnswers(command.from as Drive, answer);
    case 'command.unload':
      return unloadAnswers(command.from as Drive, answer);
    case 'command.extendPort':
      // The picker is let finish first, and so are people with the doors.
      if (!now.isMovedAt('port')) extendAnswers(answer);
      return;
    case 'command.retractPort':
      return retractAnswers(answer);
    default:
      throw new Error(`the model has no answer to ${command.type}`);
  }
}

function moveAnswers(command: Command, answer: Answer): void {
  const moveId = String(command['moveId']);
  const tape = command['mediumId'] as Tape;
  const destination = elementAt(command['destination']);
  const unknown = { type: 'MOVE_OUTCOME_UNKNOWN', moveId };
  const fault = { type: 'FAULT_REPORTED', reason: 'jam' };
  answer('done', (then) => {
    then.put(tape, destination);
    then.send('picker', { type: 'MOVE_COMPLETED', moveId });
  });
  answer('refused', (then) => then.send('picker', { type: 'MOVE_REFUSED', moveId, reason: 'refused' }), 'mishap');
  answer('done, but nothing moved', (then) => then.send('picker', { type: 'MOVE_COMPLETED', moveId }), 'mishap');
  for (const place of [undefined, destination, 'picker'] as const) {
    const where = place === undefined ? 'where it was' : place === 'picker' ? 'on the picker' : 'where it was sent';
    for (const event of [unknown, fault]) {
      answer(
        `${event.type === 'FAULT_REPORTED' ? 'a jam' : 'nothing'}, ${tape} is ${where}`,
        (then) => {
          if (place !== undefined) then.put(tape, place);
          then.send('picker', event);
        },
        'mishap',
      );
    }
  }
}

function readBackAnswers(command: Command, now: Moment, answer: Answer): void {
  const moveId = String(command['moveId']);
  const where = now.truth.where[command['mediumId'] as Tape];
  const verified = (outcome: string) => (then: Moment) =>
    then.send('picker', { type: 'MOVE_VERIFIED', moveId, outcome });
  const seen = where === 'outside' ? 'uncertain' : outcomeAt(addresses[where], command);
  answer(seen, verified(seen));
  if (seen !== 'uncertain') answer('uncertain', verified('uncertain'), 'mishap');
}

function outcomeAt(address: number, command: Command): string {
  if (address === command['destination']) return 'moved';
  return address === command['source'] ? 'not-moved' : 'on-picker';
}

function readyAnswers(drive: Drive, answer: Answer): void {
  // The cartridge may be gone meanwhile, or the drive out of order: then nobody asks any more.
  const tell = (event: { type: string }) => (then: Moment) => {
    if (['mounted', 'dismountable', 'unloaded'].includes(then.leaf(drive)) || then.leaf(drive).startsWith('loaded')) {
      then.send(drive, event);
    }
  };
  answer('ready', tell({ type: 'DRIVE_READY' }));
  answer('never ready', tell({ type: 'DRIVE_NOT_READY' }), 'mishap');
  answer('a fault', (then) => then.send(drive, { type: 'FAULT_REPORTED', reason: 'drive' }), 'mishap');
}

function unloadAnswers(drive: Drive, answer: Answer): void {
  const tell = (event: { type: string; reason?: string }) => (then: Moment) => {
    if (then.leaf(drive) === 'unloading') then.send(drive, event);
  };
  answer('unloaded', tell({ type: 'MEDIUM_UNLOADED' }));
  answer('prevented', tell({ type: 'DISMOUNT_FAILED', reason: 'prevented' }), 'mishap');
  answer('a fault', (then) => then.send(drive, { type: 'FAULT_REPORTED', reason: 'drive' }), 'mishap');
}

function extendAnswers(answer: Answer): void {
  answer('it is out', (then) => {
    then.truth.portOut = true;
    then.send('port', { type: 'PORT_EXTENDED' });
  });
  answer('it is stuck', (then) => then.send('port', { type: 'EXTEND_FAILED', reason: 'stuck' }), 'mishap');
}

function retractAnswers(answer: Answer): void {
  answer('it is in', (then) => {
    then.truth.portOut = false;
    // A hand may have been quicker than the port, so it is looked into once more.
    const position = then.leaf('port', 'position');
    const full = then.at('port') !== undefined;
    if (full !== (then.leaf('port', 'content') === 'full')) {
      then.send('port', { type: full ? 'MEDIUM_INSERTED' : 'MEDIUM_TAKEN' });
    }
    if (then.leaf('port', 'position') === position) then.send('port', { type: 'PORT_RETRACTED' });
    seeWhatLeftAndCame(then);
  });
  answer(
    'somebody holds it',
    (then) => {
      if (then.leaf('port', 'position') === 'retracting') then.send('port', { type: 'RETRACT_FAILED', reason: 'held' });
    },
    'mishap',
  );
}

/** Cartridges that came into the port get their records; those that were taken leave the library. */
export function seeWhatLeftAndCame(then: Moment): void {
  for (const tape of tapes) {
    const place: Place = then.truth.where[tape];
    const believed = then.context(tape).location.kind;
    if (place === 'port' ? believed !== 'port' : place === 'outside' && believed === 'port') then.located(tape);
  }
}
