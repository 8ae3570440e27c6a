import { SimulatedClock } from '../../../devices/clock.js';
import type {
  OpenedHandle,
  SgCalls,
  SgHandle,
  SgIoOutcome,
  SgIoRequest,
} from '../../../devices/transport/sg/sg-calls.js';
import { SgTransport } from '../../../devices/transport/sg/sg-transport.js';
import { useTransport } from '../driven-transport.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { InputReader, inputOf } from '../input-reader.js';
import { sgIoHeader } from './sg.js';

/** How a call ends; a byte of the input says which. */
const Outcome = { DONE: 0, REFUSED: 1, LOST: 2, NEVER: 3 } as const;
const OUTCOMES = 4;
const MOST_EDITS = 8;

/** A kernel, or the process that speaks to it, that answers every call as the input says. */
export function hostileSgKernels(): FuzzTarget[] {
  return [{ name: 'hostile-sg-kernel', seeds, take: driveTransport, codes: [], cost: 'session' }];
}

async function driveTransport(input: Uint8Array): Promise<void> {
  const clock = new SimulatedClock();
  const transport = new SgTransport({
    path: '/dev/sg0',
    clock,
    calls: callsOf(new InputReader(input)),
    resolve: (path) => Promise.resolve({ path, fingerprint: 'sg0' }),
  });
  await useTransport(transport, clock);
  if (clock.pending > 0) throw new Error(`${clock.pending} timers are left after close`);
}

/** A call: how it ends, a number, how many bytes of the header are others, and for each where and what. Past the end all is well. */
function callsOf(reader: InputReader): SgCalls {
  const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
  const ended = (
    kind: number,
    errno: number,
  ): { kind: 'refused'; errno: number } | { kind: 'lost'; message: string } =>
    kind === Outcome.REFUSED ? { kind: 'refused', errno } : { kind: 'lost', message: 'the process ended' };
  const command = (request: SgIoRequest): Promise<SgIoOutcome> => {
    const [kind, number] = [reader.byte() % OUTCOMES, reader.byte()];
    if (kind === Outcome.NEVER) return never();
    if (kind !== Outcome.DONE) return Promise.resolve(ended(kind, number));
    const header = sgIoHeader({ dxferLen: request.dataInLength });
    for (let edits = reader.byte() % MOST_EDITS; edits > 0; edits--)
      header[reader.byte() % header.length] = reader.byte();
    const dataIn = new Uint8Array(Math.min(request.dataInLength, number));
    return Promise.resolve({ kind: 'done', header, dataIn, sense: reader.bytes(number & 0x1f) });
  };
  const handle: SgHandle = {
    command,
    reset: () => {
      const [kind, number] = [reader.byte() % OUTCOMES, reader.byte()];
      if (kind === Outcome.NEVER) return never();
      return Promise.resolve(kind === Outcome.DONE ? { kind: 'done' } : ended(kind, number));
    },
    close: () => undefined,
  };
  return {
    open: (): Promise<OpenedHandle> => {
      const [kind, number] = [reader.byte() % OUTCOMES, reader.byte()];
      if (kind === Outcome.NEVER) return never();
      return Promise.resolve(kind === Outcome.DONE ? { kind: 'opened', handle } : ended(kind, number));
    },
    end: () => Promise.resolve(),
  };
}

function seeds(): Uint8Array[] {
  const good = inputOf(Outcome.DONE, 96, 0, new Uint8Array(0));
  const opened = inputOf(Outcome.DONE, 0);
  const errnos = [1, 4, 5, 6, 11, 12, 16, 19, 22, 25, 110, 255];
  return [
    opened,
    inputOf(opened, good, good),
    ...errnos.map((errno) => inputOf(opened, good, Outcome.REFUSED, errno)),
    ...errnos.map((errno) => inputOf(Outcome.REFUSED, errno)),
    inputOf(opened, Outcome.NEVER, 0, Outcome.NEVER, 0),
    inputOf(opened, Outcome.LOST, 0, opened, good),
    inputOf(Outcome.NEVER, 0),
    // Status, host status, driver status, residual.
    ...[64, 66, 67, 68, 69, 70, 72, 75].map((at) => inputOf(opened, Outcome.DONE, 20, 1, at, 0xff, new Uint8Array(20))),
  ];
}
