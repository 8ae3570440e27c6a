import { OperationCode } from '../../scsi/opcodes.js';
import { parseExchangeMediumCdb } from '../../scsi/smc/exchange-medium.js';
import { parseMoveMediumCdb } from '../../scsi/smc/move-medium.js';
import { parsePositionToElementCdb } from '../../scsi/smc/position-to-element.js';
import { AdditionalSense } from '../../scsi/asc-ascq.js';
import { illegalRequest } from '../check-condition.js';
import type { Command, CommandTable } from '../device-server.js';
import type { Changer } from './changer.js';
import {
  checkDestination,
  checkDriveGives,
  checkElement,
  checkInvert,
  checkMediumFits,
  checkReady,
  checkSource,
  checkTransport,
  refusal,
} from './motion-checks.js';
import { carry, exchange, goTo } from './motions.js';

/** MOVE MEDIUM, and EXCHANGE MEDIUM and POSITION TO ELEMENT where the model has them (SMC-3). */
export function motionCommands(changer: Changer): CommandTable {
  const { quirks } = changer.profile;
  const commands = new Map<number, Command>();
  commands.set(OperationCode.MOVE_MEDIUM, { run: ({ cdb }) => moveMedium(changer, cdb) });
  if (quirks.exchangeMedium) {
    commands.set(OperationCode.EXCHANGE_MEDIUM, { run: ({ cdb }) => exchangeMedium(changer, cdb) });
  }
  if (quirks.positionToElement) {
    commands.set(OperationCode.POSITION_TO_ELEMENT, { run: ({ cdb }) => positionToElement(changer, cdb) });
  }
  return commands;
}

async function moveMedium(changer: Changer, cdb: Uint8Array): Promise<undefined> {
  const { mediumTransportAddress, sourceAddress, destinationAddress, invert } = parseMoveMediumCdb(cdb);
  checkReady(changer);
  const picker = checkTransport(changer, mediumTransportAddress, 2);
  const from = checkElement(changer, sourceAddress, 4);
  const to = checkElement(changer, destinationAddress, 6);
  checkInvert(changer, invert, 10, 0);
  checkSource(changer, from, picker);
  // A move to where the cartridge already is only seats it anew.
  if (to !== from) checkDestination(to);
  checkMediumFits(changer, from, to);
  await carry(changer, picker, { from, to, invert });
  return undefined;
}

async function exchangeMedium(changer: Changer, cdb: Uint8Array): Promise<undefined> {
  const params = parseExchangeMediumCdb(cdb);
  checkReady(changer);
  const picker = checkTransport(changer, params.mediumTransportAddress, 2);
  const source = checkElement(changer, params.sourceAddress, 4);
  const first = checkElement(changer, params.firstDestinationAddress, 6);
  const second = checkElement(changer, params.secondDestinationAddress, 8);
  checkInvert(changer, params.invert1, 10, 0);
  checkInvert(changer, params.invert2, 10, 1);
  checkSource(changer, source, picker);
  if (first === source) throw illegalRequest(AdditionalSense.MEDIUM_DESTINATION_ELEMENT_FULL);
  // Both grippers must be free.
  if (picker.content !== null) throw refusal(changer.profile.quirks.pickerFull);
  if (first.content === null) throw illegalRequest(AdditionalSense.MEDIUM_SOURCE_ELEMENT_EMPTY);
  checkDriveGives(changer, first);
  if (second !== source) checkDestination(second);
  checkMediumFits(changer, source, first);
  checkMediumFits(changer, first, second);
  await exchange(
    changer,
    { from: source, to: first, invert: params.invert1 },
    { from: first, to: second, invert: params.invert2 },
  );
  return undefined;
}

async function positionToElement(changer: Changer, cdb: Uint8Array): Promise<undefined> {
  const { mediumTransportAddress, destinationAddress, invert } = parsePositionToElementCdb(cdb);
  checkReady(changer);
  checkTransport(changer, mediumTransportAddress, 2);
  const element = checkElement(changer, destinationAddress, 4);
  checkInvert(changer, invert, 8, 0);
  await goTo(changer, element);
  return undefined;
}
