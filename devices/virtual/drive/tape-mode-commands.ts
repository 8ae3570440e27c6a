import type { Profile } from '../../profiles/profile.js';
import {
  decodeBlockDescriptor,
  encodeBlockDescriptor,
  type ModeParameterList,
} from '../../scsi/spc/mode-parameters.js';
import { PageControl } from '../../scsi/spc/mode-sense.js';
import { invalidFieldInParameterList } from '../check-condition.js';
import type { CommandTable } from '../device-server.js';
import { supportedFormats } from '../media/medium-format.js';
import { modeCommands, type ModeHeader } from '../mode-commands.js';
import { MAXIMUM_BLOCK_LENGTH } from './block-limits.js';
import type { LoadedTape } from './loaded-tape.js';
import { tapeModePages } from './tape-mode-pages.js';
import { TapeModeState } from './tape-mode-state.js';

/** Fields of the device-specific parameter (SSC-3). */
const WRITE_PROTECTED = 0x80;
const BUFFERED_MODE_SHIFT = 4;
const SPEED = 0x0f;
/** Bit of MEDIUM TYPE of LTO media that are written once. */
const WORM_MEDIUM_TYPE = 0x04;
const BLOCK_DESCRIPTOR_LENGTH = 8;
const NUMBER_OF_BLOCKS_OFFSET = 1;
const BLOCK_LENGTH_OFFSET = 5;
/** Density codes that stand for "the drive's own" and "as it is" (SSC-3). */
const OWN_DENSITY = 0x00;
const NO_CHANGE = 0x7f;
/** The device-specific parameter is this far before the end of either header. */
const DEVICE_SPECIFIC_OFFSET: Readonly<Record<number, number>> = { 4: 2, 8: 3 };
const ALL_CHANGEABLE = 0xff_ffff;

/** MODE SENSE and MODE SELECT, 6 and 10, of a tape drive (SPC-4, SSC-3). */
export function tapeModeCommands(tape: LoadedTape, profile: Pick<Profile, 'mediaTypes'>): CommandTable {
  const { server } = tape.bay;
  server.whenReset(() => Object.assign(tape.mode, new TapeModeState()));
  return modeCommands(server, tapeModePages(tape.mode, server), tapeModeHeader(tape, profile));
}

function tapeModeHeader(tape: LoadedTape, profile: Pick<Profile, 'mediaTypes'>): ModeHeader {
  const densityCodes = [OWN_DENSITY, NO_CHANGE, ...supportedFormats(profile).map(({ densityCode }) => densityCode)];
  return {
    report(pageControl) {
      if (pageControl === PageControl.CHANGEABLE) {
        return { blockDescriptors: encodeBlockDescriptor({ densityCode: 0, blockLength: ALL_CHANGEABLE }) };
      }
      const { blockLength, bufferedMode } = pageControl === PageControl.DEFAULT ? new TapeModeState() : tape.mode;
      const format = tape.peek() === undefined ? undefined : tape.format;
      const writeProtected = tape.writeProtected ? WRITE_PROTECTED : 0;
      return {
        mediumType: (format?.mediumTypeCode ?? 0) | (tape.worm ? WORM_MEDIUM_TYPE : 0),
        deviceSpecificParameter: (bufferedMode << BUFFERED_MODE_SHIFT) | writeProtected,
        blockDescriptors: encodeBlockDescriptor({ densityCode: format?.densityCode ?? 0, blockLength }),
      };
    },
    accept(list) {
      const bufferedMode = acceptedBufferedMode(list);
      const blockLength = acceptedBlockLength(list, densityCodes) ?? tape.mode.blockLength;
      return () => {
        const changed = bufferedMode !== tape.mode.bufferedMode || blockLength !== tape.mode.blockLength;
        Object.assign(tape.mode, { bufferedMode, blockLength });
        return changed;
      };
    },
  };
}

function acceptedBufferedMode({ deviceSpecificParameter, blockDescriptorsOffset }: ModeParameterList): number {
  // WP tells, it does not set.
  const mode = (deviceSpecificParameter & ~WRITE_PROTECTED) >> BUFFERED_MODE_SHIFT;
  if (mode > 1 || (deviceSpecificParameter & SPEED) !== 0) {
    throw invalidFieldInParameterList(DEVICE_SPECIFIC_OFFSET[blockDescriptorsOffset] ?? 0);
  }
  return mode;
}

/** `undefined`: the list has no block descriptor. */
function acceptedBlockLength(list: ModeParameterList, densityCodes: readonly number[]): number | undefined {
  const { blockDescriptors, blockDescriptorsOffset: at } = list;
  if (blockDescriptors.length === 0) return undefined;
  if (blockDescriptors.length !== BLOCK_DESCRIPTOR_LENGTH) throw invalidFieldInParameterList(at - 1);
  const { densityCode, numberOfBlocks, blockLength } = decodeBlockDescriptor(blockDescriptors);
  if (!densityCodes.includes(densityCode)) throw invalidFieldInParameterList(at);
  // The block length goes for the whole tape, which is what zero blocks say.
  if (numberOfBlocks !== 0) throw invalidFieldInParameterList(at + NUMBER_OF_BLOCKS_OFFSET);
  if (blockLength > MAXIMUM_BLOCK_LENGTH) throw invalidFieldInParameterList(at + BLOCK_LENGTH_OFFSET);
  return blockLength;
}
