import { NtmsLmState } from '../objects/ntmsapi/index.js';
import { NtmsError } from '../objects/ntms-error.js';
import type { LibRequestRow } from '../objects/rows.js';
import { win32Errors, type Win32Symbol } from '../objects/win32.js';
import type { OpenManager } from './open-manager.js';

/** Waits until all these library requests are over; throws the first one's failure as the NtmsError that it ended with. */
export async function finishRequests(open: OpenManager, ids: readonly string[]): Promise<LibRequestRow[]> {
  const rows = await Promise.all(ids.map((id) => open.manager.whenFinished(id)));
  const failed = rows.find(
    (row) => row.state !== NtmsLmState.NTMS_LM_PASSED && row.state !== NtmsLmState.NTMS_LM_DEFERRED,
  );
  if (failed !== undefined) throw requestFailure(failed);
  return rows;
}

/** What a request that did not succeed ended with. */
export function requestFailure(row: LibRequestRow): NtmsError {
  const symbols = Object.keys(win32Errors) as Win32Symbol[];
  const symbol =
    row.errorCode === 0 ? 'ERROR_CANCELLED' : symbols.find((one) => win32Errors[one].code === row.errorCode);
  const detail = row.errorDetail === '' ? `library request ${row.id} did not succeed` : row.errorDetail;
  return new NtmsError(symbol ?? 'ERROR_INVALID_STATE', detail, { data: { requestId: row.id } });
}
