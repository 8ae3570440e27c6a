import { z } from 'zod';

/**
 * The rig file as a schema. Every leaf's description says what may stand there: it is what a person reads after
 * "allowed:" when something else does.
 */
const lun = z.int().min(0).max(16_383).describe('a logical unit number, 0 to 16383');
const iscsiName = z
  .string()
  .max(223)
  .regex(/^(iqn\.\d{4}-\d{2}\.|eui\.[0-9A-Fa-f]{16}$|naa\.[0-9A-Fa-f])/)
  .describe('an iSCSI name: iqn.YYYY-MM.domain:name, eui. with 16 hex digits, or naa. with hex digits');
const digest = z.enum(['None', 'CRC32C']).describe('None or CRC32C');

const secret = {
  user: z.string().min(1).describe('the CHAP name'),
  secretFile: z.string().min(1).exactOptional().describe('a file whose first line is the secret'),
  secretEnv: z.string().min(1).exactOptional().describe('the name of the environment variable that holds the secret'),
};

export const iscsiUnit = {
  transport: z.literal('iscsi'),
  portal: z
    .string()
    .regex(/^(\[[0-9A-Fa-f:.]+\]|[^\s:/[\]]+)(:\d{1,5})?$/, { abort: true })
    .refine((portal) => portIsPossible(/:(\d+)$/.exec(portal.replace(/^\[.*\]/, ''))?.[1]))
    .describe('host:port, as 127.0.0.1:3260 or [::1]:3260, with a port of 1 to 65535'),
  target: iscsiName,
  lun,
  initiatorName: iscsiName.exactOptional(),
  chap: z
    .strictObject({ ...secret, mutual: z.strictObject(secret).exactOptional() })
    .exactOptional()
    .describe('user with secretFile or secretEnv, and mutual with the same for the target'),
  headerDigest: digest.exactOptional(),
  dataDigest: digest.exactOptional(),
};

export const serialUnit = {
  transport: z.literal('serial'),
  path: z.string().min(1).describe('a device file, as /dev/ttyUSB0; ${state} stands for the state folder'),
  baudRate: z.int().min(300).max(4_000_000).default(115_200).describe('a line rate in bit/s, 300 to 4000000'),
  lun,
};

const usbId = z.int().min(0).max(0xffff);
const serialNumber = z.string().min(1).max(126).exactOptional().describe("the device's serial number, in quotes");

export const usbUnit = {
  transport: z.literal('usb'),
  vendorId: usbId.describe('a USB vendor id, 0x0000 to 0xffff'),
  productId: usbId.describe('a USB product id, 0x0000 to 0xffff'),
  serialNumber,
  port: z
    .string()
    .regex(/^\d+-\d+(\.\d+)*$/)
    .exactOptional()
    .describe('bus and ports as in sysfs: "1-1" or "3-2.4"'),
  protocol: z.enum(['auto', 'bulk-only', 'uas']).default('auto').describe('auto, bulk-only or uas'),
  lun: z.int().min(0).max(255).describe('a logical unit number, 0 to 15 with bulk-only, 0 to 255 with uas'),
};

export const sgUnit = {
  transport: z.literal('sg'),
  path: z
    .string()
    .regex(/^\/dev\/./)
    .describe('a device file of the kernel: /dev/sg3, /dev/sch0, or a link below /dev/tape/by-id'),
};

const address = z.int().min(0).max(65_535).describe('an element address in decimal, 0 to 65535');
const yesOrNo = z.boolean().exactOptional().describe('true or false');

const cartridge = z
  .strictObject({
    address,
    barcode: z.string().min(1).max(32).nullable().describe('a label of 1 to 32 characters, or null for none'),
    labelReadable: yesOrNo,
    mediaType: z.string().min(1).exactOptional().describe('a media type, as L8'),
    writeProtected: yesOrNo,
    capacityBytes: z.int().min(1).exactOptional().describe('a whole number of bytes, 1 or more'),
    ansiVolumeIdentifier: z
      .string()
      .regex(/^[ -~]{1,6}$/)
      .exactOptional()
      .describe('1 to 6 ASCII characters'),
  })
  .describe('a cartridge: { address: ..., barcode: ... }');

export const virtualChanger = {
  transport: z.literal('virtual'),
  profile: z.string().describe('the id of a profile'),
  timing: z.enum(['real', 'zero']).exactOptional().describe('real (motions take time) or zero'),
  cartridges: z.array(cartridge).exactOptional().describe('a list of cartridges'),
};

const changer = z
  .discriminatedUnion('transport', [
    z.strictObject(iscsiUnit),
    z.strictObject(serialUnit),
    z.strictObject(usbUnit),
    z.strictObject(sgUnit),
    z.strictObject(virtualChanger),
  ])
  .describe('a unit: { transport: ..., ... }');

const drive = z
  .discriminatedUnion('transport', [
    z.strictObject({ address, ...iscsiUnit }),
    z.strictObject({ address, ...serialUnit }),
    z.strictObject({ address, ...usbUnit }),
    z.strictObject({ address, ...sgUnit }),
    z.strictObject({ address, transport: z.literal('virtual'), lun }),
  ])
  .describe('a drive: { address: ..., transport: ..., ... }');

const milliseconds = z.int().min(1).max(86_400_000).exactOptional().describe('milliseconds, 1 to 86400000');

const hints = z
  .strictObject({
    moveTimeoutMs: milliseconds,
    loadTimeoutMs: milliseconds,
    inventoryTimeoutMs: milliseconds,
    maxElementsPerQuery: z.int().min(1).max(65_535).exactOptional().describe('a number of elements, 1 to 65535'),
    noVolumeTagWithDeviceIdentifier: yesOrNo,
    implicitUnload: yesOrNo,
  })
  .describe('what the model needs done differently');

const library = z
  .strictObject({
    name: z
      .string()
      .max(63)
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
      .describe('a name of 1 to 63 letters, digits, ".", "_" and "-", beginning with a letter or digit'),
    changer: changer.exactOptional(),
    drive: changer.exactOptional(),
    drives: z.array(drive).min(1).exactOptional().describe('a list of at least one drive, or no such key'),
    hints: hints.exactOptional(),
  })
  .describe('a library: { name: ..., changer: ..., drives: ... }, or a drive on its own: { name: ..., drive: ... }');

export const rigSchema = z
  .strictObject({ libraries: z.array(library).min(1).describe('a list of at least one library') })
  .describe('one mapping with the key "libraries"');

function portIsPossible(port: string | undefined): boolean {
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65_535);
}

/** What the schema lets through. */
export type RigDocument = z.infer<typeof rigSchema>;
