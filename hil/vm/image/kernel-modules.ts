/** What the guests load, by the names that modprobe knows. */
export const GUEST_MODULES: readonly string[] = [
  // The machine itself: its channel to the bench, its root, its network.
  'virtio_pci',
  'virtio_console',
  'virtio_net',
  '9pnet_virtio',
  '9p',
  'overlay',
  // SCSI upper layers.
  'sg',
  'ch',
  'st',
  // Everything that can carry SCSI commands.
  'virtio_scsi',
  'ehci_pci',
  'xhci_pci',
  'usb_storage',
  'uas',
  'vhci_hcd',
  'iscsi_tcp',
  'crc32c_generic',
  'crc32c_intel',
];

/**
 * The files of the modules and of all that they depend on, from the text of `modules.dep` (one line a module:
 * `kernel/a.ko: kernel/b.ko kernel/c.ko`). A name that is not there is built into this kernel, or this kernel has none;
 * loading it will tell.
 */
export function moduleFiles(modulesDep: string, wanted: readonly string[]): string[] {
  const dependencies = new Map<string, readonly string[]>();
  const files = new Map<string, string>();
  for (const line of modulesDep.split('\n')) {
    const colon = line.indexOf(':');
    if (colon === -1) continue;
    const file = line.slice(0, colon);
    files.set(moduleName(file), file);
    dependencies.set(
      file,
      line
        .slice(colon + 1)
        .split(' ')
        .filter((name) => name !== ''),
    );
  }
  const chosen = new Set<string>();
  const add = (file: string): void => {
    if (chosen.has(file)) return;
    chosen.add(file);
    dependencies.get(file)?.forEach(add);
  };
  for (const name of wanted) {
    const file = files.get(name.replaceAll('-', '_'));
    if (file !== undefined) add(file);
  }
  return [...chosen].toSorted();
}

/** `kernel/drivers/usb/storage/usb-storage.ko.xz` is the module `usb_storage`. */
function moduleName(file: string): string {
  const base = file.slice(file.lastIndexOf('/') + 1);
  return base.slice(0, base.indexOf('.ko')).replaceAll('-', '_');
}
