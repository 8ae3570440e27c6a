import { poolPath } from '../library/media-pool-paths.js';
import type { MoveRefusal } from '../library/pool-move-rules.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask, NtmsPoolType } from '../objects/ntmsapi/index.js';
import type { MediaPoolRow } from '../objects/rows.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { openOrCreatePool } from './create-media-pool.js';
import type { SECURITY_ATTRIBUTES } from './media-pool-structures.js';
import { namedMedium, namedPool, poolOf, requireIdentifier } from './named-objects.js';
import type { Guid } from './structures.js';

const { NTMS_USE_ACCESS, NTMS_MODIFY_ACCESS, NTMS_CONTROL_ACCESS } = NtmsAccessMask;

/** Functions for media pools. */
export interface MediaPoolFunctions {
  /**
   * Opens an application pool by its path, or makes it. Each level is made by a call of its own.
   * @param lpPoolName levels separated by backslashes, `Backup\Weekly`; a leading one means nothing
   * @param lpMediaType the type of the media in it; null for a pool that holds other pools
   * @param dwAction NtmsCreateOptions
   * @param lpSecurityAttributes who may do what with a new pool; null: as the pool above it, except beneath the root, and
   *   everything for the caller
   * @returns the pool's id
   * @throws NtmsError ERROR_INVALID_PARAMETER, ERROR_INVALID_NAME, ERROR_INVALID_MEDIA for an unknown type,
   *   ERROR_OBJECT_NOT_FOUND, ERROR_ACCESS_DENIED without control right on the root and the parent pool (to open: without
   *   use right on the pool), ERROR_ALREADY_EXISTS, ERROR_DATABASE_FULL
   */
  CreateNtmsMediaPool(
    hSession: NtmsSession,
    lpPoolName: string,
    lpMediaType: Guid | null,
    dwAction: number,
    lpSecurityAttributes: SECURITY_ATTRIBUTES | null,
  ): Promise<Guid>;
  /**
   * The path of a pool, from the top: what CreateNtmsMediaPool opens it by.
   * @param lpdwBufSize for how many characters the caller has room, the closing null counted; null for as many as there are
   * @returns the path, and how many characters it has with its closing null
   * @throws NtmsError ERROR_INVALID_PARAMETER, ERROR_INVALID_MEDIA_POOL, ERROR_ACCESS_DENIED without use right on the pool,
   *   ERROR_INSUFFICIENT_BUFFER (`data.lpdwBufSize` is what it takes)
   */
  GetNtmsMediaPoolName(
    hSession: NtmsSession,
    lpPoolId: Guid,
    lpdwBufSize: number | null,
  ): Promise<{ readonly lpNameBuf: string; readonly lpdwBufSize: number }>;
  /**
   * Puts a cartridge, with all its sides, into another pool of the same media type.
   * @param lpMediaId the physical medium
   * @throws NtmsError ERROR_INVALID_PARAMETER, ERROR_INVALID_MEDIA, ERROR_INVALID_MEDIA_POOL for an unknown pool and where
   *   a rule forbids the move, ERROR_ACCESS_DENIED without control right on both pools (use right on a free pool),
   *   ERROR_MEDIA_INCOMPATIBLE for another media type, ERROR_BUSY for a cartridge in use, ERROR_DATABASE_FULL
   */
  MoveToNtmsMediaPool(hSession: NtmsSession, lpMediaId: Guid, lpPoolId: Guid): Promise<void>;
  /**
   * Removes an application pool that holds neither media nor pools.
   * @throws NtmsError ERROR_INVALID_PARAMETER, ERROR_INVALID_MEDIA_POOL also for a pool of the system, ERROR_ACCESS_DENIED
   *   without modify right on the pool, ERROR_NOT_EMPTY
   */
  DeleteNtmsMediaPool(hSession: NtmsSession, lpPoolId: Guid): Promise<void>;
}

const moveCodes = {
  rule: 'ERROR_INVALID_MEDIA_POOL',
  busy: 'ERROR_BUSY',
} as const satisfies Record<MoveRefusal['kind'], string>;

export function mediaPoolFunctions(context: CallContext): MediaPoolFunctions {
  return {
    CreateNtmsMediaPool: (hSession, lpPoolName, lpMediaType, dwAction, lpSecurityAttributes) =>
      context.call(hSession, (session) =>
        openOrCreatePool(context, session, { lpPoolName, lpMediaType, dwAction, lpSecurityAttributes }),
      ),

    GetNtmsMediaPoolName: (hSession, lpPoolId, lpdwBufSize) =>
      context.call(hSession, (session) => {
        if (lpdwBufSize !== null && !(Number.isInteger(lpdwBufSize) && lpdwBufSize >= 0)) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', `lpdwBufSize is ${lpdwBufSize}; it is a count, or null`);
        }
        requireIdentifier(lpPoolId, 'lpPoolId', 'ERROR_INVALID_MEDIA_POOL');
        const pool = namedPool(context, lpPoolId);
        requireOn(context, session, pool, NTMS_USE_ACCESS);
        const lpNameBuf = poolPath(context.store, pool);
        const size = lpNameBuf.length + 1;
        if (lpdwBufSize !== null && lpdwBufSize < size) {
          throw new NtmsError(
            'ERROR_INSUFFICIENT_BUFFER',
            `the path takes ${size} characters, room for ${lpdwBufSize}`,
            {
              data: { lpdwBufSize: size },
            },
          );
        }
        return { lpNameBuf, lpdwBufSize: size };
      }),

    MoveToNtmsMediaPool: (hSession, lpMediaId, lpPoolId) =>
      context.call(hSession, (session) => {
        requireIdentifier(lpMediaId, 'lpMediaId');
        requireIdentifier(lpPoolId, 'lpPoolId');
        const medium = namedMedium(context, lpMediaId);
        const destination = namedPool(context, lpPoolId);
        const source = poolOf(context, medium, 'ERROR_INVALID_MEDIA');
        for (const pool of [source, destination]) {
          // From and to the free pool anybody goes who may use it (MS-RSMP note 32).
          const isFree = pool.poolType === NtmsPoolType.NTMS_POOLTYPE_SCRATCH;
          requireOn(context, session, pool, isFree ? NTMS_USE_ACCESS : NTMS_CONTROL_ACCESS);
        }
        const { mediaPools } = context.manager;
        const refusal = mediaPools.moveRefusal(medium, source, destination);
        if (refusal?.kind === 'rule') throw new NtmsError(moveCodes.rule, refusal.why);
        if (medium.mediaType === null || medium.mediaType !== destination.mediaType) {
          throw new NtmsError(
            'ERROR_MEDIA_INCOMPATIBLE',
            `${medium.name} is of another media type than ${destination.name}`,
          );
        }
        if (refusal !== undefined) throw new NtmsError(moveCodes[refusal.kind], refusal.why);
        mediaPools.move(medium, destination);
      }),

    DeleteNtmsMediaPool: (hSession, lpPoolId) =>
      context.call(hSession, (session) => {
        requireIdentifier(lpPoolId, 'lpPoolId');
        const pool = namedPool(context, lpPoolId);
        requireOn(context, session, pool, NTMS_MODIFY_ACCESS);
        if (pool.poolType !== NtmsPoolType.NTMS_POOLTYPE_APPLICATION) {
          throw new NtmsError('ERROR_INVALID_MEDIA_POOL', `${pool.name} belongs to the removable storage manager`);
        }
        const contents = context.manager.mediaPools.contents(pool.id);
        if (contents !== undefined) throw new NtmsError('ERROR_NOT_EMPTY', `${pool.name} still contains ${contents}`);
        context.manager.mediaPools.delete(pool.id);
      }),
  };
}

function requireOn(context: CallContext, session: NtmsSession, { id }: MediaPoolRow, mask: number): void {
  context.access.require(session.identity, { kind: 'mediaPool', id }, mask);
}
