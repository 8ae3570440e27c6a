import type { Test } from 'tap';
import { NtmsAccessMask } from '../../../src/ntms/index.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { denyGuest, guestOf } from '../house.js';
import { withClosedHandle, withoutHandle } from './common.js';
import type { RightCall } from './common.js';

/** What every function under the library's control right refuses: callers without it, and handles that are none. */
export function controlCases(call: RightCall) {
  return {
    denied: [
      {
        symbol: 'ERROR_ACCESS_DENIED' as const,
        title: 'refuses a user who may use the library but not control it',
        right: 'library' as const,
        async run(t: Test) {
          const library = await VirtualLibrary.open(t);
          const guest = await guestOf(library);
          return () => call(library, guest);
        },
      },
      {
        symbol: 'ERROR_ACCESS_DENIED' as const,
        title: 'refuses a user whom the library denies control',
        right: 'library' as const,
        async run(t: Test) {
          const library = await VirtualLibrary.open(t);
          const guest = await guestOf(library);
          denyGuest(library, library.library.id, NtmsAccessMask.NTMS_CONTROL_ACCESS);
          return () => call(library, guest);
        },
      },
    ],
    handles: [
      {
        symbol: 'ERROR_INVALID_HANDLE' as const,
        title: 'refuses a closed session',
        parameter: 'hSession' as const,
        run: (t: Test) => withClosedHandle(t, call),
      },
      {
        symbol: 'ERROR_INVALID_HANDLE' as const,
        title: 'refuses a null handle',
        parameter: 'hSession' as const,
        run: (t: Test) => withoutHandle(t, call),
      },
    ],
  };
}
