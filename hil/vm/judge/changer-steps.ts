import type { Clock } from '../../../devices/clock.js';
import type { ChangerQuirks } from '../../../devices/element-status-reader.js';
import { LogicalUnit } from '../../../devices/logical-unit.js';
import { MediaChanger } from '../../../devices/media-changer.js';
import { ElementType } from '../../../devices/scsi/smc/element-type.js';
import { SenseKey } from '../../../devices/scsi/sense.js';
import type { ScsiTransport } from '../../../devices/transport/scsi-transport.js';
import { BenchError } from '../bench-error.js';
import type { Report } from '../tap-writer.js';
import { labelsIn, viewOfElementStatus, type ElementView } from './element-view.js';

export interface ChangerSubject {
  /** The transport under judgement, open or not. */
  readonly transport: ScsiTransport;
  readonly lun: number;
  /** Where the cartridges really are: asked of the device itself, not by SCSI. */
  readonly truth: () => Promise<ElementView>;
  readonly clock: Clock;
  readonly vendor: string;
  readonly product: string;
  readonly quirks?: ChangerQuirks;
}

/** Our changer over a transport, with the addresses of its elements known. */
export interface PreparedChanger {
  readonly changer: MediaChanger;
  readonly slots: readonly number[];
  readonly drives: readonly number[];
}

/** A command timeout that shows a lost answer within the time of a test. */
const MOTION_TIMEOUT_MS = 60_000;

/** Rejects when the changer does not even tell what it has. */
export async function preparedChanger({
  transport,
  lun,
  clock,
  quirks = {},
}: ChangerSubject): Promise<PreparedChanger> {
  const unit = new LogicalUnit({
    transport,
    lun,
    clock,
    name: `changer at ${transport.name}`,
    timeouts: { motion: MOTION_TIMEOUT_MS },
  });
  const changer = new MediaChanger({ unit, clock, quirks });
  const prepared = await changer.prepare();
  if (!prepared.ok) throw new BenchError('COMMAND_FAILED', prepared.failure.message, prepared.failure);
  const of = (type: ElementType): readonly number[] => prepared.value.elementMap.addresses(type);
  return { changer, slots: of(ElementType.STORAGE), drives: of(ElementType.DATA_TRANSFER) };
}

/**
 * Our own changer drives the device through the transport: identity, inventory, motions there and back, a motion that the device
 * must refuse. After each step its inventory is compared with the device's own state. Cartridges lie in the first two slots.
 */
export async function changerSteps(report: Report, subject: ChangerSubject): Promise<PreparedChanger> {
  const prepared = await preparedChanger(subject);
  const { changer, slots, drives } = prepared;
  const [slot = 0, otherSlot = 0] = slots;
  const [drive = 0] = drives;
  const identity = await changer.identify();
  report.equal(
    identity.ok
      ? [identity.value.vendorIdentification.trim(), identity.value.productIdentification.trim()]
      : identity.failure.message,
    [subject.vendor, subject.product],
    `INQUIRY: ${subject.vendor} ${subject.product}`,
  );
  const before = await compareInventory(report, changer, subject, 'at the start');

  const loaded = await changer.moveAndVerify({ source: slot, destination: drive });
  report.equal(loaded.outcome, 'moved', `MOVE MEDIUM from ${slot} to drive ${drive}: ${loaded.message}`);
  await compareInventory(report, changer, subject, 'with a full drive');
  const refused = await changer.moveMedium({ source: otherSlot, destination: drive });
  report.equal(
    refused.ok ? 'no failure' : [refused.failure.layer, refused.failure.sense?.key, refused.failure.sense?.asc],
    ['sense', SenseKey.ILLEGAL_REQUEST, 0x3b],
    'MOVE MEDIUM into the full drive is refused with its own sense data: ILLEGAL REQUEST, 3Bh',
  );
  await compareInventory(report, changer, subject, 'after the refusal');
  const home = await changer.moveAndVerify({ source: drive, destination: slot });
  report.equal(home.outcome, 'moved', `MOVE MEDIUM from drive ${drive} to ${slot}: ${home.message}`);
  const after = await compareInventory(report, changer, subject, 'with the cartridge home again');
  report.equal(labelsIn(after), labelsIn(before), 'all cartridges are there, each once');
  return prepared;
}

/** Reads all elements and compares them with the truth, which it gives back. */
export async function compareInventory(
  report: Report,
  changer: MediaChanger,
  { truth }: Pick<ChangerSubject, 'truth'>,
  when: string,
): Promise<ElementView> {
  const [read, real] = [await changer.readElementStatus(), await truth()];
  const told = read.ok ? viewOfElementStatus(read.value) : read.failure.message;
  report.equal(told, real, `READ ELEMENT STATUS ${when} tells what the device has`);
  return real;
}
