import type { GuestImage } from './image/guest-image.js';

export interface QemuSetup {
  readonly image: GuestImage;
  /** Console, commands and their output; the guest sees it as /out. */
  readonly folder: string;
  /** Paths of the sockets at which the bench listens. */
  readonly commandSocket: string;
  readonly monitorSocket: string;
  /** Further devices, as QEMU's arguments. */
  readonly devices: readonly string[];
  readonly memoryMb: number;
}

/**
 * A machine under plain emulation (KVM is seldom allowed where tests run), the host's root as a read-only share, and a network
 * that reaches nothing but the host: its loopback address is 10.0.2.2. It has one processor: with two, the guest's processors
 * wait for each other in threads that the host does not run at the same time, and a bench of two guests on two processors took
 * five times as long.
 */
export function qemuArguments(setup: QemuSetup): string[] {
  const { image, folder, devices, memoryMb } = setup;
  const share = 'security_model=none,multidevs=remap';
  return [
    ...['-accel', 'tcg,thread=multi,tb-size=256', '-cpu', 'max', '-smp', '1', '-m', String(memoryMb), '-M', 'q35'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-kernel', image.kernel, '-initrd', image.initramfs],
    // Programs always at the same addresses: what QEMU has translated once serves the next process, which starts 3 times faster.
    ...['-append', 'console=ttyS0 quiet panic=-1 mitigations=off norandmaps random.trust_cpu=on'],
    ...['-serial', `file:${folder}/console.log`],
    ...['-chardev', `socket,id=commands,path=${setup.commandSocket}`],
    ...['-device', 'virtio-serial-pci,max_ports=2', '-device', 'virtserialport,chardev=commands,nr=1'],
    ...['-qmp', `unix:${setup.monitorSocket}`],
    ...['-virtfs', `local,path=/,mount_tag=host,readonly=on,${share}`],
    ...['-virtfs', `local,path=${folder},mount_tag=out,${share}`],
    ...['-netdev', 'user,id=net', '-device', 'virtio-net-pci,netdev=net,romfile='],
    ...devices,
  ];
}
