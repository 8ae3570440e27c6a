import type { RemovableStorageManager } from '../library/manager.js';
import type { NtmsApi } from './ntms-api.js';

/**
 * Announces the end of functions that do their work before they return, as they document it. The ends of the others are
 * those of their library requests, see ObjectNewsWire.
 */
export function withAnnouncements(manager: RemovableStorageManager, api: NtmsApi): NtmsApi {
  return {
    ...api,
    async AllocateNtmsMedia(...given) {
      const allocated = await api.AllocateNtmsMedia(...given);
      manager.news.announce(allocated.lpMediaId);
      return allocated;
    },
    async ChangeNtmsMediaType(hSession, lpMediaId, lpPoolId) {
      await api.ChangeNtmsMediaType(hSession, lpMediaId, lpPoolId);
      manager.news.announce(lpMediaId);
    },
    async MoveToNtmsMediaPool(hSession, lpMediaId, lpPoolId) {
      await api.MoveToNtmsMediaPool(hSession, lpMediaId, lpPoolId);
      manager.news.announce(lpPoolId);
    },
  };
}
