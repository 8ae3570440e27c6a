import { int32Le, layout, optional, uintLe, type Input, type Value } from '../../scsi/layout.js';

/** Request numbers of ioctl on `/dev/sgN` (linux include/scsi/sg.h, scsi_ioctl.h). */
export const SgRequest = {
  SCSI_IOCTL_GET_IDLUN: 0x5382,
  SCSI_IOCTL_PROBE_HOST: 0x5385,
  SCSI_IOCTL_GET_BUS_NUMBER: 0x5386,
  SG_SET_TIMEOUT: 0x2201,
  SG_GET_TIMEOUT: 0x2202,
  SG_EMULATED_HOST: 0x2203,
  SG_GET_COMMAND_Q: 0x2270,
  SG_SET_COMMAND_Q: 0x2271,
  SG_GET_RESERVED_SIZE: 0x2272,
  SG_SET_RESERVED_SIZE: 0x2275,
  SG_GET_SCSI_ID: 0x2276,
  SG_GET_SG_TABLESIZE: 0x227f,
  SG_GET_VERSION_NUM: 0x2282,
  SG_SCSI_RESET: 0x2284,
  SG_IO: 0x2285,
  SG_GET_KEEP_ORPHAN: 0x2288,
  SG_SET_KEEP_ORPHAN: 0x2287,
  /** Of block devices, but sg answers it: the longest transfer, here in bytes. */
  BLKSECTGET: 0x1267,
} as const;
export type SgRequest = (typeof SgRequest)[keyof typeof SgRequest];

/** What SG_SCSI_RESET is told to reset. */
export const SgReset = { NOTHING: 0, DEVICE: 1, BUS: 2, HOST: 3, TARGET: 4 } as const;
export type SgReset = (typeof SgReset)[keyof typeof SgReset];
/** Added to a {@link SgReset}: do not go on to the next larger reset when this one fails. */
export const sgResetNoEscalate = 0x100;

/** What SG_GET_SCSI_ID fills in. */
const scsiId = layout('sg_scsi_id', 32, {
  hostNo: int32Le(0),
  channel: int32Le(4),
  scsiId: int32Le(8),
  lun: int32Le(12),
  scsiType: int32Le(16),
  /** Commands that the host takes at once for one logical unit; what the device takes. */
  hostCommandsPerLun: uintLe(20, 2),
  deviceQueueDepth: uintLe(22, 2),
});
export type SgScsiId = Value<typeof scsiId>;
export const encodeSgScsiId = (value: Input<typeof scsiId>): Uint8Array => scsiId.encode(value);
export const decodeSgScsiId = (bytes: Uint8Array): SgScsiId => scsiId.decode(bytes);
export const sgScsiIdLength = scsiId.length;

/** What SCSI_IOCTL_GET_IDLUN fills in: one byte each, and a number of the host adapter. */
const idLun = layout('scsi_idlun', 8, {
  target: uintLe(0, 1),
  lun: uintLe(1, 1),
  channel: uintLe(2, 1),
  host: uintLe(3, 1),
  hostUniqueId: optional(uintLe(4, 4), 0),
});
export const encodeIdLun = (value: Input<typeof idLun>): Uint8Array => idLun.encode(value);
export const decodeIdLun = (bytes: Uint8Array): Value<typeof idLun> => idLun.decode(bytes);
