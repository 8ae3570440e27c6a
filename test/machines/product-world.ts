import type { AnyEventObject, AnyStateMachine } from 'xstate';
import { driveMachine } from '../../machines/drive.js';
import { pickerMachine } from '../../machines/medium-transport-element.js';
import { physicalMediumMachine } from '../../machines/physical-medium.js';
import { slotMachine } from '../../machines/storage-element.js';
import { leafOf, run, step } from './machine-run.js';
import type { Run } from './machine-run.js';

/** Two drives, three slots, a picker and two cartridges; addresses as in a small library. */
export const addresses = { picker: 1, drive1: 500, drive2: 501, slot1: 1000, slot2: 1001, slot3: 1002 } as const;
export type Place = keyof typeof addresses;
export const places = Object.keys(addresses) as Place[];
export const drives = ['drive1', 'drive2'] as const;
export const slots = ['slot1', 'slot2', 'slot3'] as const;
export type Medium = 'A' | 'B';
export const media = ['A', 'B'] as const;
type Name = Place | Medium;

const parts: Readonly<Record<Name, { machine: AnyStateMachine; input: object }>> = {
  picker: { machine: pickerMachine, input: { pickerId: 'picker', elementAddress: 1 } },
  drive1: { machine: driveMachine, input: { driveId: 'drive1', elementAddress: 500 } },
  drive2: { machine: driveMachine, input: { driveId: 'drive2', elementAddress: 501 } },
  slot1: { machine: slotMachine, input: { slotId: 'slot1', elementAddress: 1000, initial: 'full', mediumId: 'A' } },
  slot2: { machine: slotMachine, input: { slotId: 'slot2', elementAddress: 1001, initial: 'full', mediumId: 'B' } },
  slot3: { machine: slotMachine, input: { slotId: 'slot3', elementAddress: 1002, initial: 'empty' } },
  A: { machine: physicalMediumMachine, input: { mediumId: 'A', location: { kind: 'slot', elementAddress: 1000 } } },
  B: { machine: physicalMediumMachine, input: { mediumId: 'B', location: { kind: 'slot', elementAddress: 1001 } } },
};
const names = Object.keys(parts) as Name[];

export type Command = AnyEventObject & { readonly from: Place };

/** Every machine's state, what the hardware really holds, and the commands that have not been answered. */
export interface World {
  readonly states: Readonly<Record<Name, number>>;
  readonly truth: Readonly<Record<Medium, Place>>;
  readonly commands: readonly Command[];
  /** How many mishaps (faults, switches, hands) may still come. */
  readonly mishaps: number;
}

/** Machine states by number, and what each event makes of them: the machines are pure, so each is asked once. */
const known: Run[] = [];
const numbers = new Map<string, number>();
const steps = new Map<string, { next: number; effects: readonly AnyEventObject[] }>();

function numberOf(name: Name, state: Run): number {
  const key = `${name} ${JSON.stringify([state.snapshot.value, state.snapshot.context])}`;
  const found = numbers.get(key);
  if (found !== undefined) return found;
  known.push({ ...state, all: [] });
  numbers.set(key, known.length - 1);
  return known.length - 1;
}

export function firstWorld(mishaps: number): World {
  const states = Object.fromEntries(
    names.map((name) => [name, numberOf(name, run(parts[name].machine, parts[name].input))]),
  ) as Record<Name, number>;
  return { states, truth: { A: 'slot1', B: 'slot2' }, commands: [], mishaps };
}

export function keyOf(world: World): string {
  const commands = world.commands.map((command) => `${command.from}${command.type}`).toSorted();
  return `${Object.values(world.states).join()} ${Object.values(world.truth).join()} ${commands.join()} ${world.mishaps}`;
}

/** A world on its way to the next one: what the library's code does with events and effects, in short. */
export class Moment {
  readonly states: Record<Name, number>;
  readonly truth: Record<Medium, Place>;
  readonly wrongs: string[] = [];
  commands: Command[];
  mishaps: number;

  constructor(world: World) {
    this.states = { ...world.states };
    this.truth = { ...world.truth };
    this.commands = [...world.commands];
    this.mishaps = world.mishaps;
  }

  state(name: Name): Run {
    return known[this.states[name]] as Run;
  }

  leaf(name: Name): string {
    return leafOf(this.state(name));
  }

  isOn(name: Place): boolean {
    return this.state(name).snapshot.tags.has('ENABLED');
  }

  at(place: Place): Medium | undefined {
    return media.find((medium) => this.truth[medium] === place);
  }

  /** What the machine of a place believes to be in it. */
  believed(place: Place): Medium | null {
    const context = this.state(place).snapshot.context as { mediumId: Medium | null; occupied?: boolean };
    return context.occupied === false ? null : context.mediumId;
  }

  send(name: Name, event: AnyEventObject): void {
    const before = this.states[name];
    const key = `${before} ${JSON.stringify(event)}`;
    let taken = steps.get(key);
    if (taken === undefined) {
      const after = step(parts[name].machine, known[before] as Run, event);
      taken = { next: numberOf(name, after), effects: after.effects };
      steps.set(key, taken);
    }
    const wasOn = !(name in addresses) || this.isOn(name as Place);
    this.states[name] = taken.next;
    for (const effect of taken.effects) {
      if (effect.type.startsWith('command.')) {
        if (!wasOn) this.wrongs.push(`${name} is disabled and gets ${effect.type}`);
        this.commands.push({ ...effect, from: name as Place });
      }
      if (effect.type === 'event.unexpected') this.wrongs.push(`${name} did not expect ${JSON.stringify(effect)}`);
      this.#follow(name, effect);
    }
  }

  #follow(name: Name, effect: AnyEventObject): void {
    if (name === 'picker') this.#followPicker(effect);
    if (!name.startsWith('drive')) return;
    const medium = this.believed(name as Place);
    if (effect.type === 'command.unload' && medium !== null) this.send(medium, { type: 'DISMOUNT_STARTED' });
    if (effect.type === 'command.moveMedium') return;
    if (effect.type === 'mount.finished') this.send(effect['mediumId'] as Medium, { type: 'MEDIUM_LOADED' });
    if (effect.type === 'dismount.finished' && effect['stays'] === true && medium !== null) {
      this.send(medium, { type: 'DISMOUNT_DEFERRED' });
    }
    if (effect.type === 'dismount.failed' && medium !== null) this.send(medium, { type: 'DISMOUNT_FAILED' });
    if (effect.type === 'mount.failed' || effect.type === 'mount.refused') {
      const asked = String(effect['requestId']).slice(-1) as Medium;
      if (['inUse', 'mounted'].includes(this.leaf(asked))) this.send(asked, { type: 'REQUEST_ABANDONED' });
    }
  }

  /** A cartridge has one home slot: where it lies now. Others are not kept for it any longer. */
  settleHome(medium: Medium, home: Place): void {
    for (const slot of slots) {
      const { owner } = this.state(slot).snapshot.context as { owner: unknown };
      if (slot !== home && owner === medium) this.send(slot, { type: 'OWNER_RELEASED' });
    }
  }

  #followPicker(effect: AnyEventObject): void {
    if (effect.type === 'command.moveMedium') this.#checkMove(effect);
    const ended = ['move.finished', 'move.resolved'].includes(effect.type);
    const refused = effect.type === 'move.refused';
    if ((!ended && !refused) || effect['outcome'] === 'uncertain') return;
    const medium = String(effect['moveId']) as Medium;
    const [source, destination] = refused
      ? this.#lastMove
      : [placeOf(effect['source']), placeOf(effect['destination'])];
    const outcome = refused ? 'not-moved' : String(effect['outcome']);
    if (outcome !== 'not-moved' && source !== 'picker') this.send(source, { type: 'MEDIUM_MOVED_OUT' });
    if (outcome === 'moved') {
      this.send(destination, { type: 'MEDIUM_MOVED_IN', mediumId: medium });
      const type = destination.startsWith('slot') ? 'MEDIUM_STORED' : 'MEDIUM_MOVED_IN';
      this.send(medium, { type, elementAddress: addresses[destination] });
      if (destination.startsWith('slot')) this.settleHome(medium, destination);
      return;
    }
    if (destination.startsWith('drive')) this.send(destination, { type: 'MOUNT_FAILED', reason: outcome });
    if (outcome === 'on-picker') {
      this.send(medium, { type: 'LOCATED', location: { kind: 'picker', elementAddress: 1 } });
    } else if (source.startsWith('drive')) this.send(source, { type: 'DISMOUNT_FAILED', reason: outcome });
  }

  #lastMove: readonly [Place, Place] = ['picker', 'picker'];

  /** The answer to a motion is about to be sent: remember which. */
  answering(command: Command): void {
    this.commands = this.commands.filter((other) => other !== command);
    this.#lastMove = [placeOf(command['source']), placeOf(command['destination'])];
  }

  #checkMove(effect: AnyEventObject): void {
    const [source, destination] = [placeOf(effect['source']), placeOf(effect['destination'])];
    if (this.at(destination) !== undefined) this.wrongs.push(`a second cartridge is sent into ${destination}`);
    if (this.at(source) !== effect['mediumId']) this.wrongs.push(`${String(effect['mediumId'])} is not in ${source}`);
    for (const place of [source, destination]) {
      if (!this.isOn(place)) this.wrongs.push(`a cartridge is moved at ${place}, which is disabled`);
    }
  }
}

function placeOf(address: unknown): Place {
  return places.find((place) => addresses[place] === address) ?? 'picker';
}
