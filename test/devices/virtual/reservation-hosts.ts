import {
  encodePersistentReserveOutList,
  persistentReserveInCdb,
  persistentReserveOutCdb,
  type PersistentReserveOutAction,
  type PersistentReserveOutList,
} from '../../../devices/scsi/index.js';
import type { VirtualAutoloader } from '../../../devices/virtual/index.js';
import { describe, Initiator, openAutoloader, type Answer } from './initiator.js';

/** PERSISTENT RESERVE OUT: the keys, and what stands in the CDB. */
export interface ReserveOut extends Partial<PersistentReserveOutList> {
  readonly key?: bigint;
  readonly newKey?: bigint;
  readonly type?: number;
  readonly scope?: number;
}

/** One nexus that reserves a logical unit. */
export class ReservingHost extends Initiator {
  readonly lun: number;

  constructor(autoloader: VirtualAutoloader, nexus: string, lun: number) {
    super(autoloader, nexus);
    this.lun = lun;
  }

  /** What came of a service action: `GOOD`, `status 18` for RESERVATION CONFLICT, or key/ASC/ASCQ. */
  async reserveOut(serviceAction: PersistentReserveOutAction, out: ReserveOut = {}): Promise<string> {
    return describe(await this.answerTo(serviceAction, out));
  }

  answerTo(serviceAction: number, out: ReserveOut = {}): Promise<Answer> {
    const { key = 0n, newKey = 0n, type = 0, scope = 0, ...flags } = out;
    return this.send(this.lun, persistentReserveOutCdb({ serviceAction, type, scope }), {
      dataOut: encodePersistentReserveOutList({ reservationKey: key, serviceActionReservationKey: newKey, ...flags }),
    });
  }

  reserveIn(serviceAction: number): Promise<Uint8Array> {
    return this.read(this.lun, persistentReserveInCdb({ serviceAction, allocationLength: 4096 }));
  }

  /** The unit attentions that wait, as `29/00 2A/05`. */
  async attentions(): Promise<string> {
    const taken = await this.takeAttentions(this.lun);
    return taken.map(({ asc, ascq }) => `${hex(asc)}/${hex(ascq)}`).join(' ');
  }
}

/** An autoloader without time and three nexuses to one of its units, their unit attentions taken. */
export async function threeHosts(
  lun = 1,
): Promise<{ autoloader: VirtualAutoloader; a: ReservingHost; b: ReservingHost; c: ReservingHost }> {
  const { autoloader } = await openAutoloader();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => new ReservingHost(autoloader, name, lun));
  if (a === undefined || b === undefined || c === undefined) throw new Error('three names make three hosts');
  for (const host of [a, b, c]) await host.attentions();
  return { autoloader, a, b, c };
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
