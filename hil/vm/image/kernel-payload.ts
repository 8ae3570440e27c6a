/** The boot header of a compressed x86 kernel (kernel documentation, arch/x86/boot). Offsets in the file. */
const SETUP_SECTORS_AT = 0x1f1;
const MAGIC_AT = 0x202;
const PAYLOAD_OFFSET_AT = 0x248;
const PAYLOAD_LENGTH_AT = 0x24c;
const HEADER_END = 0x250;
const SECTOR_BYTES = 512;
const XZ_MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
/** The builder puts the unpacked size behind the compressed bytes. */
const SIZE_TRAILER_BYTES = 4;

/** The XZ stream inside a bzImage; undefined for a kernel that is packed otherwise, and for what is no bzImage. */
export function xzPayload(bzImage: Buffer): Buffer | undefined {
  if (bzImage.length < HEADER_END || bzImage.toString('latin1', MAGIC_AT, MAGIC_AT + 4) !== 'HdrS') return undefined;
  // 0 stands for 4, as it always has.
  const setupSectors = bzImage.readUInt8(SETUP_SECTORS_AT) || 4;
  const start = (setupSectors + 1) * SECTOR_BYTES + bzImage.readUInt32LE(PAYLOAD_OFFSET_AT);
  const length = bzImage.readUInt32LE(PAYLOAD_LENGTH_AT);
  const payload = bzImage.subarray(start, start + length - SIZE_TRAILER_BYTES);
  const isWhole = length > SIZE_TRAILER_BYTES && start + length <= bzImage.length;
  return isWhole && payload.subarray(0, XZ_MAGIC.length).equals(XZ_MAGIC) ? payload : undefined;
}
