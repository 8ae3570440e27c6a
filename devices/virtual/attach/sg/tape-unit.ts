import { decodeSense, SenseKey, signedInformation, type SenseData } from '../../../scsi/sense.js';
import { decodeBlockDescriptor, decodeModeParameters } from '../../../scsi/spc/mode-parameters.js';
import { allModePages, modeSense6Cdb } from '../../../scsi/spc/mode-sense.js';
import { testUnitReadyCdb } from '../../../scsi/spc/test-unit-ready.js';
import { decodeReadPositionShort, readPositionCdb } from '../../../scsi/ssc/read-position.js';
import { writeFilemarks6Cdb } from '../../../scsi/ssc/write-filemarks.js';
import { ScsiStatus } from '../../../scsi/status.js';
import type { Errno } from './errno.js';
import { Errno as ErrorNumber } from './errno.js';
import { runOnUnit, type SgUnit } from './sg-unit.js';
import { TapePosition } from './tape-position.js';

/** ST_LONG_TIMEOUT: rewinding and the like; reading and writing end long before. */
const timeoutMs = 14_000_000;
/** A drive that is loading is waited for so long when it is opened (ST_BLOCK_SECONDS). */
const becomingReadyMs = 120_000;
const pollMs = 1_000;
const mostUnitAttentions = 10;
const nothing = new Uint8Array(0);

/** What a command came to. `residue`: blocks, filemarks or bytes that were left undone. */
export type TapeAnswer =
  | { readonly ok: true; readonly dataIn: Uint8Array }
  | {
      readonly ok: false;
      readonly dataIn: Uint8Array;
      readonly errno: Errno;
      readonly sense?: SenseData;
      readonly residue: number;
    };

/** What a drive says of its medium. */
export interface MediumState {
  /** Bytes of a block; 0 for blocks of any length. */
  readonly blockLength: number;
  readonly densityCode: number;
  readonly isWriteProtected: boolean;
}

/** A drive as the tape driver knows it, for as long as the host runs: its files come and go. */
export class TapeUnit {
  readonly position = new TapePosition();
  medium: MediumState = { blockLength: 0, densityCode: 0, isWriteProtected: false };
  /** Written, and not yet closed with a filemark. */
  isWriting = false;
  readonly #unit: SgUnit;
  #owner: object | undefined;
  #released: () => void = () => undefined;
  #release: Promise<void> = Promise.resolve();

  constructor(unit: SgUnit) {
    this.#unit = unit;
  }

  /**
   * A tape drive serves one file at a time. One that was just closed may still be writing its filemark: that is waited for.
   * False: another file keeps it.
   */
  async claim(owner: object): Promise<boolean> {
    const { clock } = this.#unit;
    if (this.#owner !== undefined && this.#owner !== owner) {
      const patience = new AbortController();
      await Promise.race([this.#release, clock.sleep(pollMs, patience.signal).catch(() => undefined)]);
      patience.abort();
    }
    if (this.#owner !== undefined && this.#owner !== owner) return false;
    if (this.#owner === undefined) {
      this.#owner = owner;
      this.#release = new Promise((resolve) => (this.#released = resolve));
    }
    return true;
  }

  release(owner: object): void {
    if (this.#owner !== owner) return;
    this.#owner = undefined;
    this.#released();
  }

  /** What the driver does when its file is opened. `waits`: for a drive that is becoming ready. */
  async prepare({ waits }: { readonly waits: boolean }): Promise<Errno | undefined> {
    const { clock } = this.#unit;
    const endMs = clock.now() + becomingReadyMs;
    for (let attentions = 0; ;) {
      const answer = await this.command(testUnitReadyCdb());
      if (answer.ok) break;
      if (answer.sense?.key === SenseKey.UNIT_ATTENTION && attentions++ < mostUnitAttentions) {
        // Another medium, or a reset: the tape is at its beginning, whatever was known before.
        this.position.atBeginning();
        this.isWriting = false;
      } else if (waits && isBecomingReady(answer.sense) && clock.now() < endMs) {
        await clock.sleep(pollMs);
      } else {
        return answer.errno;
      }
    }
    return (await this.#readMedium()) ?? this.#checkPosition();
  }

  /** Ends what is being written with a filemark. */
  async finishWriting(): Promise<Errno | undefined> {
    if (!this.isWriting) return undefined;
    this.isWriting = false;
    const answer = await this.command(writeFilemarks6Cdb({ filemarkCount: 1 }));
    if (!answer.ok && answer.sense?.endOfMedium !== true) return answer.errno;
    this.position.overFilemarks(1);
    return undefined;
  }

  async command(cdb: Uint8Array, dataOut: Uint8Array = nothing): Promise<TapeAnswer> {
    const outcome = await runOnUnit(this.#unit, { cdb, dataOut }, timeoutMs);
    if (outcome.kind !== 'answered') return { ok: false, dataIn: nothing, errno: ErrorNumber.EIO, residue: 0 };
    const { status, dataIn, sense: bytes } = outcome.result;
    if (status === ScsiStatus.GOOD) return { ok: true, dataIn };
    const sense = bytes.length === 0 ? undefined : decodeSense(bytes);
    if (sense === undefined) {
      const isTaken = status === ScsiStatus.RESERVATION_CONFLICT || status === ScsiStatus.BUSY;
      return { ok: false, dataIn, errno: isTaken ? ErrorNumber.EBUSY : ErrorNumber.EIO, residue: 0 };
    }
    return { ok: false, dataIn, errno: errnoOf(sense), sense, residue: signedInformation(sense) ?? 0 };
  }

  /** Commands through the sg file may have moved the tape, or heard of another one, behind the driver's back. */
  async #checkPosition(): Promise<Errno | undefined> {
    const answer = await this.command(readPositionCdb());
    if (!answer.ok) return answer.errno;
    const { beginningOfPartition } = decodeReadPositionShort(answer.dataIn);
    if (beginningOfPartition) this.position.atBeginning();
    else if (this.position.isAtBeginning) this.position.unknown();
    return undefined;
  }

  async #readMedium(): Promise<Errno | undefined> {
    const answer = await this.command(modeSense6Cdb({ pageCode: allModePages, allocationLength: 255 }));
    if (!answer.ok) return answer.errno;
    const { deviceSpecificParameter, blockDescriptors } = decodeModeParameters(answer.dataIn, 6);
    const known = blockDescriptors.length >= 8 ? decodeBlockDescriptor(blockDescriptors) : undefined;
    this.medium = {
      blockLength: known?.blockLength ?? 0,
      densityCode: known?.densityCode ?? 0,
      isWriteProtected: (deviceSpecificParameter & 0x80) !== 0,
    };
    return undefined;
  }
}

function isBecomingReady(sense: SenseData | undefined): boolean {
  return sense?.key === SenseKey.NOT_READY && sense.asc === 0x04 && sense.ascq === 0x01;
}

function errnoOf({ key, asc }: SenseData): Errno {
  switch (key) {
    case SenseKey.NOT_READY:
      return asc === 0x3a ? ErrorNumber.ENOMEDIUM : ErrorNumber.EIO;
    case SenseKey.DATA_PROTECT:
      return ErrorNumber.EROFS;
    case SenseKey.VOLUME_OVERFLOW:
      return ErrorNumber.ENOSPC;
    case SenseKey.ILLEGAL_REQUEST:
      return ErrorNumber.EINVAL;
    default:
      return ErrorNumber.EIO;
  }
}
