/**
 * A real model as data. The virtual autoloader is built from the first half; the controller reads the hints of the
 * second half. Nothing here is code: a difference between two models is a value in a table, with the reason and where
 * it was seen beside it.
 */
export interface Profile {
  /** The name in rig files and on the command line: `ibm-3573-tl`. */
  readonly id: string;
  /** What a person calls the model. */
  readonly title: string;
  /** Where the facts come from. What is not listed in any source is said to be assumed. */
  readonly sources: readonly string[];
  /** A drive on its own, which a person loads: `changer` says nothing then, and no host reaches one. */
  readonly standAlone?: true;
  readonly changer: ChangerModel;
  readonly drives: DriveModel;
  /** Element map (SMC-3 mode page 1Dh). A count of 0 means that the model has no such element. */
  readonly elements: ElementRanges;
  /** Storage elements which leave the device together. */
  readonly magazines: readonly Magazine[];
  readonly barcode: BarcodeRules;
  /** Medium types that the drives take, best first: `L8`. Cleaning cartridges are told by {@link BarcodeRules.cleaning}. */
  readonly mediaTypes: readonly string[];
  readonly timings: Timings;
  readonly quirks: Quirks;
  readonly controller: ControllerHints;
}

/** INQUIRY strings; shorter ones are padded with blanks by the codec. */
export interface InquiryStrings {
  /** 8 characters at most. */
  readonly vendorIdentification: string;
  /** 16 characters at most. */
  readonly productIdentification: string;
  /** 4 characters at most. */
  readonly productRevisionLevel: string;
}

export interface ChangerModel {
  readonly inquiry: InquiryStrings;
  readonly lun: number;
}

export interface DriveModel {
  readonly inquiry: InquiryStrings;
  /** 01h sequential access, 05h CD/DVD. */
  readonly peripheralDeviceType: 0x01 | 0x05;
  /** One logical unit for each data transfer element, in the order of their addresses. */
  readonly luns: readonly number[];
}

export interface ElementRange {
  readonly first: number;
  readonly count: number;
}

export interface ElementRanges {
  readonly mediumTransport: ElementRange;
  readonly storage: ElementRange;
  readonly importExport: ElementRange;
  readonly dataTransfer: ElementRange;
}

export interface Magazine extends ElementRange {
  readonly name: string;
}

export interface BarcodeRules {
  /** What the changer reports: the whole label (`ORS001L8`), or without the two-character media identifier. */
  readonly reportedLength: 'full' | 'without-media-id';
  /** The longest label the reader takes; 0 means that the model has no reader. */
  readonly maximumLength: number;
  /** Labels that mean a cleaning cartridge. */
  readonly cleaning: RegExp;
  /** The medium type is the last two characters of the label. */
  readonly mediaIdSuffix: boolean;
}

/** All in milliseconds. */
export interface Timings {
  /** Power on to ready, without the label scan. */
  readonly powerOnMs: number;
  /** One label. */
  readonly scanMs: number;
  /** Picker travel: a start-up time and a time for each element of distance. */
  readonly travelStartMs: number;
  readonly travelPerElementMs: number;
  /** Taking a cartridge out of an element, and putting one in. */
  readonly gripMs: number;
  readonly releaseMs: number;
  /** Turning a two-sided medium over. */
  readonly invertMs: number;
  readonly driveLoadMs: number;
  readonly driveUnloadMs: number;
  /** From the end of the medium; scaled with the position. */
  readonly rewindMs: number;
  readonly cleaningMs: number;
  /** Import/export door or drawer. */
  readonly doorMs: number;
}

/** Sense of one refusal: key, additional sense code and qualifier. */
export interface QuirkSense {
  readonly key: number;
  readonly asc: number;
  readonly ascq: number;
}

/** What the device does otherwise than the standard says, or where the standard leaves a choice. */
export interface Quirks {
  /** MOVE MEDIUM out of a drive with a loaded medium: the device unloads it first (true) or refuses (false). */
  readonly implicitUnload: boolean;
  /** What DVCID of READ ELEMENT STATUS returns for a drive. */
  readonly deviceIdentifier: 'none' | 'serial-number' | 't10-vendor-id';
  /** READ ELEMENT STATUS with VolTag and DVCID together is refused with INVALID FIELD IN CDB. */
  readonly noVolumeTagWithDeviceIdentifier: boolean;
  /** At most so many element descriptors in one answer; absent: no limit. */
  readonly maxElementsPerQuery?: number;
  /** MOVE MEDIUM into a drive is refused when the label's media identifier is none that the drives take. */
  readonly checksMediaIdentifier: boolean;
  readonly exchangeMedium: boolean;
  readonly positionToElement: boolean;
  readonly initializeElementStatusWithRange: boolean;
  readonly volumeTagSearch: boolean;
  readonly openCloseImportExport: boolean;
  /** Two-sided media: INVERT of MOVE MEDIUM. */
  readonly invert: boolean;
  /** Medium transport address 0 means "the default picker" beside its real address. */
  readonly defaultTransportAddress: boolean;
  /** A cartridge put in by hand stays full-without-label until INITIALIZE ELEMENT STATUS. */
  readonly labelsNeedInventory: boolean;
  /** Additional sense in the descriptor of an element whose label was not read yet. */
  readonly labelNotScanned: Omit<QuirkSense, 'key'>;
  /** Additional sense in the descriptor of a cartridge with no label, or one that cannot be read. */
  readonly labelUnreadable: Omit<QuirkSense, 'key'>;
  /** Additional sense in the descriptor of a cleaning cartridge, where the model points those out. */
  readonly cleaningCartridge?: Omit<QuirkSense, 'key'>;
  /** MOVE MEDIUM from a drive that still has the medium loaded, where {@link implicitUnload} is false. */
  readonly driveNotUnloaded: QuirkSense;
  /** A move from another element while the picker holds a cartridge. */
  readonly pickerFull: QuirkSense;
  /** The drive itself was told to PREVENT MEDIUM REMOVAL. */
  readonly driveRemovalPrevented: QuirkSense;
  readonly doorOpen: QuirkSense;
  /** Motion commands are refused while an operator has the panel. */
  readonly operatorPanelInUse: QuirkSense;
}

/** What the controller should know before it asks. */
export interface ControllerHints {
  /** Command timeouts by class, where the usual ones are too short. */
  readonly timeoutsMs: Readonly<Partial<Record<'motion' | 'inventory' | 'tape-motion', number>>>;
  readonly maxElementsPerQuery?: number;
  readonly noVolumeTagWithDeviceIdentifier?: boolean;
  /** The source storage element address of a drive is a guess of the device. */
  readonly sourceAddressIsGuess?: boolean;
  /** How long after power on or a panel reset the device may not answer. */
  readonly backAfterResetMs?: number;
}
