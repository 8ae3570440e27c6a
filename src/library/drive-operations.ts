import { NtmsError } from '../objects/ntms-error.js';
import type { ElementEffect } from './element-actors.js';
import type { LibraryElement, LibraryElements } from './library-elements.js';
import type { DriveTrouble, LibraryHardware } from './library-hardware.js';
import type { Motions } from './motions.js';

type DriveEffect = ElementEffect<'drive'>;

/** How an operation on a drive ended, as its machine tells. */
type DriveAnswer = Extract<
  DriveEffect,
  { type: `mount.${'finished' | 'failed' | 'refused'}` | `dismount.${'finished' | 'failed' | 'refused'}` }
>;

/** What is under way in one drive; one request at a time has it. */
interface Operation {
  answer: ((answer: DriveAnswer) => void) | undefined;
  /** A defect of ours: the machine will not answer any more. */
  fail?: (error: unknown) => void;
  /** The motion that fetches the cartridge once the drive has let it go. */
  readonly fetch?: string;
  readonly signal?: AbortSignal;
  /** Written when the drive has given the medium to a person. */
  readonly whenOut?: () => void;
  /** The device's part of the operation; never rejects. */
  work?: Promise<void>;
  /** Why the motion failed. */
  failure?: unknown;
  /** What the device said when it did not do as it was asked. */
  trouble?: DriveTrouble;
}

export interface DriveOperationsOptions {
  readonly elements: LibraryElements;
  readonly hardware: LibraryHardware;
  readonly motions: Motions;
}

/**
 * The verbs of a drive that take more than one step: each is asked of the drive's machine, which says what to do next and
 * how it ended. The machine's commands to the device are carried out here; whatever the device does, a verb settles.
 */
export class DriveOperations {
  readonly #options: DriveOperationsOptions;
  readonly #operations = new Map<string, Operation>();
  /** Drives that told of an error of their own, with what they said. */
  readonly #broken = new Map<string, string>();

  constructor(options: DriveOperationsOptions) {
    this.#options = options;
  }

  /** Brings a cartridge into an empty drive by an intended motion, and waits until the drive is ready. */
  async mount(
    drive: LibraryElement,
    { mediumId, moveId }: { readonly mediumId: string; readonly moveId: string },
    requestId: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { elements, motions } = this.#options;
    const actor = elements.driveActor(drive.objectId);
    await this.#operate(drive, { signal }, async () => {
      actor.send({ type: 'MOUNT_REQUESTED', requestId, mediumId });
      const { operation } = actor.getSnapshot().value;
      if (operation !== 'mounting') return motions.withdraw(moveId, `${drive.name} did not take it`);
      try {
        await motions.move(moveId, signal);
      } catch (error) {
        const still = actor.getSnapshot();
        if (still.matches({ operation: 'mounting' }) || still.matches({ operation: 'mounted' })) {
          actor.send({ type: 'MOUNT_FAILED', reason: 'the cartridge did not arrive' });
        }
        throw error;
      }
    });
  }

  /** Takes the cartridge that is in the drive already, and waits until the drive is ready. */
  async claim(drive: LibraryElement, mediumId: string, requestId: string, signal: AbortSignal): Promise<void> {
    const actor = this.#options.elements.driveActor(drive.objectId);
    await this.#operate(drive, { signal }, () => actor.send({ type: 'CLAIMED', requestId, mediumId }));
  }

  /** Lets the drive give its cartridge back and fetches it by an intended motion. */
  async empty(drive: LibraryElement, moveId: string, requestId: string): Promise<void> {
    const { elements, motions } = this.#options;
    const actor = elements.driveActor(drive.objectId);
    try {
      await this.#operate(drive, { fetch: moveId }, () =>
        actor.send({ type: 'DISMOUNT_REQUESTED', requestId, deferred: false }),
      );
    } finally {
      motions.withdraw(moveId, `${drive.name} did not give it`);
    }
  }

  /** A drive on its own gives its medium to a person. `whenOut` is part of the transaction that writes the empty drive. */
  async eject(drive: LibraryElement, requestId: string, whenOut: () => void): Promise<void> {
    const actor = this.#options.elements.driveActor(drive.objectId);
    await this.#operate(drive, { whenOut }, () => actor.send({ type: 'EJECT_REQUESTED', requestId }));
  }

  /** Leaves the cartridge in the drive, for others to claim or to evict. Done when this returns. */
  leave(drive: LibraryElement, requestId: string): void {
    const answers: DriveAnswer[] = [];
    this.#operations.set(drive.objectId, { answer: (told) => void answers.push(told) });
    this.#options.elements.driveActor(drive.objectId).send({ type: 'DISMOUNT_REQUESTED', requestId, deferred: true });
    this.#operations.delete(drive.objectId);
    const [answer] = answers;
    if (answer === undefined) throw new NtmsError('ERROR_INVALID_STATE', `${drive.name} did not answer`);
    this.#requireFinished(drive, answer, undefined);
  }

  /** Puts a drive that told of an error of its own out of order; its machine says so to whoever listens. */
  reportBroken(drive: LibraryElement): void {
    const reason = this.#broken.get(drive.objectId);
    if (reason === undefined) return;
    this.#broken.delete(drive.objectId);
    this.#options.elements.driveActor(drive.objectId).send({ type: 'FAULT_REPORTED', reason });
  }

  /** The drive machines' effects. */
  effectEmitted(effect: DriveEffect): void {
    const operation = 'driveId' in effect ? this.#operations.get(effect.driveId) : undefined;
    switch (effect.type) {
      case 'command.waitUntilReady':
        return this.#work(operation, this.#waitUntilReady(effect, operation));
      case 'command.unload':
        return this.#work(operation, this.#unload(effect, operation));
      case 'mount.finished':
      case 'mount.failed':
      case 'mount.refused':
      case 'dismount.finished':
      case 'dismount.failed':
      case 'dismount.refused':
        operation?.answer?.(effect);
        return;
      default:
    }
  }

  /** Asks the machine, and returns when it has answered and the device's part has ended. */
  async #operate(
    drive: LibraryElement,
    given: Pick<Operation, 'fetch' | 'signal' | 'whenOut'>,
    ask: () => void | Promise<void>,
  ): Promise<void> {
    const operation: Operation = { ...given, answer: undefined };
    const answered = new Promise<DriveAnswer>((resolve, reject) => {
      operation.answer = resolve;
      operation.fail = reject;
    });
    answered.catch(() => undefined);
    this.#operations.set(drive.objectId, operation);
    try {
      await ask();
      const answer = await answered;
      await operation.work;
      if (operation.failure !== undefined) throw operation.failure;
      this.#requireFinished(drive, answer, operation.trouble);
    } finally {
      // Nothing goes on behind the back of whoever asked.
      await operation.work;
      if (operation.trouble?.broken === true) this.#broken.set(drive.objectId, operation.trouble.message);
      this.#operations.delete(drive.objectId);
    }
  }

  #work(of: Operation | undefined, work: Promise<void>): void {
    const safe = work.catch((error: unknown) => of?.fail?.(error));
    if (of !== undefined) of.work = safe;
  }

  async #waitUntilReady(
    effect: Extract<DriveEffect, { type: 'command.waitUntilReady' }>,
    operation: Operation | undefined,
  ): Promise<void> {
    const { hardware, elements } = this.#options;
    const trouble = await caught(() =>
      hardware.makeReady(elements.of(effect.driveId).address, {
        load: effect.load,
        ...(effect.requestId === null ? {} : { correlationId: effect.requestId }),
        ...(operation?.signal === undefined ? {} : { signal: operation.signal }),
      }),
    );
    if (trouble !== undefined && operation !== undefined) operation.trouble = trouble;
    const actor = elements.driveActor(effect.driveId);
    // A look may have found the cartridge gone meanwhile, or the drive may be out of order.
    if (restsFilled.some((state) => actor.getSnapshot().matches({ operation: state }))) {
      actor.send({ type: trouble === undefined ? 'DRIVE_READY' : 'DRIVE_NOT_READY' });
    }
  }

  async #unload(
    effect: Extract<DriveEffect, { type: 'command.unload' }>,
    operation: Operation | undefined,
  ): Promise<void> {
    const { hardware, elements, motions } = this.#options;
    const trouble = await caught(() =>
      hardware.unload(elements.of(effect.driveId).address, effect.requestId ?? undefined),
    );
    const actor = elements.driveActor(effect.driveId);
    if (!actor.getSnapshot().matches({ operation: 'unloading' })) return;
    if (trouble !== undefined) {
      if (operation !== undefined) operation.trouble = trouble;
      actor.send({ type: 'DISMOUNT_FAILED', reason: 'not-unloaded' });
      return;
    }
    actor.send({ type: 'MEDIUM_UNLOADED' });
    if (operation?.fetch === undefined) return this.#givenToPerson(effect.driveId, operation);
    try {
      await motions.move(operation.fetch);
    } catch (error) {
      operation.failure = error;
      if (actor.getSnapshot().matches({ operation: 'dismounting' })) {
        actor.send({ type: 'DISMOUNT_FAILED', reason: 'the cartridge was not taken out' });
      }
    }
  }

  #givenToPerson(driveId: string, operation: Operation | undefined): void {
    if (operation?.whenOut === undefined) return;
    const { elements } = this.#options;
    elements.commit(() => {
      operation.whenOut?.();
      elements.driveActor(driveId).send({ type: 'MEDIUM_MOVED_OUT' });
    });
  }

  #requireFinished(drive: LibraryElement, answer: DriveAnswer, trouble: DriveTrouble | undefined): void {
    if (answer.type === 'mount.finished' || answer.type === 'dismount.finished') return;
    const said = trouble === undefined ? '' : ` (${trouble.message})`;
    const symbol = answer.reason === 'disabled' ? 'ERROR_RESOURCE_DISABLED' : 'ERROR_INVALID_STATE';
    throw new NtmsError(symbol, `${drive.name}: ${answer.reason}${said}`, {
      data: {
        drive: drive.objectId,
        answer: answer.type,
        reason: answer.reason,
        ...(trouble?.incompatible === true ? { incompatible: true } : {}),
      },
    });
  }
}

/** States in which a drive has its cartridge and nothing moves it. */
const restsFilled = ['mounted', 'loaded', 'dismountable', 'unloaded'] as const;

/** A defect of ours is trouble with the drive to whoever waits for it. */
async function caught(work: () => Promise<DriveTrouble | undefined>): Promise<DriveTrouble | undefined> {
  try {
    return await work();
  } catch (error) {
    return { message: String(error), broken: false };
  }
}
