import type { Test } from 'tap';
import type { DocumentedName, DocumentedRight } from '../../src/ntms/documented-functions.js';
import { NtmsObjectsTypes as K } from '../../src/ntms/index.js';
import type { Guid } from '../../src/ntms/index.js';
import { VirtualLibrary } from '../library/virtual-library.js';
import type { VirtualLibraryOptions } from '../library/virtual-library.js';
import { governorOf, kinds, oneOfEach } from './behaviour/object-kinds.js';
import type { RecordKind } from './behaviour/object-kinds.js';
import type { ApiCaller } from './house.js';

/** A right that a call needs on one object. */
export interface Need {
  /** As the function's table has it. */
  readonly on: DocumentedRight['object'];
  readonly right: DocumentedRight['right'];
  readonly object: Guid;
  /** The right is another function's, which this one calls, or one that it asks in this constellation only. */
  readonly besides?: true;
}

/** A house where all that a call names exists, the rights that the call needs, and the call by whoever is given. */
export interface PreparedRights {
  readonly house: Pick<VirtualLibrary, 'store' | 'manager'>;
  readonly needs: readonly Need[];
  readonly call: (caller: ApiCaller) => Promise<unknown>;
}

export interface RightsCase {
  readonly function: DocumentedName;
  readonly title?: string;
  readonly prepare: (t: Test) => Promise<PreparedRights>;
}

export type Call = (library: VirtualLibrary, caller: ApiCaller) => Promise<unknown>;
export type Where = (library: VirtualLibrary) => Guid;

export const onLibrary = (
  right: Need['right'],
  call: Call,
  options: VirtualLibraryOptions = {},
): RightsCase['prepare'] => on('library', right, ({ library }) => library.id, call, options);

export const onComputer = (right: Need['right'], call: Call): RightsCase['prepare'] =>
  on('computer', right, ({ store }) => store.wellKnown.computer, call);

export function on(
  kind: Need['on'],
  right: Need['right'],
  where: Where,
  call: Call,
  options: VirtualLibraryOptions = {},
): RightsCase['prepare'] {
  return async (t) => {
    const house = await VirtualLibrary.open(t, options);
    return { house, needs: [{ on: kind, right, object: where(house) }], call: (caller) => call(house, caller) };
  };
}

/** A call on one object of a kind, which needs a right on what governs it. */
export function onKind(
  kind: RecordKind,
  right: Need['right'],
  as: Need['on'],
  call: (caller: ApiCaller, id: Guid, house: VirtualLibrary) => Promise<unknown>,
): RightsCase['prepare'] {
  return async (t) => {
    const house = await VirtualLibrary.open(t);
    const id = oneOfEach(house)[kind];
    const governor = kinds.find((one) => one.kind === kind)?.governor ?? 'computer';
    const needs = [{ on: as, right, object: governorOf(house, governor) }];
    return { house, needs, call: (caller) => call(caller, id, house) };
  };
}

/** The same call on an object of each governing kind: a drive, a cartridge, the computer. */
export const onGoverned = (
  name: DocumentedName,
  right: Need['right'],
  call: (caller: ApiCaller, id: Guid, house: VirtualLibrary) => Promise<unknown>,
): RightsCase[] =>
  [K.NTMS_DRIVE, K.NTMS_PHYSICAL_MEDIA, K.NTMS_COMPUTER].map((kind) => ({
    function: name,
    title: `an object of kind ${kind}`,
    prepare: onKind(kind, right, 'governing object', call),
  }));

export const [USE, MODIFY, CONTROL] = ['NTMS_USE_ACCESS', 'NTMS_MODIFY_ACCESS', 'NTMS_CONTROL_ACCESS'] as const;

export const poolOf: (barCode: string) => Where = (barCode) => (library) => library.medium(barCode).mediaPool;
