import type { CommandFailure } from '../../devices/command-outcome.js';
import { AdditionalSense } from '../../devices/scsi/asc-ascq.js';
import { hasAdditionalSense } from '../../devices/scsi/sense.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsMountOptions, NtmsOperationalState, NtmsPartitionState } from '../objects/ntmsapi/index.js';
import type { DriveRow } from '../objects/rows.js';
import type { LibraryContext } from './library-context.js';
import type { LibraryElements } from './library-elements.js';
import type { LibraryHardware } from './library-hardware.js';
import type { ManagerParts } from './manager-parts.js';
import { OpenedMedium } from './opened-medium.js';
import type { Holding } from './opened-medium.js';
import { tapeError } from './tape-failure.js';

export interface OpenOrder {
  readonly drive: string;
  /** The side that is mounted there, for this holder. */
  readonly side: string;
  readonly medium: string;
  /** The library request of the mount. */
  readonly requestId: string;
  /** Who holds it: a session. Everything that it holds is let go by {@link OpenedMedia.closeAllOf}. */
  readonly holder: string;
  readonly write: boolean;
}

interface Given {
  readonly order: OpenOrder;
  readonly handle: OpenedMedium;
  readonly holding: Holding;
}

/**
 * Media that applications have open. While one is, its drive's machine is loaded.opened, so that every dismount is refused,
 * and the drive itself was told to prevent the removal of its medium.
 */
export class OpenedMedia {
  readonly #parts: ManagerParts;
  /** By drive: one application at a time has a tape. */
  readonly #given = new Map<string, Given>();
  readonly #looks = new Set<Promise<void>>();

  constructor(parts: ManagerParts) {
    this.#parts = parts;
  }

  /** Who has the medium in a drive open; undefined when nobody has. */
  holderOf(driveId: string): string | undefined {
    return this.#given.get(driveId)?.order.holder;
  }

  /**
   * Opens a mounted medium. Throws ERROR_INVALID_STATE (not loaded), ERROR_BUSY (open, or a request has the drive),
   * ERROR_DEVICE_NOT_AVAILABLE (the drive cannot be reached or needs service), ERROR_RESOURCE_DISABLED and
   * ERROR_WRITE_PROTECT.
   */
  async open(order: OpenOrder): Promise<OpenedMedium> {
    const { store } = this.#parts;
    const drive = store.table('drives').require(order.drive);
    const { context } = this.#parts.requireRunning(drive.library);
    const { hardware } = context;
    const tape = this.#requireTape(context, drive);
    await this.#releaseLost(drive);
    this.#requireLoaded(context, drive, order);
    const holding = this.#holding(context, hardware, drive, order);
    if (order.write) {
      const why = holding.whyNotWritable();
      if (why !== undefined) throw new NtmsError('ERROR_WRITE_PROTECT', why);
    }
    const handle = new OpenedMedium({
      driveId: drive.id,
      mediumId: order.medium,
      sideId: order.side,
      drive: tape,
      requestId: order.requestId,
      holding,
    });
    // From here on every dismount is refused; the drive is told before anybody gets the handle.
    this.#given.set(drive.id, { order, handle, holding });
    hardware.openedElements.add(drive.elementAddress);
    context.elements.driveActor(drive.id).send({ type: 'OPENED' });
    const prevented = await tape.preventAllowMediumRemoval(true, { correlationId: order.requestId });
    if (!prevented.ok && !isUnknownCommand(prevented.failure)) {
      const error = tapeError(prevented.failure);
      await handle.lose(error);
      throw error;
    }
    // Lost meanwhile: the drive told that its medium may have been exchanged.
    await handle.whenHeld();
    return handle;
  }

  /** What a holder has open is let go; resolves when the drives have let go. */
  async closeAllOf(holder: string): Promise<void> {
    const held = [...this.#given.values()].filter(({ order }) => order.holder === holder);
    await Promise.all(held.map(({ handle }) => handle.close()));
  }

  /** Whoever has the medium in a drive open loses it: a person ejects it by force. */
  async closeIn(driveId: string): Promise<void> {
    await this.#given.get(driveId)?.handle.close();
  }

  /** Before the devices are given back. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#given.values()].map(({ handle }) => handle.close()));
    await Promise.allSettled(this.#looks);
  }

  #requireTape({ hardware }: LibraryContext, drive: DriveRow) {
    if (!drive.enabled) throw new NtmsError('ERROR_RESOURCE_DISABLED', `${drive.name} is disabled`);
    if (drive.operationalState !== NtmsOperationalState.NTMS_READY) {
      throw new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', `${drive.name} needs service`);
    }
    const tape = hardware.tapeDrive(drive.elementAddress);
    if (tape !== undefined) return tape;
    throw new NtmsError(
      'ERROR_DEVICE_NOT_AVAILABLE',
      `${drive.name} is no tape drive, or it could not be told which logical unit it is`,
    );
  }

  #requireLoaded({ elements, claims }: LibraryContext, drive: DriveRow, order: OpenOrder): void {
    if (this.#given.has(drive.id)) throw new NtmsError('ERROR_BUSY', `the medium in ${drive.name} is open already`);
    if (claims.has(drive.id)) throw new NtmsError('ERROR_BUSY', `a request has ${drive.name} just now`);
    if (!isLoadedWith(elements, drive.id, order.medium)) {
      throw new NtmsError('ERROR_INVALID_STATE', `the medium is not loaded in ${drive.name}`);
    }
  }

  #holding(context: LibraryContext, hardware: LibraryHardware, drive: DriveRow, order: OpenOrder): Holding {
    const { store } = this.#parts;
    // Asked once: the mount's request may be deleted while the medium is open.
    const options = store.table('libRequests').get(order.requestId)?.operationOption ?? 0;
    const forWriting = (options & NtmsMountOptions.NTMS_MOUNT_WRITE) !== 0;
    return {
      whyLost: () => {
        const { name, claimedBy, location } = store.table('physicalMedia').require(order.medium);
        const sameDevices = hardwareOf(context) === hardware;
        if (sameDevices && claimedBy === order.requestId && location === drive.id) return undefined;
        const what = sameDevices ? `${name} is not mounted in ${drive.name} any more` : `${drive.name} was lost`;
        return new NtmsError('ERROR_MEDIA_NOT_AVAILABLE', `${what}; mount it again`);
      },
      whyNotWritable: () =>
        order.write ? this.#whyNotWritable(order, forWriting) : 'the medium was opened for reading; open it with write',
      letGo: (why) => this.#letGo(context, hardware, drive, { why, order }),
    };
  }

  #whyNotWritable({ side: sideId }: OpenOrder, forWriting: boolean): string | undefined {
    const { store } = this.#parts;
    const side = store.table('sides').require(sideId);
    if (side.state === NtmsPartitionState.NTMS_PARTSTATE_COMPLETE) {
      return `side ${side.name || side.id} is marked complete`;
    }
    return forWriting ? undefined : 'the medium was not mounted for writing; mount it with NTMS_MOUNT_WRITE';
  }

  /** A handle of devices that were lost meanwhile, or of a mount that is over, keeps nobody from opening the drive. */
  async #releaseLost(drive: DriveRow): Promise<void> {
    const given = this.#given.get(drive.id);
    const lost = given?.holding.whyLost();
    if (given !== undefined && lost !== undefined) await given.handle.lose(lost);
  }

  async #letGo(
    context: LibraryContext,
    hardware: LibraryHardware,
    drive: DriveRow,
    { why, order }: { readonly why: 'closed' | 'lost'; readonly order: OpenOrder },
  ): Promise<void> {
    if (this.#given.get(drive.id)?.order !== order) return;
    const tape = hardware.tapeDrive(drive.elementAddress);
    const allowed = await tape?.preventAllowMediumRemoval(false);
    if (allowed?.ok === false && !isUnknownCommand(allowed.failure)) {
      this.#parts.notice(`${drive.name} may go on keeping its medium: ${allowed.failure.message}`);
    }
    this.#given.delete(drive.id);
    hardware.openedElements.delete(drive.elementAddress);
    // Of a library that was deleted meanwhile there is no machine to tell.
    const runs = this.#parts.libraries.get(drive.library)?.context === context;
    if (runs && hardwareOf(context) === hardware) {
      const actor = context.elements.driveActor(drive.id);
      if (actor.getSnapshot().context.openCount > 0) actor.send({ type: 'CLOSED' });
    }
    context.pump();
    if (why === 'lost') this.#lookAgain(drive.library);
  }

  /** A medium that went away without anybody's order: the records are brought in line. */
  #lookAgain(libraryId: string): void {
    const look: Promise<void> = Promise.resolve()
      .then(() => this.#parts.libraries.get(libraryId)?.context.look('a medium that was open is gone'))
      .catch(() => undefined)
      .finally(() => this.#looks.delete(look));
    this.#looks.add(look);
  }
}

/** The devices that a library works with now; undefined while they are lost. */
function hardwareOf(context: LibraryContext): LibraryHardware | undefined {
  try {
    return context.hardware;
  } catch {
    return undefined;
  }
}

function isLoadedWith(elements: LibraryElements, driveId: string, mediumId: string): boolean {
  const snapshot = elements.driveActor(driveId).getSnapshot();
  return snapshot.matches({ operation: 'loaded' }) && snapshot.context.mediumId === mediumId;
}

/** A drive that knows no PREVENT ALLOW MEDIUM REMOVAL is served all the same. */
function isUnknownCommand({ sense }: CommandFailure): boolean {
  return sense !== undefined && hasAdditionalSense(sense, AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
}
