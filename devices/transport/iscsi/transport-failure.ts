import type { FailedCommand, TransportFailure, TransportFailureCode } from '../scsi-transport.js';
import type { IscsiError } from './iscsi-error.js';

/** The failure of a command, or of a task management function, by a fault of the path. */
export function failureOf(error: IscsiError, executed: TransportFailure['executed']): TransportFailure {
  return { code: codeOf(error), executed, message: error.message, cause: error };
}

export function failedCommand(
  code: TransportFailureCode,
  executed: TransportFailure['executed'],
  message: string,
): FailedCommand {
  return { kind: 'failed', failure: { code, executed, message } };
}

function codeOf(error: IscsiError): TransportFailureCode {
  switch (error.code) {
    case 'ISCSI_PROTOCOL':
    case 'ISCSI_DIGEST':
      return 'protocol';
    case 'ISCSI_CONNECTION_LOST':
      return 'disconnected';
    case 'ISCSI_CLOSED':
      return 'closed';
    default:
      return 'unreachable';
  }
}
