import { bits, flag, layout, optional, uint8, uint16, uint24, uint32, type Value } from '../layout.js';

/** Mode page codes of tape drives (SSC-3), beside those of every device. */
export const TapeModePage = {
  DISCONNECT_RECONNECT: 0x02,
  DATA_COMPRESSION: 0x0f,
  DEVICE_CONFIGURATION: 0x10,
} as const;
export type TapeModePage = (typeof TapeModePage)[keyof typeof TapeModePage];

/** Device Configuration Extension is subpage 01h of page 10h. */
export const DEVICE_CONFIGURATION_EXTENSION_SUBPAGE = 0x01;

/** Data Compression, 0Fh (SSC-3). Offsets here and below are behind the page header. */
export const dataCompression = layout('Data Compression mode page', 14, {
  /** DCE: compress what is written. */
  dataCompressionEnable: flag(0, 7),
  /** DCC: the device can compress. */
  dataCompressionCapable: flag(0, 6),
  /** DDE: decompress what is read. */
  dataDecompressionEnable: flag(1, 7),
  /** RED: how a change of decompression is reported. */
  reportExceptionOnDecompression: optional(bits(1, 6, 5), 0),
  compressionAlgorithm: optional(uint32(2), 0),
  decompressionAlgorithm: optional(uint32(6), 0),
});
export type DataCompression = Value<typeof dataCompression>;

/** Device Configuration, 10h (SSC-3). */
export const deviceConfiguration = layout('Device Configuration mode page', 14, {
  /** CAF: change the active format. */
  changeActiveFormat: flag(0, 5),
  activeFormat: optional(bits(0, 4, 0), 0),
  activePartition: optional(uint8(1), 0),
  writeObjectBufferFullRatio: optional(uint8(2), 0),
  readObjectBufferEmptyRatio: optional(uint8(3), 0),
  /** Units of 100 ms. */
  writeDelayTime: optional(uint16(4), 0),
  /** OBR: the device can recover data from its buffer. */
  objectBufferRecovery: flag(6, 7),
  /** LOIS: object numbers are on the medium. */
  logicalObjectIdentifiersSupported: flag(6, 6),
  automaticVelocityControl: flag(6, 4),
  stopOnConsecutiveFilemarks: optional(bits(6, 3, 2), 0),
  recoverObjectBufferOrder: flag(6, 1),
  /** REW: early warning is reported on reads as well. */
  reportEarlyWarning: flag(6, 0),
  gapSize: optional(uint8(7), 0),
  /** EOD DEFINED: how end of data is found; 0 is the device's default. */
  eodDefined: optional(bits(8, 7, 5), 0),
  /** EEG: the device makes end of data. */
  enableEodGeneration: flag(8, 4),
  /** SEW: the buffer is written out at early warning. */
  synchronizeAtEarlyWarning: flag(8, 3),
  /** SWP: the host protects every medium in this device. */
  softwareWriteProtect: flag(8, 2),
  objectBufferSizeAtEarlyWarning: optional(uint24(9), 0),
  /** 0: none, 1: the device's own. */
  selectDataCompressionAlgorithm: optional(uint8(12), 0),
  /** WTRE: how WORM tampering is read. */
  wormTamperReadEnable: optional(bits(13, 7, 6), 0),
  onlyIfReserved: flag(13, 5),
  /** ROR: what a reset does to the position. */
  rewindOnReset: optional(bits(13, 4, 3), 0),
  /** ASOCWP, PERSWP, PRMWP: write protection that goes with the volume. */
  associatedWriteProtect: flag(13, 2),
  persistentWriteProtect: flag(13, 1),
  permanentWriteProtect: flag(13, 0),
});
export type DeviceConfiguration = Value<typeof deviceConfiguration>;

/** Device Configuration Extension, 10h subpage 01h (SSC-3). */
export const deviceConfigurationExtension = layout('Device Configuration Extension mode page', 28, {
  writeMode: optional(bits(1, 7, 4), 0),
  /** What ERASE without LONG does; 2: it makes an end of data. */
  shortEraseMode: optional(bits(1, 3, 0), 0),
  /** PEWS: so many times 10^6 bytes before early warning writes are warned of; 0: not. */
  programmableEarlyWarningMegabytes: optional(uint16(2), 0),
});
export type DeviceConfigurationExtension = Value<typeof deviceConfigurationExtension>;

/** Disconnect-Reconnect, 02h (SPC-4); what it means is the transport's. */
export const disconnectReconnect = layout('Disconnect-Reconnect mode page', 14, {
  bufferFullRatio: optional(uint8(0), 0),
  bufferEmptyRatio: optional(uint8(1), 0),
  busInactivityLimit: optional(uint16(2), 0),
  disconnectTimeLimit: optional(uint16(4), 0),
  connectTimeLimit: optional(uint16(6), 0),
  /** Units of 512 bytes; 0: no limit. */
  maximumBurstSize: optional(uint16(8), 0),
  /** Units of 512 bytes. */
  firstBurstSize: optional(uint16(12), 0),
});
export type DisconnectReconnect = Value<typeof disconnectReconnect>;
