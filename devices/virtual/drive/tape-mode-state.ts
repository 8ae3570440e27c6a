/** What MODE SELECT has set in a tape drive, as far as the drive acts on it. After power on or a reset it is this. */
export class TapeModeState {
  /** Block length of the block descriptor; 0: variable (SSC-3). */
  blockLength = 0;
  /** BUFFERED MODE of the header; 0: what a WRITE brings is on disk when it is answered. */
  bufferedMode = 1;
  /** DCE. Data go to the medium as they come; it is told to whoever asks. */
  dataCompressionEnable = true;
  /** SWP: writes are refused although the cartridge would take them. */
  softwareWriteProtect = false;
  /** PEWS, in units of 10^6 bytes; 0: no such warning. */
  programmableEarlyWarningMegabytes = 0;
}
