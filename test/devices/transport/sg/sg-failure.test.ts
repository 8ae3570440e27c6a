import t from 'tap';

import { constants } from 'node:os';

import {
  commandFailure,
  openFailure,
  resetFailure,
  statusFailure,
} from '../../../../devices/transport/sg/sg-failure.js';
import {
  decodeSgIoHeader,
  DriverStatus,
  encodeSgIoHeader,
  HostStatus,
  hostStatusName,
} from '../../../../devices/transport/sg/sg-io-header.js';

const { errno } = constants;
const judge = (parts: { hostStatus?: number; driverStatus?: number; status?: number; sbLenWr?: number }) =>
  statusFailure(
    decodeSgIoHeader(encodeSgIoHeader({ dxferDirection: -1, cmdLen: 6, cmdp: 1n, timeout: 500, ...parts })),
  );

t.test('an answer of the device is no failure', (t) => {
  t.equal(judge({}), undefined);
  t.equal(judge({ status: 2, driverStatus: DriverStatus.SENSE, sbLenWr: 18 }), undefined);
  t.equal(judge({ status: 8 }), undefined, 'BUSY is for the logical unit to judge');
  t.equal(judge({ driverStatus: 0x18, sbLenWr: 18 }), undefined, 'the suggestion of old kernels is ignored');
  t.equal(judge({ status: 0x18, hostStatus: HostStatus.NEXUS_FAILURE }), undefined);
  t.end();
});

t.test('every other host status is a failure that names itself, and none proves that nothing was begun', (t) => {
  for (const hostStatus of [...Object.values(HostStatus), 0x99]) {
    if (hostStatus === HostStatus.OK) continue;
    const failure = judge({ hostStatus });
    t.equal(failure?.executed, 'unknown', hostStatusName(hostStatus));
    t.ok(failure?.message.includes(hostStatusName(hostStatus)));
  }
  t.equal(judge({ hostStatus: HostStatus.TIME_OUT })?.code, 'timeout');
  t.equal(judge({ hostStatus: HostStatus.NO_CONNECT })?.code, 'disconnected');
  t.equal(judge({ hostStatus: HostStatus.RESET })?.code, 'disconnected');
  t.equal(judge({ hostStatus: HostStatus.ERROR })?.code, 'protocol');
  t.equal(judge({ hostStatus: HostStatus.NO_CONNECT, status: 2 })?.code, 'disconnected', 'a stale status is no answer');
  t.end();
});

t.test('a driver that gave up is a failure', (t) => {
  t.hasStrict(judge({ driverStatus: DriverStatus.TIMEOUT }), { code: 'timeout', executed: 'unknown' });
  t.hasStrict(judge({ driverStatus: DriverStatus.HARD }), { code: 'protocol', executed: 'unknown' });
  t.end();
});

t.test('says which bound a transfer broke and how to raise it', (t) => {
  for (const number of [errno.EINVAL, errno.ENOMEM, errno.EIO]) {
    const failure = commandFailure(number, 200_000);
    t.equal(failure.code, 'unsupported');
    t.match(failure.message, /200000 bytes .* echo 2048 > .*max_sectors/);
  }
  t.equal(commandFailure(errno.EIO, 200_000).executed, 'unknown');
  t.notMatch(commandFailure(errno.EINVAL, 0).message, /max_sectors/);
  t.end();
});

t.test('judges every error number of the calls, known or not', (t) => {
  t.hasStrict(commandFailure(errno.ENODEV, 0), { code: 'disconnected', executed: 'unknown' });
  t.hasStrict(commandFailure(errno.ENOTTY, 0), { code: 'unsupported', executed: 'no' });
  t.hasStrict(commandFailure(errno.EPERM, 0), { code: 'unreachable', executed: 'no' });
  t.hasStrict(commandFailure(errno.EMSGSIZE, 0), { code: 'unsupported', executed: 'no' });
  t.hasStrict(commandFailure(errno.EDOM, 0), { code: 'unsupported', executed: 'no' });
  t.hasStrict(commandFailure(errno.EFAULT, 0), { code: 'protocol', executed: 'unknown' });
  t.match(commandFailure(9_999, 0).message, /errno 9999/);
  t.hasStrict(resetFailure(errno.ENOTTY), { code: 'unsupported', executed: 'no' });
  t.hasStrict(resetFailure(errno.ENXIO), { code: 'disconnected' });
  t.hasStrict(resetFailure(errno.EIO), { code: 'protocol', executed: 'unknown' });
  t.end();
});

t.test('names the group that may open the file, or the rule that makes one', (t) => {
  t.match(openFailure('/dev/sg3', errno.EACCES, 'tape').message, /usermod -aG tape USER/);
  t.match(openFailure('/dev/sg3', errno.EACCES).message, /install the udev rule SUBSYSTEM=="scsi_generic"/);
  t.end();
});
