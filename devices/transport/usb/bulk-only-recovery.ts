import type { BulkOnlyPipes } from './bulk-only-exchange.js';
import { BulkOnlyRequest, MAX_CBW_LUN } from './bulk-only-wrappers.js';
import { wordsOf } from './usb-failure.js';
import type { UsbInterface, UsbTransfer } from './usb-interface.js';

/** How long a device may take to answer a request on endpoint 0 (USB 2.0 9.2.6.1 allows five seconds). */
export const CONTROL_TIMEOUT_MS = 5_000;

/**
 * Reset recovery (Bulk-Only Transport 1.0, 5.3.4): the class request, then both halts. Gives the transfer that failed,
 * undefined when both sides are in step again.
 */
export async function resetRecovery(
  usb: UsbInterface,
  pipes: BulkOnlyPipes,
): Promise<Exclude<UsbTransfer, { kind: 'done' }> | undefined> {
  const setup = { request: BulkOnlyRequest.RESET, value: 0, index: usb.interfaceNumber } as const;
  const steps = [
    () => usb.controlOut({ type: 'class', recipient: 'interface', ...setup }, new Uint8Array(0), CONTROL_TIMEOUT_MS),
    () => usb.clearHalt(pipes.bulkIn),
    () => usb.clearHalt(pipes.bulkOut),
  ];
  for (const step of steps) {
    const end = await step();
    if (end.kind !== 'done') return end;
  }
  return undefined;
}

/**
 * The highest LUN (3.2). A device with one logical unit may stall the request. Whatever else goes wrong is told in words
 * and counts as one unit: a device that cannot answer this may still take commands.
 */
export async function getMaxLun(usb: UsbInterface): Promise<{ readonly maxLun: number; readonly notice?: string }> {
  const setup = { request: BulkOnlyRequest.GET_MAX_LUN, value: 0, index: usb.interfaceNumber } as const;
  const answer = await usb.controlIn({ type: 'class', recipient: 'interface', ...setup }, 1, CONTROL_TIMEOUT_MS);
  if (answer.kind === 'stall') return { maxLun: 0 };
  if (answer.kind !== 'done') {
    return { maxLun: 0, notice: `${usb.name}: GET MAX LUN ${wordsOf(answer)}; one logical unit is taken for granted` };
  }
  const maxLun = answer.data[0];
  if (maxLun === undefined || maxLun > MAX_CBW_LUN) {
    const told = maxLun === undefined ? 'nothing' : String(maxLun);
    const notice = `${usb.name}: GET MAX LUN brought ${told}, allowed is 0 to 15; one logical unit is taken for granted`;
    return { maxLun: 0, notice };
  }
  return { maxLun };
}
