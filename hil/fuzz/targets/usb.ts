import {
  encodeCommandBlockWrapper,
  encodeCommandStatusWrapper,
  parseCommandBlockWrapper,
  parseCommandStatusWrapper,
} from '../../../devices/transport/usb/bulk-only-wrappers.js';
import {
  encodeCommandUnit,
  encodeSenseUnit,
  parseCommandPipeUnit,
  parseStatusPipeUnit,
  readReadyUnit,
  responseUnit,
  taskManagementUnit,
} from '../../../devices/transport/usb/information-units.js';
import {
  parseConfiguration,
  parseDeviceDescriptor,
  parseString,
} from '../../../devices/transport/usb/usb-descriptors.js';
import { chooseProtocol } from '../../../devices/transport/usb/protocol-choice.js';
import { encodeSetup, parseSetup } from '../../../devices/transport/usb/setup-packet.js';
import { pipesOf } from '../../../devices/transport/usb/uas-pipes.js';
import { fixtures } from '../fixtures.js';
import type { FuzzTarget } from '../fuzz-target.js';

const format = ['SHORT_DATA', 'CONTRADICTION', 'OUT_OF_RANGE'];
const tag = 0x1234;
const logicalUnitNumber = new Uint8Array(8);
const cdb = Uint8Array.of(0xa5, 0, 0, 1, 0x10, 0, 1, 0, 0, 0, 0, 0);

/** What comes over a USB cable, from the device and from the host. */
export function usbTargets(): FuzzTarget[] {
  return [
    {
      name: 'usb-csw',
      seeds: () =>
        [0, 1, 2].map((status) => encodeCommandStatusWrapper({ tag, dataResidue: 8, status: asStatus(status) })),
      take: (bytes) => parseCommandStatusWrapper(bytes, tag),
      codes: ['NOT_VALID', 'NOT_MEANINGFUL'],
      cost: 'parser',
    },
    {
      name: 'usb-cbw',
      seeds: () => [
        encodeCommandBlockWrapper({ tag, dataTransferLength: 512, dataIn: true, lun: 1, commandBlock: cdb }),
      ],
      take: parseCommandBlockWrapper,
      codes: ['NOT_VALID', 'NOT_MEANINGFUL'],
      cost: 'parser',
    },
    {
      name: 'uas-status-pipe',
      seeds: () => [
        encodeSenseUnit({
          tag,
          status: 2,
          sense: Uint8Array.of(0x70, 0, 6, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x29, 0, 0, 0, 0, 0),
        }),
        readReadyUnit.encode({ tag }),
        responseUnit.encode({ tag, responseCode: 8 }),
      ],
      take: parseStatusPipeUnit,
      codes: format,
      cost: 'parser',
    },
    {
      name: 'uas-command-pipe',
      seeds: () => [
        encodeCommandUnit({ tag, logicalUnitNumber, cdb }),
        encodeCommandUnit({ tag, logicalUnitNumber, cdb: new Uint8Array(40) }),
        taskManagementUnit.encode({ tag, function: 1, logicalUnitNumber }),
      ],
      take: parseCommandPipeUnit,
      codes: format,
      cost: 'parser',
    },
    {
      name: 'usb-configuration',
      seeds: configurations,
      take: parseConfiguration,
      codes: format,
      cost: 'parser',
    },
    {
      name: 'uas-pipes',
      seeds: configurations,
      take: (bytes) => pipesOf(bytes, 0, 1),
      codes: format,
      cost: 'parser',
    },
    {
      name: 'usb-protocol-choice',
      seeds: configurations,
      take: (configurationDescriptor) =>
        chooseProtocol({ name: 'usb', configurationDescriptor, interfaceNumber: 0, choice: 'auto' }),
      codes: ['protocol', 'unsupported'],
      cost: 'parser',
    },
    {
      name: 'usb-setup-packet',
      seeds: () => [
        encodeSetup({ type: 'standard', recipient: 'device', request: 6, value: 0x100, index: 0 }, 'in', 18),
        encodeSetup({ type: 'class', recipient: 'interface', request: 0xff, value: 0, index: 0 }, 'out', 0),
      ],
      take: parseSetup,
      codes: format,
      cost: 'parser',
    },
    {
      name: 'usb-device-and-string',
      seeds: () => [
        Uint8Array.of(18, 1, 0, 2, 0, 0, 0, 64, 9, 0x12, 0x70, 0xb0, 0, 1, 1, 2, 3, 1),
        Uint8Array.of(8, 3, 0x4f, 0, 0x52, 0, 0x53, 0),
      ],
      take: (bytes) => (bytes[1] === 3 ? parseString(bytes) : parseDeviceDescriptor(bytes)),
      codes: format,
      cost: 'parser',
    },
  ];
}

function configurations(): Uint8Array[] {
  return [configuration, ...fixtures(/configuration-(high|super)-speed/)];
}

function asStatus(status: number): 0 | 1 | 2 {
  return status === 0 || status === 1 ? status : 2;
}

/** One mass-storage interface: setting 0 with Bulk-Only, setting 1 with UAS and its pipe usage descriptors. */
const configuration = Uint8Array.from([
  ...[9, 2, 85, 0, 1, 1, 0, 0xc0, 0],
  ...[9, 4, 0, 0, 2, 8, 6, 0x50, 0],
  ...[7, 5, 0x81, 2, 0, 2, 0],
  ...[7, 5, 0x02, 2, 0, 2, 0],
  ...[9, 4, 0, 1, 4, 8, 6, 0x62, 0],
  ...[7, 5, 0x03, 2, 0, 2, 0],
  ...[4, 0x24, 1, 0],
  ...[7, 5, 0x84, 2, 0, 2, 0],
  ...[4, 0x24, 2, 0],
  ...[7, 5, 0x81, 2, 0, 2, 0],
  ...[4, 0x24, 3, 0],
  ...[7, 5, 0x02, 2, 0, 2, 0],
  ...[4, 0x24, 4, 0],
  // A class-specific descriptor that nobody knows.
  ...[3, 0x30, 0],
]);
