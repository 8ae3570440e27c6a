/** One turn of the event loop: what has come in meanwhile was dealt with. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn();
}

/** Sockets of one machine answer within a few turns, on a busy machine within some hundreds. */
const MOST_TURNS = 20_000;

/** Waits until `met`; throws, naming `what`, when that takes more than `mostTurns` turns of the event loop. */
export async function until(what: string, met: () => boolean, mostTurns = MOST_TURNS): Promise<void> {
  for (let turn = 0; !met(); turn++) {
    if (turn === mostTurns) throw new Error(`not within ${mostTurns} turns of the event loop: ${what}`);
    await nextTurn();
  }
}

/** The result of `answer`; throws, naming `what`, when it takes more than `mostTurns` turns of the event loop. */
export async function within<T>(what: string, answer: Promise<T>, mostTurns = MOST_TURNS): Promise<T> {
  const ended = ending(answer);
  await until(what, () => ended.isOver, mostTurns);
  return answer;
}

/** Whether a promise is over, without waiting for it. */
export function ending(answer: Promise<unknown>): { readonly isOver: boolean } {
  const state = { isOver: false };
  const over = (): void => void (state.isOver = true);
  answer.then(over, over);
  return state;
}
