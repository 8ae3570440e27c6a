/** The options that stand before every command. */
export interface GlobalOptions {
  /** Rig file; absent: RSM_RIG, ./rig.yaml, the embedded rig. */
  readonly rig?: string;
  /** State folder; absent: RSM_STATE, the XDG state folder. */
  readonly state?: string;
  /** One JSON document on standard output, and nothing else there. */
  readonly json?: boolean;
  /** File to which every SCSI command is appended as a JSON line. */
  readonly trace?: string;
}
