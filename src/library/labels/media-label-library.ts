/** Room in a MediaLabelInfo (NTMSMLI_MAXTYPE, NTMSMLI_MAXIDSIZE, NTMSMLI_MAXAPPDESCR of ntmsmli.h). */
export const MediaLabelLength = {
  /** UTF-16 code units of LabelType, with the closing NUL of the C structure. */
  NTMSMLI_MAXTYPE: 64,
  /** Bytes of LabelID. */
  NTMSMLI_MAXIDSIZE: 256,
  /** UTF-16 code units of LabelAppDescr, with the closing NUL of the C structure. */
  NTMSMLI_MAXAPPDESCR: 256,
} as const;

/** What a label library says about a label that it knows. */
export interface MediaLabelInfo {
  /** The format; the same for all media of it, never empty. At most 63 characters. */
  readonly LabelType: string;
  /** How many bytes of `LabelID` count: 1 to 256. */
  readonly LabelIDSize: number;
  /** Tells one medium of the format from every other. */
  readonly LabelID: Uint8Array;
  /** What the label calls the medium, for people; may be empty. At most 255 characters. */
  readonly LabelAppDescr: string;
}

/**
 * A media label library: knows one way to label tapes. It is given the first block of a tape, or the raw bytes that
 * UpdateNtmsOmidInfo was given. Both methods answer at once and keep nothing; a library that throws anything but
 * ERROR_BAD_FORMAT, or tells what no MediaLabelInfo may hold, is passed over with a notice.
 */
export interface MediaLabelLibrary {
  /** For people: `Microsoft Tape Format`. */
  readonly name: string;
  /**
   * Reads a label (ClaimMediaLabel of ntmsmli.h; its MediaLabelInfo is the answer).
   * @param pBuffer the label; whatever stands on a tape may be in it
   * @param nBufferSize bytes of it that count
   * @throws NtmsError ERROR_BAD_FORMAT: the label is of another format
   */
  ClaimMediaLabel(pBuffer: Uint8Array, nBufferSize: number): MediaLabelInfo;
  /** The longest label that it may need to see, in bytes (MaxMediaLabel of ntmsmli.h). */
  MaxMediaLabel(): number;
}
