/**
 * How long texts and labels may be. Lengths of text count the closing null, so that a name has at most
 * `NTMS_OBJECTNAME_LENGTH - 1` characters. ntmsapi.h and ntmsmli.h.
 */
export const NtmsLength = {
  /** Object name: characters incl. null. */
  NTMS_OBJECTNAME_LENGTH: 64,
  /** Description: characters incl. null. */
  NTMS_DESCRIPTION_LENGTH: 127,
  /** Device path: characters incl. null. */
  NTMS_DEVICENAME_LENGTH: 64,
  /** Serial number: characters incl. null. */
  NTMS_SERIALNUMBER_LENGTH: 32,
  /** Firmware revision: characters incl. null. */
  NTMS_REVISION_LENGTH: 32,
  /** Bar code: characters incl. null. */
  NTMS_BARCODE_LENGTH: 64,
  /** Sequence number: characters incl. null. */
  NTMS_SEQUENCE_LENGTH: 32,
  /** Vendor: characters incl. null. */
  NTMS_VENDORNAME_LENGTH: 128,
  /** Product: characters incl. null. */
  NTMS_PRODUCTNAME_LENGTH: 128,
  /** User: characters incl. null. */
  NTMS_USERNAME_LENGTH: 64,
  /** Application: characters incl. null. */
  NTMS_APPLICATIONNAME_LENGTH: 64,
  /** Computer: characters incl. null. */
  NTMS_COMPUTERNAME_LENGTH: 64,
  /** Message, legacy records: characters incl. null. */
  NTMS_I1_MESSAGE_LENGTH: 127,
  /** Operator message: characters incl. null. */
  NTMS_MESSAGE_LENGTH: 256,
  /** Full pool path: characters incl. null. */
  NTMS_POOLHIERARCHY_LENGTH: 512,
  /** Label id bytes: bytes. */
  NTMS_OMIDLABELID_LENGTH: 255,
  /** Label type: characters incl. null. */
  NTMS_OMIDLABELTYPE_LENGTH: 64,
  /** Label text: characters incl. null. */
  NTMS_OMIDLABELINFO_LENGTH: 256,
  /** Label library type text: characters incl. null. */
  NTMSMLI_MAXTYPE: 64,
  /** Label library id: bytes. */
  NTMSMLI_MAXIDSIZE: 256,
  /** Label library description: characters incl. null. */
  NTMSMLI_MAXAPPDESCR: 256,
  /** Attribute data, exclusive bound: bytes. */
  NTMS_MAXATTR_LENGTH: 65536,
  /** Attribute name: characters incl. null. */
  NTMS_MAXATTR_NAMELEN: 32,
} as const;

/** dwTimeout of the waiting functions: no limit. winbase.h. */
export const INFINITE = 0xffff_ffff;
