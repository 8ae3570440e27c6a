import { watchCleaning } from '../../devices/drive-cleaning.js';
import type { CleaningReport } from '../../devices/drive-cleaning.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLmOperation, NtmsOperationalState } from '../objects/ntmsapi/index.js';
import { readCartridgeLabel } from './cartridge-label.js';
import { CleanerSlot } from './cleaner-slot.js';
import { findCleaner } from './find-cleaner.js';
import { findHomeSlot } from './home-slot.js';
import type { LibraryContext } from './library-context.js';
import type { LibraryElement } from './library-elements.js';
import type { Missing, Needs, Turn, WorkEnd, WorkItem } from './work-item.js';

export interface WantedCleaning {
  readonly requestId: string;
  readonly drive: string;
}

/** A person is asked for a cleaner, and told when one has turned up. */
export interface CleanerQuestion {
  ask(requestId: string, why: 'none' | 'spent'): void;
  found(requestId: string): void;
}

interface Plan {
  readonly cleaner: string;
  readonly slot: string;
  /** What is in the drive and has to leave it first. */
  readonly clearance?: { readonly medium: string; readonly slot: string };
}

/** So long a cleaning may take; the longest that makers name is about ten minutes. */
const cleaningTimeoutMs = 15 * 60_000;
/** A drive that only the changer knows cannot be asked: it is given this time. */
const blindCleaningMs = 5 * 60_000;

/** CleanNtmsDrive: a cleaner comes into the drive, cleans it, and goes home, whatever happens meanwhile. */
export class CleanWork implements WorkItem {
  readonly operationCode = NtmsLmOperation.NTMS_LM_CLEANDRIVE;
  readonly order = 0;
  readonly priority = 0;
  readonly timeQueued: number;
  readonly requestIds: readonly [string];
  readonly #context: LibraryContext;
  readonly #wanted: WantedCleaning;
  readonly #question: CleanerQuestion;
  #plan: Plan | undefined;

  constructor(
    context: LibraryContext,
    wanted: WantedCleaning,
    options: { readonly question: CleanerQuestion; readonly timeQueued: number },
  ) {
    this.#context = context;
    this.#wanted = wanted;
    this.#question = options.question;
    this.requestIds = [wanted.requestId];
    this.timeQueued = options.timeQueued;
  }

  needs(): Needs | Missing {
    const { store, claims, elements } = this.#context;
    const { drive: driveId, requestId } = this.#wanted;
    const unusable = this.#context.whyUnusable();
    if (unusable !== undefined) return { missing: unusable };
    elements.writeStates();
    const drive = store.table('drives').require(driveId);
    elements.followEnabled('drive', drive);
    if (!drive.enabled) return { missing: `${drive.name} to be enabled` };
    if (drive.operationalState !== NtmsOperationalState.NTMS_READY) return { missing: `${drive.name} to be serviced` };
    if (claims.hasOther(requestId, driveId)) return { missing: `${drive.name} to become free` };
    const clearance = this.#planClearance(elements.of(driveId));
    if (clearance !== undefined && 'missing' in clearance) return clearance;
    const found = findCleaner(this.#context, requestId);
    if (found.kind === 'busy') return { missing: 'the cleaner, which cleans another drive' };
    if (found.kind !== 'free') {
      this.#question.ask(requestId, found.kind);
      return { missing: found.kind === 'none' ? 'a cleaner' : 'a cleaner that is not used up' };
    }
    this.#plan = { cleaner: found.cleaner.id, slot: found.slot, ...(clearance === undefined ? {} : { clearance }) };
    const claim = [driveId, found.cleaner.id, found.slot];
    return { claim: clearance === undefined ? claim : [...claim, clearance.medium, clearance.slot] };
  }

  async run(turn: Turn): Promise<WorkEnd> {
    const plan = this.#plan;
    if (plan === undefined) throw new NtmsError('ERROR_INVALID_STATE', 'the cleaning ran before a cleaner was found');
    const { elements, requests } = this.#context;
    const drive = elements.of(this.#wanted.drive);
    elements.commit(() => {
      turn.begin();
      requests.reclaimDrive(drive.objectId);
      this.#question.found(this.#wanted.requestId);
    });
    if (plan.clearance !== undefined) await this.#clear(drive, plan.clearance);
    turn.signal.throwIfAborted();
    await this.#fetch(drive, plan, turn.signal);
    const report = await this.#watch(drive, turn);
    const cleaned = report.end === 'cleaned';
    this.#record(drive, plan, report);
    if (turn.stopping && report.end === 'failed') {
      // The next start brings the cleaner home.
      this.#giveUp(drive, plan, report.message);
      throw turn.signal.reason;
    }
    await this.#putAway(drive, plan, report, () => (cleaned ? turn.end('passed') : undefined));
    if (cleaned) return 'passed';
    // Another cleaner may do, or a person is asked for one.
    if (report.end === 'expired' || report.end === 'unfit') return 'waits';
    throw new NtmsError('ERROR_UNABLE_TO_CLEAN', `${drive.name} was not cleaned: ${report.message}`, {
      data: { drive: drive.objectId, end: report.end },
    });
  }

  /** What nobody uses leaves the drive first; for what somebody uses the cleaning waits. */
  #planClearance(drive: LibraryElement): { medium: string; slot: string } | Missing | undefined {
    const { claims, elements } = this.#context;
    const inside = elements.mediumIn(drive);
    if (inside === undefined) {
      const empty = elements.driveActor(drive.objectId).getSnapshot().matches({ operation: 'empty' });
      return empty ? undefined : { missing: `${drive.name} to become empty` };
    }
    const used = inside.claimedBy !== null || claims.hasOther(this.#wanted.requestId, inside.id);
    const opened = elements.driveActor(drive.objectId).getSnapshot().context.openCount > 0;
    if (used || opened) return { missing: `${inside.name} to leave ${drive.name}` };
    const slot = findHomeSlot(this.#context, inside);
    return slot === undefined ? { missing: `an empty slot for ${inside.name}` } : { medium: inside.id, slot };
  }

  async #clear(drive: LibraryElement, clearance: { readonly medium: string; readonly slot: string }): Promise<void> {
    const { store, elements, motions, drives } = this.#context;
    const { medium: mediumId } = clearance;
    const moveId = elements.commit(() => {
      elements.dismountStarted(mediumId);
      return motions.intend({
        mediumId,
        source: drive,
        destination: elements.of(clearance.slot),
        requestId: this.#wanted.requestId,
        whenMoved: () => {
          store.table('drives').update(drive.objectId, { savedPartitionId: null, dismountableSince: null });
          store.table('physicalMedia').update(mediumId, { mountedPartition: null, claimedBy: null });
        },
      });
    });
    try {
      await drives.empty(drive, moveId, this.#wanted.requestId);
    } catch (error) {
      elements.commit(() => {
        elements.letGo(mediumId);
        drives.reportBroken(drive);
      });
      throw error;
    }
  }

  /** The cleaner comes into the drive; or it stays where it is, and the drive as it was. */
  async #fetch(drive: LibraryElement, plan: Plan, signal: AbortSignal): Promise<void> {
    const { store, elements, motions, requests } = this.#context;
    const { requestId } = this.#wanted;
    const moveId = elements.commit(() => {
      const actor = elements.driveActor(drive.objectId);
      actor.send({ type: 'CLEANING_STARTED' });
      if (!actor.getSnapshot().matches({ operation: 'cleaning' })) {
        throw new NtmsError('ERROR_INVALID_STATE', `${drive.name} cannot be cleaned now`);
      }
      requests.send(requestId, { type: 'HARDWARE_MOVING' });
      elements.mediumActor(plan.cleaner).send({ type: 'REQUEST_ACCEPTED', requestId });
      store.table('physicalMedia').update(plan.cleaner, { claimedBy: requestId });
      return motions.intend({
        mediumId: plan.cleaner,
        source: elements.of(plan.slot),
        destination: drive,
        requestId,
      });
    });
    try {
      await motions.move(moveId, signal);
    } catch (error) {
      this.#giveUp(drive, plan, 'the cleaner did not come');
      throw error;
    }
  }

  /** Only a shutdown ends this early: a cleaning under way cannot be stopped, but it goes on without anybody looking. */
  async #watch(drive: LibraryElement, turn: Turn): Promise<CleaningReport> {
    const { hardware, clock } = this.#context;
    const shutdown = new AbortController();
    const listen = (): void => {
      if (turn.stopping) shutdown.abort(turn.signal.reason);
    };
    turn.signal.addEventListener('abort', listen);
    listen();
    const { signal } = shutdown;
    try {
      const tape = hardware.tapeDrive(drive.address);
      if (tape !== undefined) {
        const { requestId: correlationId } = this.#wanted;
        return await watchCleaning(tape, { timeoutMs: cleaningTimeoutMs, correlationId, signal });
      }
      await clock.sleep(blindCleaningMs, signal);
      return { end: 'cleaned', message: `${drive.name} cannot be asked`, holds: false };
    } catch (error) {
      return { end: 'failed', message: error instanceof Error ? error.message : String(error), holds: false };
    } finally {
      turn.signal.removeEventListener('abort', listen);
    }
  }

  /** What the cleaning did is true from now on, also if the cleaner does not come out. */
  #record(drive: LibraryElement, plan: Plan, { end, message }: CleaningReport): void {
    const { store, clock, id, name, elements, notice } = this.#context;
    const slot = new CleanerSlot(store, id);
    const isOfSlot = slot.cleaner?.id === plan.cleaner;
    const cleaner = store.table('physicalMedia').require(plan.cleaner);
    elements.commit(() => {
      if (end === 'cleaned') {
        store.table('drives').update(drive.objectId, { lastCleaned: clock.now() });
        if (isOfSlot) slot.tell({ type: 'DRIVE_CLEANED' });
      } else if (end === 'expired' || end === 'unfit') {
        const isData = end === 'unfit' && !readCartridgeLabel(cleaner.barCode).cleaner;
        store.table('physicalMedia').update(plan.cleaner, isData ? { cleaner: false } : { cleanerSpent: true });
        if (isOfSlot) slot.tell({ type: isData ? 'CLEANER_REMOVED' : 'CLEANER_EXPIRED' });
        notice(`${name}: ${drive.name} did not take ${cleaner.name} as a cleaner: ${message}`);
      }
    });
  }

  async #putAway(drive: LibraryElement, plan: Plan, report: CleaningReport, whenHome: () => void): Promise<void> {
    const { store, elements, motions, hardware } = this.#context;
    const { requestId } = this.#wanted;
    // Drives eject a cleaner by themselves; what one holds on to is asked for.
    if (report.holds) await hardware.unload(drive.address, requestId);
    const moveId = elements.commit(() => {
      elements.dismountStarted(plan.cleaner);
      return motions.intend({
        mediumId: plan.cleaner,
        source: drive,
        destination: elements.of(plan.slot),
        requestId,
        whenMoved: () => {
          store.table('physicalMedia').update(plan.cleaner, { claimedBy: null, mountedPartition: null });
          const event = { type: 'CLEANING_FAILED', reason: report.message } as const;
          elements.driveActor(drive.objectId).send(report.end === 'cleaned' ? { type: 'CLEANING_FINISHED' } : event);
          whenHome();
        },
      });
    });
    try {
      await motions.move(moveId);
    } catch (error) {
      this.#giveUp(drive, plan, 'the cleaner could not be taken out', String(error));
      throw error;
    }
  }

  /** The cleaner is where the records say by now; nobody has it in use, and the drive is what it holds. */
  #giveUp(drive: LibraryElement, plan: Plan, reason: string, stuck?: string): void {
    const { store, elements, notice } = this.#context;
    try {
      elements.commit(() => {
        const actor = elements.driveActor(drive.objectId);
        if (actor.getSnapshot().matches({ operation: 'cleaning' })) actor.send({ type: 'CLEANING_FAILED', reason });
        elements.letGo(plan.cleaner);
        const { location } = store.table('physicalMedia').update(plan.cleaner, { claimedBy: null });
        if (stuck === undefined || location !== drive.objectId) return;
        actor.send({ type: 'FAULT_REPORTED', reason: `${reason}: ${stuck}` });
      });
    } catch (fault) {
      notice(`the records of ${drive.name} could not be written: ${String(fault)}`);
    }
  }
}
