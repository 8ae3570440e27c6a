import type { ClaimedLabel } from '../library/labels/label-libraries.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask, OmidLabelType } from '../objects/ntmsapi/index.js';
import type { SideRow } from '../objects/rows.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { NTMS_FILESYSTEM_INFO_SIZE } from './on-media-identifier-structures.js';
import type { NTMS_FILESYSTEM_INFO } from './on-media-identifier-structures.js';
import type { Guid } from './structures.js';

/** On-media identifier functions of ntmsapi.h. */
export interface OnMediaIdentifier {
  /**
   * Tells the manager which label an application has just written on a medium, so that the next mount expects it. The label
   * libraries read raw bytes; of a file system the type, the volume's name and its serial number are the identity.
   * @param lpMediaId the logical medium
   * @param labelType OmidLabelType: RAW_LABEL for the bytes of the label, FILESYSTEM_INFO for NTMS_FILESYSTEM_INFO
   * @param numberOfBytes how many bytes of the buffer count; {@link NTMS_FILESYSTEM_INFO_SIZE} for the structure
   * @throws NtmsError every code of the documented table
   */
  UpdateNtmsOmidInfo(
    hSession: NtmsSession,
    lpMediaId: Guid,
    labelType: number,
    numberOfBytes: number,
    lpBuffer: Uint8Array | NTMS_FILESYSTEM_INFO,
  ): Promise<void>;
}

const { NTMS_OMID_TYPE_RAW_LABEL: RAW_LABEL, NTMS_OMID_TYPE_FILESYSTEM_INFO: FILESYSTEM_INFO } = OmidLabelType;
const fileSystemTypeLength = 64;
const volumeNameLength = 256;

export function onMediaIdentifier(context: CallContext): OnMediaIdentifier {
  return {
    UpdateNtmsOmidInfo: (hSession, lpMediaId, labelType, numberOfBytes, lpBuffer) =>
      context.call(hSession, (session) => {
        if (!lpMediaId || typeof lpMediaId !== 'string') throw wrong('lpMediaId is missing');
        const label = readArguments(labelType, numberOfBytes, lpBuffer);
        const side = sideOf(context, lpMediaId);
        const library = libraryOf(context, side);
        context.access.require(session.identity, { kind: 'library', id: library }, NtmsAccessMask.NTMS_CONTROL_ACCESS);
        const { identity } = context.manager;
        const stored = label instanceof Uint8Array ? identity.claim(label) : label;
        if (stored === undefined) throw new NtmsError('ERROR_BAD_FORMAT', 'no label library knows this label');
        const requestId = identity.update(side, stored, session.identity);
        context.sessions.note(session, [requestId], 'by-itself');
      }),
  };
}

/** The raw bytes, or the identity that a file system's record gives. */
function readArguments(labelType: unknown, numberOfBytes: unknown, lpBuffer: unknown): Uint8Array | ClaimedLabel {
  if (!Number.isSafeInteger(numberOfBytes) || (numberOfBytes as number) < 1) {
    throw wrong(`numberOfBytes is ${String(numberOfBytes)}; give the length of the label`);
  }
  const length = numberOfBytes as number;
  switch (labelType) {
    case RAW_LABEL:
      if (!(lpBuffer instanceof Uint8Array)) throw wrong('lpBuffer holds no bytes');
      if (lpBuffer.length < length) throw wrong(`lpBuffer has ${lpBuffer.length} bytes, not ${length}`);
      return lpBuffer.subarray(0, length);
    case FILESYSTEM_INFO:
      if (length !== NTMS_FILESYSTEM_INFO_SIZE) {
        throw wrong(`an NTMS_FILESYSTEM_INFO has ${NTMS_FILESYSTEM_INFO_SIZE} bytes, not ${length}`);
      }
      return labelOfFileSystem(lpBuffer);
    default:
      throw wrong(`labelType ${String(labelType)} is neither RAW_LABEL nor FILESYSTEM_INFO`);
  }
}

function labelOfFileSystem(info: unknown): ClaimedLabel {
  const { FileSystemType, VolumeName, SerialNumber } = (info ?? {}) as Partial<Record<string, unknown>>;
  if (typeof FileSystemType !== 'string' || FileSystemType === '' || FileSystemType.length >= fileSystemTypeLength) {
    throw wrong('FileSystemType is no text of 1 to 63 characters');
  }
  if (typeof VolumeName !== 'string' || VolumeName.length >= volumeNameLength) {
    throw wrong('VolumeName is no text of at most 255 characters');
  }
  if (typeof SerialNumber !== 'number' || SerialNumber !== SerialNumber >>> 0) {
    throw wrong('SerialNumber is no unsigned 32-bit number');
  }
  const labelId = SerialNumber.toString(16).padStart(8, '0');
  return { labelType: FileSystemType, labelId, labelInfo: VolumeName };
}

function sideOf({ store }: CallContext, lpMediaId: Guid): SideRow {
  if (store.table('logicalMedia').get(lpMediaId) === undefined) {
    throw new NtmsError('ERROR_INVALID_MEDIA', `there is no logical medium ${lpMediaId}`);
  }
  const side = store.table('sides').find({ logicalMedia: lpMediaId });
  if (side !== undefined) return side;
  throw new NtmsError('ERROR_INVALID_MEDIA', `the logical medium ${lpMediaId} has no side`);
}

function libraryOf({ store }: CallContext, side: SideRow): string {
  const medium = store.table('physicalMedia').get(side.physicalMedia);
  if (medium !== undefined) return medium.currentLibrary;
  throw new NtmsError('ERROR_INVALID_MEDIA', `the cartridge of side ${side.name || side.id} is not there`);
}

function wrong(detail: string): NtmsError {
  return new NtmsError('ERROR_INVALID_PARAMETER', detail);
}
