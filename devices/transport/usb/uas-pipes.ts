import { ScsiFormatError } from '../../scsi/format-error.js';
import { parseConfiguration, PipeUsage, type UsbEndpoint } from './usb-descriptors.js';

/** One of the four pipes. */
export interface UasPipe {
  /** Endpoint address with its direction in bit 7. */
  readonly endpoint: number;
  /** Bytes. */
  readonly maxPacketSize: number;
}

/** The pipes of a USB Attached SCSI interface (UAS-3 5.2). */
export interface UasPipes {
  readonly command: UasPipe;
  readonly status: UasPipe;
  readonly dataIn: UasPipe;
  readonly dataOut: UasPipe;
  /**
   * How many streams the status and data pipes demand: 0 below super speed, where tags alone keep the tasks apart. A host
   * without bulk streams cannot drive an interface that has any.
   */
  readonly maxStreams: number;
}

const WHAT = 'UAS interface';

/**
 * Finds the pipes by their pipe usage descriptors; the order and the numbers of the endpoints mean nothing. Takes the whole
 * configuration as the device sent it. Throws `ScsiFormatError`, `CONTRADICTION` when the alternate setting is not there or
 * its four pipes are not four bulk endpoints in the right directions.
 */
export function pipesOf(
  configurationDescriptor: Uint8Array,
  interfaceNumber: number,
  alternateSetting: number,
): UasPipes {
  const setting = parseConfiguration(configurationDescriptor).alternateSettings.find(
    (one) => one.interfaceNumber === interfaceNumber && one.alternateSetting === alternateSetting,
  );
  if (setting === undefined) {
    throw contradiction(`the configuration has no interface ${interfaceNumber} with setting ${alternateSetting}`);
  }
  const found = {
    command: pipeOf(setting.endpoints, 'command', PipeUsage.COMMAND, 'out'),
    status: pipeOf(setting.endpoints, 'status', PipeUsage.STATUS, 'in'),
    dataIn: pipeOf(setting.endpoints, 'data-in', PipeUsage.DATA_IN, 'in'),
    dataOut: pipeOf(setting.endpoints, 'data-out', PipeUsage.DATA_OUT, 'out'),
  };
  const streams = [found.status, found.dataIn, found.dataOut].map((endpoint) => endpoint.maxStreams ?? 0);
  return {
    command: addressOf(found.command),
    status: addressOf(found.status),
    dataIn: addressOf(found.dataIn),
    dataOut: addressOf(found.dataOut),
    maxStreams: Math.max(...streams),
  };
}

function pipeOf(endpoints: readonly UsbEndpoint[], name: string, id: PipeUsage, direction: 'in' | 'out'): UsbEndpoint {
  const [endpoint, another] = endpoints.filter(({ pipeId }) => pipeId === id);
  if (endpoint === undefined) throw contradiction(`no endpoint is marked as the ${name} pipe (pipe ID ${id})`);
  if (another !== undefined)
    throw contradiction(`more than one endpoint is marked as the ${name} pipe (pipe ID ${id})`);
  const toHost = (endpoint.address & 0x80) !== 0;
  if (endpoint.transferType !== 'bulk' || toHost !== (direction === 'in') || endpoint.maxPacketSize === 0) {
    const is = `${endpoint.transferType} ${toHost ? 'in' : 'out'} with packets of ${endpoint.maxPacketSize} bytes`;
    throw contradiction(`the ${name} pipe must be bulk ${direction}, its endpoint is ${is}`);
  }
  return endpoint;
}

function addressOf({ address, maxPacketSize }: UsbEndpoint): UasPipe {
  return { endpoint: address, maxPacketSize };
}

function contradiction(message: string): ScsiFormatError {
  return new ScsiFormatError('CONTRADICTION', WHAT, 0, message);
}
