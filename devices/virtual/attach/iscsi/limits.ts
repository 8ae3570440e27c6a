/** How much of this machine an initiator may take up. Bytes and milliseconds as the names say. */
export interface IscsiTargetLimits {
  /** TCP connections at once, those that have not logged in yet included. */
  readonly maxConnections: number;
  readonly maxSessions: number;
  /** The MaxConnections that is agreed to. */
  readonly maxConnectionsPerSession: number;
  /** From the TCP connection to the end of the login. */
  readonly loginTimeoutMs: number;
  /** Commands that a session may have under way; what MaxCmdSN lets through. */
  readonly commandWindow: number;
  /** Immediate commands, which the window does not count. */
  readonly maxImmediateCommands: number;
  /** Declared: the longest data segment that this side takes. */
  readonly maxRecvDataSegmentLength: number;
  readonly maxBurstLength: number;
  readonly firstBurstLength: number;
  readonly maxOutstandingR2T: number;
  /** Whether data may come with its command; the initiator may still say no. */
  readonly immediateData: boolean;
  /** Whether all other data has to be asked for; the initiator may still say yes. */
  readonly initialR2T: boolean;
  /** The most data-out that one command may bring. */
  readonly maxTransferBytes: number;
  /** Data-out of all commands of all sessions together; beyond it a command is answered BUSY. */
  readonly maxBufferedBytes: number;
  /** Output that may wait for one slow reader; beyond it that connection is not read and begins no commands. */
  readonly maxQueuedOutputBytes: number;
  /** Silence after which the initiator is asked whether it lives, and how long it may take to say so. 0 never asks. */
  readonly keepAliveIntervalMs: number;
  readonly keepAliveTimeoutMs: number;
  /** How long `close` waits for initiators to log out once it has asked them to; 0 does not ask. */
  readonly shutdownGraceMs: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

export const defaultLimits: IscsiTargetLimits = {
  maxConnections: 64,
  maxSessions: 32,
  maxConnectionsPerSession: 4,
  loginTimeoutMs: 15_000,
  commandWindow: 128,
  maxImmediateCommands: 16,
  maxRecvDataSegmentLength: 256 * KIB,
  maxBurstLength: MIB,
  firstBurstLength: 256 * KIB,
  maxOutstandingR2T: 4,
  immediateData: true,
  initialR2T: false,
  maxTransferBytes: 64 * MIB,
  maxBufferedBytes: 256 * MIB,
  maxQueuedOutputBytes: 8 * MIB,
  keepAliveIntervalMs: 30_000,
  keepAliveTimeoutMs: 30_000,
  shutdownGraceMs: 500,
};
