import { AdditionalSense } from '../../../scsi/asc-ascq.js';
import { PeripheralDeviceType } from '../../../scsi/opcodes.js';
import { encodeSense, SenseKey } from '../../../scsi/sense.js';
import { inquiryCdb } from '../../../scsi/spc/inquiry.js';
import { ScsiStatus } from '../../../scsi/status.js';
import type { ScsiTarget, ScsiTaskResult } from '../../../transport/scsi-target.js';
import { dataOutWish, type DataOutWish } from './data-out-wish.js';

export interface TargetPortOptions {
  readonly target: ScsiTarget;
  /** Sorted. */
  readonly luns: readonly number[];
  /** The one I_T nexus that a USB device has. */
  readonly nexus: string;
  /** Peripheral device type, where it is known beforehand. */
  readonly typeOfLun?: ((lun: number) => number | undefined) | undefined;
  /** The present block length in bytes of a unit that has one. */
  readonly blockLengthOf?: ((lun: number) => number | undefined) | undefined;
  /** Hears of a target that broke its contract. */
  readonly onError?: ((cause: Error) => void) | undefined;
}

const NOTHING = new Uint8Array(0);
const INTERNAL_FAILURE: ScsiTaskResult = {
  status: ScsiStatus.CHECK_CONDITION,
  dataIn: NOTHING,
  sense: encodeSense({ key: SenseKey.HARDWARE_ERROR, ...AdditionalSense.INTERNAL_TARGET_FAILURE }),
};
/** Types among which an operation code may mean different things. */
const TYPES: readonly number[] = [
  PeripheralDeviceType.DIRECT_ACCESS,
  PeripheralDeviceType.SEQUENTIAL_ACCESS,
  PeripheralDeviceType.CD_DVD,
  PeripheralDeviceType.MEDIUM_CHANGER,
  PeripheralDeviceType.UNKNOWN,
];

/** The target as a USB device's protocol sees it: behind one nexus, and never failing but with a SCSI status. */
export class TargetPort {
  readonly luns: readonly number[];
  readonly #options: TargetPortOptions;
  readonly #types = new Map<number, number>();

  constructor(options: TargetPortOptions) {
    this.luns = options.luns;
    this.#options = options;
  }

  async execute(lun: number, cdb: Uint8Array, dataOut: Uint8Array, signal?: AbortSignal): Promise<ScsiTaskResult> {
    const { target, nexus } = this.#options;
    try {
      return await target.execute({ nexus, lun, cdb, dataOut, ...(signal !== undefined && { signal }) });
    } catch (cause) {
      this.#tell(cause);
      return INTERNAL_FAILURE;
    }
  }

  /** How much data-out the command wants. The unit is asked what type it is, by INQUIRY, only where that decides. */
  async dataOutWish(lun: number, cdb: Uint8Array): Promise<DataOutWish> {
    const blockLength = this.#options.blockLengthOf?.(lun);
    const [first, ...others] = TYPES.map((type) => dataOutWish(type, cdb, blockLength));
    if (first !== undefined && others.every((wish) => wish === first)) return first;
    return dataOutWish(await this.#typeOf(lun), cdb, blockLength);
  }

  /** `unsupported`: the target has no such thing. */
  async resetLogicalUnit(lun: number): Promise<'done' | 'failed' | 'unsupported'> {
    const { target } = this.#options;
    if (target.resetLogicalUnit === undefined) return 'unsupported';
    try {
      await target.resetLogicalUnit(lun);
      return 'done';
    } catch (cause) {
      this.#tell(cause);
      return 'failed';
    }
  }

  nexusLost(): void {
    try {
      this.#options.target.nexusLost(this.#options.nexus);
    } catch (cause) {
      this.#tell(cause);
    }
  }

  async #typeOf(lun: number): Promise<number> {
    const known = this.#options.typeOfLun?.(lun) ?? this.#types.get(lun);
    if (known !== undefined) return known;
    const { status, dataIn } = await this.execute(lun, inquiryCdb({ allocationLength: 36 }), NOTHING);
    const [first] = dataIn;
    if (status !== ScsiStatus.GOOD || first === undefined) return PeripheralDeviceType.UNKNOWN;
    this.#types.set(lun, first & 0x1f);
    return first & 0x1f;
  }

  #tell(cause: unknown): void {
    this.#options.onError?.(cause instanceof Error ? cause : new Error(String(cause)));
  }
}
