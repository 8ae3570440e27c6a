import { requireBytes, ScsiFormatError } from '../format-error.js';
import { bits, layout, octets, readText, uint16 } from '../layout.js';

/** PROTOCOL IDENTIFIER (SPC-4), as far as it is used here. */
export const ProtocolIdentifier = { ISCSI: 0x5, SAS: 0x6 } as const;
export type ProtocolIdentifier = (typeof ProtocolIdentifier)[keyof typeof ProtocolIdentifier];

/** A TransportID (SPC-4): which initiator port. */
export type TransportId =
  /** `<iSCSI name>,i,0x<ISID>` is a port; the name alone is the whole initiator. */
  | { readonly protocol: 'iscsi'; readonly initiatorPort: string }
  /** Eight bytes. */
  | { readonly protocol: 'sas'; readonly sasAddress: Uint8Array }
  /** Any other, as it came. */
  | { readonly protocol: 'other'; readonly protocolIdentifier: number; readonly bytes: Uint8Array };

const what = 'TransportID';
const head = layout(what, 4, {
  formatCode: bits(0, 7, 6),
  protocolIdentifier: bits(0, 3, 0),
  additionalLength: uint16(2),
});
const sas = layout('SAS TransportID', 24, {
  formatCode: bits(0, 7, 6),
  protocolIdentifier: bits(0, 3, 0),
  sasAddress: octets(4, 8),
});

/** FORMAT CODE of an iSCSI TransportID: the initiator, or one of its ports with the ISID behind the name. */
const iscsiDevice = 0;
const iscsiPort = 1;
const portSeparator = ',i,0x';
/** The ADDITIONAL LENGTH of an iSCSI TransportID is at least 20 and a multiple of four (SPC-4). */
const iscsiMinimum = 20;
const iscsiNameLimit = 223 + portSeparator.length + 12;

/** Throws `OUT_OF_RANGE` for a name that is too long or not ASCII, or an address that has not eight bytes. */
export function encodeTransportId(value: TransportId): Uint8Array {
  switch (value.protocol) {
    case 'iscsi': {
      const { initiatorPort } = value;
      if (initiatorPort.length > iscsiNameLimit || !/^[\x21-\x7e]+$/.test(initiatorPort)) {
        const message = `initiator port name must be 1 to ${iscsiNameLimit} printable ASCII characters`;
        throw new ScsiFormatError('OUT_OF_RANGE', what, 4, message);
      }
      const additionalLength = Math.max(iscsiMinimum, Math.ceil((initiatorPort.length + 1) / 4) * 4);
      const bytes = new Uint8Array(head.length + additionalLength);
      head.encodeInto(bytes, 0, {
        formatCode: initiatorPort.includes(portSeparator) ? iscsiPort : iscsiDevice,
        protocolIdentifier: ProtocolIdentifier.ISCSI,
        additionalLength,
      });
      bytes.set(new TextEncoder().encode(initiatorPort), head.length);
      return bytes;
    }
    case 'sas': {
      if (value.sasAddress.length !== 8) {
        throw new ScsiFormatError('OUT_OF_RANGE', what, 4, `SAS address has ${value.sasAddress.length} bytes, not 8`);
      }
      return sas.encode({ formatCode: 0, protocolIdentifier: ProtocolIdentifier.SAS, sasAddress: value.sasAddress });
    }
    case 'other':
      return value.bytes.slice();
  }
}

/** Throws `SHORT_DATA`, and `CONTRADICTION` for an iSCSI name without an end. */
export function decodeTransportId(bytes: Uint8Array): TransportId {
  const { formatCode, protocolIdentifier, additionalLength } = head.decode(bytes);
  if (protocolIdentifier === ProtocolIdentifier.SAS) {
    return { protocol: 'sas', sasAddress: sas.decode(bytes).sasAddress };
  }
  const known =
    protocolIdentifier === ProtocolIdentifier.ISCSI && (formatCode === iscsiDevice || formatCode === iscsiPort);
  if (!known) return { protocol: 'other', protocolIdentifier, bytes: bytes.slice() };
  const end = head.length + additionalLength;
  requireBytes(what, bytes, head.length, end);
  const nul = bytes.indexOf(0, head.length);
  if (nul === -1 || nul >= end) {
    throw new ScsiFormatError('CONTRADICTION', what, head.length, 'the iSCSI name does not end with a NUL');
  }
  return { protocol: 'iscsi', initiatorPort: readText(bytes, head.length, nul - head.length) };
}
