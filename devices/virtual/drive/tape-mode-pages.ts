import { decodeControlModePage, encodeControlModePage, PrimaryModePage } from '../../scsi/spc/control-mode-page.js';
import { encodeInformationalExceptionsControl } from '../../scsi/spc/informational-exceptions-control.js';
import type { ModePage } from '../../scsi/spc/mode-parameters.js';
import {
  dataCompression,
  deviceConfiguration,
  deviceConfigurationExtension,
  DEVICE_CONFIGURATION_EXTENSION_SUBPAGE,
  disconnectReconnect,
  TapeModePage,
} from '../../scsi/ssc/mode-pages.js';
import { invalidFieldInParameterList } from '../check-condition.js';
import type { DeviceServer } from '../device-server.js';
import { ModePages, type ModePageDefinition } from '../mode-pages.js';
import type { TapeModeState } from './tape-mode-state.js';

/** Where COMPRESSION ALGORITHM has its lowest byte, behind the page header. */
const COMPRESSION_ALGORITHM_AT = 5;
/** None, and the drive's own. */
const ALGORITHMS: readonly number[] = [0, 1];

/** The mode pages of a tape drive, in the order of their codes. */
export function tapeModePages(state: TapeModeState, server: DeviceServer): ModePages {
  return new ModePages([
    { page: plainPage(TapeModePage.DISCONNECT_RECONNECT, disconnectReconnect.encode({})) },
    controlPage(server),
    compressionPage(state),
    configurationPage(state),
    configurationExtensionPage(state),
    // TapeAlert is read from its log page; nothing is announced.
    { page: encodeInformationalExceptionsControl({ disableExceptions: true }) },
  ]);
}

function controlPage(server: DeviceServer): ModePageDefinition {
  const descriptorFormat = (parameters: Uint8Array): boolean =>
    decodeControlModePage(plainPage(PrimaryModePage.CONTROL, parameters)).descriptorFormatSense;
  let wanted = false;
  server.descriptorFormatSense = () => wanted;
  return {
    page: encodeControlModePage({}),
    changeable: encodeControlModePage({ descriptorFormatSense: true }).parameters,
    changed(parameters) {
      wanted = descriptorFormat(parameters);
    },
  };
}

function compressionPage(state: TapeModeState): ModePageDefinition {
  return {
    page: plainPage(
      TapeModePage.DATA_COMPRESSION,
      dataCompression.encode({
        dataCompressionEnable: true,
        dataCompressionCapable: true,
        dataDecompressionEnable: true,
        compressionAlgorithm: 1,
        decompressionAlgorithm: 1,
      }),
    ),
    // Linux st writes the algorithm along with DCE: 0 when it switches compression off.
    changeable: dataCompression.encode({
      dataCompressionEnable: true,
      dataDecompressionEnable: true,
      compressionAlgorithm: 0xff,
    }),
    check(parameters, offset) {
      const { compressionAlgorithm } = dataCompression.decode(parameters);
      if (!ALGORITHMS.includes(compressionAlgorithm)) {
        throw invalidFieldInParameterList(offset + COMPRESSION_ALGORITHM_AT);
      }
    },
    changed(parameters) {
      state.dataCompressionEnable = dataCompression.decode(parameters).dataCompressionEnable;
    },
  };
}

function configurationPage(state: TapeModeState): ModePageDefinition {
  return {
    page: plainPage(
      TapeModePage.DEVICE_CONFIGURATION,
      deviceConfiguration.encode({
        logicalObjectIdentifiersSupported: true,
        enableEodGeneration: true,
        synchronizeAtEarlyWarning: true,
        selectDataCompressionAlgorithm: 1,
      }),
    ),
    changeable: deviceConfiguration.encode({ writeDelayTime: 0xffff, softwareWriteProtect: true }),
    changed(parameters) {
      state.softwareWriteProtect = deviceConfiguration.decode(parameters).softwareWriteProtect;
    },
  };
}

function configurationExtensionPage(state: TapeModeState): ModePageDefinition {
  return {
    page: {
      ...plainPage(TapeModePage.DEVICE_CONFIGURATION, deviceConfigurationExtension.encode({})),
      subpageCode: DEVICE_CONFIGURATION_EXTENSION_SUBPAGE,
    },
    changeable: deviceConfigurationExtension.encode({ programmableEarlyWarningMegabytes: 0xffff }),
    changed(parameters) {
      const { programmableEarlyWarningMegabytes } = deviceConfigurationExtension.decode(parameters);
      state.programmableEarlyWarningMegabytes = programmableEarlyWarningMegabytes;
    },
  };
}

function plainPage(pageCode: number, parameters: Uint8Array): ModePage {
  return { pageCode, parametersSaveable: false, parameters };
}
