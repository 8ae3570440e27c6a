import { EXABYTE_MAGNUM_1X7 } from './exabyte-magnum-1x7.js';
import { HP_MSL2024 } from './hp-msl2024.js';
import { IBM_3573_TL } from './ibm-3573-tl.js';
import { IBM_ULT3580_DESKTOP } from './ibm-ult3580-desktop.js';
import type { Profile } from './profile.js';
import { QUANTUM_SUPERLOADER_3 } from './quantum-superloader3.js';
import { SONY_VGP_XL1B } from './sony-vgp-xl1b.js';
import { STK_L20 } from './stk-l20.js';

/** Sorted by id. */
const PROFILES: readonly Profile[] = [
  EXABYTE_MAGNUM_1X7,
  HP_MSL2024,
  IBM_3573_TL,
  QUANTUM_SUPERLOADER_3,
  SONY_VGP_XL1B,
  STK_L20,
];

/** Drives without a changer. Sorted by id. */
const STAND_ALONE_DRIVES: readonly Profile[] = [IBM_ULT3580_DESKTOP];

/** Asked for a model that no profile describes. */
export class UnknownProfileError extends Error {
  override readonly name = 'UnknownProfileError';
  readonly code = 'UNKNOWN_PROFILE';

  constructor(id: string) {
    super(
      `There is no device profile '${id}'. Use one of: ${[...profileIds(), ...standAloneProfileIds()].join(', ')}.`,
    );
  }
}

/** The ids of the autoloaders that {@link findProfile} knows, sorted. */
export function profileIds(): string[] {
  return PROFILES.map((profile) => profile.id);
}

/** The ids of the drives without changer that {@link findProfile} knows, sorted. */
export function standAloneProfileIds(): string[] {
  return STAND_ALONE_DRIVES.map((profile) => profile.id);
}

/** The profile with this id. Throws {@link UnknownProfileError}, whose message lists what exists. */
export function findProfile(id: string): Profile {
  const profile = [...PROFILES, ...STAND_ALONE_DRIVES].find((candidate) => candidate.id === id);
  if (profile === undefined) throw new UnknownProfileError(id);
  return profile;
}
