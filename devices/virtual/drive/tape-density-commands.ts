import type { Profile } from '../../profiles/profile.js';
import { OperationCode } from '../../scsi/opcodes.js';
import {
  encodeDensitySupport,
  encodeMediumTypeSupport,
  parseReportDensitySupportCdb,
} from '../../scsi/ssc/report-density-support.js';
import type { Command, CommandTable } from '../device-server.js';
import { ASSIGNING_ORGANIZATION, supportedFormats, TAPE_WIDTH, type MediumFormat } from '../media/medium-format.js';
import { cutTo } from '../primary-commands.js';
import type { LoadedTape } from './loaded-tape.js';

const DENSITY_CODES = 9;

/** REPORT DENSITY SUPPORT (SSC-3): of the drive, or of the medium in it. */
export function tapeDensityCommands(tape: LoadedTape, profile: Pick<Profile, 'mediaTypes'>): CommandTable {
  const ofDrive = supportedFormats(profile);
  const best = profile.mediaTypes[0];
  const report: Command = {
    run({ cdb }) {
      const { media, mediumType, allocationLength } = parseReportDensitySupportCdb(cdb);
      // MEDIA asks for the mounted medium, so there must be one.
      if (media) tape.ready();
      const formats = media ? (tape.format === undefined ? [] : [tape.format]) : ofDrive;
      const data = mediumType
        ? encodeMediumTypeSupport(formats.map(mediumTypeOf))
        : encodeDensitySupport(formats.map((format) => densityOf(format, media || format.mediaType === best)));
      return cutTo(allocationLength, data);
    },
  };
  return new Map([[OperationCode.REPORT_DENSITY_SUPPORT, report]]);
}

function densityOf(format: MediumFormat, defaultDensity: boolean): Parameters<typeof encodeDensitySupport>[0][number] {
  const { densityCode, bitsPerMillimetre, tracks, densityName, description } = format;
  return {
    primaryDensityCode: densityCode,
    secondaryDensityCode: densityCode,
    writable: true,
    defaultDensity,
    bitsPerMillimetre,
    mediaWidth: TAPE_WIDTH,
    tracks,
    capacityMegabytes: format.nativeCapacityMegabytes,
    assigningOrganization: ASSIGNING_ORGANIZATION,
    densityName,
    description,
  };
}

function mediumTypeOf(format: MediumFormat): Parameters<typeof encodeMediumTypeSupport>[0][number] {
  const primaryDensityCodes = new Uint8Array(DENSITY_CODES);
  primaryDensityCodes[0] = format.densityCode;
  return {
    mediumType: format.mediumTypeCode,
    numberOfDensityCodes: 1,
    primaryDensityCodes,
    mediaWidth: TAPE_WIDTH,
    mediumLength: format.lengthMetres,
    assigningOrganization: ASSIGNING_ORGANIZATION,
    mediumTypeName: format.densityName,
    description: format.description,
  };
}
