import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask, NtmsEnumerateOption, NtmsObjectsTypes } from '../objects/ntmsapi/index.js';
import type { ReadableTables } from '../objects/object-table.js';
import type { AccessControl } from '../sessions/access-control.js';
import type { NtmsSession } from '../sessions/session-table.js';
import { isContainer, isGovernedByComputer, listObjects, mayContain, rootPool } from './enumerate.js';
import { isInformationKind, objectInformation } from './object-information.js';
import type { InformationKind } from './object-information.js';
import { NTMS_OBJECTINFORMATION_SIZE } from './structures.js';
import type { Guid, NTMS_OBJECTINFORMATION } from './structures.js';

/** What GetNtmsObjectInformation is given in lpInfo. */
export interface NtmsObjectInformationRequest {
  /** Size that the caller has room for; absent: enough. */
  readonly dwSize?: number;
  /** NtmsObjectsTypes; NTMS_UNKNOWN lets the server find the kind. */
  readonly dwType: number;
}

/** Object management functions of ntmsapi.h. */
export interface ObjectManagement {
  /**
   * Lists the objects of a kind that the caller may use.
   * @param lpContainerId null for all of them (of pools: the top-level ones; of library requests: those that have not
   *   ended), else the id of their container
   * @param lpdwListSize how many ids the caller has room for; null for as many as there are
   * @param dwType NtmsObjectsTypes
   * @param dwOptions NtmsEnumerateOption; NTMS_ENUM_ROOTPOOL lists the root pool first
   * @returns the ids; fewer than all is never success
   * @throws NtmsError ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER, ERROR_OBJECT_NOT_FOUND, ERROR_ACCESS_DENIED,
   *   ERROR_INSUFFICIENT_BUFFER (`data.lpList` holds what fits, `data.lpdwListSize` the true count),
   *   ERROR_NOT_ENOUGH_MEMORY
   */
  EnumerateNtmsObject(
    hSession: NtmsSession,
    lpContainerId: Guid | null,
    lpdwListSize: number | null,
    dwType: number,
    dwOptions: number,
  ): Promise<Guid[]>;
  /**
   * Reads one object's record.
   * @throws NtmsError ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER, ERROR_OBJECT_NOT_FOUND, ERROR_ACCESS_DENIED,
   *   ERROR_NOT_ENOUGH_MEMORY
   */
  GetNtmsObjectInformation(
    hSession: NtmsSession,
    lpObjectId: Guid,
    lpInfo: NtmsObjectInformationRequest,
  ): Promise<NTMS_OBJECTINFORMATION>;
}

/** What reading objects takes; a database that is open for reading only has it too. */
export interface ReadingContext {
  readonly store: ReadableTables & { kindOf(id: string): NtmsObjectsTypes | undefined };
  readonly access: AccessControl;
  call<T>(handle: NtmsSession | null, body: (session: NtmsSession) => T | Promise<T>): Promise<T>;
}

export function objectManagement(context: ReadingContext): ObjectManagement {
  return {
    EnumerateNtmsObject: (hSession, lpContainerId, lpdwListSize, dwType, dwOptions) =>
      context.call(hSession, (session) => {
        if (lpdwListSize !== null && !(Number.isInteger(lpdwListSize) && lpdwListSize >= 0)) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', `lpdwListSize is ${lpdwListSize}; it is a count, or null`);
        }
        if (lpContainerId !== null && typeof lpContainerId !== 'string') {
          throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpContainerId is neither null nor an identifier');
        }
        if (!isInformationKind(dwType)) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', `dwType ${dwType} is not a kind of object that can be listed`);
        }
        const withRoot = requireOptions(dwOptions, dwType, lpContainerId);
        const rights = new UseRights(context, session);
        const container = lpContainerId === null ? null : requireContainer(context, lpContainerId, dwType);
        // An empty container is no secret to those who may use it, and one to all others.
        if (container !== null) rights.require(container.kind, container.id);
        else if (isGovernedByComputer(dwType)) rights.require(dwType, '');
        const root = withRoot ? rootPool(context.store) : null;
        const found = [...(root === null ? [] : [root]), ...listObjects(context.store, dwType, container)];
        const allowed = found.filter((id) => rights.allows(dwType, id));
        if (found.length > 0 && allowed.length === 0) {
          throw new NtmsError('ERROR_ACCESS_DENIED', `user ${session.identity.user} may use none of these objects`);
        }
        if (lpdwListSize !== null && allowed.length > lpdwListSize) {
          throw new NtmsError('ERROR_INSUFFICIENT_BUFFER', `${allowed.length} objects, room for ${lpdwListSize}`, {
            data: { lpList: allowed.slice(0, lpdwListSize), lpdwListSize: allowed.length },
          });
        }
        return allowed;
      }),

    GetNtmsObjectInformation: (hSession, lpObjectId, lpInfo) =>
      context.call(hSession, (session) => {
        if (!lpObjectId || typeof lpObjectId !== 'string') {
          throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpObjectId is missing');
        }
        if (!lpInfo) throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpInfo is missing');
        const { dwSize = NTMS_OBJECTINFORMATION_SIZE, dwType } = lpInfo;
        if (!(dwSize >= NTMS_OBJECTINFORMATION_SIZE)) {
          throw new NtmsError(
            'ERROR_INVALID_PARAMETER',
            `lpInfo.dwSize is ${dwSize}; the record has ${NTMS_OBJECTINFORMATION_SIZE} bytes`,
          );
        }
        if (dwType !== NtmsObjectsTypes.NTMS_UNKNOWN && !isInformationKind(dwType)) {
          throw new NtmsError(
            'ERROR_INVALID_PARAMETER',
            `lpInfo.dwType ${dwType} is not a kind of object with a record`,
          );
        }
        const kind = context.store.kindOf(lpObjectId);
        if (kind === undefined || !isInformationKind(kind)) throw notFound(lpObjectId);
        new UseRights(context, session).require(kind, lpObjectId);
        // An id of another kind than the caller named is a wrong type, not an unknown object.
        if (dwType !== NtmsObjectsTypes.NTMS_UNKNOWN && dwType !== kind) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', `object ${lpObjectId} is of kind ${kind}, not ${dwType}`);
        }
        const information = objectInformation(context.store, kind, lpObjectId);
        if (information === undefined) throw notFound(lpObjectId);
        return information;
      }),
  };
}

function requireOptions(dwOptions: number, dwType: number, lpContainerId: Guid | null): boolean {
  if (dwOptions === NtmsEnumerateOption.NTMS_ENUM_DEFAULT) return false;
  if (dwOptions !== NtmsEnumerateOption.NTMS_ENUM_ROOTPOOL) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', `dwOptions ${dwOptions} is not one of NtmsEnumerateOption`);
  }
  if (dwType !== NtmsObjectsTypes.NTMS_MEDIA_POOL || lpContainerId !== null) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', 'NTMS_ENUM_ROOTPOOL goes with media pools and no container');
  }
  return true;
}

function requireContainer(context: ReadingContext, id: Guid, kind: InformationKind) {
  const containerKind = context.store.kindOf(id);
  if (containerKind === undefined || !isContainer(containerKind)) {
    throw new NtmsError('ERROR_OBJECT_NOT_FOUND', `lpContainerId ${id} is no container object`);
  }
  if (!mayContain(containerKind, kind)) {
    throw new NtmsError(
      'ERROR_INVALID_PARAMETER',
      `objects of kind ${kind} are not in containers of kind ${containerKind}`,
    );
  }
  return { kind: containerKind, id };
}

/** What the caller may use. Asked for many objects that few others govern, it looks each of those up once. */
class UseRights {
  readonly #context: ReadingContext;
  readonly #session: NtmsSession;
  readonly #verdicts = new Map<string, boolean>();

  constructor(context: ReadingContext, session: NtmsSession) {
    this.#context = context;
    this.#session = session;
  }

  allows(kind: InformationKind, id: Guid): boolean {
    const { access } = this.#context;
    const { identity } = this.#session;
    if (identity.administrator) return true;
    // Nobody vouches for an object whose owner is lost: then only an administrator sees it.
    const governing = access.governing(kind, id);
    if (governing === undefined) return false;
    const known = this.#verdicts.get(governing.id);
    if (known !== undefined) return known;
    const verdict = access.allows(identity, governing, NtmsAccessMask.NTMS_USE_ACCESS);
    this.#verdicts.set(governing.id, verdict);
    return verdict;
  }

  require(kind: InformationKind, id: Guid): void {
    if (this.allows(kind, id)) return;
    const { access } = this.#context;
    const governing = access.governing(kind, id) ?? access.computer();
    access.require(this.#session.identity, governing, NtmsAccessMask.NTMS_USE_ACCESS);
    throw new NtmsError('ERROR_ACCESS_DENIED', `the object that governs ${id} is lost; only an administrator sees it`);
  }
}

function notFound(id: Guid): NtmsError {
  return new NtmsError('ERROR_OBJECT_NOT_FOUND', `no object has the id ${id}`);
}
