import { NtmsError } from '../../objects/ntms-error.js';
import { ansiLabel } from './ansi-label.js';
import { isBadFormat } from './bad-format.js';
import { freeLabel } from './free-label.js';
import { MediaLabelLength } from './media-label-library.js';
import type { MediaLabelInfo, MediaLabelLibrary } from './media-label-library.js';
import { mtfLabel } from './mtf-label.js';

/** What the manager asks after its own free label, unless it is given others. */
export const defaultLabelLibraries: readonly MediaLabelLibrary[] = [mtfLabel, ansiLabel];

/** A label as it is stored with a side. */
export interface ClaimedLabel {
  readonly labelType: string;
  /** Hexadecimal, lower case. */
  readonly labelId: string;
  readonly labelInfo: string;
}

/** A drive reads no more than this of a first block; a library that wants more gets this. */
const longestRead = 0xff_ffff;
const shortestRead = 0x1000;

/** The installed label libraries: our own free label first, then the others in the order of registration. */
export class LabelLibraries {
  readonly #libraries: readonly MediaLabelLibrary[];
  readonly #notice: (text: string) => void;
  readonly #faulty = new Set<MediaLabelLibrary>();

  constructor(
    libraries: readonly MediaLabelLibrary[] = defaultLabelLibraries,
    notice: (text: string) => void = () => undefined,
  ) {
    this.#libraries = [freeLabel, ...libraries];
    this.#notice = notice;
  }

  /** How much of a first block has to be read so that every library sees enough, in bytes. */
  get longestLabel(): number {
    const asked = this.#libraries.map((library) => this.#maximumOf(library));
    return Math.min(longestRead, Math.max(shortestRead, ...asked));
  }

  /** The label in the first block of a medium; the first library that claims it decides. Undefined when none does. */
  claim(block: Uint8Array): ClaimedLabel | undefined {
    for (const library of this.#libraries) {
      try {
        // Each gets a copy: what one does to it must not reach the next.
        return storedForm(library.ClaimMediaLabel(Uint8Array.from(block), block.length));
      } catch (error) {
        if (!isBadFormat(error)) this.#tellFaulty(library, error);
      }
    }
    return undefined;
  }

  #maximumOf(library: MediaLabelLibrary): number {
    try {
      const length = library.MaxMediaLabel();
      if (Number.isSafeInteger(length) && length >= 0) return length;
      throw new RangeError(`MaxMediaLabel gave ${String(length)}`);
    } catch (error) {
      this.#tellFaulty(library, error);
      return 0;
    }
  }

  /** Once for each library: it is asked at every mount. */
  #tellFaulty(library: MediaLabelLibrary, error: unknown): void {
    if (this.#faulty.has(library)) return;
    this.#faulty.add(library);
    this.#notice(`the label library ${library.name} is at fault and was passed over: ${String(error)}`);
  }
}

/** What is stored of a library's answer. Throws ERROR_INVALID_PARAMETER when it is no MediaLabelInfo. */
function storedForm(info: MediaLabelInfo): ClaimedLabel {
  if (info instanceof Promise) {
    info.catch(() => undefined);
    throw wrong('it answers at once, not by a promise');
  }
  const { LabelType, LabelID, LabelIDSize, LabelAppDescr } = info;
  const { NTMSMLI_MAXTYPE, NTMSMLI_MAXIDSIZE, NTMSMLI_MAXAPPDESCR } = MediaLabelLength;
  if (typeof LabelType !== 'string' || LabelType === '' || LabelType.length >= NTMSMLI_MAXTYPE) {
    throw wrong('LabelType is empty or too long');
  }
  const size = Number.isInteger(LabelIDSize) && LabelIDSize > 0 && LabelIDSize <= NTMSMLI_MAXIDSIZE;
  if (!(LabelID instanceof Uint8Array) || !size || LabelIDSize > LabelID.length) {
    throw wrong('LabelIDSize is not 1 to 256 bytes of LabelID');
  }
  if (typeof LabelAppDescr !== 'string' || LabelAppDescr.length >= NTMSMLI_MAXAPPDESCR) {
    throw wrong('LabelAppDescr is no text, or too long');
  }
  return {
    labelType: LabelType,
    labelId: Buffer.from(LabelID.subarray(0, LabelIDSize)).toString('hex'),
    labelInfo: LabelAppDescr,
  };
}

function wrong(detail: string): NtmsError {
  return new NtmsError('ERROR_INVALID_PARAMETER', `ClaimMediaLabel: ${detail}`);
}
