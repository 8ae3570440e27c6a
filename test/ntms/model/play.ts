import {
  createNtmsApi,
  INFINITE,
  NtmsAllocateOptions,
  NtmsCreateOptions,
  NtmsError,
  NtmsEjectOperation,
  NtmsInjectOperation,
  NtmsObjectsTypes,
  NtmsOpreqCommand,
  NtmsPortPosition,
  SecurityInformation,
} from '../../../src/ntms/index.js';
import type { NtmsApi, NtmsSession } from '../../../src/ntms/index.js';
import { isFinished } from '../../../src/library/library-requests.js';
import type { VirtualLibrary } from '../../library/virtual-library.js';
import type { Act } from './acts.js';
import { type Expected } from './expected.js';
import { Heard } from './heard.js';
import * as media from './media.js';
import * as objects from './objects.js';
import * as pools from './pools.js';
import { differences, worldOf } from './start.js';
import type { ModelUser, World } from './world.js';

export const users: readonly ModelUser[] = [
  { name: 'tester', groups: [], administrator: false },
  { name: 'guest', groups: ['visitors'], administrator: false },
  { name: 'root', groups: [], administrator: true },
];

interface Seat {
  readonly user: ModelUser;
  readonly api: NtmsApi;
  readonly session: NtmsSession;
}

/** One call, and what the model says about it; undefined when there is nothing to do it with. */
interface Move {
  readonly expected: Expected;
  readonly call: () => Promise<unknown>;
}

const actions = [
  NtmsCreateOptions.NTMS_OPEN_EXISTING,
  NtmsCreateOptions.NTMS_CREATE_NEW,
  NtmsCreateOptions.NTMS_OPEN_ALWAYS,
];
const actionNames = ['open', 'new', 'always'] as const;
const { NTMS_MEDIA_POOL, NTMS_PHYSICAL_MEDIA } = NtmsObjectsTypes;
const AT_ONCE = 0xc;

/** Plays the acts through three sessions, each beside the model; gives what did not agree, the first disagreement last. */
export async function converse(library: VirtualLibrary, script: readonly Act[]): Promise<string[]> {
  const { manager } = library;
  const seats = await Promise.all(
    users.map(async (user): Promise<Seat> => {
      const caller = { user: user.name, groups: user.groups, administrator: user.administrator };
      const api = createNtmsApi(manager, { computerName: 'testhost', caller });
      return { user, api, session: await api.OpenNtmsSession(null, 'conversation', 0) };
    }),
  );
  const [reader] = seats.filter(({ user }) => user.administrator);
  if (reader === undefined) throw new Error('no administrator takes part');
  const world = worldOf(library);
  const heard = await Heard.open(reader);
  const lines: string[] = [];
  let before = worldOf(library);
  for (const act of script) {
    const seat = seats[act.who];
    const move = seat && moveOf(library, world, { seat, reader }, act);
    if (move === undefined || seat === undefined) continue;
    const wrong = await make(move);
    await manager.drain();
    const said = `${seat.user.name}: ${JSON.stringify(act)}`;
    const after = worldOf(library);
    const states = [...differences(world, after), ...(await heard.missing(before, after))].map((line) => `  ${line}`);
    before = after;
    lines.push(wrong === undefined ? said : `${said} ${wrong}`, ...states);
    if (wrong !== undefined || states.length > 0) return lines;
  }
  const cartridges = library.disagreements();
  return cartridges.length === 0 ? [] : [...lines, ...cartridges];
}

async function make({ expected, call }: Move): Promise<string | undefined> {
  let result: unknown;
  try {
    result = await call();
  } catch (error) {
    if (!(error instanceof NtmsError)) throw error;
    if ('refused' in expected && error.symbol === expected.refused) return undefined;
    return `was refused with ${error.message}; expected ${'refused' in expected ? expected.refused : 'success'}`;
  }
  return 'refused' in expected ? `was done; expected ${expected.refused}` : expected.apply(result);
}

function moveOf(
  library: VirtualLibrary,
  world: World,
  { seat: { user, api, session }, reader }: { readonly seat: Seat; readonly reader: Seat },
  act: Act,
): Move | undefined {
  const allPools = [...world.pools.values()].filter(({ kind }) => kind !== 'root');
  const ownPools = allPools.filter(({ kind }) => kind === 'application');
  const cartridges = [...world.media.values()];
  const sides = [...world.sides.values()];
  const logicals = sides.flatMap(({ logical }) => logical ?? []);
  const tape = cartridges[0]?.type ?? null;
  switch (act.do) {
    case 'create pool': {
      const otherType =
        library.store
          .table('mediaTypes')
          .list()
          .find(({ id }) => id !== tape)?.id ?? null;
      const type = [tape, null, otherType][act.type] ?? null;
      return {
        expected: pools.createPool(world, user, act.path, type, actionNames[act.action] ?? 'open'),
        call: () => api.CreateNtmsMediaPool(session, act.path.join('\\'), type, actions[act.action] ?? 0, null),
      };
    }
    case 'delete pool': {
      const pool = at(allPools, act.pool);
      return (
        pool && {
          expected: pools.deletePool(world, user, pool.id),
          call: () => api.DeleteNtmsMediaPool(session, pool.id),
        }
      );
    }
    case 'pool name': {
      const pool = at(allPools, act.pool);
      return (
        pool && {
          expected: pools.poolName(world, user, pool.id),
          call: async () => (await api.GetNtmsMediaPoolName(session, pool.id, null)).lpNameBuf,
        }
      );
    }
    case 'set pool': {
      const pool = at(ownPools, act.pool);
      const { name, draws, gives, maxAllocates } = act;
      return (
        pool && {
          expected: pools.setPool(world, user, pool.id, { name, draws, gives, maxAllocates }),
          call: async () => {
            // What a client without use right cannot read, an administrator reads for it.
            const record = await reader.api.GetNtmsObjectInformation(reader.session, pool.id, {
              dwType: NTMS_MEDIA_POOL,
            });
            if (!('MediaPool' in record.Info)) throw new Error('the record of a pool has no part of a pool');
            const settings = {
              AllocationPolicy: Number(draws),
              DeallocationPolicy: Number(gives),
              dwMaxAllocates: maxAllocates,
            };
            const Info = { MediaPool: { ...record.Info.MediaPool, ...settings } };
            return api.SetNtmsObjectInformation(session, pool.id, { ...record, szName: name, Info });
          },
        }
      );
    }
    case 'rights': {
      const pool = at(allPools, act.pool);
      return (
        pool && {
          expected: pools.setRights(world, user, pool.id, act.list),
          call: () =>
            api.SetNtmsObjectSecurity(
              session,
              pool.id,
              NTMS_MEDIA_POOL,
              SecurityInformation.DACL_SECURITY_INFORMATION,
              {
                dacl: act.list,
              },
            ),
        }
      );
    }
    case 'move': {
      const [medium, pool] = [at(cartridges, act.medium), at(act.pool % 2 === 0 ? allPools : ownPools, act.pool)];
      return (
        medium &&
        pool && {
          expected: pools.moveToPool(world, user, medium, pool.id),
          call: () => api.MoveToNtmsMediaPool(session, medium.id, pool.id),
        }
      );
    }
    case 'allocate': {
      const pool = at(act.pool % 8 === 0 ? allPools : ownPools, act.pool);
      const side = act.side === null ? null : (at(sides, act.side)?.id ?? null);
      return (
        pool &&
        allocation(library, { pool: pool.id, side, nextOf: null, whole: act.whole }, world, { user, api, session })
      );
    }
    case 'next': {
      const logical = at(logicals, act.logical);
      if (logical === undefined) return undefined;
      const own = media.sideOfLogical(world, logical)?.medium ?? '';
      const pool = act.pool === null ? world.media.get(own)?.pool : at(ownPools, act.pool)?.id;
      if (pool === undefined) return undefined;
      return allocation(library, { pool, side: null, nextOf: logical, whole: false }, world, { user, api, session });
    }
    case 'deallocate':
    case 'complete': {
      const logical = at(logicals, act.logical);
      if (logical === undefined) return undefined;
      return act.do === 'deallocate'
        ? {
            expected: media.deallocate(world, user, logical),
            call: () => api.DeallocateNtmsMedia(session, logical, 0),
          }
        : { expected: media.complete(world, user, logical), call: () => api.SetNtmsMediaComplete(session, logical) };
    }
    case 'swap': {
      const [one, other] = [at(logicals, act.logical), at(logicals, act.other)];
      if (one === undefined || other === undefined) return undefined;
      return { expected: media.swap(world, user, one, other), call: () => api.SwapNtmsMedia(session, one, other) };
    }
    case 'decommission': {
      const side = at(sides, act.side);
      return (
        side && {
          expected: media.decommission(world, user, side),
          call: () => api.DecommissionNtmsMedia(session, side.id),
        }
      );
    }
    case 'mount': {
      const side = at(
        sides.filter(({ number }) => number === 0),
        act.side,
      );
      return (
        side && {
          expected: media.mount(world, user, side),
          call: () => api.MountNtmsMedia(session, [side.id], [null], 1, AT_ONCE, 0, INFINITE, null),
        }
      );
    }
    case 'dismount': {
      // What is mounted more often than what is not.
      const mounted = cartridges.flatMap(({ mounted: id }) => (id === null ? [] : (world.sides.get(id) ?? [])));
      const side = act.side % 4 > 0 && mounted.length > 0 ? at(mounted, act.side) : at(sides, act.side);
      return (
        side && {
          expected: media.dismount(world, user, side),
          call: () => api.DismountNtmsMedia(session, [side.id], 1, 2),
        }
      );
    }
    case 'enable':
    case 'disable': {
      const medium = at(cartridges, act.medium);
      const enabled = act.do === 'enable';
      return (
        medium && {
          expected: media.switchMedium(world, user, medium, enabled),
          call: () => api[enabled ? 'EnableNtmsObject' : 'DisableNtmsObject'](session, NTMS_PHYSICAL_MEDIA, medium.id),
        }
      );
    }
    case 'eject': {
      const medium = at(cartridges, act.medium);
      return (
        medium && {
          expected: media.eject(world, user, medium),
          call: () => ejectTo(library, { user, api, session }, medium.id),
        }
      );
    }
    case 'inject': {
      const outside = cartridges.find(({ online }) => !online);
      const barCode = outside && library.store.table('physicalMedia').require(outside.id).barCode;
      return (
        outside && {
          expected: media.inject(world, user, outside),
          call: () => injectFrom(library, { user, api, session }, barCode ?? ''),
        }
      );
    }
    case 'ask': {
      const command = NtmsOpreqCommand.NTMS_OPREQ_MESSAGE;
      return {
        expected: objects.ask(world, user),
        call: () => api.SubmitNtmsOperatorRequest(session, command, 'please look', null, null),
      };
    }
    case 'satisfy':
    case 'refuse':
    case 'look': {
      const question = at([...world.questions.keys()], act.question);
      if (question === undefined) return undefined;
      if (act.do === 'look') {
        return {
          expected: objects.look(world, user, question),
          call: () => api.WaitForNtmsOperatorRequest(session, question, 0),
        };
      }
      const good = act.do === 'satisfy';
      return {
        expected: objects.answer(world, user, question, good ? 'complete' : 'refused'),
        call: () => api[good ? 'SatisfyNtmsOperatorRequest' : 'CancelNtmsOperatorRequest'](session, question),
      };
    }
    case 'set attribute':
    case 'get attribute': {
      const object = at([...ownPools, ...cartridges, ...sides].map(({ id }) => id).concat(logicals), act.object);
      if (object === undefined) return undefined;
      if (act.do === 'set attribute') {
        const data = act.value === null ? null : Buffer.from(act.value);
        return {
          expected: objects.setAttribute(world, user, object, act.name, act.value),
          call: () => api.SetNtmsObjectAttribute(session, object, 0, act.name, data, data?.length ?? 0),
        };
      }
      return {
        expected: objects.getAttribute(world, user, object, act.name),
        call: async () =>
          Buffer.from(
            (await api.GetNtmsObjectAttribute(session, object, 0, act.name, null)).lpAttributeData,
          ).toString(),
      };
    }
  }
}

function allocation(library: VirtualLibrary, wish: media.Wish, world: World, { user, api, session }: Seat): Move {
  const { NTMS_ALLOCATE_NEW, NTMS_ALLOCATE_NEXT, NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE } = NtmsAllocateOptions;
  const options =
    NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE |
    (wish.whole ? NTMS_ALLOCATE_NEW : 0) |
    (wish.nextOf === null ? 0 : NTMS_ALLOCATE_NEXT);
  return {
    expected: media.allocate(world, user, wish),
    call: async () => {
      const given = await api.AllocateNtmsMedia(session, wish.pool, wish.side, wish.nextOf, options, 0);
      const { id: side } = library.store.table('sides').find({ logicalMedia: given.lpMediaId }) ?? {};
      return { logical: given.lpMediaId, side, from: given.lpAllocateInformation.AllocatedFrom };
    },
  };
}

/** A person stands at the ports until the cartridge has come, takes it, and goes. */
async function ejectTo(library: VirtualLibrary, { api, session }: Seat, medium: string): Promise<void> {
  const operation = await api.EjectNtmsMedia(session, medium, null, NtmsEjectOperation.NTMS_EJECT_START);
  await atPorts(library, operation ?? '', (ports) => {
    const full = ports.find((port) => port.full);
    return full && library.autoloader.operator.removeCartridge(full.address);
  });
}

/** A person puts a cartridge into the first port that opens, and says that that was all. */
async function injectFrom(library: VirtualLibrary, { api, session }: Seat, barcode: string): Promise<void> {
  const { operator } = library.autoloader;
  const place = library.library.id;
  const operation = await api.InjectNtmsMedia(session, place, null, NtmsInjectOperation.NTMS_INJECT_START);
  await atPorts(library, operation, async (ports) => {
    const empty = ports.find((port) => !port.full);
    const found = operator.outside().find((cartridge) => cartridge.barcode === barcode);
    if (empty === undefined || found === undefined) return;
    await operator.insertCartridge(empty.address, { id: found.id });
    await api.InjectNtmsMedia(session, place, operation, NtmsInjectOperation.NTMS_INJECT_STOP);
  });
}

async function atPorts(
  { store, autoloader, clock }: VirtualLibrary,
  operation: string,
  act: (open: readonly { readonly address: number; readonly full: boolean }[]) => Promise<unknown> | undefined,
): Promise<void> {
  const ended = (): boolean => isFinished(store.table('libRequests').require(operation));
  for (let looks = 0; looks < 1000 && !ended(); looks++) {
    const open = store.table('ports').list({ position: NtmsPortPosition.NTMS_PORTPOSITION_EXTENDED });
    const addresses = open.map(({ elementAddress }) => elementAddress);
    if (open.length > 0) await act(autoloader.inspect().filter(({ address }) => addresses.includes(address)));
    await clock.sleep(100);
  }
  if (!ended()) throw new Error(`the request ${operation} never ended`);
}

function at<T>(from: readonly T[], index: number): T | undefined {
  return from[index % Math.max(1, from.length)];
}
