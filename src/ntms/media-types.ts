import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask } from '../objects/ntmsapi/index.js';
import type { LibraryRow, MediaTypeRow } from '../objects/rows.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { isNotPresent, isOfflineLibrary } from './device-state.js';
import { namedLibrary, namedMedium, namedPool, poolOf, requireIdentifier } from './named-objects.js';
import type { Guid } from './structures.js';

const { NTMS_MODIFY_ACCESS } = NtmsAccessMask;

/** Functions for the media types of a library. */
export interface MediaTypeFunctions {
  /**
   * Makes a library support a media type, and makes what is missing of the type's free, import and unrecognized pool. A
   * type that the library supports already is no error.
   * @throws NtmsError ERROR_INVALID_PARAMETER, ERROR_INVALID_MEDIA for an unknown type, ERROR_INVALID_LIBRARY,
   *   ERROR_ACCESS_DENIED without modify right on the library, ERROR_LIBRARY_OFFLINE for one that is offline, not attached
   *   or disabled, ERROR_DATABASE_FULL
   */
  AddNtmsMediaType(hSession: NtmsSession, lpMediaTypeId: Guid, lpLibId: Guid): Promise<void>;
  /**
   * Takes a media type away from a library; with its last use anywhere its three system pools go, too.
   * @throws NtmsError ERROR_INVALID_PARAMETER, also for an unknown type, ERROR_INVALID_LIBRARY, ERROR_ACCESS_DENIED without
   *   modify right on the library, ERROR_NOT_EMPTY while it holds media of the type
   */
  DeleteNtmsMediaType(hSession: NtmsSession, lpMediaTypeId: Guid, lpLibId: Guid): Promise<void>;
  /**
   * Moves a cartridge into a pool as MoveToNtmsMediaPool does, and gives it the media type of that pool.
   * @param lpPoolId where it goes; its media type is taken over
   * @throws NtmsError ERROR_INVALID_PARAMETER, ERROR_INVALID_MEDIA, ERROR_ACCESS_DENIED without modify right on both pools
   *   and the computer, ERROR_LIBRARY_OFFLINE for a cartridge in a library that is offline, not attached or disabled,
   *   ERROR_INVALID_MEDIA_POOL for an unknown pool and where a rule or the cartridge's use forbids the move
   */
  ChangeNtmsMediaType(hSession: NtmsSession, lpMediaId: Guid, lpPoolId: Guid): Promise<void>;
}

export function mediaTypeFunctions(context: CallContext): MediaTypeFunctions {
  return {
    AddNtmsMediaType: (hSession, lpMediaTypeId, lpLibId) =>
      context.call(hSession, (session) => {
        const { library, type } = typeAndLibrary(context, session, lpMediaTypeId, lpLibId, 'ERROR_INVALID_MEDIA');
        requireUsable(library);
        context.manager.mediaTypes.add(library, type);
      }),

    DeleteNtmsMediaType: (hSession, lpMediaTypeId, lpLibId) =>
      context.call(hSession, (session) => {
        const { library, type } = typeAndLibrary(context, session, lpMediaTypeId, lpLibId, 'ERROR_INVALID_PARAMETER');
        const inside = context.manager.mediaTypes.mediaInside(library, type);
        if (inside > 0)
          throw new NtmsError('ERROR_NOT_EMPTY', `${library.name} holds ${inside} ${type.name} cartridges`);
        context.manager.mediaTypes.remove(library, type);
      }),

    ChangeNtmsMediaType: (hSession, lpMediaId, lpPoolId) =>
      context.call(hSession, (session) => {
        requireIdentifier(lpMediaId, 'lpMediaId');
        requireIdentifier(lpPoolId, 'lpPoolId');
        const medium = namedMedium(context, lpMediaId);
        const destination = namedPool(context, lpPoolId);
        const source = poolOf(context, medium, 'ERROR_INVALID_MEDIA');
        const { access } = context;
        for (const { id } of [source, destination]) {
          access.require(session.identity, { kind: 'mediaPool', id }, NTMS_MODIFY_ACCESS);
        }
        access.require(session.identity, access.computer(), NTMS_MODIFY_ACCESS);
        requireUsable(context.store.table('libraries').require(medium.currentLibrary));
        const refusal = context.manager.mediaPools.moveRefusal(medium, source, destination);
        if (refusal !== undefined) throw new NtmsError('ERROR_INVALID_MEDIA_POOL', refusal.why);
        requireSides(context, medium.numberOfPartitions, destination.mediaType);
        context.manager.mediaPools.move(medium, destination, { stampType: true });
      }),
  };
}

function typeAndLibrary(
  context: CallContext,
  session: NtmsSession,
  lpMediaTypeId: Guid,
  lpLibId: Guid,
  unknownType: 'ERROR_INVALID_MEDIA' | 'ERROR_INVALID_PARAMETER',
): { library: LibraryRow; type: MediaTypeRow } {
  requireIdentifier(lpMediaTypeId, 'lpMediaTypeId');
  requireIdentifier(lpLibId, 'lpLibId');
  const library = namedLibrary(context, lpLibId);
  const type = context.store.table('mediaTypes').get(lpMediaTypeId);
  if (type === undefined) throw new NtmsError(unknownType, `there is no media type ${lpMediaTypeId}`);
  context.access.require(session.identity, { kind: 'library', id: library.id }, NTMS_MODIFY_ACCESS);
  return { library, type };
}

/** A library must be enabled and online (MS-RSMP 3.2.5.2.2.15, 3.2.5.2.2.17). */
function requireUsable(library: LibraryRow): void {
  if (isOfflineLibrary(library)) {
    throw new NtmsError('ERROR_LIBRARY_OFFLINE', `${library.name} is the shelf for media that are in no library`);
  }
  if (isNotPresent(library)) throw new NtmsError('ERROR_LIBRARY_OFFLINE', `library ${library.name} is not attached`);
  if (!library.enabled) throw new NtmsError('ERROR_LIBRARY_OFFLINE', `library ${library.name} is disabled; enable it`);
}

/** A cartridge keeps the sides that it has, so it fits a type with as many only. */
function requireSides({ store }: CallContext, sides: number, mediaType: Guid | null): void {
  const type = mediaType === null ? undefined : store.table('mediaTypes').get(mediaType);
  if (type === undefined || type.numberOfSides === sides) return;
  throw new NtmsError(
    'ERROR_INVALID_MEDIA_POOL',
    `the cartridge has ${sides} sides, and ${type.name} media have ${type.numberOfSides}`,
  );
}
