import type { Test } from 'tap';
import { SimulatedClock } from '../../../../devices/clock.js';
import type { CompletedCommand, ScsiCommand, TransportResult } from '../../../../devices/transport/scsi-transport.js';
import { BulkOnlyProtocol } from '../../../../devices/transport/usb/bulk-only-protocol.js';
import { bulkIn, bulkOut, good, ScriptedUsb, type Step } from './scripted-usb.js';

export interface BulkOnlyRig {
  readonly usb: ScriptedUsb;
  readonly protocol: BulkOnlyProtocol;
  readonly clock: SimulatedClock;
  readonly notices: string[];
}

export function bulkOnlyRig(...steps: readonly (Step | readonly Step[])[]): BulkOnlyRig {
  const usb = new ScriptedUsb(...steps);
  const clock = new SimulatedClock();
  const notices: string[] = [];
  const protocol = new BulkOnlyProtocol({
    usb,
    clock,
    pipes: { bulkIn, bulkOut },
    onNotice: (notice) => notices.push(notice),
  });
  return { usb, protocol, clock, notices };
}

export const testUnitReady: ScsiCommand = { lun: 0, cdb: new Uint8Array(6), timeoutMs: 10_000 };

export function reading(length: number, cdb: readonly number[] = [0x1a, 0, 0x3f, 0, 255, 0]): ScsiCommand {
  return { ...testUnitReady, cdb: Uint8Array.from(cdb), dataInLength: length };
}

export function writing(data: Uint8Array): ScsiCommand {
  return { ...testUnitReady, cdb: Uint8Array.from([0x15, 0x10, 0, 0, data.length, 0]), dataOut: data };
}

export function completed(parts: Partial<CompletedCommand> = {}): CompletedCommand {
  return { kind: 'completed', status: 0, dataIn: new Uint8Array(0), sense: new Uint8Array(0), ...parts };
}

/** Bytes 1, 2, 3 ... */
export function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at + 1) & 0xff);
}

/** Plays the steps with one command, then with one more that has to end well: the two sides are in step again. */
export async function play(
  t: Test,
  steps: readonly (Step | readonly Step[])[],
  command: ScsiCommand,
): Promise<{ readonly result: TransportResult; readonly rig: BulkOnlyRig }> {
  const rig = bulkOnlyRig(...steps, good);
  const result = await rig.protocol.execute(command);
  t.strictSame(await rig.protocol.execute(testUnitReady), completed(), 'the next command ends well');
  t.strictSame(rig.usb.violations, [], 'the host did what was due');
  t.equal(rig.usb.left, 0, 'all steps were made');
  return { result, rig };
}
