import type { AnyStateMachine } from 'xstate';
import { doorMachine } from '../../machines/door.js';
import { driveMachine } from '../../machines/drive.js';
import { portMachine } from '../../machines/import-export-element.js';
import { pickerMachine } from '../../machines/medium-transport-element.js';
import { physicalMediumMachine } from '../../machines/physical-medium.js';
import { slotMachine } from '../../machines/storage-element.js';

/** Where a cartridge can be, by element address as in a small library; `outside` is with a person. */
export const addresses = {
  picker: 1,
  drive1: 500,
  drive2: 501,
  slot1: 1000,
  slot2: 1001,
  slot3: 1002,
  port: 10,
} as const;
export type Element = keyof typeof addresses;
export type Place = Element | 'outside';
export type Drive = 'drive1' | 'drive2';
export type Slot = 'slot1' | 'slot2' | 'slot3';
export type Tape = 'tape1' | 'tape2' | 'tape3';
export type Name = Element | 'door' | Tape;

export const drives: readonly Drive[] = ['drive1', 'drive2'];
export const slots: readonly Slot[] = ['slot1', 'slot2', 'slot3'];
export const tapes: readonly Tape[] = ['tape1', 'tape2', 'tape3'];
export const elements = Object.keys(addresses) as Element[];
export const names: readonly Name[] = [...elements, 'door', ...tapes];

export type MachineKind = 'picker' | 'drive' | 'slot' | 'port' | 'door' | 'medium';
export type Machines = Readonly<Record<MachineKind, AnyStateMachine>>;

export const realMachines: Machines = {
  picker: pickerMachine,
  drive: driveMachine,
  slot: slotMachine,
  port: portMachine,
  door: doorMachine,
  medium: physicalMediumMachine,
};

/** Two cartridges lie in their slots; the third one is with a person, or is left out altogether. */
export const startingPlaces: Readonly<Record<Tape, Place>> = { tape1: 'slot1', tape2: 'slot2', tape3: 'outside' };

export function kindOf(name: Name): MachineKind {
  if (name.startsWith('drive')) return 'drive';
  if (name.startsWith('slot')) return 'slot';
  return name.startsWith('tape') ? 'medium' : (name as 'picker' | 'port' | 'door');
}

export function elementAt(address: unknown): Element {
  const found = elements.find((element) => addresses[element] === address);
  if (found === undefined) throw new Error(`the small library has no element ${String(address)}`);
  return found;
}

/** What the machine of a part is started with. */
export function inputOf(name: Name): object {
  const elementAddress = name in addresses ? addresses[name as Element] : null;
  const tape = tapes.find((one) => startingPlaces[one] === name);
  switch (kindOf(name)) {
    case 'picker':
      return { pickerId: name, elementAddress };
    case 'drive':
      return { driveId: name, elementAddress };
    case 'slot':
      return { slotId: name, elementAddress, initial: tape === undefined ? 'empty' : 'full', mediumId: tape ?? null };
    case 'port':
      return { portId: name, elementAddress, position: 'retracted', content: 'empty', maxExtendMs: 1 };
    case 'door':
      return { doorId: name, initial: 'closed', maxOpenMs: 1 };
    case 'medium':
      return { mediumId: name, location: locationOf(startingPlaces[name as Tape]) };
  }
}

/** A place as the machine of a cartridge knows it. */
export function locationOf(place: Place): { kind: string; elementAddress: number | null } {
  if (place === 'outside') return { kind: 'offline', elementAddress: null };
  return { kind: kindOf(place), elementAddress: addresses[place] };
}
