import { NtmsAccessMask, NtmsObjectsTypes, NTMS_OBJECTINFORMATION_SIZE } from '../../../src/ntms/index.js';
import type { Guid, NewMediumInformation, NewSideInformation } from '../../../src/ntms/index.js';
import type { VirtualLibrary } from '../../library/virtual-library.js';
import { breakReference } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, NOBODY, takeToShelf } from '../house.js';
import { newMediaType, newMedium, newPool, newSide, onTheShelf, STATE, systemPool, typeOf } from '../media-house.js';
import { badHandles, byGuest, damaged, prepared, withoutMemory, withoutRoom } from './prepared-call.js';
import type { Prepare } from './prepared-call.js';

const { NTMS_MODIFY_ACCESS } = NtmsAccessMask;

const remove =
  (state: number = STATE.AVAILABLE): Prepare =>
  async (library) => {
    const { medium } = await onTheShelf(library, state);
    return ({ api, session }) => api.DeleteNtmsMedia(session, medium);
  };
const removing =
  (find: (library: VirtualLibrary) => unknown): Prepare =>
  (library) =>
  ({ api, session }) =>
    api.DeleteNtmsMedia(session, find(library) as Guid);

const poolNamed = ({ store }: VirtualLibrary, name: string): Guid => store.table('mediaPools').find({ name })?.id ?? '';

/** The guest may do everything in the pool `Archive` and on the computer but modify one of them. */
const denyOne =
  (which: 'pool' | 'computer') =>
  (library: VirtualLibrary): void => {
    denyGuest(library, poolNamed(library, 'Archive'), which === 'pool' ? NTMS_MODIFY_ACCESS : 0);
    denyGuest(library, library.store.wellKnown.computer, which === 'computer' ? NTMS_MODIFY_ACCESS : 0);
  };

const denials = (prepare: Prepare) =>
  [
    {
      symbol: 'ERROR_ACCESS_DENIED' as const,
      title: 'refuses a user without modify right on the pool',
      right: 'media pool' as const,
      run: byGuest(prepare, denyOne('pool')),
    },
    {
      symbol: 'ERROR_ACCESS_DENIED' as const,
      title: 'refuses a user without modify right on the computer',
      right: 'computer' as const,
      run: byGuest(prepare, denyOne('computer')),
    },
  ] as const;

export const deleteNtmsMediaCodes = returnCodesOf('DeleteNtmsMedia', [
  { symbol: 'ERROR_SUCCESS', title: 'deletes the records of a cartridge on the shelf', run: prepared(remove()) },
  ...denials(remove()),
  damaged(remove(), 'physical_media'),
  withoutRoom(remove(), 'physical_media', 'DELETE'),
  ...badHandles(remove()),
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses an id that no cartridge has',
    parameter: 'lpMediaId',
    run: prepared(removing(() => NOBODY)),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses the id of a side',
    parameter: 'lpMediaId',
    run: prepared(removing((library) => library.side('ORS001L8').id)),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'refuses a cartridge whose pool is lost',
    run: prepared(remove(), (house) =>
      breakReference(house, 'physical_media', 'media_pool', house.medium('NEW001L8').id),
    ),
  },
  ...[null, ''].map((id) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses the cartridge ${JSON.stringify(id)}`,
    parameter: 'lpMediaId' as const,
    run: prepared(removing(() => id)),
  })),
  {
    symbol: 'ERROR_INVALID_STATE',
    title: 'refuses a cartridge that is in a library',
    run: prepared(removing((library) => library.medium('ORS001L8').id)),
  },
  ...(['ALLOCATED', 'COMPLETE', 'RESERVED'] as const).map((state) => ({
    symbol: 'ERROR_INVALID_STATE' as const,
    title: `refuses a cartridge with a side that is ${state.toLowerCase()}`,
    run: prepared(remove(STATE[state])),
  })),
  {
    symbol: 'ERROR_INVALID_STATE',
    title: 'refuses a cartridge that a mount waits for',
    run: prepared(async (library, t) => {
      await takeToShelf(library, 'ORS001L8');
      void library.mount('ORS001L8').catch(() => undefined);
      await library.manager.drain();
      t.teardown(() => library.api.CloseNtmsSession(library.session).catch(() => undefined));
      return removing(() => library.medium('ORS001L8').id)(library, t);
    }),
  },
  withoutMemory(remove(), 'physical_media'),
]);

/** What a test changes of a right call of CreateNtmsMedia. */
interface Change {
  readonly media?: (pool: Guid, library: VirtualLibrary) => unknown;
  readonly list?: unknown;
  readonly options?: number;
}

const create =
  ({ media, list = [newSide()], options = 0 }: Change = {}): Prepare =>
  async (library) => {
    const pool = await newPool(library, 'Archive', typeOf(library, 'ORS001L8').id);
    const lpMedia = (media === undefined ? newMedium(pool, 1) : media(pool, library)) as NewMediumInformation;
    return ({ api, session }) => api.CreateNtmsMedia(session, lpMedia, list as readonly NewSideInformation[], options);
  };

type Info = NewMediumInformation['Info']['PhysicalMedia'];
const medium =
  (info: Partial<Info>, object: Partial<NewMediumInformation> = {}) =>
  (pool: Guid): NewMediumInformation =>
    newMedium(pool, 1, info, object);

const badMedia: readonly (readonly [string, (pool: Guid, library: VirtualLibrary) => unknown])[] = [
  ['no record', () => 0],
  ['a record of another size', medium({}, { dwSize: NTMS_OBJECTINFORMATION_SIZE - 1 })],
  ['a record of another type', medium({}, { dwType: NtmsObjectsTypes.NTMS_PARTITION })],
  ['a record without its cartridge', () => ({ dwType: NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA, Info: {} })],
  ['a record without Info', () => ({ dwType: NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA })],
  ['a library that is not the offline one', (pool, { library }) => newMedium(pool, 1, { CurrentLibrary: library.id })],
  ['no sides', medium({ dwNumberOfPartitions: 0 })],
  ['more sides than the list has', medium({ dwNumberOfPartitions: 2 })],
  ['an identifier that is none', medium({}, { ObjectGuid: 'mine' })],
  ['an identifier that another object has', (pool) => newMedium(pool, 1, {}, { ObjectGuid: pool })],
  ['a name of 64 characters', medium({}, { szName: 'x'.repeat(64) })],
  ['a description of 127 characters', medium({}, { szDescription: 'x'.repeat(127) })],
  ['a bar code of 64 characters', medium({ szBarCode: 'x'.repeat(64) })],
  ['a density code below zero', medium({ dwDensityCode: -1 })],
  ['an Enabled that is no truth value', medium({}, { Enabled: 1 as never })],
];

const taken = '11111111-1111-4111-8111-111111111111';
const badLists: readonly (readonly [string, unknown])[] = [
  ['no list', null],
  ['a side without a record', [null]],
  ['a side of another size', [newSide({}, { dwSize: 0 })]],
  ['a side of another type', [newSide({}, { dwType: NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA })]],
  ['a side without its part', [{ dwType: NtmsObjectsTypes.NTMS_PARTITION, Info: {} }]],
  ['a side in a state that does not exist', [newSide({ State: 10 })]],
  ['a label of no bytes', [newSide({ dwOmidLabelIdLength: 0 })]],
  ['a label longer than its bytes', [newSide({ dwOmidLabelIdLength: 4 })]],
  ['a label of 256 bytes', [newSide({ dwOmidLabelIdLength: 256, OmidLabelId: new Uint8Array(256) })]],
  ['a label that is no bytes', [newSide({ OmidLabelId: 'abc' as never })]],
  ['a label without a type', [newSide({ szOmidLabelType: '' })]],
  ['a capacity below zero', [newSide({ Capacity: -1n })]],
  ['a logical medium with the id of the side', [newSide({ LogicalMedia: taken }, { ObjectGuid: taken })]],
];

export const createNtmsMediaCodes = returnCodesOf('CreateNtmsMedia', [
  { symbol: 'ERROR_SUCCESS', title: 'makes a cartridge in an application pool', run: prepared(create()) },
  {
    symbol: 'ERROR_SUCCESS',
    title: 'makes a cartridge in an import pool',
    run: prepared(
      create({
        media: (_, library) => newMedium(systemPool(library, 'IMPORT', typeOf(library, 'ORS001L8').id).id, 1),
      }),
    ),
  },
  ...denials(create()),
  damaged(create(), 'physical_media'),
  withoutRoom(create(), 'physical_media', 'INSERT'),
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses a bar code that is known',
    parameter: 'lpMedia',
    run: prepared(create({ media: medium({ szBarCode: 'ORS001L8 ' }) })),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses a label that is known when it is told to',
    parameter: 'dwOptions',
    run: prepared(create({ options: 1 }), async (library) => {
      const { lpMedia, lpList } = {
        lpMedia: medium({ szBarCode: '' })(poolNamed(library, 'Archive')),
        lpList: [newSide()],
      };
      await library.api.CreateNtmsMedia(library.session, lpMedia, lpList, 0);
    }),
  },
  ...badHandles(create()),
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'refuses an id that no pool has',
    parameter: 'lpMedia',
    run: prepared(create({ media: () => newMedium(NOBODY, 1) })),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'refuses no pool',
    run: prepared(create({ media: medium({ MediaPool: null }) })),
  },
  ...(['SCRATCH', 'FOREIGN'] as const).map((kind) => ({
    symbol: 'ERROR_INVALID_MEDIA_POOL' as const,
    title: `refuses ${kind === 'SCRATCH' ? 'a free' : 'an unrecognized'} pool`,
    run: prepared(
      create({ media: (_, library) => newMedium(systemPool(library, kind, typeOf(library, 'ORS001L8').id).id, 1) }),
    ),
  })),
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'refuses the pool above all import pools',
    run: prepared(create({ media: (_, { store }) => newMedium(store.wellKnown.import, 1) })),
  },
  ...badMedia.map(([what, media]) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${what} for the cartridge`,
    parameter: 'lpMedia' as const,
    run: prepared(create({ media })),
  })),
  ...badLists.map(([what, list]) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${what}`,
    parameter: 'lpList' as const,
    run: prepared(create({ list })),
  })),
  ...[2, -1].map((options) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses options ${options}`,
    parameter: 'dwOptions' as const,
    run: prepared(create({ options })),
  })),
  {
    symbol: 'ERROR_MEDIA_INCOMPATIBLE',
    title: 'refuses one side for a type with two',
    run: prepared(async (library) => {
      const pool = await newPool(library, 'Disks', (await newMediaType(library, 2)).id);
      return ({ api, session }) => api.CreateNtmsMedia(session, newMedium(pool, 1), [newSide()], 0);
    }),
  },
  withoutMemory(create(), 'physical_media'),
]);
