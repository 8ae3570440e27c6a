import type { TransportFailure, TransportFailureCode } from '../scsi-transport.js';
import { LineClosedError, LineSilentError } from './line-exchange.js';
import { CommandTooLarge, DeviceRefusal, ProtocolViolation } from './serial-session.js';

/** The host itself ended a command. */
export class CommandStopped extends Error {
  override readonly name = 'CommandStopped';
  readonly code: 'timeout' | 'aborted' | 'closed';

  constructor(code: 'timeout' | 'aborted' | 'closed', message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

const unknownOutcome = 'the device may have executed it: look at the device before sending it again';
const certainlyNot = 'the device did not begin it: it may be sent again';

/** Puts what ended a command into the words of every transport. `hasBegun`: a line that starts the command had been sent. */
export function describeFailure(transport: string, cause: unknown, hasBegun: boolean): TransportFailure {
  const executed = hasBegun && !provesUntouched(cause) ? 'unknown' : 'no';
  const why = cause instanceof Error ? cause.message : String(cause);
  return {
    code: codeOf(cause, hasBegun),
    executed,
    message: `${transport}: ${why}; ${executed === 'no' ? certainlyNot : unknownOutcome}`,
    cause,
  };
}

/** A device that still knows the session and the tag, and refuses the line, has not begun the command. */
function provesUntouched(cause: unknown): boolean {
  return cause instanceof DeviceRefusal && ['FORMAT', 'DATA', 'LENGTH', 'OPTION'].includes(cause.code);
}

function codeOf(cause: unknown, hasBegun: boolean): TransportFailureCode {
  if (cause instanceof CommandStopped) return cause.code;
  if (cause instanceof CommandTooLarge) return 'unsupported';
  if (cause instanceof ProtocolViolation) return 'protocol';
  if (cause instanceof DeviceRefusal) {
    if (cause.code === 'SESSION') return 'disconnected';
    return cause.code === 'LENGTH' || cause.code === 'OPTION' ? 'unsupported' : 'protocol';
  }
  if (cause instanceof LineSilentError || cause instanceof LineClosedError)
    return hasBegun ? 'disconnected' : 'unreachable';
  return 'unreachable';
}
