import type { Clock } from '../../devices/clock.js';
import {
  NtmsLibRequestFlags,
  NtmsLibraryType,
  NtmsLmState,
  NtmsMediaState,
  NtmsOperationalState,
  NtmsOpRequestFlags,
} from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import { win32Errors } from '../objects/win32.js';
import type { LibraryRequests } from './library-requests.js';
import { MoveJournal } from './move-journal.js';
import type { OperatorRequests } from './operator-requests.js';

const unfinishedStates = [
  NtmsLmState.NTMS_LM_QUEUED,
  NtmsLmState.NTMS_LM_INPROCESS,
  NtmsLmState.NTMS_LM_WAITING,
  NtmsLmState.NTMS_LM_DEFERRED,
];

/** The records of what a former run left behind: its requests are cancelled (doc rsm-startup), its questions are void. */
export function cancelUnfinished(store: ObjectStore, clock: Clock, operatorRequests: OperatorRequests): void {
  store.transaction(() => {
    for (const { id } of store.table('libRequests').list({ state: unfinishedStates })) {
      store.table('libRequests').update(id, {
        state: NtmsLmState.NTMS_LM_CANCELLED,
        errorCode: win32Errors.ERROR_CANCELLED.code,
        errorDetail: 'the removable storage manager was restarted',
        timeCompleted: clock.now(),
      });
    }
    operatorRequests.withdrawOrphans();
    const waiting = { mediaState: NtmsMediaState.NTMS_MEDIASTATE_OPREQ };
    for (const { id } of store.table('physicalMedia').list(waiting)) {
      store.table('physicalMedia').update(id, { mediaState: NtmsMediaState.NTMS_MEDIASTATE_IDLE });
    }
  });
}

/** Removes finished requests and motions whose purge time is over (MS-RSMP 2.2.4.26). */
export function purgeFinished(
  store: ObjectStore,
  clock: Clock,
  parts: { readonly requests: LibraryRequests; readonly operatorRequests: OperatorRequests },
): void {
  const [computer] = store.table('computers').list();
  if (computer === undefined) return;
  const libRequestsBeforeMs = clock.now() - computer.libRequestPurgeTime * 1000;
  const has = (flag: number): boolean => (computer.libRequestFlags & flag) !== 0;
  store.transaction(() => {
    parts.requests.purge(
      {
        keepAll: has(NtmsLibRequestFlags.NTMS_LIBREQFLAGS_NOAUTOPURGE),
        keepFailed: has(NtmsLibRequestFlags.NTMS_LIBREQFLAGS_NOFAILEDPURGE),
      },
      libRequestsBeforeMs,
    );
    const { opRequestFlags, opRequestPurgeTime } = computer;
    parts.operatorRequests.purge(
      {
        keepAll: (opRequestFlags & NtmsOpRequestFlags.NTMS_OPREQFLAGS_NOAUTOPURGE) !== 0,
        keepRefused: (opRequestFlags & NtmsOpRequestFlags.NTMS_OPREQFLAGS_NOFAILEDPURGE) !== 0,
      },
      clock.now() - opRequestPurgeTime * 1000,
    );
    new MoveJournal({ store, clock }).purge(libRequestsBeforeMs);
  });
}

/** Libraries of the database that this rig does not have are not present. */
export function markAbsentLibraries(store: ObjectStore, present: ReadonlySet<string>): void {
  for (const row of store.table('libraries').list()) {
    const absent = !present.has(row.id) && row.libraryType !== NtmsLibraryType.NTMS_LIBRARYTYPE_OFFLINE;
    if (!absent || row.operationalState === NtmsOperationalState.NTMS_NOT_PRESENT) continue;
    store.table('libraries').update(row.id, { operationalState: NtmsOperationalState.NTMS_NOT_PRESENT });
  }
}
