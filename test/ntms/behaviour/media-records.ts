import type { Test } from 'tap';
import {
  NtmsBarCodeState,
  NtmsMediaState,
  NtmsObjectsTypes,
  NtmsOperationalState,
  NTMS_OBJECTINFORMATION_SIZE,
} from '../../../src/ntms/index.js';
import type {
  NTMS_OBJECTINFORMATION,
  NTMS_PARTITIONINFORMATION,
  NTMS_PMIDINFORMATION,
} from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { addLogicalMedium, bringBack, newGuid, takeToShelf } from '../house.js';
import { newMediaType, newMedium, newPool, newSide, onTheShelf, STATE, systemPool, typeOf } from '../media-house.js';

const open = (t: Test): Promise<VirtualLibrary> => VirtualLibrary.open(t);

/** A house with an application pool for tapes. */
async function withPool(t: Test) {
  const library = await open(t);
  const pool = await newPool(library, 'Archive', typeOf(library, 'ORS001L8').id);
  const { api, session, store } = library;
  const create = (
    media: Parameters<typeof api.CreateNtmsMedia>[1],
    list: Parameters<typeof api.CreateNtmsMedia>[2] = [newSide()],
    options = 0,
  ) => api.CreateNtmsMedia(session, media, list, options);
  return { library, pool, create, store };
}

function cartridge({ Info }: NTMS_OBJECTINFORMATION): NTMS_PMIDINFORMATION {
  if (!('PhysicalMedia' in Info)) throw new Error('no cartridge');
  return Info.PhysicalMedia;
}

function sideOf({ Info }: NTMS_OBJECTINFORMATION): NTMS_PARTITIONINFORMATION {
  if (!('Partition' in Info)) throw new Error('no side');
  return Info.Partition;
}

export const createNtmsMediaBehaviour = behaviourOf('CreateNtmsMedia', [
  {
    rule: 'creates-offline-cartridge-record',
    title: 'books a cartridge in the offline library, and nothing moves',
    async run(t) {
      const { library, pool, create, store } = await withPool(t);
      const { lpMedia } = await create(newMedium(pool, 1));
      t.equal(cartridge(lpMedia).CurrentLibrary, store.wellKnown.offlineLibrary);
      t.equal(library.motions(), 0);
      t.equal(store.table('libRequests').count(), 0);
      t.same(library.disagreements(), []);
    },
  },
  {
    rule: 'record-sizes-dwtype-values',
    title: 'takes records of the right size and type only, and makes nothing of others',
    async run(t) {
      const { pool, create, store } = await withPool(t);
      const count = store.table('physicalMedia').count();
      const right = { dwSize: NTMS_OBJECTINFORMATION_SIZE };
      const { lpMedia } = await create(newMedium(pool, 1, {}, right), [newSide({}, right)]);
      t.match(lpMedia, { dwSize: NTMS_OBJECTINFORMATION_SIZE, dwType: NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA });
      const other = { szBarCode: 'NEW002L8' };
      for (const wrong of [{ dwSize: 0 }, { dwSize: NTMS_OBJECTINFORMATION_SIZE + 1 }, { dwType: 0 }]) {
        t.equal((await refusal(create(newMedium(pool, 1, other, wrong)))).symbol, 'ERROR_INVALID_PARAMETER');
        const call = create(newMedium(pool, 1, other), [newSide({}, wrong)]);
        t.equal((await refusal(call)).symbol, 'ERROR_INVALID_PARAMETER');
      }
      t.equal(store.table('physicalMedia').count(), count + 1);
    },
  },
  {
    rule: 'caller-choose-guids-null',
    title: 'takes the identifiers that the caller chose and makes the others; a taken one is refused',
    async run(t) {
      const { library, pool, create } = await withPool(t);
      const [medium, side, logical] = [newGuid(), newGuid(), newGuid()];
      const chosen = await create(newMedium(pool, 1, {}, { ObjectGuid: medium }), [
        newSide({ LogicalMedia: logical, State: STATE.ALLOCATED }, { ObjectGuid: side }),
      ]);
      t.equal(chosen.lpMedia.ObjectGuid, medium);
      t.equal(chosen.lpList[0]?.ObjectGuid, side);
      t.equal(sideOf(chosen.lpList[0] ?? chosen.lpMedia).LogicalMedia, logical);
      const nothing = '00000000-0000-0000-0000-000000000000';
      const made = await create(newMedium(pool, 1, { szBarCode: 'NEW002L8' }, { ObjectGuid: nothing }), [
        newSide({ LogicalMedia: null }, { ObjectGuid: null }),
      ]);
      t.match(made.lpMedia.ObjectGuid, /^[0-9a-f-]{36}$/);
      t.not(made.lpMedia.ObjectGuid, nothing);
      for (const taken of [medium, side, logical, library.drive(0).id]) {
        const call = create(newMedium(pool, 1, { szBarCode: 'NEW003L8' }), [newSide({ LogicalMedia: taken })]);
        t.equal((await refusal(call)).symbol, 'ERROR_INVALID_PARAMETER');
      }
    },
  },
  {
    rule: 'pool-import-application-pool',
    title: 'puts the cartridge into an import or application pool, and takes its type from there',
    async run(t) {
      const { library, pool, create } = await withPool(t);
      const type = typeOf(library, 'ORS001L8').id;
      const wrong = (await newMediaType(library, 1)).id;
      const inImport = systemPool(library, 'IMPORT', type).id;
      for (const [index, where] of [pool, inImport].entries()) {
        const { lpMedia } = await create(newMedium(where, 1, { szBarCode: `NEW00${index}L8`, MediaType: wrong }));
        t.match(cartridge(lpMedia), { MediaPool: where, MediaType: type });
      }
    },
  },
  {
    rule: 'currentlibrary-input-null-offline',
    title: 'accepts no library, and the offline library',
    async run(t) {
      const { library, pool, create, store } = await withPool(t);
      const { offlineLibrary } = store.wellKnown;
      const given = newMedium(pool, 1, { CurrentLibrary: offlineLibrary });
      t.equal(cartridge((await create(given)).lpMedia).CurrentLibrary, offlineLibrary);
      const wrong = newMedium(pool, 1, { CurrentLibrary: library.library.id, szBarCode: '' });
      t.equal((await refusal(create(wrong))).symbol, 'ERROR_INVALID_PARAMETER');
    },
  },
  {
    rule: 'location-homeslot-become-null',
    title: 'ignores where the caller says that the cartridge is',
    async run(t) {
      const { library, pool, create, store } = await withPool(t);
      const slot = library.medium('ORS001L8').location;
      const said = {
        Location: slot,
        HomeSlot: slot,
        LocationType: 5,
        MediaState: NtmsMediaState.NTMS_MEDIASTATE_LOADED,
      };
      const { lpMedia } = await create(newMedium(pool, 1, said));
      const { NTMS_STORAGESLOT } = NtmsObjectsTypes;
      t.match(cartridge(lpMedia), { Location: null, HomeSlot: null, LocationType: NTMS_STORAGESLOT, MediaState: 0 });
      t.match(store.table('physicalMedia').require(lpMedia.ObjectGuid), { location: null, homeSlot: null });
      t.equal(lpMedia.dwOperationalState, NtmsOperationalState.NTMS_READY);
    },
  },
  {
    rule: 'trailing-blanks-bar-code',
    title: 'cuts the blanks behind a bar code, and calls an empty one unreadable',
    async run(t) {
      const { pool, create } = await withPool(t);
      const { NTMS_BARCODESTATE_OK: ok, NTMS_BARCODESTATE_UNREADABLE: unreadable } = NtmsBarCodeState;
      for (const [given, szBarCode, BarCodeState] of [
        [' A B  ', ' A B', ok],
        ['   ', '', unreadable],
        ['', '', unreadable],
      ] as const) {
        const { lpMedia } = await create(newMedium(pool, 1, { szBarCode: given }));
        t.match(cartridge(lpMedia), { szBarCode, BarCodeState }, JSON.stringify(given));
        t.equal(cartridge(lpMedia).szBarCode, szBarCode);
      }
    },
  },
  {
    rule: 'sequence-number-assigned-server',
    title: 'gives each cartridge the next sequence number, whatever the caller says',
    async run(t) {
      const { library, pool, create, store } = await withPool(t);
      const last = Math.max(
        ...store
          .table('physicalMedia')
          .list()
          .map(({ sequenceNumber }) => Number(sequenceNumber)),
      );
      for (const more of [1, 2]) {
        const { lpMedia } = await create(newMedium(pool, 1, { szBarCode: '', szSequenceNumber: '77777777' }));
        t.equal(Number(cartridge(lpMedia).szSequenceNumber), last + more);
      }
      t.equal(library.medium('ORS001L8').sequenceNumber.length, 8);
    },
  },
  {
    rule: 'side-index-equals-position',
    parameter: 'lpList',
    title: 'numbers the sides as they are listed, and keeps what each of them says',
    async run(t) {
      const library = await open(t);
      const { api, session } = library;
      const pool = await newPool(library, 'Disks', (await newMediaType(library, 2)).id);
      const list = [
        newSide({ Side: 1, szOmidLabelInfo: 'front', dwMountCount: 3, Capacity: 650_000_000n }),
        newSide({ Side: 1, szOmidLabelInfo: 'back', dwAllocateCount: 2, State: STATE.FOREIGN }, { Enabled: false }),
      ];
      const { lpMedia, lpList } = await api.CreateNtmsMedia(session, newMedium(pool, 2), list, 0);
      const { ObjectGuid: PhysicalMedia } = lpMedia;
      t.match(lpList.map(sideOf), [
        { Side: 0, PhysicalMedia, szOmidLabelInfo: 'front', dwMountCount: 3, dwAllocateCount: 0, State: STATE.IMPORT },
        { Side: 1, PhysicalMedia, szOmidLabelInfo: 'back', dwMountCount: 0, dwAllocateCount: 2, State: STATE.FOREIGN },
      ]);
      t.same(
        lpList.map(sideOf).map(({ Capacity }) => Capacity),
        [650_000_000n, 0n],
      );
      t.same(
        lpList.map(({ Enabled }) => Enabled),
        [true, false],
      );
      t.equal(cartridge(lpMedia).dwNumberOfPartitions, 2);
    },
  },
  {
    rule: 'label-id-length-positive',
    title: 'keeps as many bytes of the label as the length says, up to 255',
    async run(t) {
      const { pool, create } = await withPool(t);
      const OmidLabelId = Uint8Array.from({ length: 300 }, (_, index) => index % 251);
      for (const dwOmidLabelIdLength of [1, 16, 255]) {
        const side = newSide({ OmidLabelId, dwOmidLabelIdLength });
        const { lpList } = await create(newMedium(pool, 1, { szBarCode: '' }), [side]);
        const stored = lpList.map(sideOf);
        t.same(
          stored.map((one) => one.dwOmidLabelIdLength),
          [dwOmidLabelIdLength],
        );
        t.same(
          stored.map((one) => one.OmidLabelId),
          [OmidLabelId.subarray(0, dwOmidLabelIdLength)],
        );
      }
    },
  },
  {
    rule: 'default-name-bar-code',
    title: 'names a cartridge by its bar code, else by its label if it has one side, else by its number',
    async run(t) {
      const { library, pool, create } = await withPool(t);
      const disks = await newPool(library, 'Disks', (await newMediaType(library, 2)).id);
      const bare = { szBarCode: '' };
      const names = async (...[media, list]: Parameters<typeof create>) => {
        const { lpMedia, lpList } = await create(media, list);
        const { szSequenceNumber: number } = cartridge(lpMedia);
        return [lpMedia, ...(lpList ?? [])].map(({ szName }) => szName.replace(number, '<number>'));
      };
      t.same(await names(newMedium(pool, 1)), ['NEW001L8', 'NEW001L8']);
      t.same(await names(newMedium(pool, 1, bare)), ['monthly', 'monthly']);
      t.same(await names(newMedium(pool, 1, bare), [newSide({ szOmidLabelInfo: '' })]), ['<number>', '<number>']);
      t.same(await names(newMedium(disks, 2, bare), [newSide(), newSide()]), [
        '<number>',
        '<number> side 1',
        '<number> side 2',
      ]);
      const named = newMedium(pool, 1, bare, { szName: 'mine', szDescription: 'from the cellar' });
      t.same(await names(named, [newSide({}, { szName: 'its side' })]), ['mine', 'its side']);
    },
  },
  {
    parameter: 'dwOptions',
    title: 'makes duplicates of a label unless it is told not to, and then not even on two sides of one cartridge',
    async run(t) {
      const { library, pool, create } = await withPool(t);
      const bare = { szBarCode: '' };
      await create(newMedium(pool, 1, bare));
      await create(newMedium(pool, 1, bare));
      t.equal((await refusal(create(newMedium(pool, 1, bare), [newSide()], 1))).symbol, 'ERROR_INVALID_MEDIA');
      await create(newMedium(pool, 1, bare), [newSide({ szOmidLabelType: 'another format' })], 1);
      const disks = await newPool(library, 'Disks', (await newMediaType(library, 2)).id);
      const other = newSide({ szOmidLabelType: 'a third' });
      t.equal((await refusal(create(newMedium(disks, 2, bare), [other, other], 1))).symbol, 'ERROR_INVALID_MEDIA');
    },
  },
  {
    change: 'physical-media-exists-present',
    title: 'makes the cartridge; when it is put into a library it is known there',
    async run(t) {
      const { library, pool, create } = await withPool(t);
      const { lpMedia } = await create(newMedium(pool, 1));
      const count = library.store.table('physicalMedia').count();
      const free = library.autoloader.inspect().find(({ address, full }) => address >= 4096 && !full)?.address ?? 0;
      await bringBack(library, 'NEW001L8', free);
      t.match(library.medium('NEW001L8'), {
        id: lpMedia.ObjectGuid,
        currentLibrary: library.library.id,
        mediaPool: pool,
      });
      t.equal(library.store.table('physicalMedia').count(), count);
      t.same(library.disagreements(), []);
    },
  },
  {
    change: 'side-exists-present-caller',
    title: 'makes the side in whatever state the caller says',
    async run(t) {
      const { pool, create, store } = await withPool(t);
      for (const state of Object.values(STATE)) {
        const { lpList } = await create(newMedium(pool, 1, { szBarCode: '' }), [newSide({ State: state })]);
        t.equal(store.table('sides').require(lpList[0]?.ObjectGuid ?? '').state, state);
      }
    },
  },
  {
    change: 'logical-media-exists-present',
    title: 'makes a logical medium for an identifier that is given, and none else',
    async run(t) {
      const { pool, create, store } = await withPool(t);
      await create(newMedium(pool, 1, { szBarCode: '' }));
      t.equal(store.table('logicalMedia').count(), 0);
      const id = newGuid();
      await create(newMedium(pool, 1), [newSide({ LogicalMedia: id, State: STATE.ALLOCATED })]);
      t.match(store.table('logicalMedia').list(), [{ id, mediaPool: pool }]);
    },
  },
]);

export const deleteNtmsMediaBehaviour = behaviourOf('DeleteNtmsMedia', [
  {
    rule: 'only-cartridges-offline-library',
    title: 'deletes a cartridge when it is on the shelf, and not before; found again, it is a new one',
    async run(t) {
      const library = await open(t);
      const { api, session, store } = library;
      const { id } = library.medium('ORS001L8');
      t.equal((await refusal(api.DeleteNtmsMedia(session, id))).symbol, 'ERROR_INVALID_STATE');
      const address = await takeToShelf(library, 'ORS001L8');
      await api.DeleteNtmsMedia(session, id);
      t.equal(store.table('physicalMedia').get(id), undefined);
      await bringBack(library, 'ORS001L8', address);
      t.not(library.medium('ORS001L8').id, id);
      t.equal(library.side('ORS001L8').state, STATE.UNKNOWN);
      t.same(library.disagreements(), []);
    },
  },
  {
    rule: 'side-allocated-complete-reserved',
    title: 'keeps a cartridge one side of which belongs to somebody',
    async run(t) {
      const library = await open(t);
      const { api, session, store } = library;
      const pool = await newPool(library, 'Disks', (await newMediaType(library, 2)).id);
      const { lpMedia, lpList } = await api.CreateNtmsMedia(session, newMedium(pool, 2), [newSide(), newSide()], 0);
      const second = lpList[1]?.ObjectGuid ?? '';
      for (const state of [STATE.ALLOCATED, STATE.COMPLETE, STATE.RESERVED]) {
        store.table('sides').update(second, { state });
        t.equal((await refusal(api.DeleteNtmsMedia(session, lpMedia.ObjectGuid))).symbol, 'ERROR_INVALID_STATE');
      }
      store.table('sides').update(second, { state: STATE.DECOMMISSIONED });
      await api.DeleteNtmsMedia(session, lpMedia.ObjectGuid);
      t.equal(store.table('sides').get(second), undefined);
    },
  },
  {
    rule: 'all-records-cartridge-go',
    title: 'deletes the cartridge, its sides and what stood for them, and nothing else',
    async run(t) {
      const library = await open(t);
      const { api, session, store } = library;
      const counts = () =>
        (['physicalMedia', 'sides', 'logicalMedia'] as const).map((table) => store.table(table).count());
      const before = counts();
      const { medium } = await onTheShelf(library);
      addLogicalMedium(library, store.table('sides').find({ physicalMedia: medium })?.id ?? '');
      await api.DeleteNtmsMedia(session, medium);
      t.same(counts(), before);
    },
  },
  {
    change: 'physical-media-exists-deleted',
    parameter: 'lpMediaId',
    title: 'removes the cartridge',
    async run(t) {
      const library = await open(t);
      const { medium } = await onTheShelf(library);
      await library.api.DeleteNtmsMedia(library.session, medium);
      t.equal(library.store.kindOf(medium), undefined);
      const again = await refusal(library.api.DeleteNtmsMedia(library.session, medium));
      t.equal(again.symbol, 'ERROR_INVALID_MEDIA');
    },
  },
  {
    change: 'side-exists-deleted-success',
    title: 'removes its sides',
    async run(t) {
      const library = await open(t);
      const { medium } = await onTheShelf(library);
      await library.api.DeleteNtmsMedia(library.session, medium);
      t.equal(library.store.table('sides').count({ physicalMedia: medium }), 0);
    },
  },
]);
