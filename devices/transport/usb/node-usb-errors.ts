import type { TransportFailure } from '../scsi-transport.js';
import type { FailedTransfer } from './usb-failure.js';
import { udevRule, usbIds } from './usb-selection.js';

/**
 * How a transfer ended, by the error of the `usb` package. All of its errors have the code GenericFailure; only their texts
 * tell them apart. Seen with 3.1.0 on Linux: bulk transfers end with `transferIn error: Stall`, `Cancelled`, `Disconnected`,
 * `Fault`, `Unknown(<errno>)`; control transfers and clearing a halt with sentences (`endpoint stalled`, `transfer was
 * cancelled`, `device disconnected`). Its timeouts are `Cancelled`, too. `Fault` is a bus error, and babble.
 */
export function transferOfError(error: unknown): FailedTransfer {
  const message = error instanceof Error ? error.message : String(error);
  if (/\bstall(ed)?\b/i.test(message)) return { kind: 'stall' };
  if (/\bcancelled\b/i.test(message)) return { kind: 'timeout' };
  if (/\bdisconnected\b|\berrno 19\b|Unknown\(19\)/i.test(message)) return { kind: 'disconnected', message };
  return { kind: 'failed', message, cause: error };
}

/** Why a device could not be opened, with what a person can do about it. */
export function openFailure(
  device: { readonly vendorId: number; readonly productId: number; readonly port: string },
  step: string,
  error: unknown,
): TransportFailure {
  const { vendorId, productId, port } = device;
  const text = error instanceof Error ? error.message : String(error);
  const what = `The USB device ${usbIds(vendorId, productId)} at ${port}`;
  return { code: 'unreachable', executed: 'no', message: explain(), cause: error };

  function explain(): string {
    if (/permission denied|errno 13\b|errno 1\b/i.test(text)) {
      return (
        `${what} may not be opened by this user. Put the following line into /etc/udev/rules.d/60-openrsm.rules, run ` +
        '"udevadm control --reload && udevadm trigger" as root, and be a member of group plugdev:\n' +
        udevRule(vendorId, productId)
      );
    }
    if (/\bbusy\b|errno 16\b/i.test(text)) {
      return `${what} is in use by another program (${step}: ${text}); stop that program, or unmount what it holds`;
    }
    if (/disconnected|not found|errno 19\b|errno 2\b/i.test(text)) {
      return `${what} went away while it was opened (${step}: ${text}); plug it in again`;
    }
    return `${what} could not be opened (${step}: ${text})`;
  }
}
