import type { GuestMachine, GuestResult } from '../guest-machine.js';
import type { Report } from '../tap-writer.js';
import { labelsIn, viewOfMtx, type ElementView } from './element-view.js';

export interface MtxSubject {
  readonly guest: GuestMachine;
  /** `/dev/sg0` */
  readonly device: string;
  /** Where the cartridges really are: asked of the device itself, not by SCSI. */
  readonly truth: () => Promise<ElementView>;
  /** What INQUIRY says, as in `HP`, `MSL G3 Series`. */
  readonly vendor: string;
  readonly product: string;
  /** Commands that this device does not have, and refuses. */
  readonly lacks?: readonly ('exchange' | 'inventory')[];
}

/**
 * Lets an unmodified mtx do everything that it can, and compares what it tells after each step with the device's own state. The
 * device has two drives, at least six slots with labelled cartridges in the first four, and an empty port.
 */
export async function mtxSteps(report: Report, subject: MtxSubject): Promise<void> {
  const { guest, device, truth, lacks = [] } = subject;
  const mtx = (words: string): Promise<GuestResult> => guest.run(`mtx -f ${device} ${words}`);

  const inquiry = await mtx('inquiry');
  report.match(inquiry.stdout, /Product Type: Medium Changer/, 'mtx inquiry: a medium changer');
  report.match(inquiry.stdout, new RegExp(`Vendor ID: '${subject.vendor}\\s*'`), `mtx inquiry: ${subject.vendor}`);
  report.match(inquiry.stdout, new RegExp(`Product ID: '${subject.product}\\s*'`), `mtx inquiry: ${subject.product}`);

  const before = await truth();
  /** One command and the status after it go to the guest together, for speed. */
  const step = async (words: string | undefined, what: string): Promise<ElementView> => {
    const command = words === undefined ? 'true' : `mtx -f ${device} ${words}`;
    const { status, stdout, stderr } = await guest.run(`${command}; r=$?; echo; mtx -f ${device} status; exit $r`);
    if (words !== undefined) report.ok(status === 0, `mtx ${words} succeeds`, `status ${status}: ${stdout}${stderr}`);
    const real = await truth();
    report.equal(viewOfMtx(stdout), real, `${what}: mtx status tells what the device has`);
    return real;
  };
  const works = (words: string): Promise<ElementView> => step(words, `after ${words}`);

  if (!lacks.includes('inventory')) await works('inventory');
  const view = await step(undefined, 'at the start');
  const [first = null, second = null, third = null] = view.slots;
  const empty = view.slots.indexOf(null) + 1;

  const loaded = await works('load 1 0');
  report.equal(loaded.drives[0], { label: first, fromSlot: 1 }, `${first} is in drive 0 and came from slot 1`);
  report.equal(loaded.slots[0], null, 'slot 1 is empty');
  const both = await works('load 2 1');
  report.equal(both.drives[1], { label: second, fromSlot: 2 }, `${second} is in drive 1 and came from slot 2`);

  const twice = await mtx('load 3 0');
  report.ok(twice.status !== 0, 'mtx load into a full drive fails');
  report.equal(await truth(), both, 'and nothing has moved');

  await works('unload 2 1');
  const home = await works('unload 1 0');
  report.equal(labelsIn(home), labelsIn(before), 'all cartridges are there, each once');
  report.equal(home.slots[0], first, `${first} is in slot 1 again`);

  const moved = await works(`transfer 3 ${empty}`);
  report.equal([moved.slots[2], moved.slots[empty - 1]], [null, third], `${third} went from slot 3 to slot ${empty}`);
  await works(`transfer ${empty} 3`);
  const shipped = await works(`transfer 3 ${view.slots.length + 1}`);
  report.equal(shipped.ports[0], third, `${third} is in the first port`);
  await works(`transfer ${view.slots.length + 1} 3`);
  const positioned = await works(`eepos 1 transfer 3 ${empty}`);
  report.equal(positioned.slots[empty - 1], third, `eepos: ${third} is in slot ${empty}`);
  await works(`eepos 0 transfer ${empty} 3`);

  if (!lacks.includes('exchange')) {
    const exchanged = await works('exchange 1 2');
    report.equal(exchanged.slots.slice(0, 2), [second, first], 'slots 1 and 2 have changed places');
    await works('exchange 1 2');
  }

  const started = await works('first 0');
  report.equal(started.drives[0], { label: first, fromSlot: 1 }, `first: ${first} is in drive 0`);
  const next = await works('next 0');
  report.equal(next.drives[0], { label: second, fromSlot: 2 }, `next: ${second} is in drive 0`);
  report.equal(next.slots[0], first, `and ${first} is home`);
  // mtx takes the last slot, full or not.
  const end = view.slots.length;
  if (view.slots[end - 1] === null) await works(`transfer 3 ${end}`);
  const lastLabel = view.slots[end - 1] ?? third;
  const last = await works('last 0');
  report.equal(last.drives[0], { label: lastLabel, fromSlot: end }, `last: ${lastLabel} is in drive 0`);
  await works(`unload ${end} 0`);
  report.equal(labelsIn(await truth()), labelsIn(before), 'all cartridges are there at the end, each once');
}
