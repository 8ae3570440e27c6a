/** The identity of a medium with a file system, as UpdateNtmsOmidInfo takes it. ntmsapi.h. */
export interface NTMS_FILESYSTEM_INFO {
  /** `NTFS`; 1 to 63 characters. */
  readonly FileSystemType: string;
  /** At most 255 characters. */
  readonly VolumeName: string;
  /** The volume's serial number, a DWORD. */
  readonly SerialNumber: number;
}

/** Bytes of the C structure: what `numberOfBytes` says of one. */
export const NTMS_FILESYSTEM_INFO_SIZE = 644;
