import {
  encodeDeviceCapabilities,
  encodeElementAddressAssignment,
  encodeTransportGeometry,
  type DeviceCapabilities,
  type ElementTypeSet,
} from '../../scsi/smc/mode-pages.js';
import { decodeControlModePage, encodeControlModePage, PrimaryModePage } from '../../scsi/spc/control-mode-page.js';
import { encodeInformationalExceptionsControl } from '../../scsi/spc/informational-exceptions-control.js';
import type { ModePage } from '../../scsi/spc/mode-parameters.js';
import type { Profile } from '../../profiles/profile.js';
import { extendedSelfTestSeconds } from '../command-durations.js';
import { ModePages } from '../mode-pages.js';

/**
 * The mode pages of a changer (SMC-3, SPC-4). Only the format of sense data can be changed. TapeAlert flags are read from the
 * log page and reported in no other way, which is what DEXCPT says.
 */
export function changerModePages(profile: Profile): ModePages {
  return new ModePages([
    {
      page: encodeControlModePage({
        // One task set for all; what another nexus aborts ends with TASK ABORTED.
        taskAbortedStatus: true,
        extendedSelfTestSeconds: Math.min(extendedSelfTestSeconds(profile), 0xffff),
      }),
      changeable: encodeControlModePage({ descriptorFormatSense: true }).parameters,
    },
    { page: encodeInformationalExceptionsControl({ disableExceptions: true }) },
    ...elementPages(profile).map((page) => ({ page })),
  ]);
}

/** Whether MODE SELECT has asked for sense data in descriptor format. */
export function wantsDescriptorFormat(pages: ModePages): boolean {
  const parameters = pages.current(PrimaryModePage.CONTROL);
  return decodeControlModePage({ pageCode: PrimaryModePage.CONTROL, parametersSaveable: false, parameters })
    .descriptorFormatSense;
}

function elementPages(profile: Profile): ModePage[] {
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
