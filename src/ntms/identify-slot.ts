import { NtmsError } from '../objects/ntms-error.js';
import { NtmsDismountOptions } from '../objects/ntmsapi/index.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { requireControl, requireOnline } from './cleaning.js';
import { namedLibrary, requireIdentifier } from './named-objects.js';
import { isNotPresent } from './device-state.js';
import type { Guid } from './structures.js';

/** Identification of what is in a slot. */
export interface IdentifySlot {
  /**
   * Looks into a slot, mounts what is in it and reads its labels; resolves when that is over. An empty slot is found empty.
   * @param dwOption NtmsDismountOptions: DEFERRED leaves the cartridge in the drive, IMMEDIATE and 0 bring it back
   * @throws NtmsError every code of the documented table, and what the mount met when the cartridge could not be read
   */
  IdentifyNtmsSlot(hSession: NtmsSession, lpSlotId: Guid, dwOption: number): Promise<void>;
}

const options: readonly number[] = [0, ...Object.values(NtmsDismountOptions)];

export function identifySlot(context: CallContext): IdentifySlot {
  return {
    IdentifyNtmsSlot: (hSession, lpSlotId, dwOption) =>
      context.call(hSession, async (session) => {
        requireIdentifier(lpSlotId, 'lpSlotId');
        if (!options.includes(dwOption)) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', `dwOption ${dwOption} is not one of NtmsDismountOptions`);
        }
        const slot = context.store.table('slots').get(lpSlotId);
        if (slot === undefined) throw new NtmsError('ERROR_OBJECT_NOT_FOUND', `${lpSlotId} is no slot`);
        const library = namedLibrary(context, slot.library);
        requireControl(context, session, library);
        requireOnline(library);
        if (isNotPresent(library)) {
          throw new NtmsError('ERROR_LIBRARY_OFFLINE', `library ${library.name} is not attached`);
        }
        const { requestId, finished } = context.manager.identification.identify({
          slot: slot.id,
          deferred: dwOption === NtmsDismountOptions.NTMS_DISMOUNT_DEFERRED,
          origin: session.identity,
        });
        context.sessions.note(session, [requestId], 'with-session');
        await finished;
      }),
  };
}
