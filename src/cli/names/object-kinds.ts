import { NtmsObjectsTypes } from '../../objects/ntmsapi/index.js';

/** The words by which a command line calls a kind of object, singular. */
export const OBJECT_KINDS = {
  library: NtmsObjectsTypes.NTMS_LIBRARY,
  changer: NtmsObjectsTypes.NTMS_CHANGER,
  drive: NtmsObjectsTypes.NTMS_DRIVE,
  slot: NtmsObjectsTypes.NTMS_STORAGESLOT,
  port: NtmsObjectsTypes.NTMS_IEPORT,
  door: NtmsObjectsTypes.NTMS_IEDOOR,
  medium: NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA,
  side: NtmsObjectsTypes.NTMS_PARTITION,
  'logical-medium': NtmsObjectsTypes.NTMS_LOGICAL_MEDIA,
  pool: NtmsObjectsTypes.NTMS_MEDIA_POOL,
  'media-type': NtmsObjectsTypes.NTMS_MEDIA_TYPE,
  'drive-type': NtmsObjectsTypes.NTMS_DRIVE_TYPE,
  'changer-type': NtmsObjectsTypes.NTMS_CHANGER_TYPE,
  computer: NtmsObjectsTypes.NTMS_COMPUTER,
  request: NtmsObjectsTypes.NTMS_LIBREQUEST,
  'operator-request': NtmsObjectsTypes.NTMS_OPREQUEST,
} as const;

export type ObjectKind = keyof typeof OBJECT_KINDS;

export const OBJECT_KIND_WORDS = Object.keys(OBJECT_KINDS) as readonly ObjectKind[];

/** What a sentence calls the kind: `logical medium`. */
export function kindWords(kind: ObjectKind): string {
  return kind.replaceAll('-', ' ');
}
