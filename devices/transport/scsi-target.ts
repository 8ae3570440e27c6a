/**
 * The device side of a transport: a target with logical units, as the virtual autoloader is one. The loopback transport
 * calls it directly; the serial attachment (later USB/IP, iSCSI, SG_IO) calls it for a real initiator.
 */
export interface ScsiTarget {
  execute(task: ScsiTask): Promise<ScsiTaskResult>;
  /** An I_T nexus ended: its reservations and unit attentions go with it. */
  nexusLost(nexus: string): void;
  /** LOGICAL UNIT RESET. */
  resetLogicalUnit?(lun: number): Promise<void>;
}

export interface ScsiTask {
  /**
   * The I_T nexus, named by its initiator port (SAM-5 4.7.2): unit attentions and reservations are kept for each apart. An
   * iSCSI initiator port has its standard name, `<iSCSI name>,i,0x<ISID>`; other transports use a name of their own.
   */
  readonly nexus: string;
  readonly lun: number;
  readonly cdb: Uint8Array;
  /** All parameter data, already collected; empty when the command has none. */
  readonly dataOut: Uint8Array;
  readonly signal?: AbortSignal;
}

export interface ScsiTaskResult {
  readonly status: number;
  /** At most the CDB's allocation length. */
  readonly dataIn: Uint8Array;
  /** Fixed or descriptor format sense data with CHECK CONDITION, else empty. */
  readonly sense: Uint8Array;
}
