import { OperationCode } from '../scsi/opcodes.js';
import {
  parseRelease10Cdb,
  parseRelease6Cdb,
  parseReserve10Cdb,
  parseReserve6Cdb,
  type Reservation,
} from '../scsi/spc/reserve-release.js';
import { invalidFieldInCdb, ReservationConflict } from './check-condition.js';
import type { Command, CommandTable, DeviceServer } from './device-server.js';

/**
 * RESERVE and RELEASE, 6 and 10, of the whole unit (SPC-2). The reservation of single elements and third-party
 * reservations are refused: no real library was found that a backup program uses them with. While anybody is registered
 * for persistent reservations, they conflict, but for who shares the reservation: then they do nothing (CRH, SPC-3 5.6.3).
 */
export function reservationCommands(server: DeviceServer): CommandTable {
  const reserve = (parse: (cdb: Uint8Array) => Reservation): Command => ({
    run({ cdb, nexus }) {
      checkWholeUnit(parse(cdb));
      if (isPersistent(server, nexus)) return undefined;
      server.reservedBy = nexus;
      return undefined;
    },
  });
  const release = (parse: (cdb: Uint8Array) => Reservation): Command => ({
    // Releasing what another nexus holds does nothing, and is not an error.
    ignoresReservation: true,
    run({ cdb, nexus }) {
      checkWholeUnit(parse(cdb));
      if (isPersistent(server, nexus)) return undefined;
      if (server.reservedBy === nexus) server.reservedBy = undefined;
      return undefined;
    },
  });
  return new Map([
    [OperationCode.RESERVE_6, reserve(parseReserve6Cdb)],
    [OperationCode.RESERVE_10, reserve(parseReserve10Cdb)],
    [OperationCode.RELEASE_6, release(parseRelease6Cdb)],
    [OperationCode.RELEASE_10, release(parseRelease10Cdb)],
  ]);
}

/** Whether the persistent kind is in use and this nexus has its share in it; refuses all others. */
function isPersistent({ reservations }: DeviceServer, nexus: string): boolean {
  if (reservations.registrations.length === 0) return false;
  if (!reservations.sharesReservation(nexus)) throw new ReservationConflict();
  return true;
}

function checkWholeUnit({ element, thirdParty }: Reservation): void {
  if (element) throw invalidFieldInCdb(1, 0);
  if (thirdParty) throw invalidFieldInCdb(1, 4);
}
