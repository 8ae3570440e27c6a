import { ScsiFormatError } from '../format-error.js';
import type { DataTransferScsiAddress, DeviceIdentifier, ElementStatus } from './element-status.js';
import { ElementType, elementTypeName } from './element-type.js';
import { readVolumeTag, volumeIdentifierLength, volumeTagLength, writeVolumeTag } from './volume-tag.js';

/** Which optional parts the descriptors of a page have. */
export interface DescriptorParts {
  readonly pVolTag: boolean;
  readonly aVolTag: boolean;
}

const what = 'element descriptor';
/** Bytes before the first optional part. */
const fixedLength = 12;
/** Code set, identifier type, reserved, identifier length. */
const identifierHeaderLength = 4;

/** Bytes that a descriptor must have at least; with `element`, also for its identifier. */
export function neededDescriptorLength(parts: DescriptorParts, element?: ElementStatus): number {
  const tags = (parts.pVolTag ? volumeTagLength : 0) + (parts.aVolTag ? volumeTagLength : 0);
  const identifier = element?.deviceIdentifier;
  return fixedLength + tags + (identifier === undefined ? 0 : identifierHeaderLength + identifier.identifier.length);
}

/** Decodes one descriptor of `length` bytes that are all there. Throws `CONTRADICTION` for an identifier that sticks out. */
export function decodeElementDescriptor(
  bytes: Uint8Array,
  at: number,
  length: number,
  elementType: ElementType,
  parts: DescriptorParts,
  dvcid: boolean,
): ElementStatus {
  const state = bytes[at + 2] ?? 0;
  const source = bytes[at + 9] ?? 0;
  // Built field by field: a library has ten thousand of these.
  const element: { -readonly [K in keyof ElementStatus]: ElementStatus[K] } = {
    elementType,
    address: word(bytes, at),
    full: (state & 0x01) !== 0,
    except: (state & 0x04) !== 0,
    access: elementType !== ElementType.MEDIUM_TRANSPORT && (state & 0x08) !== 0,
    asc: bytes[at + 4] ?? 0,
    ascq: bytes[at + 5] ?? 0,
    invert: (source & 0x40) !== 0,
    disabled: (source & 0x08) !== 0,
    mediumType: source & 0x07,
  };
  if ((source & 0x80) !== 0) element.sourceStorageElementAddress = word(bytes, at + 10);
  if (elementType === ElementType.IMPORT_EXPORT) {
    element.importExport = {
      impExp: (state & 0x02) !== 0,
      exEnab: (state & 0x10) !== 0,
      inEnab: (state & 0x20) !== 0,
      connectMediaChanger: (state & 0x40) !== 0,
      operatorInterventionRequired: (state & 0x80) !== 0,
    };
  } else if (elementType === ElementType.DATA_TRANSFER && (bytes[at + 6] ?? 0) >= 0x10) {
    element.scsiAddress = decodeScsiAddress(bytes[at + 6] ?? 0, bytes[at + 7] ?? 0);
  }
  let next = at + fixedLength;
  if (parts.pVolTag) {
    const tag = readVolumeTag(bytes, next);
    if (tag !== undefined) element.primaryVolumeTag = tag;
    next += volumeTagLength;
  }
  if (parts.aVolTag) {
    const tag = readVolumeTag(bytes, next);
    if (tag !== undefined) element.alternateVolumeTag = tag;
    next += volumeTagLength;
  }
  if (dvcid) {
    const identifier = decodeIdentifier(bytes, next, at + length);
    if (identifier !== undefined) element.deviceIdentifier = identifier;
  }
  return element;
}

/** Decodes the `available` first bytes of a descriptor that was cut off; undefined when its fixed bytes are not all there. */
export function decodePartialDescriptor(
  bytes: Uint8Array,
  at: number,
  available: number,
  elementType: ElementType,
  parts: DescriptorParts,
): ElementStatus | undefined {
  if (available < fixedLength) return undefined;
  const primaryEnd = fixedLength + volumeIdentifierLength;
  const alternateEnd = (parts.pVolTag ? volumeTagLength : 0) + primaryEnd;
  const there = {
    pVolTag: parts.pVolTag && available >= primaryEnd,
    aVolTag: parts.aVolTag && available >= alternateEnd,
  };
  return decodeElementDescriptor(bytes, at, available, elementType, there, false);
}

/** Writes one descriptor into zeroed bytes. */
export function encodeElementDescriptor(
  bytes: Uint8Array,
  at: number,
  length: number,
  parts: DescriptorParts & { readonly elementType: ElementType },
  element: ElementStatus,
): void {
  if (element.elementType !== parts.elementType) {
    const message = `a ${elementTypeName(element.elementType)} is on the page of a ${elementTypeName(parts.elementType)}`;
    throw new ScsiFormatError('CONTRADICTION', what, at, message);
  }
  const needed = neededDescriptorLength(parts, element);
  if (length < needed) {
    throw new ScsiFormatError(
      'OUT_OF_RANGE',
      what,
      at,
      `element ${element.address} needs ${needed} bytes, has ${length}`,
    );
  }
  requireFits(at, element);
  putWord(bytes, at, element.address);
  bytes[at + 2] = stateByte(element);
  bytes[at + 4] = element.asc;
  bytes[at + 5] = element.ascq;
  if (element.scsiAddress !== undefined) encodeScsiAddress(bytes, at + 6, element.scsiAddress);
  const source = element.sourceStorageElementAddress;
  bytes[at + 9] =
    (source === undefined ? 0 : 0x80) |
    (element.invert ? 0x40 : 0) |
    (element.disabled ? 0x08 : 0) |
    element.mediumType;
  if (source !== undefined) putWord(bytes, at + 10, source);
  let next = at + fixedLength;
  if (parts.pVolTag) {
    writeVolumeTag(bytes, next, element.primaryVolumeTag);
    next += volumeTagLength;
  }
  if (parts.aVolTag) {
    writeVolumeTag(bytes, next, element.alternateVolumeTag);
    next += volumeTagLength;
  }
  const identifier = element.deviceIdentifier;
  if (identifier === undefined) return;
  bytes[next] = identifier.codeSet;
  bytes[next + 1] = identifier.identifierType;
  bytes[next + 3] = identifier.identifier.length;
  bytes.set(identifier.identifier, next + identifierHeaderLength);
}

/** The small fields; addresses and tags check themselves. */
function requireFits(at: number, element: ElementStatus): void {
  const { asc, ascq, mediumType, deviceIdentifier, scsiAddress } = element;
  requireField(at, 'asc', asc, 0xff);
  requireField(at, 'ascq', ascq, 0xff);
  requireField(at, 'mediumType', mediumType, 0x07);
  if (deviceIdentifier !== undefined) {
    const { codeSet, identifierType, identifier } = deviceIdentifier;
    requireField(at, 'deviceIdentifier.codeSet', codeSet, 0x0f);
    requireField(at, 'deviceIdentifier.identifierType', identifierType, 0x0f);
    requireField(at, 'deviceIdentifier.identifier.length', identifier.length, 0xff);
  }
  if (scsiAddress !== undefined) {
    requireField(at, 'scsiAddress.scsiBusAddress', scsiAddress.scsiBusAddress ?? 0, 0xff);
    requireField(at, 'scsiAddress.logicalUnitNumber', scsiAddress.logicalUnitNumber ?? 0, 0x07);
  }
}

function requireField(at: number, name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= max) return;
  throw new ScsiFormatError('OUT_OF_RANGE', what, at, `${name} is ${value}, allowed is 0 to ${max}`);
}

function stateByte(element: ElementStatus): number {
  const common = (element.full ? 0x01 : 0) | (element.except ? 0x04 : 0);
  if (element.elementType === ElementType.MEDIUM_TRANSPORT) return common;
  const reachable = common | (element.access ? 0x08 : 0);
  const port = element.importExport;
  if (port === undefined) return reachable;
  return (
    reachable |
    (port.impExp ? 0x02 : 0) |
    (port.exEnab ? 0x10 : 0) |
    (port.inEnab ? 0x20 : 0) |
    (port.connectMediaChanger ? 0x40 : 0) |
    (port.operatorInterventionRequired ? 0x80 : 0)
  );
}

function decodeIdentifier(bytes: Uint8Array, at: number, end: number): DeviceIdentifier | undefined {
  if (at + identifierHeaderLength > end) return undefined;
  const length = bytes[at + 3] ?? 0;
  if (length === 0) return undefined;
  const start = at + identifierHeaderLength;
  if (start + length > end) {
    const message = `identifier of ${length} bytes sticks out of its descriptor; ask without DVCID`;
    throw new ScsiFormatError('CONTRADICTION', what, at + 3, message);
  }
  return {
    codeSet: (bytes[at] ?? 0) & 0x0f,
    identifierType: (bytes[at + 1] ?? 0) & 0x0f,
    identifier: bytes.slice(start, start + length),
  };
}

function decodeScsiAddress(flags: number, scsiBusAddress: number): DataTransferScsiAddress {
  return {
    notBus: (flags & 0x80) !== 0,
    ...((flags & 0x20) === 0 ? {} : { scsiBusAddress }),
    ...((flags & 0x10) === 0 ? {} : { logicalUnitNumber: flags & 0x07 }),
  };
}

function encodeScsiAddress(bytes: Uint8Array, at: number, address: DataTransferScsiAddress): void {
  const { notBus, scsiBusAddress, logicalUnitNumber } = address;
  bytes[at] =
    (notBus ? 0x80 : 0) |
    (scsiBusAddress === undefined ? 0 : 0x20) |
    (logicalUnitNumber === undefined ? 0 : 0x10 | logicalUnitNumber);
  bytes[at + 1] = scsiBusAddress ?? 0;
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function putWord(bytes: Uint8Array, at: number, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff) {
    throw new ScsiFormatError('OUT_OF_RANGE', what, at, `element address is ${value}, allowed is 0 to 65535`);
  }
  bytes[at] = value >> 8;
  bytes[at + 1] = value & 0xff;
}
