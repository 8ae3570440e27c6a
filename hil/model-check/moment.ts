import type { AnyEventObject, AnyMachineSnapshot } from 'xstate';
import { leafOf } from './machine-steps.js';
import { addresses, drives, elementAt, kindOf, locationOf, names, slots, tapes } from './small-library.js';
import type { Drive, Element, Name, Place, Tape } from './small-library.js';
import { commandsAt, truthAt, worldWidth } from './small-world.js';
import type { Command, SmallWorlds, Truth, World } from './small-world.js';

type Mutable<Of> = { -readonly [Key in keyof Of]: Of[Key] };

/** What machines remember, as far as it is asked for here; each machine has some of it. */
interface Remembered {
  readonly mediumId: Tape | null;
  readonly occupied?: boolean;
  readonly owner: Tape | null;
  readonly location: { readonly kind: string };
  readonly openCount: number;
  readonly pending: unknown;
  readonly move: { readonly mediumId: Tape; readonly source: number; readonly destination: number } | null;
  readonly job: { readonly kind: string; readonly requestId: string; readonly ending: string | null } | null;
}

/** A world on its way to the next one: what the library's code does about the machines' effects, in short. */
export class Moment {
  readonly truth: Mutable<Truth>;
  readonly wrongs: string[] = [];
  commands: readonly Command[];
  readonly #worlds: SmallWorlds;
  readonly #states: Uint16Array;
  readonly #before: World;
  /** The motion that the library asks for in this moment. */
  #asked: Readonly<Record<string, unknown>> | undefined;
  /** The motion that a device answers about in this moment. */
  #answered: Readonly<Record<string, unknown>> | undefined;

  constructor(worlds: SmallWorlds, world: World) {
    this.#worlds = worlds;
    this.#states = world.slice(0, names.length);
    this.#before = world;
    this.truth = { ...worlds.truths.payload(world[truthAt] ?? 0) };
    this.commands = worlds.commands.payload(world[commandsAt] ?? 0);
  }

  toWorld(): World {
    const world = new Uint16Array(worldWidth);
    world.set(this.#states);
    const { truths, commands } = this.#worlds;
    const [truthBefore = 0, commandsBefore = 0] = [this.#before[truthAt], this.#before[commandsAt]];
    const isTruthSame = isSame(this.truth, truths.payload(truthBefore));
    world[truthAt] = isTruthSame ? truthBefore : this.#worlds.truthNumber({ ...this.truth });
    const areCommandsSame = this.commands === commands.payload(commandsBefore);
    world[commandsAt] = areCommandsSame ? commandsBefore : this.#worlds.commandsNumber(this.commands);
    return world;
  }

  snapshot(name: Name): AnyMachineSnapshot {
    return this.#worlds.states.payload(this.#states[names.indexOf(name)] ?? 0);
  }

  context(name: Name): Remembered {
    return this.snapshot(name).context as Remembered;
  }

  leaf(name: Name, region = 'operation'): string {
    return leafOf(this.snapshot(name), region);
  }

  isOn(name: Name): boolean {
    return this.snapshot(name).tags.has('ENABLED');
  }

  at(place: Element): Tape | undefined {
    return tapes.find((tape) => this.truth.where[tape] === place);
  }

  put(tape: Tape, place: Place): void {
    this.truth.where = { ...this.truth.where, [tape]: place };
  }

  /** What the machine of an element believes to be in it. */
  believed(element: Element): Tape | undefined {
    const context = this.context(element);
    return context.occupied === false ? undefined : (context.mediumId ?? undefined);
  }

  get motion(): Remembered['move'] {
    return this.context('picker').move;
  }

  get job(): Remembered['job'] {
    return this.context('port').job;
  }

  hasCommand(from: Name): boolean {
    return this.commands.some((command) => command.from === from);
  }

  /** A motion to or from an element that has not come to its end. */
  isMovedAt(element: Element): boolean {
    const { motion } = this;
    return motion !== null && [motion.source, motion.destination].includes(addresses[element]);
  }

  /** Asks the picker for a motion. */
  move(tape: Tape, source: Element, destination: Element): void {
    const motion = { moveId: tape, mediumId: tape, source: addresses[source], destination: addresses[destination] };
    this.#asked = motion;
    this.#answered = motion;
    this.send('picker', { type: 'MOVE_REQUESTED', ...motion });
  }

  /** A device is about to answer. */
  answer(command: Command): void {
    this.commands = this.commands.filter((other) => other !== command);
    this.#answered = command;
  }

  send(name: Name, event: AnyEventObject): void {
    const at = names.indexOf(name);
    const wasOn = kindOf(name) === 'medium' || this.isOn(name);
    const { next, effects } = this.#worlds.step(name, this.#states[at] ?? 0, event);
    this.#states[at] = next;
    for (const effect of effects) {
      if (effect.type === 'event.unexpected') this.wrongs.push(`${name} did not expect ${JSON.stringify(effect)}`);
      if (effect.type.startsWith('command.')) this.#take(name, effect, wasOn);
      else this.#follow(name, effect);
    }
  }

  /** A cartridge's home is the slot where it lies now; others are not kept for it any longer. */
  settleHome(tape: Tape, home: Place): void {
    for (const slot of slots) {
      const { owner } = this.context(slot);
      if (slot !== home && owner === tape) this.send(slot, { type: 'OWNER_RELEASED' });
    }
  }

  /** The library has seen where a cartridge is. */
  located(tape: Tape): void {
    const place = this.truth.where[tape];
    const { location } = this.context(tape);
    if (place !== 'outside') this.send(tape, { type: 'LOCATED', location: locationOf(place) });
    else if (location.kind !== 'offline') this.send(tape, { type: 'EJECTED', kept: true });
    if (place === 'outside' || place.startsWith('slot')) this.settleHome(tape, place);
  }

  #take(name: Name, effect: AnyEventObject, wasOn: boolean): void {
    if (!wasOn) this.wrongs.push(`${name} is disabled and gets ${effect.type}`);
    if (effect.type === 'command.unlockDoor' || effect.type === 'command.lockDoor') return;
    if (effect.type === 'command.moveMedium') this.#checkMove(effect);
    if (effect.type === 'command.unload') this.#unloading(name as Drive);
    if (effect.type === 'command.extendPort' && this.job?.ending !== null) {
      this.wrongs.push('the port is opened, which nobody wants');
    }
    const { type, moveId, mediumId, source, destination } = effect as Command;
    const motion = moveId === undefined ? {} : { moveId, mediumId, source, destination };
    this.commands = [...this.commands, { type, from: name, ...motion }];
  }

  #unloading(drive: Drive): void {
    if (this.truth.handles.includes(drive)) this.wrongs.push(`${drive} unloads what an application has open`);
    const tape = this.believed(drive);
    if (tape !== undefined) this.send(tape, { type: 'DISMOUNT_STARTED' });
  }

  #follow(name: Name, effect: AnyEventObject): void {
    const kind = kindOf(name);
    if (kind === 'picker') this.#followPicker(effect);
    if (kind === 'drive') this.#followDrive(name as Drive, effect);
    if (effect.type === 'timer.start' && kind === 'port') this.truth.timer = true;
    if (effect.type === 'timer.cancel' && kind === 'port') this.truth.timer = false;
    const inPort = this.at('port');
    // What the picker is just bringing arrives in a port without work, and goes back.
    if (effect.type === 'job.finished' && inPort !== undefined && !this.isMovedAt('port')) {
      this.wrongs.push(`the port has done its work, it says, but ${inPort} is left in it`);
    }
    if (effect.type === 'inventory.needed') this.truth.lookDue = true;
  }

  #followDrive(drive: Drive, effect: AnyEventObject): void {
    const inside = this.believed(drive);
    if (effect.type === 'mount.finished') {
      const asked = tapeNamedBy(effect['requestId']);
      if (this.truth.where[asked] !== drive) {
        this.wrongs.push(`the mount of ${asked} is answered done, but ${this.truth.where[asked]} has it`);
      }
      this.send(asked, { type: 'MEDIUM_LOADED' });
    }
    if (effect.type === 'dismount.finished' && effect['stays'] === true && inside !== undefined) {
      this.send(inside, { type: 'DISMOUNT_DEFERRED' });
    }
    if (effect.type === 'dismount.failed' || effect.type === 'dismount.refused') this.#stays(effect);
    if (effect.type === 'mount.failed' || effect.type === 'mount.refused') {
      const asked = tapeNamedBy(effect['requestId']);
      if (['inUse', 'mounted'].includes(this.leaf(asked))) this.send(asked, { type: 'REQUEST_ABANDONED' });
    }
  }

  /** Nothing will come out of the drive; if it was for the port, that need not wait. */
  #stays(effect: AnyEventObject): void {
    const tape = tapeNamedBy(effect['requestId']);
    if (effect.type === 'dismount.failed') this.send(tape, { type: 'DISMOUNT_FAILED' });
    if (this.job?.requestId === `eject ${tape}`) this.send('port', { type: 'STOP_REQUESTED' });
  }

  #followPicker(effect: AnyEventObject): void {
    const refused = effect.type === 'move.refused';
    const ended = effect.type === 'move.finished' || effect.type === 'move.resolved';
    if ((!ended && !refused) || effect['outcome'] === 'uncertain') return;
    const motion = (refused ? this.#answered : effect) ?? {};
    const tape = String(effect['moveId']) as Tape;
    const [source, destination] = [elementAt(motion['source']), elementAt(motion['destination'])];
    const outcome = refused ? 'not-moved' : String(effect['outcome']);
    if (outcome !== 'not-moved' && source !== 'picker') this.send(source, { type: 'MEDIUM_MOVED_OUT' });
    if (outcome === 'moved') return this.#arrived(tape, destination);
    if (destination.startsWith('drive')) this.send(destination, { type: 'MOUNT_FAILED', reason: outcome });
    if (destination === 'port' && this.job !== null) this.send('port', { type: 'STOP_REQUESTED' });
    if (outcome === 'on-picker') this.send(tape, { type: 'LOCATED', location: locationOf('picker') });
    else if (source.startsWith('drive')) this.send(source, { type: 'DISMOUNT_FAILED', reason: outcome });
  }

  #arrived(tape: Tape, place: Element): void {
    this.send(place, { type: 'MEDIUM_MOVED_IN', mediumId: tape });
    const elementAddress = addresses[place];
    if (place.startsWith('slot')) {
      this.send(tape, { type: 'MEDIUM_STORED', elementAddress });
      this.settleHome(tape, place);
    } else if (place.startsWith('drive')) this.send(tape, { type: 'MEDIUM_MOVED_IN', elementAddress });
    else this.#wentTo(tape, place);
  }

  /** Out of a drive into a port: no drive has the cartridge in use any more. */
  #wentTo(tape: Tape, place: Element): void {
    this.send(tape, { type: 'LOCATED', location: locationOf(place) });
    if (this.leaf(tape) === 'unloaded') this.send(tape, { type: 'DISMOUNT_FAILED' });
  }

  #checkMove(effect: AnyEventObject): void {
    const { wrongs, truth } = this;
    const [source, destination] = [elementAt(effect['source']), elementAt(effect['destination'])];
    const tape = String(effect['mediumId']) as Tape;
    if (
      this.#asked?.['mediumId'] !== tape ||
      this.#asked['source'] !== effect['source'] ||
      this.#asked['destination'] !== effect['destination']
    ) {
      wrongs.push(`${tape} is moved from ${source} to ${destination}, which nobody asked for`);
    }
    if (this.at(destination) !== undefined) wrongs.push(`a second cartridge is sent into ${destination}`);
    if (truth.where[tape] !== source) wrongs.push(`${tape} is not in ${source}`);
    for (const element of [source, destination]) {
      if (!this.isOn(element)) wrongs.push(`a cartridge is moved at ${element}, which is disabled`);
      if (element === 'port' && truth.portOut) wrongs.push('the picker reaches into the port, which stands out');
    }
    if (truth.doorOpen) wrongs.push('the picker moves while the door is open');
    const handle = drives.find((drive) => drive === source && truth.handles.includes(drive));
    if (handle !== undefined) wrongs.push(`${tape} is taken out of ${handle}, where an application has it open`);
  }
}

function isSame(one: Truth, other: Truth): boolean {
  return (Object.keys(one) as (keyof Truth)[]).every((fact) => one[fact] === other[fact]);
}

/** Requests are named after what they are for: `mount tape1`. */
export function tapeNamedBy(requestId: unknown): Tape {
  return String(requestId).split(' ')[1] as Tape;
}
