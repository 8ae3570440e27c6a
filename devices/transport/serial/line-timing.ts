/** How long things take on a serial line. All of it follows from the line rate and the lengths of the lines. */

/** Start bit, eight data bits, stop bit. */
const bitsPerCharacter = 10;
/** USB adapters hand bytes over every 16 ms, in each direction; schedulers and hubs take their share. */
const adapterMs = 100;

/** Line rates that a host and a device may agree on, in baud. */
export const LINE_RATES = { lowest: 9_600, highest: 921_600 } as const;

/** Milliseconds that `characters` need on the wire. */
export function wireMs(baudRate: number, characters: number): number {
  return (characters * bitsPerCharacter * 1000) / baudRate;
}

/**
 * After how many milliseconds without an answer a line is taken for lost: both lines on the wire, a quarter more for
 * clocks that disagree and pauses between bytes, the time the device may think, and the adapter.
 */
export function answerMs(line: {
  baudRate: number;
  requestCharacters: number;
  answerCharacters: number;
  turnaroundMs: number;
}): number {
  const bothMs = wireMs(line.baudRate, line.requestCharacters + line.answerCharacters);
  return Math.ceil(bothMs * 1.25 + line.turnaroundMs + adapterMs);
}

/** For how many milliseconds one line is asked again before the line counts as dead. */
export function repairMs(answerWithinMs: number): number {
  return Math.max(5_000, 8 * answerWithinMs);
}

/**
 * The largest data chunk that the host offers, in bytes: a quarter of a second on the wire, so that one lost line costs
 * little on a slow line, and never more than 1,024.
 */
export function chunkBytes(baudRate: number): number {
  const charactersInQuarterSecond = baudRate / bitsPerCharacter / 4;
  return Math.max(32, Math.min(1_024, Math.floor(charactersInQuarterSecond / 2)));
}
