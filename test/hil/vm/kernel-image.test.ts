import t from 'tap';
import { GUEST_MODULES, moduleFiles } from '../../../hil/vm/image/kernel-modules.js';
import { xzPayload } from '../../../hil/vm/image/kernel-payload.js';

const modulesDep = [
  'kernel/drivers/usb/storage/usb-storage.ko: kernel/drivers/usb/core/usbcore.ko kernel/drivers/scsi/scsi_mod.ko',
  'kernel/drivers/usb/core/usbcore.ko: kernel/drivers/usb/common/usb-common.ko',
  'kernel/drivers/usb/common/usb-common.ko:',
  'kernel/drivers/scsi/scsi_mod.ko:',
  'kernel/drivers/scsi/sg.ko.xz: kernel/drivers/scsi/scsi_mod.ko',
  '',
].join('\n');

t.test('takes a module with all that it depends on, and theirs', (t) => {
  t.strictSame(moduleFiles(modulesDep, ['usb_storage']), [
    'kernel/drivers/scsi/scsi_mod.ko',
    'kernel/drivers/usb/common/usb-common.ko',
    'kernel/drivers/usb/core/usbcore.ko',
    'kernel/drivers/usb/storage/usb-storage.ko',
  ]);
  t.end();
});

t.test('dash and underscore name the same module, packed or not', (t) => {
  t.strictSame(moduleFiles(modulesDep, ['usb-storage']), moduleFiles(modulesDep, ['usb_storage']));
  t.strictSame(moduleFiles(modulesDep, ['sg']), ['kernel/drivers/scsi/scsi_mod.ko', 'kernel/drivers/scsi/sg.ko.xz']);
  t.end();
});

t.test('a module that is built into the kernel has no file', (t) => {
  t.strictSame(moduleFiles(modulesDep, ['virtio']), []);
  t.end();
});

t.test('the list of modules names each once', (t) => {
  t.equal(new Set(GUEST_MODULES).size, GUEST_MODULES.length);
  t.end();
});

/** A bzImage with one setup sector and `payload` 16 bytes into the rest. */
function bzImage(payload: Buffer): Buffer {
  const image = Buffer.alloc(1_024 + 16 + payload.length + 4);
  image.writeUInt8(1, 0x1f1);
  image.write('HdrS', 0x202, 'latin1');
  image.writeUInt32LE(16, 0x248);
  image.writeUInt32LE(payload.length + 4, 0x24c);
  payload.copy(image, 1_024 + 16);
  return image;
}

const xz = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 1, 2, 3]);

t.test('finds the XZ stream in a bzImage, without the size behind it', (t) => {
  t.ok(xzPayload(bzImage(xz))?.equals(xz));
  t.end();
});

t.test('gives nothing for another packer, a cut file and what is no kernel', (t) => {
  t.equal(xzPayload(bzImage(Buffer.from('\x28\xb5\x2f\xfd zstd', 'latin1'))), undefined);
  t.equal(xzPayload(bzImage(xz).subarray(0, 1_030)), undefined);
  t.equal(xzPayload(Buffer.from('no kernel')), undefined);
  t.equal(xzPayload(Buffer.alloc(4_096)), undefined);
  t.end();
});
