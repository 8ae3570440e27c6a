import { succeeded, type CommandNote, type CommandOutcome } from './command-outcome.js';
import { commandOptions, type CommandOptions } from './command-request.js';
import { ElementMap, ElementMapError } from './element-map.js';
import { lie } from './element-status-query.js';
import type { ElementStatusReader } from './element-status-reader.js';
import type { LogicalUnit } from './logical-unit.js';
import { readModePage } from './mode-pages.js';
import {
  ChangerModePage,
  decodeDeviceCapabilities,
  decodeElementAddressAssignment,
  elementRanges,
  type DeviceCapabilities,
} from './scsi/smc/mode-pages.js';

/** What must be known of a changer before its elements can be named. */
export interface ChangerSetup {
  readonly elementMap: ElementMap;
  /** Where the map is from: mode page 1Dh, or the elements that READ ELEMENT STATUS reports. */
  readonly elementMapSource: 'mode-page' | 'element-status';
  /** Mode page 1Fh; absent when the changer has none. */
  readonly capabilities?: DeviceCapabilities;
}

/** Reads the element map and the capabilities. What had to be done without is in the notes. */
export async function readChangerSetup(
  unit: LogicalUnit,
  reader: ElementStatusReader,
  options: CommandOptions,
): Promise<CommandOutcome<ChangerSetup>> {
  const map = await readMap(unit, reader, options);
  if (!map.ok) return map;
  const capabilities = await readModePage(unit, ChangerModePage.DEVICE_CAPABILITIES, decodeDeviceCapabilities, options);
  if (capabilities.ok) {
    return succeeded({ ...map.value, capabilities: capabilities.value }, [...map.notes, ...capabilities.notes]);
  }
  if (capabilities.failure.layer === 'transport') return capabilities;
  return succeeded(map.value, [...map.notes, { kind: 'fallback', message: capabilities.failure.message }]);
}

async function readMap(
  unit: LogicalUnit,
  reader: ElementStatusReader,
  options: CommandOptions,
): Promise<CommandOutcome<Pick<ChangerSetup, 'elementMap' | 'elementMapSource'>>> {
  const page = await readModePage(
    unit,
    ChangerModePage.ELEMENT_ADDRESS_ASSIGNMENT,
    (modePage) => {
      const ranges = elementRanges(decodeElementAddressAssignment(modePage));
      return new ElementMap({ 1: [ranges[1]], 2: [ranges[2]], 3: [ranges[3]], 4: [ranges[4]] });
    },
    options,
  );
  if (page.ok && page.value.count() > 0) {
    return succeeded({ elementMap: page.value, elementMapSource: 'mode-page' }, page.notes);
  }
  if (!page.ok && page.failure.layer === 'transport') return page;
  const why = page.ok ? `Mode page 1Dh of ${unit.name} has no element at all.` : page.failure.message;
  const all = await reader.read(commandOptions(options));
  if (!all.ok) return all;
  const note: CommandNote = { kind: 'fallback', message: `The element map is taken from the element status. ${why}` };
  try {
    const elementMap = ElementMap.fromElements(all.value);
    return succeeded({ elementMap, elementMapSource: 'element-status' }, [...all.notes, note]);
  } catch (cause) {
    if (!(cause instanceof ElementMapError)) throw cause;
    return lie(unit, cause.message);
  }
}
