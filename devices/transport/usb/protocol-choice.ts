import { ScsiFormatError } from '../../scsi/format-error.js';
import { TransportError } from '../scsi-transport.js';
import type { BulkOnlyPipes } from './bulk-only-exchange.js';
import { pipesOf, type UasPipes } from './uas-pipes.js';
import { MassStorage, parseConfiguration, type UsbAlternateSetting } from './usb-descriptors.js';

/** `auto`: USB Attached SCSI where it can be driven, else Bulk-Only. */
export type UsbProtocolChoice = 'auto' | 'bulk-only' | 'uas';

export type ChosenProtocol = {
  readonly alternateSetting: number;
  /** Whether the interface has others, so that the setting must be selected. */
  readonly hasOthers: boolean;
  /** What a person should know about the choice. */
  readonly notice?: string;
} & (
  | { readonly protocol: 'bulk-only'; readonly pipes: BulkOnlyPipes }
  | { readonly protocol: 'uas'; readonly pipes: UasPipes }
);

export interface ProtocolQuestion {
  readonly name: string;
  /** With all that stands below it, as the device sent it. */
  readonly configurationDescriptor: Uint8Array;
  readonly interfaceNumber: number;
  readonly choice: UsbProtocolChoice;
}

/**
 * Which alternate setting of a mass-storage interface is to be driven, and by which pipes. Throws `TransportError`:
 * `unsupported` when the device cannot be driven as asked, `protocol` when its descriptors make no sense.
 */
export function chooseProtocol(question: ProtocolQuestion): ChosenProtocol {
  const { name, choice } = question;
  const settings = settingsOf(question);
  const hasOthers = settings.length > 1;
  const bulkOnly = settings.find(({ interfaceProtocol }) => interfaceProtocol === MassStorage.BULK_ONLY);
  const attached = settings.find(({ interfaceProtocol }) => interfaceProtocol === MassStorage.UAS);

  const byBulkOnly = (setting: UsbAlternateSetting, notice?: string): ChosenProtocol => ({
    protocol: 'bulk-only',
    alternateSetting: setting.alternateSetting,
    hasOthers,
    pipes: bulkOnlyPipes(name, setting),
    ...(notice !== undefined && { notice }),
  });

  if (choice === 'bulk-only' || attached === undefined) {
    if (bulkOnly !== undefined && choice !== 'uas') return byBulkOnly(bulkOnly);
    throw refusal(
      choice === 'bulk-only'
        ? `${name} has no Bulk-Only setting (interface protocol 50h); use protocol "uas" or "auto"`
        : `${name} has no USB Attached SCSI setting (interface protocol 62h); use protocol "bulk-only" or "auto"`,
    );
  }
  const pipes = drivablePipes(question, attached);
  if (typeof pipes !== 'string') {
    return { protocol: 'uas', alternateSetting: attached.alternateSetting, hasOthers, pipes };
  }
  if (choice === 'auto' && bulkOnly !== undefined) {
    return byBulkOnly(bulkOnly, `${name} is driven by Bulk-Only Transport: ${pipes}`);
  }
  const instead = bulkOnly === undefined ? '' : ' or use protocol "bulk-only"';
  throw refusal(`${name} cannot be driven by USB Attached SCSI: ${pipes}. Plug it into a USB 2.0 port${instead}`);
}

function settingsOf({ name, configurationDescriptor, interfaceNumber }: ProtocolQuestion): UsbAlternateSetting[] {
  try {
    return parseConfiguration(configurationDescriptor).alternateSettings.filter(
      (setting) => setting.interfaceNumber === interfaceNumber && isMassStorage(setting),
    );
  } catch (cause) {
    if (!(cause instanceof ScsiFormatError)) throw cause;
    const message = `${name} has descriptors that cannot be read: ${cause.message}`;
    throw new TransportError({ code: 'protocol', executed: 'no', message, cause });
  }
}

/** Mass storage with the SCSI transparent command set, over a protocol that is known here. */
export function isMassStorage(setting: UsbAlternateSetting): boolean {
  const { interfaceClass, interfaceSubClass, interfaceProtocol } = setting;
  return (
    interfaceClass === MassStorage.CLASS &&
    interfaceSubClass === MassStorage.SUBCLASS_SCSI &&
    (interfaceProtocol === MassStorage.BULK_ONLY || interfaceProtocol === MassStorage.UAS)
  );
}

/** The pipes, or why they cannot be driven. */
function drivablePipes(question: ProtocolQuestion, { alternateSetting }: UsbAlternateSetting): UasPipes | string {
  try {
    const pipes = pipesOf(question.configurationDescriptor, question.interfaceNumber, alternateSetting);
    if (pipes.maxStreams === 0) return pipes;
    return 'at super speed its USB Attached SCSI pipes demand bulk streams, which cannot be had here';
  } catch (error) {
    if (!(error instanceof ScsiFormatError)) throw error;
    return `its USB Attached SCSI pipes cannot be found (${error.message})`;
  }
}

/** Bulk-Only Transport 1.0, 4.4: one bulk endpoint each way; where there are more, the first. */
function bulkOnlyPipes(name: string, { endpoints }: UsbAlternateSetting): BulkOnlyPipes {
  const bulk = endpoints.filter(({ transferType, maxPacketSize }) => transferType === 'bulk' && maxPacketSize > 0);
  const bulkIn = bulk.find(({ address }) => (address & 0x80) !== 0)?.address;
  const bulkOut = bulk.find(({ address }) => (address & 0x80) === 0)?.address;
  if (bulkIn !== undefined && bulkOut !== undefined) return { bulkIn, bulkOut };
  const message = `${name} has no ${bulkIn === undefined ? 'bulk-in' : 'bulk-out'} endpoint in its Bulk-Only setting`;
  throw new TransportError({ code: 'protocol', executed: 'no', message });
}

function refusal(message: string): TransportError {
  return new TransportError({ code: 'unsupported', executed: 'no', message });
}
