import { ansiLabel } from '../../../src/library/labels/ansi-label.js';
import { freeLabel } from '../../../src/library/labels/free-label.js';
import { LabelLibraries } from '../../../src/library/labels/label-libraries.js';
import { MediaLabelLength } from '../../../src/library/labels/media-label-library.js';
import type { MediaLabelLibrary } from '../../../src/library/labels/media-label-library.js';
import { mtfLabel } from '../../../src/library/labels/mtf-label.js';
import { fixtures } from '../fixtures.js';
import type { FuzzTarget } from '../fuzz-target.js';

const codes = ['11'];

/** What stands at the beginning of a tape, which anybody may have written. */
export function labelTargets(): FuzzTarget[] {
  return [
    targetOf('mtf', mtfLabel, /labels\/mtf-/),
    targetOf('mtf-behind-its-checksum', checked(mtfLabel), /labels\/mtf-/),
    targetOf('ansi', ansiLabel, /labels\/(ansi|ibm)-/),
    targetOf('free', freeLabel, /labels\/free-/),
    { name: 'label-libraries', seeds: () => fixtures(/labels\//), take: takeByAll, codes: [], cost: 'parser' },
  ];
}

function targetOf(name: string, library: MediaLabelLibrary, like: RegExp): FuzzTarget {
  return {
    name: `label-${name}`,
    seeds: () => fixtures(like),
    take: (bytes) => takeBy(library, bytes),
    codes,
    cost: 'parser',
  };
}

/** The same library given headers whose checksum is right, or hardly any wrong one would get any further. */
function checked(library: MediaLabelLibrary): MediaLabelLibrary {
  return {
    ...library,
    ClaimMediaLabel(bytes, size) {
      if (bytes.length < 52) return library.ClaimMediaLabel(bytes, size);
      const copy = Uint8Array.from(bytes);
      copy.set(new TextEncoder().encode('TAPE'));
      const header = new DataView(copy.buffer);
      let sum = 0;
      for (let at = 0; at < 50; at += 2) sum ^= header.getUint16(at, true);
      header.setUint16(50, sum, true);
      return library.ClaimMediaLabel(copy, size);
    },
  };
}

/** A claim must be one that a MediaLabelInfo can hold. */
function takeBy(library: MediaLabelLibrary, bytes: Uint8Array): void {
  const info = claimed(library, bytes);
  const { NTMSMLI_MAXTYPE, NTMSMLI_MAXIDSIZE, NTMSMLI_MAXAPPDESCR } = MediaLabelLength;
  const { LabelType, LabelID, LabelIDSize, LabelAppDescr } = info;
  const type = LabelType !== '' && LabelType.length < NTMSMLI_MAXTYPE;
  const id = LabelIDSize > 0 && LabelIDSize <= Math.min(LabelID.length, NTMSMLI_MAXIDSIZE);
  if (!type || !id || LabelAppDescr.length >= NTMSMLI_MAXAPPDESCR) {
    throw new Error(`${library.name} claims what no MediaLabelInfo can hold: ${JSON.stringify(info)}`);
  }
}

function claimed(library: MediaLabelLibrary, bytes: Uint8Array) {
  try {
    return library.ClaimMediaLabel(bytes, bytes.length);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    // An NtmsError's code is a number; a target's codes are texts.
    throw Object.assign(new Error(error.message), { code: String(error.code) });
  }
}

/** Together they never throw, and none is at fault. */
function takeByAll(bytes: Uint8Array): void {
  const libraries = new LabelLibraries(undefined, (text) => {
    throw new Error(text);
  });
  libraries.claim(bytes);
}
