import type { Test } from 'tap';
import { VirtualLibrary } from '../library/virtual-library.js';
import type { Guid } from '../../src/ntms/index.js';
import { AllocationHouse } from './allocation-house.js';
import { addLogicalMedium } from './house.js';
import type { ApiCaller } from './house.js';
import { inApplicationPool, newMedium, newPool, newSide, typeOf } from './media-house.js';
import { CONTROL, MODIFY, on, onLibrary, poolOf, USE } from './rights-house.js';
import type { Need, PreparedRights, RightsCase } from './rights-house.js';

/** A cartridge with an owner in an application pool. */
const ofLogicalMedium =
  (
    right: Need['right'],
    call: (caller: ApiCaller, logicalMedium: Guid, side: Guid) => Promise<unknown>,
  ): RightsCase['prepare'] =>
  async (t) => {
    const { library, pool } = await AllocationHouse.open(t, ['ORS001L8']);
    const side = library.side('ORS001L8').id;
    const { lpMediaId } = await library.api.AllocateNtmsMedia(library.session, pool, side, null, 0, 0);
    return {
      house: library,
      needs: [{ on: 'media pool', right, object: pool }],
      call: (caller) => call(caller, lpMediaId, side),
    };
  };

/** Functions for media, media pools and media types. */
export const mediaRightsCases: readonly RightsCase[] = [
  {
    function: 'AllocateNtmsMedia',
    async prepare(t) {
      const { library, pool } = await AllocationHouse.open(t, ['ORS001L8']);
      const needs: Need[] = [{ on: 'media pool', right: CONTROL, object: pool }];
      return {
        house: library,
        needs,
        call: ({ api, session }) => api.AllocateNtmsMedia(session, pool, null, null, 0, 0),
      };
    },
  },
  {
    function: 'DeallocateNtmsMedia',
    prepare: ofLogicalMedium(CONTROL, ({ api, session }, logical) => api.DeallocateNtmsMedia(session, logical, 0)),
  },
  {
    function: 'SetNtmsMediaComplete',
    prepare: ofLogicalMedium(CONTROL, ({ api, session }, logical) => api.SetNtmsMediaComplete(session, logical)),
  },
  {
    function: 'DecommissionNtmsMedia',
    async prepare(t) {
      const { library, pool } = await AllocationHouse.open(t, ['ORS001L8']);
      const side = library.side('ORS001L8').id;
      const needs: Need[] = [{ on: 'media pool', right: CONTROL, object: pool }];
      return { house: library, needs, call: ({ api, session }) => api.DecommissionNtmsMedia(session, side) };
    },
  },
  {
    function: 'SwapNtmsMedia',
    async prepare(t) {
      const { library, pool } = await AllocationHouse.open(t, ['ORS001L8', 'ORS002L8']);
      const [first, second] = ['ORS001L8', 'ORS002L8'].map((barCode) =>
        addLogicalMedium(library, library.side(barCode).id),
      );
      const needs: Need[] = [{ on: 'media pool', right: MODIFY, object: pool }];
      return {
        house: library,
        needs,
        call: ({ api, session }) => api.SwapNtmsMedia(session, first ?? '', second ?? ''),
      };
    },
  },
  {
    function: 'CreateNtmsMediaPool',
    async prepare(t) {
      const house = await VirtualLibrary.open(t);
      const above = await newPool(house, 'Backup');
      const needs: Need[] = [above, house.store.wellKnown.rootPool].map((object) => ({
        ...{ on: 'media pool' as const, right: CONTROL, object },
      }));
      const call: PreparedRights['call'] = (caller) => newPool(caller, 'Backup\\Weekly');
      return { house, needs, call };
    },
  },
  {
    function: 'GetNtmsMediaPoolName',
    prepare: on('media pool', USE, poolOf('ORS001L8'), (house, { api, session }) =>
      api.GetNtmsMediaPoolName(session, poolOf('ORS001L8')(house), null),
    ),
  },
  ...(['DeleteNtmsMediaPool', 'MoveToNtmsMediaPool', 'ChangeNtmsMediaType'] as const).map((name) => ({
    function: name,
    async prepare(t: Test): Promise<PreparedRights> {
      const house = await VirtualLibrary.open(t);
      const { pool, medium } = await inApplicationPool(house, 'ORS001L8');
      const other = await newPool(house, 'Archive', typeOf(house, 'ORS001L8').id);
      if (name === 'DeleteNtmsMediaPool') {
        const needs: Need[] = [{ on: 'media pool', right: MODIFY, object: other }];
        return { house, needs, call: ({ api, session }) => api.DeleteNtmsMediaPool(session, other) };
      }
      const right = name === 'MoveToNtmsMediaPool' ? CONTROL : MODIFY;
      const pools = [pool, other].map((object) => ({ on: 'media pool' as const, right, object }));
      const computer = { on: 'computer' as const, right: MODIFY, object: house.store.wellKnown.computer };
      const needs: Need[] = name === 'MoveToNtmsMediaPool' ? pools : [...pools, computer];
      return { house, needs, call: ({ api, session }) => api[name](session, medium, other) };
    },
  })),
  {
    function: 'AddNtmsMediaType',
    prepare: onLibrary(MODIFY, (house, { api, session }) =>
      api.AddNtmsMediaType(session, typeOf(house, 'ORS001L8').id, house.library.id),
    ),
  },
  {
    function: 'DeleteNtmsMediaType',
    prepare: onLibrary(MODIFY, (house, { api, session }) =>
      api.DeleteNtmsMediaType(session, typeOf(house, 'ORS001L8').id, house.library.id),
    ),
  },
  ...(['DeleteNtmsMedia', 'CreateNtmsMedia'] as const).map((name) => ({
    function: name,
    async prepare(t: Test): Promise<PreparedRights> {
      const house = await VirtualLibrary.open(t);
      const pool = await newPool(house, 'Backup', typeOf(house, 'ORS001L8').id);
      const { id } = house.medium('ORS001L8');
      house.store.table('physicalMedia').update(id, { mediaPool: pool });
      const needs: Need[] = [
        { on: 'media pool', right: MODIFY, object: pool },
        { on: 'computer', right: MODIFY, object: house.store.wellKnown.computer },
      ];
      const call: PreparedRights['call'] = ({ api, session }) =>
        name === 'DeleteNtmsMedia'
          ? api.DeleteNtmsMedia(session, id)
          : api.CreateNtmsMedia(session, newMedium(pool, 1), [newSide()], 0);
      return { house, needs, call };
    },
  })),
];
