import { AdditionalSense } from '../../scsi/asc-ascq.js';
import { OperationCode } from '../../scsi/opcodes.js';
import { isElementType } from '../../scsi/smc/element-type.js';
import { cutElementStatusData } from '../../scsi/smc/read-element-status.js';
import {
  encodeVolumeElementAddressData,
  parseRequestVolumeElementAddressCdb,
} from '../../scsi/smc/request-volume-element-address.js';
import { decodeVolumeTagTemplate, parseSendVolumeTagCdb } from '../../scsi/smc/send-volume-tag.js';
import {
  illegalRequest,
  invalidElementAddress,
  invalidFieldInCdb,
  invalidFieldInParameterList,
} from '../check-condition.js';
import type { Command, CommandTable } from '../device-server.js';
import type { Element } from '../element-store.js';
import type { NexusState } from '../nexus-table.js';
import type { Changer } from './changer.js';
import { elementStatusPages } from './element-status-commands.js';
import { labelOf } from './element-report.js';
import { isTranslation, volumeTagSearch } from './volume-tag-search.js';

const TEMPLATE_LENGTH = 40;

interface Translation {
  readonly sendActionCode: number;
  readonly found: readonly Element[];
}

/** SEND VOLUME TAG and REQUEST VOLUME ELEMENT ADDRESS (SMC-3), where the model can search for labels. */
export function volumeTagCommands(changer: Changer): CommandTable {
  if (!changer.profile.quirks.volumeTagSearch) return new Map();
  // The result of a search belongs to the nexus that asked, and is gone with it.
  const translations = new WeakMap<NexusState, Translation>();

  const sendVolumeTag: Command = {
    run({ cdb, dataOut }, nexus) {
      const params = parseSendVolumeTagCdb(cdb);
      if (params.elementTypeCode !== 0 && !isElementType(params.elementTypeCode)) throw invalidFieldInCdb(1, 3);
      if (!isTranslation(params.sendActionCode)) throw invalidFieldInCdb(5, 4);
      if (params.parameterListLength !== TEMPLATE_LENGTH || dataOut.length < TEMPLATE_LENGTH) {
        throw illegalRequest(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
      }
      const template = decodeVolumeTagTemplate(dataOut);
      if (template.volumeIdentificationTemplate === '') throw invalidFieldInParameterList(0);
      const matches = volumeTagSearch(params.sendActionCode, template);
      const found = changer.elements
        .all()
        .filter(({ elementType }) => params.elementTypeCode === 0 || elementType === params.elementTypeCode)
        .filter(({ address }) => address >= params.elementAddress)
        .filter(({ present, content }) => present && content !== null && matches(labelOf(changer, content)));
      translations.set(nexus, { sendActionCode: params.sendActionCode, found });
      return undefined;
    },
  };

  const requestVolumeElementAddress: Command = {
    run({ cdb }, nexus) {
      const params = parseRequestVolumeElementAddressCdb(cdb);
      if (params.elementTypeCode !== 0 && !isElementType(params.elementTypeCode)) throw invalidFieldInCdb(1, 3);
      const translation = translations.get(nexus);
      // Nothing was asked for before: the commands come in the wrong order.
      if (translation === undefined) throw illegalRequest(AdditionalSense.COMMAND_SEQUENCE_ERROR);
      if (params.elementAddress !== 0 && changer.elements.find(params.elementAddress) === undefined) {
        throw invalidElementAddress(2);
      }
      const elements = translation.found
        .filter(({ address }) => address >= params.elementAddress)
        .filter(({ elementType }) => params.elementTypeCode === 0 || elementType === params.elementTypeCode)
        .slice(0, params.numberOfElements);
      const asked = { volTag: params.volTag, dvcid: false };
      const pages = elementStatusPages(changer, elements, asked, () => undefined);
      return cutElementStatusData(
        encodeVolumeElementAddressData(translation.sendActionCode, pages),
        params.allocationLength,
      );
    },
  };

  return new Map([
    [OperationCode.SEND_VOLUME_TAG, sendVolumeTag],
    [OperationCode.REQUEST_VOLUME_ELEMENT_ADDRESS, requestVolumeElementAddress],
  ]);
}
