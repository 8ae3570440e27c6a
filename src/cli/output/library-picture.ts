import type { DriveView, PortView, SlotView, ChangerView } from '../views/elements.js';
import type { LibraryView } from '../views/libraries.js';
import { table } from './table.js';
import { counted, words } from './words.js';

/** One library with everything in it. */
export interface LibraryOverview extends LibraryView {
  readonly changer: ChangerView | null;
  readonly contents: {
    readonly drives: readonly DriveView[];
    readonly ports: readonly PortView[];
    readonly slots: readonly SlotView[];
  };
}

/** A library as text: one line about it, then drives, ports and slots with what is in them. */
export function libraryPicture(library: LibraryOverview, width: number | undefined): string {
  const { changer, contents } = library;
  const state = `${words(library.operationalState)}${library.enabled ? '' : ', disabled'}`;
  const lines = [
    `Library ${library.name}: ${state}, ${counted(library.media, 'cartridge')}${changer?.type ? ` - ${changer.type}` : ''}`,
  ];
  if (changer !== null) lines.push(`  ${changer.deviceName}`);
  if (changer?.cartridge != null) lines.push(`  The picker (${changer.elementAddress}) holds ${changer.cartridge}.`);
  if (contents.drives.length > 0) lines.push('', drivesTable(contents.drives, width));
  if (contents.ports.length > 0) lines.push('', portsTable(contents.ports, width));
  if (contents.slots.length > 0) lines.push('', slotsPicture(contents.slots, width));
  return lines.join('\n');
}

function drivesTable(drives: readonly DriveView[], width: number | undefined): string {
  return table(
    ['Drive', 'Element', 'State', 'Cartridge', 'Model', 'Serial'],
    drives.map((drive) => [
      String(drive.number),
      String(drive.elementAddress),
      `${words(drive.state)}${drive.enabled ? '' : ', disabled'}`,
      drive.cartridge ?? '-',
      drive.type ?? '',
      drive.serialNumber,
    ]),
    { width },
  );
}

function portsTable(ports: readonly PortView[], width: number | undefined): string {
  return table(
    ['Port', 'Element', 'State', 'Cartridge'],
    ports.map((port) => [
      String(port.number),
      String(port.elementAddress),
      port.content === 'NTMS_PORTCONTENT_UNKNOWN' ? 'unknown' : words(port.content),
      port.cartridge ?? '-',
    ]),
    { width },
  );
}

/** Side by side on a terminal, as many as fit; elsewhere one a line. */
function slotsPicture(slots: readonly SlotView[], width: number | undefined): string {
  const titles = ['Slot', 'Element', 'Cartridge'];
  const cells = slots.map((slot) => [
    String(slot.number),
    String(slot.elementAddress),
    slot.cartridge ?? vacancy(slot),
  ]);
  if (width === undefined) return table(titles, cells, {});
  const longest = Math.max(...cells.map((cell) => (cell[2] ?? '').length), 'Cartridge'.length);
  const groups = Math.max(1, Math.min(Math.ceil(slots.length / 4), Math.floor((width - 1) / (longest + 21))));
  const height = Math.ceil(cells.length / groups);
  const rows = Array.from({ length: height }, (_, row) =>
    Array.from({ length: groups }, (__, group) => cells[group * height + row] ?? ['', '', '']).flat(),
  );
  return table(Array.from({ length: groups }, () => titles).flat(), rows, { width });
}

function vacancy(slot: SlotView): string {
  return slot.state === 'NTMS_SLOTSTATE_EMPTY' ? '-' : words(slot.state);
}
