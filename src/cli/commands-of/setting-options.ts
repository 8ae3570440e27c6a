import { OBJECT_KIND_WORDS, type ObjectKind } from '../names/object-kinds.js';

/** An option of `rsm set`, and the kinds of objects that have what it sets. */
export interface SettingOption {
  /** As written after `--`. */
  readonly option: string;
  readonly takes: string;
  readonly help: string;
  readonly kinds: readonly ObjectKind[];
}

const ON_OFF = '<on|off>';

/** Every field that SetNtmsObjectInformation writes; what an option writes is in object-settings.ts. */
export const SETTING_OPTIONS = [
  option('name', '<name>', 'what it is called', ['library', 'medium', 'side', 'logical-medium', 'pool']),
  option('description', '<text>', 'what it is', OBJECT_KIND_WORDS),
  option('auto-recovery', ON_OFF, 'let it come back by itself after trouble', ['library']),
  option('inventory-method', '<none|fast|omid>', 'of an inventory that does not say how', ['library']),
  option('detect-change', ON_OFF, 'look by itself when media may have changed', ['library']),
  option('cleaner-barcodes', ON_OFF, 'take CLN barcodes for cleaners', ['library']),
  option('cleaner-uses', '<number>', 'cleanings that its cleaner still has; or: uncounted', ['library']),
  option('defer-dismount', '<time>', 'how long a deferred cartridge stays in the drive at least', ['drive']),
  option('max-open', '<time>', 'how long the door may be open', ['door']),
  option('max-extend', '<time>', 'how long the port may be extended', ['port']),
  option('media-type', '<type>', 'the type of its media; or: none, for a pool of pools', ['pool']),
  option('draw-from-free', ON_OFF, 'take free media when the pool has none', ['pool']),
  option('return-to-free', ON_OFF, 'give media that are done with back to the free pool', ['pool']),
  option('max-allocates', '<number>', 'how often a side may be allocated; 0: without end', ['pool']),
  option('purge-requests', '<time>', 'when ended library requests go', ['computer']),
  option('purge-operator-requests', '<time>', 'when answered operator requests go', ['computer']),
  option('keep-requests', ON_OFF, 'keep all library requests', ['computer']),
  option('keep-failed', ON_OFF, 'keep failed library requests', ['computer']),
  option('keep-operator-requests', ON_OFF, 'keep all operator requests', ['computer']),
  option('keep-refused', ON_OFF, 'keep refused operator requests', ['computer']),
  option('purge-ejected-free', ON_OFF, 'forget free media that are ejected', ['computer']),
  option('keep-ejected-import', ON_OFF, 'keep import media that are ejected', ['computer']),
] as const satisfies readonly SettingOption[];

export type SettingName = (typeof SETTING_OPTIONS)[number]['option'];

function option<Name extends string>(
  name: Name,
  takes: string,
  help: string,
  kinds: readonly ObjectKind[],
): SettingOption & { readonly option: Name } {
  return { option: name, takes, help, kinds };
}
