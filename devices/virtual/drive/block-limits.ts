/** As LTO drives of the fourth generation and later say; the shortest block is one byte. */
export const MAXIMUM_BLOCK_LENGTH = 0x80_0000;
/** So many bytes one command moves at most: the largest that a variable READ(6) can ask for. */
export const MAXIMUM_TRANSFER_BYTES = 0x100_0000;
