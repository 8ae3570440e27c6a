/** What kind of device and what kind of medium: numbers shared with the storage drivers. */

/** `deviceType` of a changer type, drive type or media type. MS-RSMP 2.2.4.10, 2.2.4.14, 2.2.4.19. */
export const DeviceType = {
  /** CD-ROM. */
  FILE_DEVICE_CD_ROM: 2,
  /** Direct access. */
  FILE_DEVICE_DISK: 7,
  /** Sequential access. */
  FILE_DEVICE_TAPE: 31,
  /** Changer. */
  FILE_DEVICE_CHANGER: 48,
  /** DVD, drive types only. */
  FILE_DEVICE_DVD: 51,
} as const;
export type DeviceType = (typeof DeviceType)[keyof typeof DeviceType];

/** `mediaType` numbers that an NTMS_MEDIATYPEINFORMATION may carry (STORAGE_MEDIA_TYPE of ntddstor.h). MS-RSMP 2.2.4.19. */
export const StorageMediaType = {
  /** Tape. */
  DDS_4mm: 32,
  /** Tape. */
  MiniQic: 33,
  /** Tape. */
  Travan: 34,
  /** Tape. */
  QIC: 35,
  /** Tape. */
  MP_8mm: 36,
  /** Tape. */
  AME_8mm: 37,
  /** Tape. */
  AIT1_8mm: 38,
  /** Tape. */
  DLT: 39,
  /** Tape. */
  NCTP: 40,
  /** Tape. */
  IBM_3480: 41,
  /** Tape. */
  IBM_3490E: 42,
  /** Tape. */
  IBM_Magstar_3590: 43,
  /** Tape. */
  IBM_Magstar_MP: 44,
  /** Tape. */
  STK_DATA_D3: 45,
  /** Tape. */
  SONY_DTF: 46,
  /** Tape. */
  DV_6mm: 47,
  /** Tape. */
  DMI: 48,
  /** Tape. */
  SONY_D2: 49,
  /** Cleaner. */
  CLEANER_CARTRIDGE: 50,
  /** Optical. */
  CD_ROM: 51,
  /** Optical. */
  CD_R: 52,
  /** Optical. */
  CD_RW: 53,
  /** Optical. */
  DVD_ROM: 54,
  /** Optical. */
  DVD_R: 55,
  /** Optical. */
  DVD_RW: 56,
  /** Optical. */
  MO_3_RW: 57,
  /** Optical. */
  MO_5_WO: 58,
  /** Optical. */
  MO_5_RW: 59,
  /** Optical. */
  MO_5_LIMDOW: 60,
  /** Optical. */
  PC_5_WO: 61,
  /** Optical. */
  PC_5_RW: 62,
  /** Optical. */
  PD_5_RW: 63,
  /** Optical. */
  ABL_5_WO: 64,
  /** Optical. */
  PINNACLE_APEX_5_RW: 65,
  /** Optical. */
  SONY_12_WO: 66,
  /** Optical. */
  PHILIPS_12_WO: 67,
  /** Optical. */
  HITACHI_12_WO: 68,
  /** Optical. */
  CYGNET_12_WO: 69,
  /** Optical. */
  KODAK_14_WO: 70,
  /** Optical. */
  MO_NFR_525: 71,
  /** Optical. */
  NIKON_12_RW: 72,
  /** Magnetic disk. */
  IOMEGA_ZIP: 73,
  /** Magnetic disk. */
  IOMEGA_JAZ: 74,
  /** Magnetic disk. */
  SYQUEST_EZ135: 75,
  /** Magnetic disk. */
  SYQUEST_EZFLYER: 76,
  /** Magnetic disk. */
  SYQUEST_SYJET: 77,
  /** Magnetic disk. */
  AVATAR_F2: 78,
  /** Tape. */
  MP2_8mm: 79,
  /** Tape. */
  DST_S: 80,
  /** Tape. */
  DST_M: 81,
  /** Tape. */
  DST_L: 82,
  /** Tape. */
  VXATape_1: 83,
  /** Tape. */
  VXATape_2: 84,
  /** Tape. */
  STK_9840: 85,
  /** Tape. */
  LTO_Ultrium: 86,
  /** Tape. */
  LTO_Accelis: 87,
  /** Optical. */
  DVD_RAM: 88,
  /** Tape. */
  AIT_8mm: 89,
  /** Tape. */
  ADR_1: 90,
  /** Tape. */
  ADR_2: 91,
  /** Tape. */
  STK_9940: 92,
  /** Tape. */
  SAIT: 93,
} as const;
export type StorageMediaType = (typeof StorageMediaType)[keyof typeof StorageMediaType];

/** What UpdateNtmsOmidInfo is given. ntmsapi.h. */
export const OmidLabelType = {
  /** Raw bytes for label libraries. */
  NTMS_OMID_TYPE_RAW_LABEL: 1,
  /** NTMS_FILESYSTEM_INFO record. */
  NTMS_OMID_TYPE_FILESYSTEM_INFO: 2,
} as const;
export type OmidLabelType = (typeof OmidLabelType)[keyof typeof OmidLabelType];
