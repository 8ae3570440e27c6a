import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { bits } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** The PREVENT field (SPC-4, SMC-3): whether media, and on a changer the door, stay shut. */
export const Prevent = { ALLOW: 0, PREVENT: 1 } as const;
export type Prevent = (typeof Prevent)[keyof typeof Prevent];

const preventAllow = cdbLayout('PREVENT ALLOW MEDIUM REMOVAL', OperationCode.PREVENT_ALLOW_MEDIUM_REMOVAL, 6, {
  prevent: bits(4, 1, 0),
});

export type PreventAllowMediumRemovalParams = CdbParams<typeof preventAllow>;
export const preventAllowMediumRemovalCdb = (params: PreventAllowMediumRemovalParams): Uint8Array =>
  preventAllow.build(params);
export const parsePreventAllowMediumRemovalCdb = (cdb: Uint8Array): CdbValue<typeof preventAllow> =>
  preventAllow.parse(cdb);
