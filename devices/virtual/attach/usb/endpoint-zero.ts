import { Feature, parseSetup, StandardRequest } from '../../../transport/usb/setup-packet.js';
import type { MassStorageDescriptors } from './mass-storage-descriptors.js';

/** What endpoint 0 asks of the device that it belongs to. False and undefined: there is no such thing, a stall. */
export interface ControlledDevice {
  readonly descriptors: MassStorageDescriptors;
  readonly speed: 'full' | 'high' | 'super';
  /** 0 while the device is not configured. */
  readonly configurationValue: number;
  /** Undefined while the device is not configured. */
  readonly alternateSetting: number | undefined;
  configure(value: number): boolean;
  selectAlternate(setting: number): boolean;
  /** Undefined for an endpoint that the present setting does not have. `address` with its direction in bit 7. */
  isHalted(address: number): boolean | undefined;
  setHalt(address: number, halted: boolean): boolean;
  classRequest(request: number, toHost: boolean): Uint8Array | undefined;
}

type Setup = NonNullable<ReturnType<typeof parseSetup>>;

const DONE = new Uint8Array(0);
const SELF_POWERED = 0x01;

/**
 * Answers one control transfer (USB 2.0 9.4; the mass storage class requests). Gives the bytes of the data stage, empty for
 * requests without one; undefined is a stall.
 */
export function answerControl(device: ControlledDevice, bytes: Uint8Array): Uint8Array | undefined {
  const setup = parseSetup(bytes);
  if (setup === undefined) return undefined;
  const answer = answerOf(device, setup);
  return setup.toHost ? answer?.slice(0, setup.length) : answer;
}

function answerOf(device: ControlledDevice, setup: Setup): Uint8Array | undefined {
  if (setup.type === 'standard') return setup.toHost ? read(device, setup) : write(device, setup);
  const isOurs = setup.type === 'class' && setup.recipient === 'interface' && setup.index === 0 && setup.value === 0;
  return isOurs && device.configurationValue !== 0 ? device.classRequest(setup.request, setup.toHost) : undefined;
}

function read(device: ControlledDevice, { recipient, request, value, index }: Setup): Uint8Array | undefined {
  switch (request) {
    case StandardRequest.GET_DESCRIPTOR:
      return recipient === 'device' ? device.descriptors.find(value >> 8, value & 0xff) : undefined;
    case StandardRequest.GET_CONFIGURATION:
      return recipient === 'device' ? Uint8Array.of(device.configurationValue) : undefined;
    case StandardRequest.GET_INTERFACE:
      if (recipient !== 'interface' || index !== 0 || device.alternateSetting === undefined) return undefined;
      return Uint8Array.of(device.alternateSetting);
    case StandardRequest.GET_STATUS:
      return statusOf(device, recipient, index);
    default:
      return undefined;
  }
}

function statusOf(device: ControlledDevice, recipient: Setup['recipient'], index: number): Uint8Array | undefined {
  if (recipient === 'device') return Uint8Array.of(SELF_POWERED, 0);
  if (recipient === 'interface')
    return index === 0 && device.configurationValue !== 0 ? Uint8Array.of(0, 0) : undefined;
  if (recipient !== 'endpoint') return undefined;
  const halted = isControlEndpoint(index) ? false : device.isHalted(index);
  return halted === undefined ? undefined : Uint8Array.of(halted ? 1 : 0, 0);
}

function write(device: ControlledDevice, { recipient, request, value, index }: Setup): Uint8Array | undefined {
  switch (request) {
    case StandardRequest.SET_ADDRESS:
      return recipient === 'device' ? DONE : undefined;
    case StandardRequest.SET_CONFIGURATION:
      return recipient === 'device' && device.configure(value & 0xff) ? DONE : undefined;
    case StandardRequest.SET_INTERFACE:
      return recipient === 'interface' && index === 0 && device.selectAlternate(value) ? DONE : undefined;
    case StandardRequest.SET_FEATURE:
    case StandardRequest.CLEAR_FEATURE:
      return setFeature(device, { recipient, request, value, index }) ? DONE : undefined;
    case StandardRequest.SET_SEL:
    case StandardRequest.SET_ISOCH_DELAY:
      // Latencies of the bus: nothing here depends on them.
      return device.speed === 'super' && recipient === 'device' ? DONE : undefined;
    default:
      return undefined;
  }
}

function setFeature(
  device: ControlledDevice,
  { recipient, request, value, index }: Pick<Setup, 'recipient' | 'request' | 'value' | 'index'>,
): boolean {
  if (recipient === 'endpoint' && value === Feature.ENDPOINT_HALT) {
    return isControlEndpoint(index) || device.setHalt(index, request === StandardRequest.SET_FEATURE);
  }
  // Power states of a super speed link; a link in memory has none.
  if (device.speed !== 'super') return false;
  if (recipient === 'interface') return (index & 0xff) === 0 && value === Feature.FUNCTION_SUSPEND;
  return recipient === 'device' && (value === Feature.U1_ENABLE || value === Feature.U2_ENABLE);
}

const isControlEndpoint = (address: number): boolean => (address & 0x7f) === 0;
