import { NtmsInventoryMethod } from '../../src/ntms/index.js';
import { anySide, AT_ONCE, SHORT_MS, type Deed, type Hands } from './hands.js';
import { labelDeeds } from './label-deeds.js';
import { poolDeeds } from './pool-deeds.js';
import { portDeeds } from './port-deeds.js';

const { NTMS_INVENTORY_FAST, NTMS_INVENTORY_OMID, NTMS_INVENTORY_NONE, NTMS_INVENTORY_STOP } = NtmsInventoryMethod;

/** Work as applications and administrators give it, by name; what stands here twice is done twice as often. */
export const deeds: readonly (readonly [string, Deed])[] = [
  ['mount', mount],
  ['mount', mount],
  ['mount', mount],
  ['mount', mount],
  ['mount two', mountTwo],
  ['mount two', mountTwo],
  ['dismount', dismount],
  ['dismount', dismount],
  ['dismount', dismount],
  ['dismount', dismount],
  ['empty a drive', emptyDrive],
  ['inventory', inventory],
  ['clean a drive', cleanDrive],
  ['export', ({ house, session }) => house.api.ExportNtmsDatabase(session)],
  ['import at the next start', ({ house, session }) => house.api.ImportNtmsDatabase(session)],
  ...poolDeeds,
  ...labelDeeds,
  ...portDeeds,
];

function mount(hands: Hands): Promise<unknown> {
  const side = anySide(hands);
  return mountSides(hands, side === undefined ? [] : [side]);
}

function mountTwo(hands: Hands): Promise<unknown> {
  const sides = [anySide(hands), anySide(hands)].flatMap((side) => side ?? []);
  return mountSides(hands, sides);
}

function mountSides({ house, session, random }: Hands, sides: readonly string[]): Promise<unknown> {
  const options = random.chance(0.7) ? AT_ONCE : 0x8;
  const drives = sides.map(() => null);
  return house.api.MountNtmsMedia(session, sides, drives, sides.length, options, random.below(31) - 15, SHORT_MS, null);
}

async function dismount({ house, session, random }: Hands): Promise<unknown> {
  const mounted = house.store
    .table('drives')
    .list()
    .flatMap(({ savedPartitionId }) => savedPartitionId ?? []);
  const side = random.pick(mounted);
  if (side === undefined) return undefined;
  return house.api.DismountNtmsMedia(session, [side], 1, random.chance(0.3) ? 1 : 2);
}

async function emptyDrive({ house, session, random }: Hands): Promise<unknown> {
  const drive = random.pick(house.store.table('drives').list());
  if (drive === undefined) return undefined;
  return house.api.DismountNtmsDrive(session, drive.id);
}

async function inventory({ house, session, random }: Hands): Promise<unknown> {
  const { library } = house;
  const method = random.pick([NTMS_INVENTORY_FAST, NTMS_INVENTORY_OMID, NTMS_INVENTORY_NONE, NTMS_INVENTORY_STOP]);
  if (method === undefined) return undefined;
  return house.api.InventoryNtmsLibrary(session, library, method);
}

async function cleanDrive({ house, session, random }: Hands): Promise<unknown> {
  const drive = random.pick(house.store.table('drives').list());
  return drive === undefined ? undefined : house.api.CleanNtmsDrive(session, drive.id);
}
