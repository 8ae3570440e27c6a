import type { FileImport } from './imports.js';

/**
 * The floors of the house, from the ground up, as the drawing in docs/architecture.md lists them. A file belongs to the
 * longest entry that begins its path, and imports only from its own floor and from those before it.
 */
export const FLOORS = [
  'devices/scsi',
  'devices/transport',
  'devices',
  'devices/profiles',
  'devices/virtual',
  'machines',
  'src/objects',
  'src/library',
  'src/sessions',
  'src/ntms',
  'src/rig',
  'src/cli',
  'hil',
  'test',
] as const;

/** Needed by every floor and needing none: they lie below all others. */
const GROUND: readonly string[] = ['devices/clock.ts', 'devices/folder-lock.ts'];

/**
 * What of the transports the virtual autoloader may share with the controller: the contract of a target, and how bytes are
 * laid out on a wire. Sessions, protocols and recovery each side has for itself, or one mistake would hide in both.
 */
const SHARED_WITH_VIRTUAL: readonly string[] = [
  'scsi-target.ts',
  'iscsi/chap-response.ts',
  'iscsi/crc32c.ts',
  'iscsi/iscsi-error.ts',
  'iscsi/pdu-parser.ts',
  'iscsi/pdu.ts',
  'iscsi/portal.ts',
  'iscsi/protocol-values.ts',
  'iscsi/serial-number.ts',
  'iscsi/text-keys.ts',
  'lun.ts',
  'serial/line.ts',
  'sg/sg-io-header.ts',
  'sg/sg-requests.ts',
  'usb/bulk-only-wrappers.ts',
  'usb/information-units.ts',
  'usb/setup-packet.ts',
  'usb/usb-descriptors.ts',
  'usbip/usbip-error.ts',
  'usbip/usbip-pdu.ts',
  'usbip/usbip-requests.ts',
].map((file) => `devices/transport/${file}`);

/** Files that only re-export what a package entry shows stand on top of what they gather. */
const ENTRIES: Readonly<Record<string, (typeof FLOORS)[number]>> = {
  'devices/index.ts': 'devices/virtual',
  'src/index.ts': 'src/rig',
};

/** What is wrong with the imports, one sentence each; empty when the tree keeps to the rule. */
export function violationsOf(imports: readonly FileImport[]): string[] {
  return imports.flatMap((one) => {
    const problem = problemOf(one);
    return problem === undefined ? [] : [`${one.from}:${one.line} imports ${one.to}: ${problem}`];
  });
}

/** The place of a file among {@link FLOORS}; -1 for the ground, undefined outside the house. */
export function floorOf(file: string): number | undefined {
  if (GROUND.includes(file)) return -1;
  const entry = ENTRIES[file];
  if (entry !== undefined) return FLOORS.indexOf(entry);
  const floors = FLOORS.filter((floor) => file.startsWith(`${floor}/`));
  if (floors.length === 0) return undefined;
  return FLOORS.indexOf(floors.reduce((longest, floor) => (floor.length > longest.length ? floor : longest)));
}

function problemOf(one: FileImport): string | undefined {
  const inMachines = one.from.startsWith('machines/');
  if (!one.relative) {
    return inMachines && one.to !== 'xstate' ? 'machines use no package but xstate' : undefined;
  }
  const from = floorOf(one.from);
  const to = floorOf(one.to);
  if (from === undefined || to === undefined) return 'one of them stands outside the house';
  if (inMachines && !one.to.startsWith('machines/') && !(one.to.startsWith('devices/') && one.typeOnly)) {
    return 'machines take nothing but types, from devices';
  }
  if (from < to) return `${nameOf(to)} stands above ${nameOf(from)}`;
  if (one.from.startsWith('devices/virtual/') && to === FLOORS.indexOf('devices')) {
    return 'the virtual autoloader shares codecs with the controller, never its logic';
  }
  const crossing = one.from.startsWith('devices/virtual/') && one.to.startsWith('devices/transport/');
  if (crossing && !SHARED_WITH_VIRTUAL.includes(one.to)) {
    return 'the virtual autoloader shares wire layouts with the transports, never their logic';
  }
  return undefined;
}

function nameOf(floor: number): string {
  return FLOORS[floor] ?? 'the ground';
}
