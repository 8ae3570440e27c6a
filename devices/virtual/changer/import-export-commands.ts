import { AdditionalSense } from '../../scsi/asc-ascq.js';
import { OperationCode } from '../../scsi/opcodes.js';
import { ElementType } from '../../scsi/smc/element-type.js';
import {
  ImportExportAction,
  parseOpenCloseImportExportElementCdb,
} from '../../scsi/smc/open-close-import-export-element.js';
import { illegalRequest, invalidElementAddress, invalidFieldInCdb } from '../check-condition.js';
import type { Command, CommandTable } from '../device-server.js';
import type { Changer } from './changer.js';
import { checkReady } from './motion-checks.js';

/** OPEN/CLOSE IMPORT/EXPORT ELEMENT (SMC-3), where the model has a port with a motor. */
export function importExportCommands(changer: Changer): CommandTable {
  if (!changer.profile.quirks.openCloseImportExport) return new Map();
  const openClose: Command = {
    async run({ cdb }) {
      const { elementAddress, actionCode } = parseOpenCloseImportExportElementCdb(cdb);
      checkReady(changer);
      if (changer.elements.find(elementAddress)?.elementType !== ElementType.IMPORT_EXPORT) {
        throw invalidElementAddress(2);
      }
      const { openPorts, removalPreventedBy } = changer.state;
      switch (actionCode) {
        case ImportExportAction.OPEN:
          if (removalPreventedBy.size > 0) throw illegalRequest(AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
          changer.state.openPort(elementAddress);
          break;
        case ImportExportAction.CLOSE:
          openPorts.delete(elementAddress);
          break;
        default:
          throw invalidFieldInCdb(4, 4);
      }
      await changer.mechanics.spend('doorMs');
      return undefined;
    },
  };
  return new Map([[OperationCode.OPEN_CLOSE_IMPORT_EXPORT_ELEMENT, openClose]]);
}
