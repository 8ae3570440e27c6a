import { OperationCode } from '../../scsi/opcodes.js';
import {
  encodeDeviceCapabilities,
  encodeElementAddressAssignment,
  encodeTransportGeometry,
  type DeviceCapabilities,
  type ElementTypeSet,
} from '../../scsi/smc/mode-pages.js';
import { encodeModeParameters, type ModeHeaderFormat, type ModePage } from '../../scsi/spc/mode-parameters.js';
import { parseModeSense10Cdb, parseModeSense6Cdb } from '../../scsi/spc/mode-sense.js';
import type { Profile } from '../../profiles/profile.js';
import type { Command, CommandTable } from '../device-server.js';
import { choosePages, type ModeSenseParams } from '../mode-page-choice.js';
import { cutTo } from '../primary-commands.js';

/** MODE SENSE of a changer: pages 1Dh, 1Eh and 1Fh; nothing of them can be changed (SMC-3). */
export function changerModeCommands(profile: Profile): CommandTable {
  const pages = changerModePages(profile);
  const run = (format: ModeHeaderFormat, params: ModeSenseParams): Uint8Array => {
    const chosen = choosePages(pages, params);
    return cutTo(params.allocationLength, encodeModeParameters({ pages: chosen }, format));
  };
  return new Map<number, Command>([
    [OperationCode.MODE_SENSE_6, { run: ({ cdb }) => run(6, parseModeSense6Cdb(cdb)) }],
    [OperationCode.MODE_SENSE_10, { run: ({ cdb }) => run(10, parseModeSense10Cdb(cdb)) }],
  ]);
}

function changerModePages(profile: Profile): ModePage[] {
  const { mediumTransport, storage, importExport, dataTransfer } = profile.elements;
  return [
    encodeElementAddressAssignment({
      firstMediumTransportElementAddress: mediumTransport.first,
      numberOfMediumTransportElements: mediumTransport.count,
      firstStorageElementAddress: storage.first,
      numberOfStorageElements: storage.count,
      firstImportExportElementAddress: importExport.first,
      numberOfImportExportElements: importExport.count,
      firstDataTransferElementAddress: dataTransfer.first,
      numberOfDataTransferElements: dataTransfer.count,
    }),
    encodeTransportGeometry(
      Array.from({ length: mediumTransport.count }, (_, member) => ({
        rotate: profile.quirks.invert,
        memberNumberInTransportElementSet: member,
      })),
    ),
    encodeDeviceCapabilities(capabilities(profile)),
  ];
}

/** Everything that exists can be moved to and from; exchanges only where the model has the command. */
function capabilities(profile: Profile): DeviceCapabilities {
  const exists: ElementTypeSet = {
    mediumTransport: true,
    storage: profile.elements.storage.count > 0,
    importExport: profile.elements.importExport.count > 0,
    dataTransfer: profile.elements.dataTransfer.count > 0,
  };
  const none: ElementTypeSet = { mediumTransport: false, storage: false, importExport: false, dataTransfer: false };
  const matrix = (possible: boolean, types: ElementTypeSet): DeviceCapabilities['moves'] => ({
    mediumTransport: possible && types.mediumTransport ? types : none,
    storage: possible && types.storage ? types : none,
    importExport: possible && types.importExport ? types : none,
    dataTransfer: possible && types.dataTransfer ? types : none,
  });
  return {
    stores: exists,
    moves: matrix(true, exists),
    // The two grippers of an exchange must both be empty, so the picker itself takes no part.
    exchanges: matrix(profile.quirks.exchangeMedium, { ...exists, mediumTransport: false }),
  };
}
