import type { TransportFailure } from '../scsi-transport.js';
import { errnoName } from './errno-name.js';
import { DriverStatus, driverStatusMask, HostStatus, hostStatusName, type SgIoHeader } from './sg-io-header.js';

export type SgFailure = Pick<TransportFailure, 'code' | 'executed' | 'message'>;

const lookFirst = 'look at the device before sending it again';
const udevRule =
  'SUBSYSTEM=="scsi_generic", ATTRS{type}=="8|1", GROUP="tape", MODE="0660" in /etc/udev/rules.d/60-autoloader.rules';

/** Why open(2) of a device file failed, by its error number; pure. `group`: who but root may open it, where that is known. */
export function openFailure(path: string, errno: number, group?: string): SgFailure {
  return { code: 'unreachable', executed: 'no', message: openMessage(path, errnoName(errno), group) };
}

function openMessage(path: string, errno: string, group: string | undefined): string {
  switch (errno) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `${path} is not there. Is the device switched on and plugged in, and the module loaded (modprobe sg)? lsscsi -g lists what there is`;
    case 'ENXIO':
    case 'ENODEV':
      return `${path} has no device behind it any more; plug it in, or look with lsscsi -g under which name it came back`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `this user may not open ${path} for writing (${errno}); ${rightsHint(group)}`;
    case 'EBUSY':
      return `another program has ${path} open for itself alone; end it (fuser -v ${path} names it)`;
    default:
      return `${path} cannot be opened: ${errno}`;
  }
}

function rightsHint(group: string | undefined): string {
  if (group === undefined) return `install the udev rule ${udevRule} and plug the device in again`;
  return `add the user to the group ${group} (usermod -aG ${group} USER) and log in anew, or install the udev rule ${udevRule}`;
}

/** Why ioctl SG_IO itself failed, before or instead of an answer from the device; pure. */
export function commandFailure(errno: number, transferBytes: number): SgFailure {
  const name = errnoName(errno);
  switch (name) {
    case 'ENODEV':
    case 'ENXIO':
      // The same number for a command that was never sent and for one whose device was unplugged meanwhile.
      return { code: 'disconnected', executed: 'unknown', message: `the device is gone (${name}); ${lookFirst}` };
    case 'ENOMEM':
    case 'EINVAL':
      return {
        code: 'unsupported',
        executed: 'no',
        message: `the kernel refused it (${name}): ${tooLarge(transferBytes)}`,
      };
    case 'EIO':
      // ch and st answer so to a transfer beyond max_sectors; what else it may mean, nobody promises.
      return {
        code: 'unsupported',
        executed: 'unknown',
        message: `the kernel refused it (EIO): ${tooLarge(transferBytes)}`,
      };
    case 'EPERM':
    case 'EACCES':
      return {
        code: 'unreachable',
        executed: 'no',
        message: `this user may not send such a command (${name}); use /dev/sgN in place of another device file, or give the program CAP_SYS_RAWIO`,
      };
    case 'ENOTTY':
    case 'ENOSYS':
      return {
        code: 'unsupported',
        executed: 'no',
        message: `this file takes no SG_IO (${name}); name /dev/sgN, /dev/schN, /dev/nstN or a link to one`,
      };
    case 'EMSGSIZE':
      return { code: 'unsupported', executed: 'no', message: 'the kernel takes no CDB of this length' };
    case 'EDOM':
      return { code: 'unsupported', executed: 'no', message: 'too many commands are under way on this file (EDOM)' };
    default:
      return { code: 'protocol', executed: 'unknown', message: `ioctl SG_IO failed with ${name}; ${lookFirst}` };
  }
}

function tooLarge(transferBytes: number): string {
  if (transferBytes === 0) return 'the command is none that it carries';
  return (
    `${transferBytes} bytes may be more than the host adapter takes at once; ` +
    'raise it where the driver lets you (USB: echo 2048 > /sys/class/scsi_generic/sgN/device/max_sectors), or ask for less'
  );
}

/** Why ioctl SG_SCSI_RESET failed; pure. */
export function resetFailure(errno: number): SgFailure {
  const name = errnoName(errno);
  switch (name) {
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'unreachable',
        executed: 'no',
        message: `this user may not reset devices (${name}); it takes CAP_SYS_ADMIN and CAP_SYS_RAWIO`,
      };
    case 'ENODEV':
    case 'ENXIO':
      return { code: 'disconnected', executed: 'unknown', message: `the device is gone (${name})` };
    case 'EINVAL':
    case 'ENOTTY':
      return {
        code: 'unsupported',
        executed: 'no',
        message: `this file takes no SG_SCSI_RESET (${name}); name /dev/sgN`,
      };
    default:
      return { code: 'protocol', executed: 'unknown', message: `the reset failed with ${name}` };
  }
}

/** Host statuses with which a SCSI status came all the same. */
const withStatus: readonly number[] = [
  HostStatus.OK,
  HostStatus.PASSTHROUGH,
  HostStatus.TARGET_FAILURE,
  HostStatus.NEXUS_FAILURE,
  HostStatus.ALLOC_FAILURE,
  HostStatus.MEDIUM_ERROR,
];

/**
 * What the kernel says became of a command; undefined: the device answered it. Pure. No host status proves that the device
 * did not begin: libiscsi says DID_BAD_TARGET of an answer with a wrong residue, and Fibre Channel drivers say DID_REQUEUE of
 * commands that were aborted on the way.
 */
export function statusFailure(header: SgIoHeader): SgFailure | undefined {
  const { hostStatus, status, sbLenWr } = header;
  const driverStatus = header.driverStatus & driverStatusMask;
  if (hostStatus === HostStatus.OK || (withStatus.includes(hostStatus) && (status !== 0 || sbLenWr > 0))) {
    const isAnswered = driverStatus === DriverStatus.OK || driverStatus === DriverStatus.SENSE || status !== 0;
    return isAnswered ? undefined : driverFailure(driverStatus);
  }
  const name = hostStatusName(hostStatus);
  switch (hostStatus) {
    case HostStatus.TIME_OUT:
      return failure('timeout', `no status came within ${header.timeout} ms and the kernel aborted it (${name})`);
    case HostStatus.NO_CONNECT:
      return failure('disconnected', `the device does not answer; is it switched on and plugged in? (${name})`);
    case HostStatus.BAD_TARGET:
      return failure('disconnected', `the kernel knows no such device, or cannot use its answer (${name})`);
    case HostStatus.IMM_RETRY:
    case HostStatus.REQUEUE:
      return failure('disconnected', `the host adapter did not get it through (${name})`);
    case HostStatus.ABORT:
    case HostStatus.RESET:
    case HostStatus.BUS_BUSY:
    case HostStatus.TRANSPORT_DISRUPTED:
    case HostStatus.TRANSPORT_FAILFAST:
    case HostStatus.TRANSPORT_MARGINAL:
      return failure('disconnected', `the path was disturbed while the command was under way (${name})`);
    default:
      return failure('protocol', `the host adapter failed (${name}); the kernel's log (dmesg) may say why`);
  }
}

function driverFailure(driverStatus: number): SgFailure {
  const name = Object.entries(DriverStatus).find(([, value]) => value === driverStatus)?.[0] ?? `${driverStatus}`;
  if (driverStatus === DriverStatus.TIMEOUT) return failure('timeout', 'the kernel gave up waiting (DRIVER_TIMEOUT)');
  return failure('protocol', `a driver of the kernel failed (DRIVER_${name})`);
}

function failure(code: SgFailure['code'], message: string): SgFailure {
  return { code, executed: 'unknown', message: `${message}; ${lookFirst}` };
}
