import { NtmsLibraryType, NtmsOpreqCommand } from '../objects/ntmsapi/index.js';
import type { LibraryRow } from '../objects/rows.js';
import { asNtmsError } from './library-failure.js';
import type { ManagerParts } from './manager-parts.js';
import type { StandAloneDrive } from './stand-alone-drive.js';
import { supportsMediaType } from './supported-media-types.js';

/** How often a drive that somebody waits for is asked, in milliseconds. */
export const DETECTION_POLL_MS = 2_000;

/** A detection that was begun: an opaque handle. */
export interface DetectionHandle {
  readonly id: string;
}

interface Detection {
  readonly holder: string;
  readonly libraries: Set<string>;
  /** Its holder's end does not matter any more. */
  readonly forget: () => void;
}

/**
 * Drives on their own do not tell by themselves when a person exchanges a medium. They are asked, every
 * {@link DETECTION_POLL_MS}, while somebody wants to know: a detection that an application began, or a mount that waits
 * for a person to bring its medium. What has happened is then looked at as an inventory would.
 */
export class ChangeDetection {
  readonly #parts: ManagerParts;
  readonly #detections = new Map<DetectionHandle, Detection>();
  readonly #unsubscribe: () => void;
  #cancelTimer: (() => void) | undefined;
  #checking: Promise<void> | undefined;
  #stopped = false;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
    this.#unsubscribe = parts.store.onChange(({ table, operation, id }) => {
      if (table === 'opRequests' && operation !== 'delete') this.#schedule();
      if (table === 'physicalMedia' && operation === 'update') this.#arrived(id);
    });
  }

  /** `holder`: who may use the handle; it ends with `closed`. */
  begin(holder: string, closed: AbortSignal): DetectionHandle {
    const handle: DetectionHandle = Object.freeze({ id: `detection of ${holder}` });
    const onClose = (): void => this.end(handle);
    closed.addEventListener('abort', onClose, { once: true });
    const forget = (): void => closed.removeEventListener('abort', onClose);
    this.#detections.set(handle, { holder, libraries: new Set(), forget });
    return handle;
  }

  /** Whether the handle is one that this holder has begun and not ended. */
  isOpen(handle: DetectionHandle, holder: string): boolean {
    return this.#detections.get(handle)?.holder === holder;
  }

  /** Watches these libraries, too, until the detection ends; others than drives on their own need no watching. */
  watch(handle: DetectionHandle, libraryIds: readonly string[]): void {
    for (const id of libraryIds) this.#detections.get(handle)?.libraries.add(id);
    this.#schedule();
  }

  /** What a detection watches. */
  watched(handle: DetectionHandle): readonly string[] {
    return [...(this.#detections.get(handle)?.libraries ?? [])];
  }

  end(handle: DetectionHandle): void {
    this.#detections.get(handle)?.forget();
    this.#detections.delete(handle);
  }

  /**
   * Asks the drives of these libraries once; resolves when the records say what they told. Rejects with NtmsError when one
   * cannot be looked at.
   */
  async check(libraryIds: readonly string[]): Promise<void> {
    try {
      await Promise.all(libraryIds.map((id) => this.#checkOne(id)));
    } catch (error) {
      throw asNtmsError(error);
    }
  }

  /** The libraries with a drive on its own that take media of a type. */
  ableToHold(mediaType: string | null): string[] {
    const { store } = this.#parts;
    const able = ({ id }: LibraryRow): boolean => mediaType === null || supportsMediaType(store, id, mediaType);
    return this.#standAloneLibraries()
      .filter(able)
      .map(({ id }) => id);
  }

  /** Nothing is asked any more; resolves when what was under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    this.#cancelTimer?.();
    await this.#checking;
  }

  #standAloneLibraries(): LibraryRow[] {
    const libraryType = NtmsLibraryType.NTMS_LIBRARYTYPE_STANDALONE;
    return this.#parts.store.table('libraries').list({ libraryType });
  }

  /** Who waits for a person may get it through any drive. */
  #wanted(): Set<string> {
    const watched = new Set([...this.#detections.values()].flatMap(({ libraries }) => [...libraries]));
    const awaited = this.#awaited().length > 0;
    // A drive that is lost just now may come back.
    const running = this.#standAloneLibraries().filter(({ id }) => this.#parts.libraries.has(id));
    return new Set(running.map(({ id }) => id).filter((id) => awaited || watched.has(id)));
  }

  /** Requests to bring a medium that a mount waits for. */
  #awaited() {
    return this.#parts.operatorRequests
      .open()
      .filter(({ request, libRequest }) => request === NtmsOpreqCommand.NTMS_OPREQ_MOVEMEDIA && libRequest !== null);
  }

  #schedule(): void {
    if (this.#stopped || this.#cancelTimer !== undefined || this.#checking !== undefined) return;
    if (this.#wanted().size === 0) return;
    this.#cancelTimer = this.#parts.clock.after(DETECTION_POLL_MS, () => {
      this.#cancelTimer = undefined;
      this.#checking = this.#poll().finally(() => {
        this.#checking = undefined;
        this.#schedule();
      });
    });
  }

  async #poll(): Promise<void> {
    try {
      await this.check([...this.#wanted()]);
    } catch (error) {
      this.#parts.notice(`drives could not be asked for changes: ${String(error)}`);
    }
  }

  async #checkOne(libraryId: string): Promise<void> {
    const drive = this.#driveOf(libraryId);
    const library = this.#parts.libraries.get(libraryId);
    if (drive === undefined || library === undefined || !(await drive.hasNews())) return;
    await library.context.look('change detection');
  }

  /** Undefined for other libraries, and while the devices are lost: then an inventory or a person brings them back. */
  #driveOf(libraryId: string): StandAloneDrive | undefined {
    const library = this.#parts.libraries.get(libraryId);
    if (library === undefined || library.failure !== undefined) return undefined;
    try {
      return library.context.hardware.standAlone;
    } catch {
      return undefined;
    }
  }

  /** What a mount waits for was put into a drive: nobody has to say so. */
  #arrived(mediumId: string): void {
    const medium = this.#parts.store.table('physicalMedia').get(mediumId);
    if (medium === undefined || medium.location === null || this.#driveOf(medium.currentLibrary) === undefined) return;
    for (const { id, arg1 } of this.#awaited()) {
      if (arg1 === mediumId) this.#parts.operatorRequests.answer(id, 'complete');
    }
  }
}
