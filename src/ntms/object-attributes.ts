import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask, NtmsLength } from '../objects/ntmsapi/index.js';
import { tableOfKind } from './object-information.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { namedObject, requireGoverningRight } from './governed-object.js';
import { requireIdentifier } from './named-objects.js';
import type { Guid } from './structures.js';

/** What GetNtmsObjectAttribute resolves with. */
export interface NtmsObjectAttribute {
  readonly lpAttributeData: Uint8Array;
  /** Bytes. */
  readonly lpAttributeSize: number;
}

/** Functions for attributes: bytes that an application keeps with an object under a name of its own. */
export interface ObjectAttributes {
  /**
   * Reads one attribute of an object.
   * @param dwType not looked at: the identifier tells the kind
   * @param lpAttributeName exactly as it was set, upper and lower case too
   * @param lpAttributeSize bytes for which the caller has room; null: as many as there are
   * @throws NtmsError ERROR_INVALID_PARAMETER, ERROR_OBJECT_NOT_FOUND for the object and for the attribute,
   *   ERROR_ACCESS_DENIED without use right on what governs the object, ERROR_INSUFFICIENT_BUFFER
   *   (`data.lpAttributeSize` is what it takes), ERROR_NO_DATA for an attribute longer than any may be
   */
  GetNtmsObjectAttribute(
    hSession: NtmsSession,
    lpObjectId: Guid,
    dwType: number,
    lpAttributeName: string,
    lpAttributeSize: number | null,
  ): Promise<NtmsObjectAttribute>;
  /**
   * Writes an attribute of an object, or removes it.
   * @param dwType not looked at: the identifier tells the kind
   * @param lpAttributeName 1 to 31 characters
   * @param lpAttributeData the bytes; null when there are none
   * @param dwAttributeSize how many of them, below 65536; 0 removes the attribute, whether it was there or not
   * @throws NtmsError ERROR_INVALID_PARAMETER, ERROR_INVALID_NAME, ERROR_NO_DATA for too many bytes,
   *   ERROR_OBJECT_NOT_FOUND, ERROR_ACCESS_DENIED without modify right on what governs the object
   */
  SetNtmsObjectAttribute(
    hSession: NtmsSession,
    lpObjectId: Guid,
    dwType: number,
    lpAttributeName: string,
    lpAttributeData: Uint8Array | null,
    dwAttributeSize: number,
  ): Promise<void>;
}

export function objectAttributes(context: CallContext): ObjectAttributes {
  return {
    GetNtmsObjectAttribute: (hSession, lpObjectId, _dwType, lpAttributeName, lpAttributeSize) =>
      context.call(hSession, (session) => {
        requireIdentifier(lpObjectId, 'lpObjectId');
        requireIdentifier(lpAttributeName, 'lpAttributeName');
        if (lpAttributeSize !== null) requireCount(lpAttributeSize, 'lpAttributeSize');
        const object = namedObject(context, lpObjectId);
        requireGoverningRight(context, session, object, NtmsAccessMask.NTMS_USE_ACCESS);
        const attribute = context.store.table('objectAttributes').find({ object: lpObjectId, name: lpAttributeName });
        if (attribute === undefined) {
          throw new NtmsError('ERROR_OBJECT_NOT_FOUND', `${lpObjectId} has no attribute "${lpAttributeName}"`);
        }
        const { length } = attribute.data;
        if (length >= NtmsLength.NTMS_MAXATTR_LENGTH) {
          throw new NtmsError('ERROR_NO_DATA', `attribute "${lpAttributeName}" has ${length} bytes, more than any may`);
        }
        if (lpAttributeSize !== null && lpAttributeSize < length) {
          throw new NtmsError('ERROR_INSUFFICIENT_BUFFER', `${length} bytes, room for ${lpAttributeSize}`, {
            data: { lpAttributeSize: length },
          });
        }
        return { lpAttributeData: new Uint8Array(attribute.data), lpAttributeSize: length };
      }),

    SetNtmsObjectAttribute: (hSession, lpObjectId, _dwType, lpAttributeName, lpAttributeData, dwAttributeSize) =>
      context.call(hSession, (session) => {
        requireIdentifier(lpObjectId, 'lpObjectId');
        requireName(lpAttributeName);
        const data = readData(lpAttributeData, dwAttributeSize);
        const object = namedObject(context, lpObjectId);
        requireGoverningRight(context, session, object, NtmsAccessMask.NTMS_MODIFY_ACCESS);
        const { store } = context;
        store.transaction(() => {
          const attributes = store.table('objectAttributes');
          const known = attributes.find({ object: lpObjectId, name: lpAttributeName });
          if (known !== undefined && data !== null) attributes.update(known.id, { data });
          else if (data !== null) attributes.insert({ object: lpObjectId, name: lpAttributeName, data });
          else if (known !== undefined) attributes.remove(known.id);
          else return;
          // The object has changed: its time of modification, and who watches it, say so.
          store.table(tableOfKind[object.kind]).update(lpObjectId, {});
        });
      }),
  };
}

function requireName(name: unknown): void {
  if (typeof name !== 'string') throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpAttributeName is missing');
  const longest = NtmsLength.NTMS_MAXATTR_NAMELEN - 1;
  if (name.length >= 1 && name.length <= longest && !name.includes('\0')) return;
  throw new NtmsError('ERROR_INVALID_NAME', `an attribute's name has 1 to ${longest} characters, none of them null`);
}

/** The bytes to be kept; null: the attribute is to go. */
function readData(data: Uint8Array | null, size: number): Buffer | null {
  requireCount(size, 'dwAttributeSize');
  if (data !== null && !(data instanceof Uint8Array)) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpAttributeData is neither null nor a Uint8Array');
  }
  if (size >= NtmsLength.NTMS_MAXATTR_LENGTH) {
    throw new NtmsError('ERROR_NO_DATA', `an attribute has fewer than ${NtmsLength.NTMS_MAXATTR_LENGTH} bytes`);
  }
  if (size === 0) return null;
  if (data === null) throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpAttributeData is missing');
  if (data.length < size) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', `lpAttributeData has ${data.length} bytes, not ${size}`);
  }
  return Buffer.from(data.subarray(0, size));
}

function requireCount(value: unknown, name: string): void {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffff_ffff) return;
  throw new NtmsError('ERROR_INVALID_PARAMETER', `${name} is ${String(value)}; it is a number of bytes`);
}
