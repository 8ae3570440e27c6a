import type { SimulatedClock } from '../../devices/clock.js';
import {
  TransportError,
  type ScsiCommand,
  type ScsiTransport,
  type TransportFailure,
} from '../../devices/transport/scsi-transport.js';
import { ending, turns, within } from './event-loop.js';

const STEP_MS = 500;
/** Sockets of this machine need some turns; a device in memory needs few. */
const TURNS_PER_STEP = 12;
const failureCodes: readonly string[] = [
  'timeout',
  'aborted',
  'disconnected',
  'unreachable',
  'protocol',
  'unsupported',
  'closed',
];

/** The simulated time within which a command must be over, logins and recoveries included. */
export const MOST_MS = 400_000;

export const COMMAND_TIMEOUT_MS = 2_000;

/** Lets simulated time pass until `answer` is there; throws, naming `what`, when it does not come in {@link MOST_MS}. */
export async function drive<T>(what: string, answer: Promise<T>, clock: SimulatedClock): Promise<T> {
  const ended = ending(answer);
  for (let ms = 0; ; ms += STEP_MS) {
    for (let turn = 0; turn < TURNS_PER_STEP && !ended.isOver; turn++) await turns(1);
    if (ended.isOver) return answer;
    // What reads a file meanwhile takes turns and no simulated time.
    if (ms > MOST_MS) return within(`${what}, ${MOST_MS} ms of simulated time later`, answer);
    await clock.advance(STEP_MS);
  }
}

const commands: readonly Omit<ScsiCommand, 'timeoutMs'>[] = [
  { lun: 0, cdb: Uint8Array.of(0x12, 0, 0, 0, 96, 0), dataInLength: 96 },
  { lun: 0, cdb: Uint8Array.of(0x0a, 0, 0, 4, 0, 0), dataOut: new Uint8Array(1024) },
  { lun: 1, cdb: Uint8Array.of(0x5a, 0, 0x3f, 0, 0, 0, 0, 1, 0, 0), dataInLength: 256 },
  { lun: 1, cdb: Uint8Array.of(0, 0, 0, 0, 0, 0) },
  { lun: 2, cdb: Uint8Array.of(8, 0, 0, 4, 0, 0), dataInLength: 1024 },
];

/**
 * What the controller does with a transport, whose device may answer anything: opens it, sends commands alone and together,
 * resets a unit, closes it. Nothing may reject or hang, and every result must be one. Resolves with how many commands were
 * completed: {@link ALL_COMMANDS} when the device is as good as it seems.
 */
export async function useTransport(transport: ScsiTransport, clock: SimulatedClock): Promise<number> {
  try {
    await drive('open', transport.open(), clock);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    checkFailure(error.failure);
  }
  const completed: boolean[] = [];
  for (const command of commands.slice(0, 2)) completed.push(await execute(transport, command, clock));
  completed.push(...(await Promise.all(commands.map((command) => execute(transport, command, clock)))));
  if (transport.resetLogicalUnit !== undefined) {
    const failure = await drive('a reset', transport.resetLogicalUnit(0, COMMAND_TIMEOUT_MS), clock);
    if (failure !== undefined) checkFailure(failure);
  }
  completed.push(await execute(transport, { lun: 0, cdb: Uint8Array.of(0, 0, 0, 0, 0, 0) }, clock));
  await drive('close', transport.close(), clock);
  await turns(5);
  return completed.filter(Boolean).length;
}

/** Two alone, all together, one more after the reset. */
export const ALL_COMMANDS = 2 + commands.length + 1;

async function execute(
  transport: ScsiTransport,
  command: Omit<ScsiCommand, 'timeoutMs'>,
  clock: SimulatedClock,
): Promise<boolean> {
  const what = `the command ${Buffer.from(command.cdb).toString('hex')}`;
  const answer = transport.execute({ ...command, timeoutMs: COMMAND_TIMEOUT_MS });
  const result = await drive(what, answer, clock);
  if (result.kind === 'failed') {
    checkFailure(result.failure);
    return false;
  }
  const { status, dataIn, sense } = result;
  if (!Number.isInteger(status) || status < 0 || status > 0xff) throw new Error(`${what} has status ${status}`);
  if (dataIn.length > (command.dataInLength ?? 0)) throw new Error(`${what} has ${dataIn.length} bytes of data-in`);
  if (sense.length > MOST_SENSE_BYTES) throw new Error(`${what} has ${sense.length} bytes of sense data`);
  return true;
}

/** More than the standard allows, less than anything a hostile length field says. */
const MOST_SENSE_BYTES = 1024;

function checkFailure({ code, executed, message }: TransportFailure): void {
  if (!failureCodes.includes(code)) throw new Error(`the failure code ${code} is unknown`);
  if (executed !== 'no' && executed !== 'unknown') throw new Error(`executed is ${String(executed)}`);
  if (message.length < 10) throw new Error(`the failure "${message}" says nothing`);
}
