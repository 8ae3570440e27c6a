import type { NtmsAccessMask, StandardAccess } from '../../objects/ntmsapi/index.js';
import type { Win32Symbol } from '../../objects/win32.js';
import type { FunctionGroup, NtmsFunctionName } from './function-names.js';

/** What a table of return codes may name: a Win32 code, or the handle that a failed open returns. */
export type ReturnSymbol = Win32Symbol | 'INVALID_HANDLE_VALUE';

export interface DocumentedParameter {
  readonly name: string;
  /** The C type, of the Unicode variant where there are two. */
  readonly type: string;
  readonly direction: 'in' | 'out' | 'in and out';
  readonly about: string;
}

export interface DocumentedReturnCode {
  readonly symbol: ReturnSymbol;
  /** The number as a DWORD; -1 for INVALID_HANDLE_VALUE. */
  readonly win32: number;
  readonly condition: string;
}

/** A right that a caller needs, on Windows Server 2003 (rsm-security). */
export interface DocumentedRight {
  /** `governing object`: the pool, library or computer that governs the object in question. */
  readonly object: 'media pool' | 'library' | 'computer' | 'governing object';
  readonly right: keyof typeof NtmsAccessMask | keyof typeof StandardAccess;
}

/** Something that the pages say beside the tables. */
export interface DocumentedRule {
  /** Unique within its function; tests and the coverage page know the rule by it. */
  readonly id: string;
  readonly text: string;
  readonly source: string;
}

/** What a call changes in the objects. */
export interface DocumentedChange {
  /** Unique within its function. */
  readonly id: string;
  readonly object: string;
  readonly field: string;
  readonly from: string;
  readonly to: string;
  readonly when: string;
}

/** A function of ntmsapi.h: what its pages in the SDK and in MS-RSMP say, in our words. */
export interface DocumentedFunction {
  readonly name: NtmsFunctionName;
  readonly group: FunctionGroup;
  readonly parameters: readonly DocumentedParameter[];
  readonly rights: readonly DocumentedRight[];
  readonly returnCodes: readonly DocumentedReturnCode[];
  readonly rules: readonly DocumentedRule[];
  readonly changes: readonly DocumentedChange[];
}
