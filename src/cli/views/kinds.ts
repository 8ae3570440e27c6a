import { INFINITE } from '../../ntms/index.js';
import { words } from '../output/words.js';
import { placeOf } from '../names/medium-name.js';
import { readChangers, readDoors, readDrives, readPorts, readSlots } from './elements.js';
import { readLibraries, readPools } from './libraries.js';
import { readLogicalMedia, readSides } from './logical-media.js';
import { readMedia } from './media.js';
import type { ObjectReader } from './object-reader.js';
import { readLibraryRequests, readOperatorRequests } from './requests.js';
import { readChangerTypes, readComputers, readDriveTypes, readMediaTypes } from './types.js';

/** A kind of object as `rsm view` shows it: the records for JSON, and the columns for people. */
export interface ViewedKind {
  readonly titles: readonly string[];
  /** `onTerminal`: for eyes only, so that a pool stands below its parent under its own name. */
  readonly read: (
    reader: ObjectReader,
    onTerminal: boolean,
  ) => Promise<{ readonly objects: readonly object[]; readonly rows: readonly string[][] }>;
}

function kind<View extends object>(
  titles: readonly string[],
  read: (reader: ObjectReader) => Promise<readonly View[]>,
  row: (view: View, onTerminal: boolean) => readonly (string | number | boolean | null)[],
): ViewedKind {
  return {
    titles,
    read: async (reader, onTerminal) => {
      const objects = await read(reader);
      return {
        objects,
        rows: objects.map((view) =>
          row(view, onTerminal).map((cell) => (cell === null || cell === '' ? '-' : String(cell))),
        ),
      };
    },
  };
}

/** `Backup/Weekly` as `  Weekly`. */
function belowParent(path: string): string {
  const levels = path.split('/');
  return `${'  '.repeat(levels.length - 1)}${levels.at(-1)}`;
}

const onOff = (enabled: boolean): string => (enabled ? 'enabled' : 'disabled');
const time = (date: Date | null): string => date?.toISOString().slice(0, 19).replace('T', ' ') ?? '';

/** Every kind by the word that names it on the command line. */
export const VIEWED_KINDS = {
  libraries: kind(
    ['Library', 'Type', 'State', 'Enabled', 'Inventory', 'Drives', 'Slots', 'Ports', 'Media'],
    readLibraries,
    (one) => [
      one.name,
      words(one.type),
      words(one.operationalState),
      onOff(one.enabled),
      words(one.inventoryMethod),
      one.drives,
      one.slots,
      one.ports,
      one.media,
    ],
  ),
  changers: kind(['Library', 'No', 'Element', 'State', 'Type', 'Serial', 'Revision', 'Device'], readChangers, (one) => [
    one.library,
    one.number,
    one.elementAddress,
    words(one.operationalState),
    one.type,
    one.serialNumber,
    one.revision,
    one.deviceName,
  ]),
  drives: kind(
    ['Library', 'No', 'Element', 'State', 'Cartridge', 'Enabled', 'Name', 'Serial', 'Mounts', 'Device'],
    readDrives,
    (one) => [
      one.library,
      one.number,
      one.elementAddress,
      words(one.state),
      one.cartridge,
      onOff(one.enabled),
      one.name,
      one.serialNumber,
      one.mountCount,
      one.deviceName,
    ],
  ),
  slots: kind(['Library', 'No', 'Element', 'State', 'Cartridge'], readSlots, (one) => [
    one.library,
    one.number,
    one.elementAddress,
    words(one.state),
    one.cartridge,
  ]),
  ports: kind(['Library', 'No', 'Element', 'Content', 'Position', 'Cartridge'], readPorts, (one) => [
    one.library,
    one.number,
    one.elementAddress,
    words(one.content),
    words(one.position),
    one.cartridge,
  ]),
  doors: kind(['Library', 'No', 'State'], readDoors, (one) => [one.library, one.number, words(one.state)]),
  media: kind(['Medium', 'State', 'Where', 'Element', 'Pool', 'Type', 'Sides', 'Name'], readMedia, (one) => [
    one.label,
    words(one.state),
    placeOf(one),
    one.location?.elementAddress ?? null,
    one.pool,
    one.mediaType,
    one.sides.map((side) => words(side.state)).join(', '),
    one.name,
  ]),
  requests: kind(
    ['Kind', 'State', 'Medium', 'Drive', 'Library', 'Since', 'Request'],
    async (reader) => [...(await readLibraryRequests(reader)), ...(await readOperatorRequests(reader))],
    (one) =>
      'operation' in one
        ? [words(one.operation), words(one.state), one.cartridge, one.drive, one.library, time(one.queued), one.id]
        : [`operator: ${one.message}`, words(one.state), null, null, null, time(one.submitted), one.id],
  ),
  pools: kind(
    ['Pool', 'Type', 'Media type', 'Cartridges', 'Logical media', 'Free pool', 'Allocations'],
    readPools,
    (one, onTerminal) => [
      onTerminal ? belowParent(one.path) : one.path,
      words(one.type),
      one.mediaType,
      one.allPhysicalMedia,
      one.allLogicalMedia,
      [one.drawsFromFree ? 'draw' : '', one.returnsToFree ? 'return' : ''].filter((word) => word !== '').join(', '),
      one.maxAllocates === INFINITE ? 'no limit' : one.maxAllocates,
    ],
  ),
  sides: kind(['Side', 'State', 'Pool', 'Label', 'Mounts', 'Allocations', 'Logical medium'], readSides, (one) => [
    one.name,
    words(one.state),
    one.pool,
    one.label,
    one.mountCount,
    one.allocateCount,
    one.logicalMedium,
  ]),
  'logical-media': kind(['Logical medium', 'Name', 'On', 'State', 'Where', 'Pool'], readLogicalMedia, (one) => [
    one.id,
    one.name,
    one.sides.map(({ name }) => name).join(', '),
    one.sides.map(({ state }) => words(state)).join(', '),
    one.sides.map(({ place }) => place).join(', '),
    one.pool,
  ]),
  'media-types': kind(['Media type', 'Sides', 'Writable', 'Cartridges', 'Id'], readMediaTypes, (one) => [
    one.name,
    one.sides,
    words(one.readWrite),
    one.cartridges,
    one.id,
  ]),
  'drive-types': kind(['Vendor', 'Product', 'Drives', 'Id'], readDriveTypes, (one) => [
    one.vendor,
    one.product,
    one.count,
    one.id,
  ]),
  'changer-types': kind(['Vendor', 'Product', 'Changers', 'Id'], readChangerTypes, (one) => [
    one.vendor,
    one.product,
    one.count,
    one.id,
  ]),
  computers: kind(['Computer', 'Library requests kept', 'Operator requests kept', 'Id'], readComputers, (one) => [
    one.name,
    `${one.libraryRequestPurgeSecs} s`,
    `${one.operatorRequestPurgeSecs} s`,
    one.id,
  ]),
} as const satisfies Record<string, ViewedKind>;

export type KindName = keyof typeof VIEWED_KINDS;
