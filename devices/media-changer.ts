import type { Clock } from './clock.js';
import { succeeded, type CommandOutcome } from './command-outcome.js';
import { commandOptions, decodeNothing, type CommandOptions, type CommandRequest } from './command-request.js';
import { readChangerSetup, type ChangerSetup } from './changer-setup.js';
import type { ElementMap } from './element-map.js';
import { lie } from './element-status-query.js';
import { ElementStatusReader, type ChangerQuirks, type ElementStatusQuery } from './element-status-reader.js';
import type { LogicalUnit } from './logical-unit.js';
import { readTapeAlerts } from './log-pages.js';
import { PeripheralDeviceType } from './scsi/opcodes.js';
import type { ElementStatus } from './scsi/smc/element-status.js';
import { ElementType, elementTypeName } from './scsi/smc/element-type.js';
import { exchangeMediumCdb } from './scsi/smc/exchange-medium.js';
import {
  initializeElementStatusCdb,
  initializeElementStatusWithRangeCdb,
} from './scsi/smc/initialize-element-status.js';
import type { DeviceCapabilities } from './scsi/smc/mode-pages.js';
import { moveMediumCdb } from './scsi/smc/move-medium.js';
import { ImportExportAction, openCloseImportExportElementCdb } from './scsi/smc/open-close-import-export-element.js';
import { positionToElementCdb } from './scsi/smc/position-to-element.js';
import {
  decodeVolumeElementAddressData,
  requestVolumeElementAddressCdb,
} from './scsi/smc/request-volume-element-address.js';
import { encodeVolumeTagTemplate, SendActionCode, sendVolumeTagCdb } from './scsi/smc/send-volume-tag.js';
import { Prevent, preventAllowMediumRemovalCdb } from './scsi/spc/prevent-allow-medium-removal.js';
import { release6Cdb, reserve6Cdb } from './scsi/spc/reserve-release.js';
import type { TapeAlertFlags } from './scsi/spc/tape-alert.js';
import { testUnitReadyCdb } from './scsi/spc/test-unit-ready.js';
import { identifyUnit, type UnitIdentity } from './unit-identity.js';
import {
  verifiedMove,
  type MoveParams,
  type MovingChanger,
  type VerifiedMove,
  type VerifiedMoveParams,
} from './verified-move.js';

export interface MediaChangerOptions {
  readonly unit: LogicalUnit;
  readonly clock: Clock;
  readonly quirks?: ChangerQuirks;
}

/** Addresses as EXCHANGE MEDIUM takes them: the medium at `firstDestination` goes to `secondDestination`. */
export interface ExchangeParams {
  readonly mediumTransportAddress?: number;
  readonly source: number;
  readonly firstDestination: number;
  readonly secondDestination: number;
  readonly invert1?: boolean;
  readonly invert2?: boolean;
}

/** A label to look for; `*` stands for any text, `?` for one character. */
export interface VolumeTagSearch extends CommandOptions {
  readonly template: string;
  readonly elementType?: ElementType;
  readonly start?: number;
}

export type MediaChangerErrorCode = 'no-such-element' | 'wrong-element-type';

/** The caller named an element that the changer does not have. Nothing was sent. */
export class MediaChangerError extends Error {
  override readonly name = 'MediaChangerError';
  readonly code: MediaChangerErrorCode;

  constructor(code: MediaChangerErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const mediumChanger = { peripheralDeviceTypes: [PeripheralDeviceType.MEDIUM_CHANGER], what: 'medium changer' } as const;
const volumeTagLength = 0xffff;

/**
 * The verbs of a media changer (SMC-3). Every verb resolves with a {@link CommandOutcome}; only addresses outside the
 * element map are thrown, as {@link MediaChangerError}, once `prepare` has found the map.
 */
export class MediaChanger {
  readonly unit: LogicalUnit;
  readonly clock: Clock;
  readonly #reader: ElementStatusReader;
  #setup: ChangerSetup | undefined;

  constructor({ unit, clock, quirks = {} }: MediaChangerOptions) {
    this.unit = unit;
    this.clock = clock;
    this.#reader = new ElementStatusReader(unit, quirks);
  }

  get name(): string {
    return this.unit.name;
  }

  /** Undefined before `prepare`. */
  get elementMap(): ElementMap | undefined {
    return this.#setup?.elementMap;
  }

  get capabilities(): DeviceCapabilities | undefined {
    return this.#setup?.capabilities;
  }

  /** INQUIRY with serial number and designators; a device that is no medium changer is refused with the LUNs there are. */
  identify(options: CommandOptions = {}): Promise<CommandOutcome<UnitIdentity>> {
    return identifyUnit(this.unit, mediumChanger, options);
  }

  /** TEST UNIT READY, waiting within the unit's bounds while the changer is becoming ready. */
  testUnitReady(options: CommandOptions = {}): Promise<CommandOutcome<undefined>> {
    return this.#plain('TEST UNIT READY', testUnitReadyCdb(), 'quick', options);
  }

  /** Learns the element map and the capabilities; call it again after a unit attention that says that elements changed. */
  async prepare(options: CommandOptions = {}): Promise<CommandOutcome<ChangerSetup>> {
    const setup = await readChangerSetup(this.unit, this.#reader, options);
    if (setup.ok) this.#setup = setup.value;
    return setup;
  }

  /** The elements asked for, ascending by type and address. */
  readElementStatus(query: ElementStatusQuery = {}): Promise<CommandOutcome<readonly ElementStatus[]>> {
    return this.#reader.read(query, this.elementMap);
  }

  /** The whole inventory, with labels, and with the drives' identifiers where the changer tells them. */
  readAllElements(options: CommandOptions = {}): Promise<CommandOutcome<readonly ElementStatus[]>> {
    return this.readElementStatus({ ...options, deviceIdentifier: true });
  }

  /** One element. Throws {@link MediaChangerError} when there is none at `address`. */
  async readElement(address: number, options: CommandOptions = {}): Promise<CommandOutcome<ElementStatus>> {
    this.#requireElement(address);
    const type = this.elementMap?.typeOf(address);
    const read = await this.readElementStatus({
      ...commandOptions(options),
      start: address,
      count: 1,
      ...(type === undefined ? {} : { elementType: type }),
    });
    if (!read.ok) return read;
    const [element] = read.value;
    if (element?.address === address) return succeeded(element, read.notes);
    const instead = element === undefined ? 'nothing came' : `element ${element.address} came`;
    return lie(this.unit, `element ${address} was asked for, ${instead}`);
  }

  /** MOVE MEDIUM. GOOD is not proof that the medium is there: {@link moveAndVerify} looks. */
  moveMedium(params: MoveParams, options: CommandOptions = {}): Promise<CommandOutcome<undefined>> {
    return this.#move(params, 'retry', options);
  }

  /** MOVE MEDIUM, then READ ELEMENT STATUS of source, destination and pickers: see {@link VerifiedMove}. */
  async moveAndVerify(params: VerifiedMoveParams, options: CommandOptions = {}): Promise<VerifiedMove> {
    const changer: MovingChanger = {
      name: this.name,
      clock: this.clock,
      motionTimeoutMs: this.unit.timeouts.motion,
      moveOnce: (move, more) => this.#move(move, 'report', more),
      readElement: (address, more) => this.readElement(address, more),
      readPickers: (more) => this.readElementStatus({ ...more, elementType: ElementType.MEDIUM_TRANSPORT }),
      readAllElements: (more) => this.readElementStatus(more),
    };
    this.#requireElement(params.source);
    this.#requireElement(params.destination);
    return verifiedMove(changer, params, options);
  }

  /** EXCHANGE MEDIUM. */
  async exchangeMedium(params: ExchangeParams, options: CommandOptions = {}): Promise<CommandOutcome<undefined>> {
    const { source, firstDestination, secondDestination, invert1 = false, invert2 = false } = params;
    for (const address of [source, firstDestination, secondDestination]) this.#requireElement(address);
    const cdb = exchangeMediumCdb({
      mediumTransportAddress: this.#transport(params.mediumTransportAddress),
      sourceAddress: source,
      firstDestinationAddress: firstDestination,
      secondDestinationAddress: secondDestination,
      invert1,
      invert2,
    });
    return this.#plain('EXCHANGE MEDIUM', cdb, 'motion', options, { motion: true });
  }

  /** POSITION TO ELEMENT: the picker goes in front of an element. */
  async positionToElement(
    params: { readonly destination: number; readonly mediumTransportAddress?: number; readonly invert?: boolean },
    options: CommandOptions = {},
  ): Promise<CommandOutcome<undefined>> {
    this.#requireElement(params.destination);
    const cdb = positionToElementCdb({
      mediumTransportAddress: this.#transport(params.mediumTransportAddress),
      destinationAddress: params.destination,
      invert: params.invert ?? false,
    });
    return this.#plain('POSITION TO ELEMENT', cdb, 'motion', options);
  }

  /** Has the changer look at its elements: all of them, or `count` from `first` upwards. */
  async initializeElementStatus(
    range?: { readonly first: number; readonly count: number; readonly fast?: boolean },
    options: CommandOptions = {},
  ): Promise<CommandOutcome<undefined>> {
    if (range === undefined) {
      return this.#plain('INITIALIZE ELEMENT STATUS', initializeElementStatusCdb(), 'inventory', options);
    }
    this.#requireElement(range.first);
    const cdb = initializeElementStatusWithRangeCdb({
      range: true,
      fast: range.fast ?? false,
      startingElementAddress: range.first,
      numberOfElements: range.count,
    });
    return this.#plain('INITIALIZE ELEMENT STATUS WITH RANGE', cdb, 'inventory', options);
  }

  preventAllowMediumRemoval(prevent: boolean, options: CommandOptions = {}): Promise<CommandOutcome<undefined>> {
    const cdb = preventAllowMediumRemovalCdb({ prevent: prevent ? Prevent.PREVENT : Prevent.ALLOW });
    return this.#plain('PREVENT ALLOW MEDIUM REMOVAL', cdb, 'quick', options);
  }

  /** Moves the door of an import/export element. Throws {@link MediaChangerError} for an element of another type. */
  async openCloseImportExport(
    address: number,
    action: 'open' | 'close',
    options: CommandOptions = {},
  ): Promise<CommandOutcome<undefined>> {
    this.#requireElement(address, ElementType.IMPORT_EXPORT);
    const actionCode = action === 'open' ? ImportExportAction.OPEN : ImportExportAction.CLOSE;
    const cdb = openCloseImportExportElementCdb({ elementAddress: address, actionCode });
    return this.#plain('OPEN/CLOSE IMPORT/EXPORT ELEMENT', cdb, 'motion', options);
  }

  /** RESERVE(6) of the whole unit. */
  reserve(options: CommandOptions = {}): Promise<CommandOutcome<undefined>> {
    return this.#plain('RESERVE(6)', reserve6Cdb(), 'quick', options);
  }

  release(options: CommandOptions = {}): Promise<CommandOutcome<undefined>> {
    return this.#plain('RELEASE(6)', release6Cdb(), 'quick', options);
  }

  /** SEND VOLUME TAG: has the changer search; {@link requestVolumeElementAddress} brings what it found. */
  async sendVolumeTag(search: VolumeTagSearch): Promise<CommandOutcome<undefined>> {
    const dataOut = encodeVolumeTagTemplate({
      volumeIdentificationTemplate: search.template,
      maximumVolumeSequenceNumber: 0xffff,
    });
    const cdb = sendVolumeTagCdb({
      ...(search.elementType === undefined ? {} : { elementTypeCode: search.elementType }),
      elementAddress: search.start ?? 0,
      sendActionCode: SendActionCode.TRANSLATE_PRIMARY_ANY_SEQUENCE,
      parameterListLength: dataOut.length,
    });
    return this.#plain('SEND VOLUME TAG', cdb, 'quick', search, { dataOut });
  }

  /** REQUEST VOLUME ELEMENT ADDRESS: the elements whose media the last search found. */
  async requestVolumeElementAddress(options: CommandOptions = {}): Promise<CommandOutcome<readonly ElementStatus[]>> {
    return this.unit.execute(
      {
        name: 'REQUEST VOLUME ELEMENT ADDRESS',
        cdb: requestVolumeElementAddressCdb({ volTag: true, allocationLength: volumeTagLength }),
        dataInLength: volumeTagLength,
        timeoutClass: 'inventory',
        decode: (bytes) => decodeVolumeElementAddressData(bytes).elements,
      },
      commandOptions(options),
    );
  }

  /** The numbers of the TapeAlert flags that are on; a changer's flags are those of SMC-3, not of SSC-3. */
  tapeAlerts(options: CommandOptions = {}): Promise<CommandOutcome<TapeAlertFlags>> {
    return readTapeAlerts(this.unit, options);
  }

  async #move(
    params: MoveParams,
    unitAttention: 'retry' | 'report',
    options: CommandOptions,
  ): Promise<CommandOutcome<undefined>> {
    const { source, destination, invert = false } = params;
    this.#requireElement(source);
    this.#requireElement(destination);
    const cdb = moveMediumCdb({
      mediumTransportAddress: this.#transport(params.mediumTransportAddress),
      sourceAddress: source,
      destinationAddress: destination,
      invert,
    });
    return this.#plain('MOVE MEDIUM', cdb, 'motion', options, { motion: true, unitAttention });
  }

  #plain(
    name: string,
    cdb: Uint8Array,
    timeoutClass: CommandRequest<undefined>['timeoutClass'],
    options: CommandOptions,
    more: Partial<Pick<CommandRequest<undefined>, 'motion' | 'unitAttention' | 'dataOut'>> = {},
  ): Promise<CommandOutcome<undefined>> {
    return this.unit.execute({ name, cdb, timeoutClass, decode: decodeNothing, ...more }, commandOptions(options));
  }

  /** The picker asked for, else the first one; 0, the device's choice, while the map is not known. */
  #transport(asked: number | undefined): number {
    if (asked === undefined) return this.elementMap?.ranges[ElementType.MEDIUM_TRANSPORT][0]?.first ?? 0;
    // 0 is allowed everywhere: it leaves the choice to the device.
    if (asked !== 0) this.#requireElement(asked, ElementType.MEDIUM_TRANSPORT);
    return asked;
  }

  #requireElement(address: number, type?: ElementType): void {
    const map = this.elementMap;
    if (map === undefined) return;
    if (!map.contains(address)) {
      const message = `${this.name} has no element ${address}; it has ${map.describe()}.`;
      throw new MediaChangerError('no-such-element', message);
    }
    const found = map.typeOf(address);
    if (type === undefined || found === undefined || found === type) return;
    const message = `Element ${address} of ${this.name} is a ${elementTypeName(found)}, needed is a ${elementTypeName(type)}.`;
    throw new MediaChangerError('wrong-element-type', message);
  }
}
