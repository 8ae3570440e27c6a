import type { InspectedElement } from '../../../devices/virtual/index.js';
import { ElementType } from '../../../devices/scsi/smc/element-type.js';
import type { ElementStatus } from '../../../devices/scsi/smc/element-status.js';
import type { TgtElement } from '../../tgt/tgt-elements.js';

/**
 * Where the cartridges are, as far as every teller knows it: `label` in a place, null in an empty one. Places are in the order
 * of element addresses. Two views of one library must be equal, whoever tells them.
 */
export interface ElementView {
  readonly drives: readonly DriveView[];
  readonly slots: readonly (string | null)[];
  readonly ports: readonly (string | null)[];
}

export interface DriveView {
  readonly label: string | null;
  /** Where the cartridge came from: the number of the slot, from 1, ports counted behind the slots. Null when not known. */
  readonly fromSlot: number | null;
}

interface ToldElement {
  readonly type: ElementType;
  readonly address: number;
  readonly label: string | null;
  readonly source: number | null;
}

/** As the virtual autoloader itself knows it. */
export function viewOfAutoloader(elements: readonly InspectedElement[]): ElementView {
  return viewOf(
    elements.map(({ elementType, address, barcode, sourceStorageElementAddress }) => {
      return { type: elementType, address, label: barcode, source: sourceStorageElementAddress };
    }),
  );
}

/** As tgt's own memory has it. */
export function viewOfTgt(elements: readonly TgtElement[]): ElementView {
  return viewOf(
    elements.map(({ type, address, barcode, source }) => {
      return { type: type as ElementType, address, label: barcode ?? null, source: source ?? null };
    }),
  );
}

/** What `mtx status` printed: its lines name drives from 0 and slots from 1, the ports behind the slots. */
export function viewOfMtx(status: string): ElementView {
  const drives: DriveView[] = [];
  const slots: (string | null)[] = [];
  const ports: (string | null)[] = [];
  for (const line of status.split('\n')) {
    const [, kind, port, content = ''] =
      /^\s*(Data Transfer|Storage) Element \d+( IMPORT\/EXPORT)?:(.*)$/.exec(line) ?? [];
    if (kind === undefined) continue;
    // Some devices send a label of blanks for an empty element, and mtx prints it.
    const label = content.startsWith('Full') ? (/VolumeTag ?= ?(\S*)/.exec(content)?.[1] ?? '') : null;
    const from = /\(Storage Element (\d+) Loaded\)/.exec(content)?.[1];
    if (kind === 'Data Transfer') drives.push({ label, fromSlot: from === undefined ? null : Number(from) });
    else (port === undefined ? slots : ports).push(label);
  }
  return { drives, slots, ports };
}

function viewOf(elements: readonly ToldElement[]): ElementView {
  const sorted = elements.toSorted((one, other) => one.address - other.address);
  const ofType = (type: ElementType): ToldElement[] => sorted.filter((element) => element.type === type);
  const [slots, ports] = [ofType(ElementType.STORAGE), ofType(ElementType.IMPORT_EXPORT)];
  const numbered = [...slots, ...ports].map(({ address }) => address);
  return {
    drives: ofType(ElementType.DATA_TRANSFER).map(({ label, source }) => {
      const index = label === null || source === null ? -1 : numbered.indexOf(source);
      return { label, fromSlot: index === -1 ? null : index + 1 };
    }),
    slots: slots.map(({ label }) => label),
    ports: ports.map(({ label }) => label),
  };
}

/** Every label that is somewhere, sorted; a cartridge that is in two places is in it twice. */
export function labelsIn(view: ElementView): string[] {
  const places = [...view.drives.map(({ label }) => label), ...view.slots, ...view.ports];
  return places.filter((label) => label !== null).toSorted();
}

/** What READ ELEMENT STATUS told our own changer. */
export function viewOfElementStatus(elements: readonly ElementStatus[]): ElementView {
  return viewOf(
    elements.map(({ elementType, address, full, primaryVolumeTag, sourceStorageElementAddress }) => {
      const label = full ? (primaryVolumeTag?.volumeIdentifier ?? '') : null;
      return { type: elementType, address, label, source: sourceStorageElementAddress ?? null };
    }),
  );
}
