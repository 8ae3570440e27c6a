import type { ElementStatus } from './scsi/smc/element-status.js';

/**
 * Where the medium of a move is:
 * - `moved`: at the destination;
 * - `not-moved`: still at the source;
 * - `on-picker`: in a medium transport element;
 * - `elsewhere`: found by its volume tag in a third element;
 * - `uncertain`: nothing that was read proves one of these. Someone must look.
 */
export type MoveOutcome = 'moved' | 'not-moved' | 'on-picker' | 'elsewhere' | 'uncertain';

/** Source, destination and pickers as they are at one time. */
export interface MoveSnapshot {
  readonly source: ElementStatus;
  readonly destination: ElementStatus;
  /** Medium transport elements which are neither source nor destination. */
  readonly pickers: readonly ElementStatus[];
}

export interface MoveEvidence {
  /** The volume identifier of the medium that was to be moved; absent when it has no readable label. */
  readonly volumeIdentifier?: string;
  readonly before: Pick<MoveSnapshot, 'source' | 'destination'>;
  readonly after: MoveSnapshot;
  /** The command ended with status GOOD. Counts only where nothing else can tell: for a medium turned over in its place. */
  readonly commandSucceeded: boolean;
}

export interface MoveJudgement {
  readonly outcome: MoveOutcome;
  /** For people: what was seen. */
  readonly message: string;
}

/** The text of an element's primary volume tag; undefined without one. */
export function volumeIdentifierOf(element: ElementStatus): string | undefined {
  const text = element.primaryVolumeTag?.volumeIdentifier;
  return text === '' ? undefined : text;
}

/**
 * Decides from what was read, not from the status of the command: GOOD is not proof of a motion, an error is not proof
 * of none. A label that differs from the expected one disproves; a missing label proves nothing.
 */
export function judgeMove({ volumeIdentifier, before, after, commandSucceeded }: MoveEvidence): MoveJudgement {
  const { source, destination, pickers } = after;
  const isIt = (element: ElementStatus): boolean =>
    volumeIdentifier !== undefined && volumeIdentifierOf(element) === volumeIdentifier;
  const mayBeIt = (element: ElementStatus): boolean =>
    volumeIdentifier === undefined || volumeIdentifierOf(element) === undefined || isIt(element);

  if (source.address === destination.address) return judgeInPlace(source, mayBeIt(source), commandSucceeded);
  const picker = pickers.find((element) => element.full && mayBeIt(element));

  if (destination.full && !mayBeIt(destination)) {
    const other = `destination ${destination.address} holds ${volumeIdentifierOf(destination)}, not ${volumeIdentifier}`;
    if (source.full && mayBeIt(source)) return judged('not-moved', `${other}; it is still at source ${source.address}`);
    if (!source.full && picker !== undefined) return judged('on-picker', `${other}; picker ${picker.address} is full`);
    return judged('uncertain', other);
  }
  if (destination.full && source.full) {
    if (before.destination.full && mayBeIt(source)) {
      return judged(
        'not-moved',
        `destination ${destination.address} was full before; source ${source.address} still is`,
      );
    }
    if (isIt(destination) && !mayBeIt(source)) {
      return judged(
        'moved',
        `${volumeIdentifier} is at destination ${destination.address}; the source was filled again`,
      );
    }
    return judged('uncertain', `source ${source.address} and destination ${destination.address} are both full`);
  }
  if (destination.full) {
    if (before.destination.full && !isIt(destination)) {
      return judged(
        'uncertain',
        `source ${source.address} is empty, but destination ${destination.address} was full before`,
      );
    }
    return judged('moved', `destination ${destination.address} is full, source ${source.address} is empty`);
  }
  if (source.full) {
    return mayBeIt(source)
      ? judged('not-moved', `source ${source.address} is full, destination ${destination.address} is empty`)
      : judged('uncertain', `source ${source.address} holds ${volumeIdentifierOf(source)}, not ${volumeIdentifier}`);
  }
  if (picker !== undefined)
    return judged('on-picker', `picker ${picker.address} is full, source and destination are empty`);
  return judged(
    'uncertain',
    `source ${source.address}, destination ${destination.address} and the pickers are all empty`,
  );
}

function judgeInPlace(element: ElementStatus, mayBeIt: boolean, commandSucceeded: boolean): MoveJudgement {
  if (!element.full || !mayBeIt) return judged('uncertain', `element ${element.address} does not hold it any more`);
  return commandSucceeded
    ? judged('moved', `element ${element.address} holds it, as it should after a move in place`)
    : judged('not-moved', `element ${element.address} holds it, and the move in place failed`);
}

function judged(outcome: MoveOutcome, message: string): MoveJudgement {
  return { outcome, message };
}

/** Whether two snapshots show the same elements full with the same labels. */
export function sameSnapshot(one: MoveSnapshot, other: MoveSnapshot): boolean {
  const sign = ({ source, destination, pickers }: MoveSnapshot): string =>
    [source, destination, ...pickers].map((e) => `${e.address}:${e.full}:${volumeIdentifierOf(e) ?? ''}`).join('|');
  return sign(one) === sign(other);
}
