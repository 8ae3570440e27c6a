import { createHash } from 'node:crypto';
import { AdditionalSense } from '../scsi/asc-ascq.js';
import { OperationCode } from '../scsi/opcodes.js';
import {
  isReservationType,
  PersistentReserveInAction,
  PersistentReserveOutAction,
  ReservationScope,
  type ReservationType,
} from '../scsi/spc/persistent-reservation.js';
import {
  encodeFullStatus,
  encodeReservation,
  encodeReservationCapabilities,
  encodeReservationKeys,
  parsePersistentReserveInCdb,
} from '../scsi/spc/persistent-reserve-in.js';
import {
  decodePersistentReserveOutList,
  parsePersistentReserveOutCdb,
  persistentReserveOutListLength,
  type PersistentReserveOutList,
} from '../scsi/spc/persistent-reserve-out.js';
import { encodeTransportId, type TransportId } from '../scsi/spc/transport-id.js';
import {
  illegalRequest,
  invalidFieldInCdb,
  invalidFieldInParameterList,
  ReservationConflict,
} from './check-condition.js';
import { serviceAction, type Command, type CommandTable, type DeviceServer } from './device-server.js';
import { RELATIVE_TARGET_PORT } from './device-identity.js';
import type { PersistentReservations, ReservationNotices } from './persistent-reservations.js';
import { cutTo } from './primary-commands.js';

/** How many nexuses may be registered with one unit. */
const REGISTRATION_LIMIT = 1024;

/** ALLOW COMMANDS: TEST UNIT READY always goes through; what only reads does where writing is exclusive (SPC-4). */
const ALLOWS_READING_COMMANDS = 3;

/** PERSISTENT RESERVE IN and OUT (SPC-4). Nothing persists through power loss, and only the own nexus can be registered. */
export function persistentReserveCommands(server: DeviceServer): CommandTable {
  const commands = new Map<number, Command>();
  for (const [action, read] of readers) {
    commands.set(serviceAction(OperationCode.PERSISTENT_RESERVE_IN, action), {
      immediate: true,
      run({ cdb }) {
        const { allocationLength } = parsePersistentReserveInCdb(cdb);
        refuseWhileReserved(server);
        return cutTo(allocationLength, read(server.reservations));
      },
    });
  }
  for (const [action, change] of changers) {
    commands.set(serviceAction(OperationCode.PERSISTENT_RESERVE_OUT, action), {
      immediate: true,
      run(task) {
        const { scope, type, parameterListLength } = parsePersistentReserveOutCdb(task.cdb);
        refuseWhileReserved(server);
        if (parameterListLength !== persistentReserveOutListLength || task.dataOut.length < parameterListLength) {
          throw illegalRequest(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        }
        const list = decodePersistentReserveOutList(task.dataOut);
        if (list.specifyInitiatorPorts) throw invalidFieldInParameterList(20, 3);
        if (list.activatePersistThroughPowerLoss && registers.has(action)) throw invalidFieldInParameterList(20, 0);
        tell(server, change(server, { nexus: task.nexus, scope, type, list }), action);
        return undefined;
      },
    });
  }
  return commands;
}

const readers = new Map<number, (reservations: PersistentReservations) => Uint8Array>([
  [
    PersistentReserveInAction.READ_KEYS,
    ({ generation, registrations }) =>
      encodeReservationKeys(
        generation,
        registrations.map(({ key }) => key),
      ),
  ],
  [
    PersistentReserveInAction.READ_RESERVATION,
    (reservations) => {
      const { generation, reservation } = reservations;
      if (reservation === undefined) return encodeReservation(generation, undefined);
      const holder = reservation.holder === undefined ? undefined : reservations.registrationOf(reservation.holder);
      const reservationKey = holder?.key ?? 0n;
      const { type } = reservation;
      return encodeReservation(generation, { reservationKey, scope: ReservationScope.LOGICAL_UNIT, type });
    },
  ],
  [
    PersistentReserveInAction.REPORT_CAPABILITIES,
    () =>
      encodeReservationCapabilities({
        compatibleReservationHandling: true,
        allTargetPortsCapable: true,
        typeMaskValid: true,
        allowCommands: ALLOWS_READING_COMMANDS,
        writeExclusive: true,
        exclusiveAccess: true,
        writeExclusiveRegistrantsOnly: true,
        exclusiveAccessRegistrantsOnly: true,
        writeExclusiveAllRegistrants: true,
        exclusiveAccessAllRegistrants: true,
      }),
  ],
  [PersistentReserveInAction.READ_FULL_STATUS, fullStatus],
]);

function fullStatus(reservations: PersistentReservations): Uint8Array {
  const { generation, reservation, registrations } = reservations;
  return encodeFullStatus(
    generation,
    registrations.map(({ nexus, key, allTargetPorts }) => {
      const reservationHolder = reservations.isHolder(nexus);
      return {
        reservationKey: key,
        allTargetPorts,
        reservationHolder,
        scope: ReservationScope.LOGICAL_UNIT,
        type: reservationHolder ? (reservation?.type ?? 0) : 0,
        // For a registration with all target ports the field means nothing.
        relativeTargetPortIdentifier: allTargetPorts ? 0 : RELATIVE_TARGET_PORT,
        transportId: encodeTransportId(transportIdOf(nexus)),
      };
    }),
  );
}

/**
 * The TransportID of a nexus. An iSCSI initiator port is named in it as it is; for transports that have no TransportID (USB,
 * a socket) it is a SAS address made from the name, locally assigned (NAA 3h), so that it is always the same.
 */
function transportIdOf(nexus: string): TransportId {
  if (/^[\x21-\x7e]{1,223},i,0x[0-9a-f]{1,12}$/i.test(nexus)) return { protocol: 'iscsi', initiatorPort: nexus };
  const sasAddress = new Uint8Array(createHash('sha256').update(nexus).digest().subarray(0, 8));
  sasAddress[0] = 0x30 | ((sasAddress[0] ?? 0) & 0x0f);
  return { protocol: 'sas', sasAddress };
}

interface Change {
  readonly nexus: string;
  readonly scope: number;
  readonly type: number;
  readonly list: PersistentReserveOutList;
}

const NO_NOTICES: ReservationNotices = {
  registrationsPreempted: [],
  reservationsPreempted: [],
  reservationsReleased: [],
};

const registers: ReadonlySet<number> = new Set([
  PersistentReserveOutAction.REGISTER,
  PersistentReserveOutAction.REGISTER_AND_IGNORE_EXISTING_KEY,
]);

const changers = new Map<number, (server: DeviceServer, change: Change) => ReservationNotices>([
  [PersistentReserveOutAction.REGISTER, (server, change) => register(server, change, false)],
  [PersistentReserveOutAction.REGISTER_AND_IGNORE_EXISTING_KEY, (server, change) => register(server, change, true)],
  [PersistentReserveOutAction.RESERVE, reserve],
  [PersistentReserveOutAction.RELEASE, release],
  [
    PersistentReserveOutAction.CLEAR,
    ({ reservations }, change) => {
      requireRegistration(reservations, change);
      return reservations.clear(change.nexus);
    },
  ],
  [PersistentReserveOutAction.PREEMPT, preempt],
  [PersistentReserveOutAction.PREEMPT_AND_ABORT, preempt],
]);

function register(
  { reservations }: DeviceServer,
  { nexus, list }: Change,
  ignoreExistingKey: boolean,
): ReservationNotices {
  const existing = reservations.registrationOf(nexus);
  if (!ignoreExistingKey && list.reservationKey !== (existing?.key ?? 0n)) throw new ReservationConflict();
  const isNew = existing === undefined && list.serviceActionReservationKey !== 0n;
  if (isNew && reservations.registrations.length >= REGISTRATION_LIMIT) {
    throw illegalRequest(AdditionalSense.INSUFFICIENT_REGISTRATION_RESOURCES);
  }
  return reservations.register(nexus, list.serviceActionReservationKey, list.allTargetPorts);
}

function reserve({ reservations }: DeviceServer, change: Change): ReservationNotices {
  requireRegistration(reservations, change);
  const type = checkedType(change);
  const { reservation } = reservations;
  if (reservation === undefined) {
    reservations.reserve(change.nexus, type);
    return NO_NOTICES;
  }
  // The same once more is no change; anything else is one that RELEASE must come before.
  if (!reservations.isHolder(change.nexus) || reservation.type !== type) throw new ReservationConflict();
  return NO_NOTICES;
}

function release({ reservations }: DeviceServer, change: Change): ReservationNotices {
  requireRegistration(reservations, change);
  const { reservation } = reservations;
  // What one does not hold, one need not release: no error (SPC-4).
  if (reservation === undefined || !reservations.isHolder(change.nexus)) return NO_NOTICES;
  if (change.scope !== ReservationScope.LOGICAL_UNIT || change.type !== reservation.type) {
    throw illegalRequest(AdditionalSense.INVALID_RELEASE_OF_PERSISTENT_RESERVATION);
  }
  return reservations.release(change.nexus);
}

function preempt({ reservations }: DeviceServer, change: Change): ReservationNotices {
  requireRegistration(reservations, change);
  const { serviceActionReservationKey: key } = change.list;
  if (reservations.takesReservation(key)) {
    return reservations.preemptReservation(change.nexus, key, checkedType(change));
  }
  if (key === 0n) throw invalidFieldInParameterList(8);
  // Nobody to preempt.
  if (reservations.registrations.every((other) => other.key !== key)) throw new ReservationConflict();
  return reservations.preemptRegistrations(change.nexus, key);
}

/** Only who is registered, and names its own key, may do anything but register. */
function requireRegistration(reservations: PersistentReservations, { nexus, list }: Change): void {
  if (reservations.registrationOf(nexus)?.key !== list.reservationKey) throw new ReservationConflict();
}

function checkedType({ scope, type }: Change): ReservationType {
  if (scope !== ReservationScope.LOGICAL_UNIT) throw invalidFieldInCdb(2, 7);
  if (!isReservationType(type)) throw invalidFieldInCdb(2, 3);
  return type;
}

/** While the unit is reserved in the old way, these commands conflict, whoever sends them (SPC-2 5.5.1). */
function refuseWhileReserved(server: DeviceServer): void {
  if (server.reservedBy !== undefined) throw new ReservationConflict();
}

function tell(server: DeviceServer, notices: ReservationNotices, action: number): void {
  const { nexuses } = server;
  for (const nexus of notices.registrationsPreempted) {
    server.preempted(nexus, action === PersistentReserveOutAction.PREEMPT_AND_ABORT);
    nexuses.establishFor(nexus, AdditionalSense.REGISTRATIONS_PREEMPTED);
  }
  for (const nexus of notices.reservationsPreempted) {
    nexuses.establishFor(nexus, AdditionalSense.RESERVATIONS_PREEMPTED);
  }
  for (const nexus of notices.reservationsReleased) {
    nexuses.establishFor(nexus, AdditionalSense.RESERVATIONS_RELEASED);
  }
}
