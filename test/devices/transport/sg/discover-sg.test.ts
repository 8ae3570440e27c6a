import t from 'tap';

import { resolveNode } from '../../../../devices/transport/sg/device-node.js';
import { discoverSg, siblingPaths, type DiscoveredSgDevice } from '../../../../devices/transport/sg/discover-sg.js';
import { unpackSysfs } from './sysfs-fixture.js';

const brief = (device: DiscoveredSgDevice) =>
  `${device.path} ${device.peripheralDeviceType} ${device.vendor} ${device.model} ${device.transportKind} ${device.serialNumber ?? '-'}`;

t.test(
  'finds the changer, the tape drives and the optical drive of a real kernel, and how each is reached',
  async (t) => {
    const root = unpackSysfs('virtio-and-usb', t.testdir());
    const devices = await discoverSg({ root });
    t.strictSame(devices.map(brief), [
      '/dev/sg0 8 STGT VMCHANGER virtio TGTSN01',
      '/dev/sg2 1 IET VIRTUAL-TAPE virtio beaf11',
      '/dev/sg1 1 IET VIRTUAL-TAPE virtio beaf12',
      '/dev/sg3 5 QEMU QEMU CD-ROM usb -',
    ]);
    t.hasStrict(devices[1], { host: 0, channel: 0, target: 0, lun: 1, revision: '0001' });
    t.equal(devices[0]?.designators.length, 3);
  },
);

t.test(
  'tells SAS, Fibre Channel, parallel SCSI and iSCSI apart, leaves disks alone, and bears broken pages',
  async (t) => {
    const root = unpackSysfs('sas-and-fc-libraries', t.testdir());
    const devices = await discoverSg({ root });
    t.strictSame(devices.map(brief), [
      '/dev/sg0 1 IBM ULT3580-HH8 sas 10A8902133',
      '/dev/sg1 8 IBM 3573-TL sas 00L4U78C1234',
      '/dev/sg2 1 IBM ULT3580-HH8 sas 10A8902134',
      '/dev/sg9 8 ODD CHANGER sas -',
      '/dev/sg4 8 STK L180 fc LSC10001',
      '/dev/sg5 1 HP Ultrium 4-SCSI fc HU19101001',
      '/dev/sg6 1 HP Ultrium 4-SCSI fc HU19101002',
      '/dev/nst3 1 QUANTUM DLT7000 spi -',
      '/dev/sg8 8 IET VIRTUAL-CHANGER iscsi -',
    ]);
  },
);

t.test('gives the lasting name of a device, for a tape drive the one that does not rewind', async (t) => {
  const root = unpackSysfs('sas-and-fc-libraries', t.testdir());
  const [drive, changer, other] = await discoverSg({ root });
  t.equal(drive?.byId, '/dev/tape/by-id/scsi-35005076312345678-nst');
  t.equal(changer?.byId, '/dev/tape/by-id/scsi-SIBM_3573-TL_00L4U78C1234');
  t.equal(other !== undefined && 'byId' in other, false);
});

t.test('finds nothing, without an error, where there is no sysfs', async (t) => {
  t.strictSame(await discoverSg({ root: t.testdir() }), []);
  t.strictSame(await siblingPaths('/dev/sg0', { root: t.testdir() }), []);
});

t.test('names the other units of a target, whichever of its files was asked about', async (t) => {
  const root = unpackSysfs('virtio-and-usb', t.testdir());
  for (const path of ['/dev/sg0', '/dev/sch0'])
    t.strictSame(await siblingPaths(path, { root }), ['/dev/sg2', '/dev/sg1']);
  t.strictSame(await siblingPaths('/dev/nst0', { root }), ['/dev/sg0', '/dev/sg2']);
  t.strictSame(await siblingPaths('/dev/sr0', { root }), [], 'the optical drive is alone');
  t.strictSame(await siblingPaths('/dev/sg77', { root }), []);
});

t.test('opens the sg file of a tape drive or changer, by a link, too', async (t) => {
  const root = unpackSysfs('sas-and-fc-libraries', t.testdir());
  const asked = ['/dev/st0', '/dev/nst0', '/dev/tape/by-id/scsi-35005076312345678', '/dev/sg0'];
  const found = await Promise.all(asked.map((path) => resolveNode(path, root)));
  t.strictSame(new Set(found.map(({ path }) => path)), new Set(['/dev/sg0']));
  t.equal(new Set(found.map(({ fingerprint }) => fingerprint)).size, 1);
  t.match(found[0]?.fingerprint, /ULT3580-HH8/);
  t.equal((await resolveNode('/dev/sch0', root)).path, '/dev/sg1');
});

t.test('without sg it opens the tape file that does not rewind at close', async (t) => {
  t.strictSame(await resolveNode('/dev/st7', t.testdir()), { path: '/dev/nst7' });
  t.strictSame(await resolveNode('/dev/st7a', t.testdir()), { path: '/dev/nst7a' });
  t.strictSame(await resolveNode('/dev/nosuch', t.testdir()), { path: '/dev/nosuch' });
});
