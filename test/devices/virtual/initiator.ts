import { SimulatedClock } from '../../../devices/clock.js';
import { findProfile, type Profile } from '../../../devices/profiles/index.js';
import {
  decodeSense,
  ScsiStatus,
  testUnitReadyCdb,
  type AdditionalSenseCode,
  type SenseData,
} from '../../../devices/scsi/index.js';
import { VirtualAutoloader, type VirtualAutoloaderOptions } from '../../../devices/virtual/index.js';
import type { ScsiTarget } from '../../../devices/transport/scsi-target.js';

/** What came back for one command; `sense` decoded. */
export interface Answer {
  readonly status: number;
  readonly dataIn: Uint8Array;
  readonly sense: SenseData | undefined;
}

/** One I_T nexus to a target, as a test speaks through it. */
export class Initiator {
  readonly target: ScsiTarget;
  readonly nexus: string;

  constructor(target: ScsiTarget, nexus = 'tester') {
    this.target = target;
    this.nexus = nexus;
  }

  async send(
    lun: number,
    cdb: Uint8Array,
    options: { dataOut?: Uint8Array; signal?: AbortSignal } = {},
  ): Promise<Answer> {
    const { status, dataIn, sense } = await this.target.execute({
      nexus: this.nexus,
      lun,
      cdb,
      dataOut: options.dataOut ?? new Uint8Array(0),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return { status, dataIn, sense: sense.length === 0 ? undefined : decodeSense(sense) };
  }

  /** The data of a command that must succeed. */
  async read(lun: number, cdb: Uint8Array): Promise<Uint8Array> {
    const answer = await this.send(lun, cdb);
    if (answer.status !== ScsiStatus.GOOD) throw new Error(`not GOOD: ${describe(answer)}`);
    return answer.dataIn;
  }

  /** Takes the unit attentions that wait on a logical unit, and gives them in their order. */
  async takeAttentions(lun: number): Promise<AdditionalSenseCode[]> {
    const taken: AdditionalSenseCode[] = [];
    for (;;) {
      const { sense } = await this.send(lun, testUnitReadyCdb());
      if (sense === undefined || sense.key !== 0x06) return taken;
      taken.push({ asc: sense.asc, ascq: sense.ascq });
    }
  }
}

/** `GOOD`, or `02/3A/00` for CHECK CONDITION, or the status alone. */
export function describe(answer: Answer): string {
  if (answer.sense === undefined) return answer.status === ScsiStatus.GOOD ? 'GOOD' : `status ${hex(answer.status)}`;
  return `${hex(answer.sense.key)}/${hex(answer.sense.asc)}/${hex(answer.sense.ascq)}`;
}

/** Where the sense points to in the CDB: `4` or `10.0` with the bit. */
export function fieldPointer(answer: Answer): string | undefined {
  const specific = answer.sense?.senseKeySpecific;
  if (specific?.kind !== 'field-pointer') return undefined;
  return specific.bitPointer === undefined
    ? `${specific.fieldPointer}`
    : `${specific.fieldPointer}.${specific.bitPointer}`;
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}

/** A profile with some quirks turned the other way. */
export function withQuirks(id: string, quirks: Partial<Profile['quirks']>): Profile {
  const profile = findProfile(id);
  return { ...profile, quirks: { ...profile.quirks, ...quirks } };
}

/** An autoloader without time, its unit attentions already taken by the initiator. */
export async function openAutoloader(
  options: Partial<VirtualAutoloaderOptions> = {},
): Promise<{ autoloader: VirtualAutoloader; host: Initiator; clock: SimulatedClock }> {
  const clock = new SimulatedClock();
  const autoloader = await VirtualAutoloader.create({
    profile: findProfile('ibm-3573-tl'),
    clock,
    timing: 'zero',
    ...options,
  });
  const host = new Initiator(autoloader);
  for (const lun of [autoloader.lunOfChanger, ...autoloader.lunsOfDrives]) await host.takeAttentions(lun);
  return { autoloader, host, clock };
}

/** Where each cartridge is, by barcode. */
export function places(autoloader: VirtualAutoloader): Record<string, number> {
  return Object.fromEntries(
    autoloader.inspect().flatMap(({ barcode, address }) => (barcode === null ? [] : [[barcode, address]])),
  );
}
