import type { NTMS_SECURITY_DESCRIPTOR } from '../sessions/security-descriptor.js';

/** SECURITY_ATTRIBUTES_NTMS: who may do what with a new pool. MS-RSMP 2.2.3.5. */
export interface SECURITY_ATTRIBUTES {
  /** Not looked at; kept for programs that fill it. */
  readonly nLength?: number;
  /** Null: as if no attributes were given. */
  readonly lpSecurityDescriptor: NTMS_SECURITY_DESCRIPTOR | null;
  /** Not looked at: an identifier is no handle that a process could inherit. */
  readonly bInheritHandle?: boolean;
}
