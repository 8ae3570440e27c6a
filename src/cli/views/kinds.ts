import { words } from '../output/words.js';
import { placeOf } from '../names/medium-name.js';
import { readChangers, readDoors, readDrives, readPorts, readSlots } from './elements.js';
import { readLibraries, readPools } from './libraries.js';
import { readMedia } from './media.js';
import type { ObjectReader } from './object-reader.js';
import { readLibraryRequests, readOperatorRequests } from './requests.js';

/** A kind of object as `rsm view` shows it: the records for JSON, and the columns for people. */
export interface ViewedKind {
  readonly titles: readonly string[];
  readonly read: (
    reader: ObjectReader,
  ) => Promise<{ readonly objects: readonly object[]; readonly rows: readonly string[][] }>;
}

function kind<View extends object>(
  titles: readonly string[],
  read: (reader: ObjectReader) => Promise<readonly View[]>,
  row: (view: View) => readonly (string | number | boolean | null)[],
): ViewedKind {
  return {
    titles,
    read: async (reader) => {
      const objects = await read(reader);
      return {
        objects,
        rows: objects.map((view) => row(view).map((cell) => (cell === null || cell === '' ? '-' : String(cell)))),
      };
    },
  };
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
  pools: kind(['Pool', 'Type', 'Media type', 'Cartridges', 'Logical media'], readPools, (one) => [
    one.path,
    words(one.type),
    one.mediaType,
    one.physicalMedia,
    one.logicalMedia,
  ]),
} as const satisfies Record<string, ViewedKind>;

export type KindName = keyof typeof VIEWED_KINDS;
