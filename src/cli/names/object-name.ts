import type { Guid } from '../../ntms/index.js';
import { CommandError } from '../command-error.js';
import { readPools } from '../views/libraries.js';
import { readMedia } from '../views/media.js';
import type { ObjectReader } from '../views/object-reader.js';
import { findMedium } from './medium-name.js';
import { nearMatches } from './near-matches.js';
import { kindWords, OBJECT_KINDS, type ObjectKind } from './object-kinds.js';

/** An object that a person named. */
export interface NamedObject {
  readonly kind: ObjectKind;
  /** NtmsObjectsTypes */
  readonly type: number;
  readonly id: Guid;
  /** What a person calls it: `bench`, `bench/1`, `Free/LTO-8`. */
  readonly label: string;
}

interface Candidate {
  readonly id: Guid;
  readonly label: string;
  /** Every name that fits it, beside its GUID. */
  readonly names: readonly string[];
}

/** So few characters of a GUID are typed by mistake rather than meant. */
const SHORTEST_PREFIX = 4;

/**
 * Finds an object by its GUID or by what a person calls it: libraries and media types by name, drives, slots, ports and doors
 * by number, `library/number` or name, media by barcode or name, sides as `medium/side`, pools by path, requests also by the
 * beginning of their GUID. Upper or lower case decides only where both exist.
 *
 * @throws CommandError OBJECT_NOT_FOUND or OBJECT_AMBIGUOUS (of media: MEDIUM_...), with the names that may have been meant.
 */
export async function findObject(reader: ObjectReader, kind: ObjectKind, wanted: string): Promise<NamedObject> {
  const named = ({ id, label }: { id: Guid; label: string }): NamedObject => ({
    ...{ kind, id, label },
    type: OBJECT_KINDS[kind],
  });
  if (kind === 'medium') {
    const { medium } = findMedium(wanted, await readMedia(reader));
    return named(medium);
  }
  return named(choose(kindWords(kind), wanted, await candidatesOf(reader, kind)));
}

/**
 * Finds what carries security and message lists: `computer`, a library's name, a pool's path, or a GUID; `library:NAME` and
 * `pool:PATH` where both have the name.
 */
export async function findCarrier(
  reader: ObjectReader,
  wanted: string,
  kinds: readonly ('computer' | 'library' | 'pool')[] = ['computer', 'library', 'pool'],
): Promise<NamedObject> {
  const [, said, rest] = /^(computer|library|pool):(.*)$/.exec(wanted) ?? [];
  const only = kinds.find((kind) => kind === said);
  if (only !== undefined && rest !== undefined) return findObject(reader, only, rest);
  const all = await Promise.all(
    kinds.map(async (kind) =>
      (await candidatesOf(reader, kind)).map((one) => ({
        ...one,
        kind,
        names: [...one.names, `${kind}:${one.label}`],
      })),
    ),
  );
  const found = choose(kinds.join(' or '), wanted, all.flat(), ({ kind, label }) => `${kind}:${label}`);
  return { kind: found.kind, type: OBJECT_KINDS[found.kind], id: found.id, label: found.label };
}

function choose<One extends Candidate>(
  what: string,
  wanted: string,
  candidates: readonly One[],
  qualified: (one: One) => string = ({ label, id }) => (label === id ? id : `${id} (${label})`),
): One {
  const guid = wanted.toLowerCase();
  const byId = candidates.find(({ id }) => id === guid);
  if (byId !== undefined) return byId;
  let matches = candidates.filter(({ names }) => names.includes(wanted));
  if (matches.length === 0) {
    matches = candidates.filter(({ names }) => names.some((name) => name.toLowerCase() === guid));
  }
  if (matches.length === 0 && guid.length >= SHORTEST_PREFIX && /^[0-9a-f-]+$/.test(guid)) {
    matches = candidates.filter(({ id }) => id.startsWith(guid));
  }
  const [match, ...others] = matches;
  if (match === undefined) {
    const names = candidates.flatMap((one) => (one.names.length > 0 ? one.names : [one.id]));
    const near = nearMatches(wanted, names);
    const few = candidates.length <= 10 ? candidates.map(({ label }) => label) : [];
    const none = candidates.length === 0 ? ' There are none.' : '';
    throw new CommandError('OBJECT_NOT_FOUND', `There is no ${what} "${wanted}".${none}`, near.length > 0 ? near : few);
  }
  if (others.length > 0) {
    const message = `"${wanted}" may be any of ${matches.length}. Name one in full, or by its GUID.`;
    throw new CommandError('OBJECT_AMBIGUOUS', message, matches.map(qualified));
  }
  return match;
}

async function candidatesOf(reader: ObjectReader, kind: Exclude<ObjectKind, 'medium'>): Promise<readonly Candidate[]> {
  switch (kind) {
    case 'library':
      return (await reader.list('Library')).map(byName);
    case 'changer':
      return parts(reader, 'Changer');
    case 'drive':
      return parts(reader, 'Drive');
    case 'slot':
      return parts(reader, 'StorageSlot');
    case 'port':
      return parts(reader, 'IEPort');
    case 'door':
      return parts(reader, 'IEDoor');
    case 'side':
      return sides(reader);
    case 'logical-medium':
      return logicalMedia(reader);
    case 'pool':
      return (await readPools(reader)).map(({ id, path }) => ({ id, label: path, names: [path] }));
    case 'media-type':
      return (await reader.list('MediaType')).map(byName);
    case 'drive-type':
      return (await reader.list('DriveType')).map(byModel);
    case 'changer-type':
      return (await reader.list('ChangerType')).map(byModel);
    case 'computer':
      return (await reader.list('Computer')).map(({ record }) => ({
        id: record.ObjectGuid,
        label: 'computer',
        names: ['computer', ...given(record.szName)],
      }));
    case 'request':
      return (await reader.list('LibRequest')).map(byGuid);
    case 'operator-request':
      return (await reader.list('OpRequest')).map(byGuid);
  }
}

interface Named {
  readonly record: { readonly ObjectGuid: Guid; readonly szName: string };
}

function byName({ record }: Named): Candidate {
  return { id: record.ObjectGuid, label: record.szName || record.ObjectGuid, names: given(record.szName) };
}

function byGuid({ record }: Named): Candidate {
  return { id: record.ObjectGuid, label: record.ObjectGuid, names: [] };
}

function byModel(one: Named & { readonly info: { readonly szVendor: string; readonly szProduct: string } }): Candidate {
  const { szVendor, szProduct } = one.info;
  const model = `${szVendor} ${szProduct}`.trim();
  return { id: one.record.ObjectGuid, label: model, names: [model, szProduct, ...given(one.record.szName)] };
}

async function parts(
  reader: ObjectReader,
  name: 'Changer' | 'Drive' | 'StorageSlot' | 'IEPort' | 'IEDoor',
): Promise<Candidate[]> {
  const all: readonly (Named & { readonly info: { readonly Number: number; readonly Library: Guid | null } })[] =
    await reader.list(name);
  const read = all.map(async ({ record, info }): Promise<Candidate> => {
    const library = (await reader.find('Library', info.Library))?.record.szName ?? '';
    const label = `${library}/${info.Number}`;
    return { id: record.ObjectGuid, label, names: [label, String(info.Number), ...given(record.szName)] };
  });
  return Promise.all(read);
}

async function sides(reader: ObjectReader): Promise<Candidate[]> {
  const media = await readMedia(reader);
  return media.flatMap((medium) =>
    medium.sides.map(({ id, side }) => {
      const label = `${medium.label}/${side}`;
      return { id, label, names: medium.sides.length === 1 ? [label, medium.label] : [label] };
    }),
  );
}

async function logicalMedia(reader: ObjectReader): Promise<Candidate[]> {
  const [logical, media] = await Promise.all([reader.list('LogicalMedia'), readMedia(reader)]);
  return logical.map(({ record }) => {
    const on = media.filter((medium) => medium.sides.some((side) => side.logicalMedium === record.ObjectGuid));
    const names = [...given(record.szName), ...on.map(({ label }) => label)];
    return { id: record.ObjectGuid, label: names[0] ?? record.ObjectGuid, names };
  });
}

function given(name: string): string[] {
  return name === '' ? [] : [name];
}
