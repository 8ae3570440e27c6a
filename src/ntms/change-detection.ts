import type { DetectionHandle } from '../library/change-detection.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsObjectsTypes } from '../objects/ntmsapi/index.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import type { Guid } from './structures.js';
import { requireList } from './wanted-media.js';

/** Change detection functions of ntmsapi.h. */
export interface ChangeDetectionFunctions {
  /**
   * Begins to watch drives on their own, which do not tell when a person exchanges their media. Nothing is watched yet.
   * @returns the handle for the other two functions; good in this session until it is ended or the session is closed
   * @throws NtmsError every code of the documented table
   */
  BeginNtmsDeviceChangeDetection(hSession: NtmsSession): Promise<DetectionHandle>;
  /**
   * Watches drives on their own until the detection ends, beside those that it watches already.
   * @param DetectHandle the detection; null: the drives are asked once, and the records say what they told when it resolves
   * @param lpRequestId libraries, or media or media types: then every stand-alone library that can hold them
   * @param dwType what they all are: NTMS_LIBRARY, NTMS_PHYSICAL_MEDIA or NTMS_MEDIA_TYPE
   * @param dwCount how many they are
   * @throws NtmsError every code of the documented table
   */
  SetNtmsDeviceChangeDetection(
    hSession: NtmsSession,
    DetectHandle: DetectionHandle | null,
    lpRequestId: readonly Guid[],
    dwType: number,
    dwCount: number,
  ): Promise<void>;
  /**
   * Stops watching and closes the handle.
   * @throws NtmsError every code of the documented table
   */
  EndNtmsDeviceChangeDetection(hSession: NtmsSession, DetectHandle: DetectionHandle): Promise<void>;
}

export function changeDetection(context: CallContext): ChangeDetectionFunctions {
  const requireOpen = (session: NtmsSession, handle: DetectionHandle | null): DetectionHandle => {
    const { changeDetection: detection } = context.manager;
    if (handle !== null && handle !== undefined && detection.isOpen(handle, session.id)) return handle;
    throw new NtmsError('ERROR_INVALID_HANDLE', 'DetectHandle is no detection that this session has begun');
  };
  return {
    BeginNtmsDeviceChangeDetection: (hSession) =>
      context.call(hSession, (session) => {
        return context.manager.changeDetection.begin(session.id, session.closed);
      }),

    SetNtmsDeviceChangeDetection: (hSession, DetectHandle, lpRequestId, dwType, dwCount) =>
      context.call(hSession, async (session) => {
        const { changeDetection: detection } = context.manager;
        const handle = DetectHandle === null ? null : requireOpen(session, DetectHandle);
        requireList('lpRequestId', lpRequestId, dwCount);
        const select = selectors[dwType];
        if (select === undefined) {
          const allowed = 'NTMS_LIBRARY, NTMS_PHYSICAL_MEDIA or NTMS_MEDIA_TYPE';
          throw new NtmsError('ERROR_INVALID_PARAMETER', `dwType ${dwType} is not one of ${allowed}`);
        }
        const libraries = [...new Set(lpRequestId.flatMap((id) => select(context, id)))];
        if (handle === null) await detection.check(libraries);
        else detection.watch(handle, libraries);
      }),

    EndNtmsDeviceChangeDetection: (hSession, DetectHandle) =>
      context.call(hSession, (session) => {
        context.manager.changeDetection.end(requireOpen(session, DetectHandle));
      }),
  };
}

/** The libraries that an id selects, by the kind that all ids of the call have. */
const selectors: Readonly<Record<number, (context: CallContext, id: Guid) => readonly string[]>> = {
  [NtmsObjectsTypes.NTMS_LIBRARY]: (context, id) => {
    if (context.store.table('libraries').get(textOf(id)) !== undefined) return [id];
    throw unknown(context, id, 'ERROR_INVALID_LIBRARY', 'library');
  },
  [NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA]: (context, id) => {
    const medium = context.store.table('physicalMedia').get(textOf(id));
    if (medium !== undefined) return context.manager.changeDetection.ableToHold(medium.mediaType);
    throw unknown(context, id, 'ERROR_INVALID_MEDIA', 'physical medium');
  },
  [NtmsObjectsTypes.NTMS_MEDIA_TYPE]: (context, id) => {
    const type = context.store.table('mediaTypes').get(textOf(id));
    if (type !== undefined) return context.manager.changeDetection.ableToHold(type.id);
    throw unknown(context, id, 'ERROR_INVALID_MEDIA', 'media type');
  },
};

/** All ids of a call are of one kind: one of another kind is told apart from one that nothing has. */
function unknown(
  { store }: CallContext,
  id: Guid,
  symbol: 'ERROR_INVALID_LIBRARY' | 'ERROR_INVALID_MEDIA',
  kind: string,
): NtmsError {
  const others = ['libraries', 'physicalMedia', 'mediaTypes'] as const;
  const isAnother = others.some((table) => store.table(table).get(textOf(id)) !== undefined);
  return isAnother
    ? new NtmsError(
        'ERROR_INVALID_PARAMETER',
        `${id} is no ${kind}, as dwType says; the ids of one call share one kind`,
      )
    : new NtmsError(symbol, `${id} is no ${kind}`);
}

/** For callers whose compiler did not look. */
function textOf(id: unknown): string {
  return typeof id === 'string' ? id : '';
}
