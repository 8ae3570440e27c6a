import { OperationCode } from '../scsi/opcodes.js';
import {
  parseRelease10Cdb,
  parseRelease6Cdb,
  parseReserve10Cdb,
  parseReserve6Cdb,
  type Reservation,
} from '../scsi/spc/reserve-release.js';
import { invalidFieldInCdb } from './check-condition.js';
import type { Command, CommandTable, DeviceServer } from './device-server.js';

/**
 * RESERVE and RELEASE, 6 and 10, of the whole unit (SPC-2). The reservation of single elements and third-party
 * reservations are refused: no real library was found that a backup program uses them with.
 */
export function reservationCommands(server: DeviceServer): CommandTable {
  const reserve = (parse: (cdb: Uint8Array) => Reservation): Command => ({
    run({ cdb, nexus }) {
      wholeUnit(parse(cdb), cdb);
      server.reservedBy = nexus;
      return undefined;
    },
  });
  const release = (parse: (cdb: Uint8Array) => Reservation): Command => ({
    // Releasing what another nexus holds does nothing, and is not an error.
    ignoresReservation: true,
    run({ cdb, nexus }) {
      wholeUnit(parse(cdb), cdb);
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

function wholeUnit(reservation: Reservation, cdb: Uint8Array): void {
  if (reservation.element) throw invalidFieldInCdb(1, 0);
  const thirdParty = ((cdb[1] ?? 0) & 0x10) !== 0;
  if (thirdParty) throw invalidFieldInCdb(1, 4);
}
