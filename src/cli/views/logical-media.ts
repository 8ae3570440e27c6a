import type { Guid } from '../../ntms/index.js';
import { placeOf } from '../names/medium-name.js';
import { type MediumView, poolPath, readMedia, type SideView } from './media.js';
import type { ObjectReader } from './object-reader.js';

/** A side of a cartridge by itself. */
export interface WholeSideView extends SideView {
  /** `ORS001L8/0`: what the command line calls it. */
  readonly name: string;
  readonly medium: string;
  /** `slot 3 of bench`. */
  readonly place: string;
  readonly pool: string | null;
  readonly mountCount: number;
  readonly allocateCount: number;
}

/** What an application owns. */
export interface LogicalMediumView {
  readonly id: Guid;
  readonly name: string;
  readonly pool: string | null;
  readonly sides: readonly WholeSideView[];
}

export async function readSides(reader: ObjectReader): Promise<WholeSideView[]> {
  const media = await readMedia(reader);
  const views = media.flatMap((medium) => medium.sides.map((side) => wholeSide(reader, medium, side)));
  return (await Promise.all(views)).toSorted((a, b) => a.name.localeCompare(b.name));
}

async function wholeSide(reader: ObjectReader, medium: MediumView, side: SideView): Promise<WholeSideView> {
  const info = (await reader.list('Partition', medium.id)).find(({ record }) => record.ObjectGuid === side.id)?.info;
  return {
    ...side,
    name: `${medium.label}/${side.side}`,
    medium: medium.label,
    place: placeOf(medium),
    pool: medium.pool,
    mountCount: info?.dwMountCount ?? 0,
    allocateCount: info?.dwAllocateCount ?? 0,
  };
}

export async function readLogicalMedia(reader: ObjectReader): Promise<LogicalMediumView[]> {
  const sides = await readSides(reader);
  const views = (await reader.list('LogicalMedia')).map(async ({ record, info }): Promise<LogicalMediumView> => ({
    id: record.ObjectGuid,
    name: record.szName,
    pool: await poolPath(reader, info.MediaPool),
    sides: sides.filter(({ logicalMedium }) => logicalMedium === record.ObjectGuid),
  }));
  const nameOf = ({ sides: [first], id }: LogicalMediumView): string => first?.name ?? id;
  return (await Promise.all(views)).toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
}
