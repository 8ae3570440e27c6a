import { findPool, poolPathLevels } from '../library/media-pool-paths.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask, NtmsCreateOptions, NtmsPoolType } from '../objects/ntmsapi/index.js';
import type { MediaPoolRow } from '../objects/rows.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import type { SECURITY_ATTRIBUTES } from './media-pool-structures.js';
import { readSecurity, securityOf } from './new-pool-security.js';
import type { Guid } from './structures.js';

interface PoolOrder {
  readonly lpPoolName: string;
  readonly lpMediaType: Guid | null;
  readonly dwAction: number;
  readonly lpSecurityAttributes: SECURITY_ATTRIBUTES | null;
}

const { NTMS_OPEN_EXISTING, NTMS_CREATE_NEW } = NtmsCreateOptions;
const actions: readonly number[] = Object.values(NtmsCreateOptions);

/** CreateNtmsMediaPool. */
export function openOrCreatePool(context: CallContext, session: NtmsSession, order: PoolOrder): Guid {
  const { store, access } = context;
  const levels = readArguments(order);
  const given = readSecurity(order.lpSecurityAttributes);
  if (order.lpMediaType !== null && store.table('mediaTypes').get(order.lpMediaType) === undefined) {
    throw new NtmsError('ERROR_INVALID_MEDIA', `there is no media type ${order.lpMediaType}`);
  }
  const { parent, pool } = findPool(store, levels);
  if (pool !== undefined && order.dwAction !== NTMS_CREATE_NEW) {
    access.require(session.identity, { kind: 'mediaPool', id: pool.id }, NtmsAccessMask.NTMS_USE_ACCESS);
    return pool.id;
  }
  if (parent === undefined || (pool === undefined && order.dwAction === NTMS_OPEN_EXISTING)) {
    const what = parent === undefined ? 'pool above' : 'media pool';
    throw new NtmsError(
      'ERROR_OBJECT_NOT_FOUND',
      `there is no ${what} ${levels.join('\\')}; make each level by itself`,
    );
  }
  for (const id of new Set([store.wellKnown.rootPool, parent.id])) {
    access.require(session.identity, { kind: 'mediaPool', id }, NtmsAccessMask.NTMS_CONTROL_ACCESS);
  }
  const name = levels.at(-1) ?? '';
  if (pool !== undefined) throw new NtmsError('ERROR_ALREADY_EXISTS', `there is a media pool ${levels.join('\\')}`);
  requireContainer(parent, name, store.wellKnown.rootPool);
  return context.manager.mediaPools.create({
    name,
    parent: parent.id,
    mediaType: order.lpMediaType,
    security: securityOf(context, session, parent, given),
  }).id;
}

function readArguments({ lpPoolName, lpMediaType, dwAction }: PoolOrder): readonly [string, ...string[]] {
  if (typeof lpPoolName !== 'string') throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpPoolName is missing');
  if (lpMediaType !== null && (typeof lpMediaType !== 'string' || lpMediaType === '')) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpMediaType is neither null nor an identifier');
  }
  if (!actions.includes(dwAction)) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', `dwAction ${dwAction} is not one of NtmsCreateOptions`);
  }
  const levels = poolPathLevels(lpPoolName);
  if (levels !== undefined) return levels;
  throw new NtmsError(
    'ERROR_INVALID_NAME',
    'lpPoolName is no path: levels of 1 to 63 characters between backslashes, 511 characters at most',
  );
}

/** The system's pools are nobody's to build under, and a pool for media holds no other pools. */
function requireContainer(parent: MediaPoolRow, name: string, root: Guid): void {
  if (parent.id === root) return;
  if (parent.poolType !== NtmsPoolType.NTMS_POOLTYPE_APPLICATION) {
    throw new NtmsError('ERROR_INVALID_NAME', `${name} cannot be beneath ${parent.name}, a pool of the system`);
  }
  if (parent.mediaType !== null) {
    throw new NtmsError('ERROR_INVALID_NAME', `${name} cannot be beneath ${parent.name}, a pool that holds media`);
  }
}
