/**
 * The system calls that a {@link SgTransport} is made of. The real ones are those of `SgProcess`; tests of failures script
 * their own.
 */
export interface SgCalls {
  /** open(2), O_RDWR. Resolves always. */
  open(path: string): Promise<OpenedHandle>;
  /** Ends everything that is open; calls under way end as `lost`. Never rejects. */
  end(): Promise<void>;
}

export type OpenedHandle =
  | { readonly kind: 'opened'; readonly handle: SgHandle }
  | { readonly kind: 'refused'; readonly errno: number }
  | { readonly kind: 'lost'; readonly message: string };

/** An open device file. */
export interface SgHandle {
  /** ioctl SG_IO. Resolves when the kernel is done with the command, however long that takes; there is no way to cancel it. */
  command(request: SgIoRequest): Promise<SgIoOutcome>;
  /** ioctl SG_SCSI_RESET. */
  reset(what: number): Promise<CallOutcome>;
  /** close(2), when nothing is under way on it any more. */
  close(): void;
}

/** One command for the kernel. */
export interface SgIoRequest {
  readonly cdb: Uint8Array;
  /** Room for data from the device, in bytes; 0 with data for it. */
  readonly dataInLength: number;
  readonly dataOut: Uint8Array;
  readonly timeoutMs: number;
}

export type CallOutcome =
  | { readonly kind: 'done' }
  /** The call itself failed. */
  | { readonly kind: 'refused'; readonly errno: number }
  /** What carries the calls ended. */
  | { readonly kind: 'lost'; readonly message: string };

export type SgIoOutcome =
  | {
      readonly kind: 'done';
      /** `sg_io_hdr` as the kernel left it. */
      readonly header: Uint8Array;
      /** What came, by the header; see `lengthThatCame`. */
      readonly dataIn: Uint8Array;
      readonly sense: Uint8Array;
    }
  | { readonly kind: 'refused'; readonly errno: number }
  | { readonly kind: 'lost'; readonly message: string };

/** Room for sense data in each command; the kernel itself keeps at most 96 bytes. */
export const senseRoom = 252;
