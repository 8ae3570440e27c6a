import type { SgIoRequest } from './sg-calls.js';

/** What the process that makes the calls is asked. */
export type SgProcessRequest = { readonly id: number } & (
  | { readonly call: 'open'; readonly path: string }
  | ({ readonly call: 'command'; readonly file: number } & SgIoRequest)
  | { readonly call: 'reset'; readonly file: number; readonly what: number }
  | { readonly call: 'close'; readonly file: number }
);

/** Its answer; `errno` 0: the call succeeded. */
export interface SgProcessAnswer {
  readonly id: number;
  readonly errno: number;
  /** The descriptor that was opened. */
  readonly file?: number;
  readonly header?: Uint8Array;
  readonly dataIn?: Uint8Array;
  readonly sense?: Uint8Array;
}
