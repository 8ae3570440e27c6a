import type { GuestMachine } from './guest-machine.js';

/** A SCSI device as the guest's kernel has it. */
export interface GuestScsiDevice {
  /** `/dev/sg0` */
  readonly path: string;
  readonly peripheralDeviceType: number;
  readonly vendor: string;
  readonly model: string;
  /** `2:0:0:1` */
  readonly address: string;
  /** The kernel's driver of the way to it: `usb-storage`, `uas`, `virtio_scsi`, `iscsi_tcp`. */
  readonly hostDriver: string;
}

/**
 * Devices come without anybody telling a shell (there is no udev in the guest), so it looks for them, twenty times a second and
 * no longer than `seconds`.
 */
export async function waitInGuest(guest: GuestMachine, condition: string, seconds = 30): Promise<void> {
  await guest.must(`until ${condition}; do sleep 0.05; done`, seconds);
}

/** Waits until `count` generic SCSI devices are there, and tells what they are, in the order of their names. */
export async function scsiDevices(guest: GuestMachine, count: number): Promise<GuestScsiDevice[]> {
  await waitInGuest(guest, `[ "$(ls /sys/class/scsi_generic 2>/dev/null | wc -l)" -ge ${count} ]`);
  const text = await guest.must(
    `for s in /sys/class/scsi_generic/*; do
       d=$(readlink -f $s/device); h=\${d%%/target*}
       a=\${d##*/}
       w=$(readlink \${h%/*}/driver || cat /sys/class/scsi_host/host\${a%%:*}/proc_name)
       read t <$d/type; read v <$d/vendor; read m <$d/model
       echo "\${s##*/}|$t|$v|$m|$a|\${w##*/}"
     done`,
  );
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', type = '', vendor = '', model = '', address = '', hostDriver = ''] = line.split('|');
      return {
        path: `/dev/${name}`,
        peripheralDeviceType: Number(type),
        vendor: vendor.trim(),
        model: model.trim(),
        address,
        hostDriver: hostDriver.trim(),
      };
    })
    .toSorted((one, other) => one.path.localeCompare(other.path, 'en', { numeric: true }));
}
