/** One session as it stands, for tests and for people. */
export interface InspectedSession {
  readonly type: 'Normal' | 'Discovery';
  readonly initiatorName: string;
  /** Six bytes as `0x` and hexadecimal digits. */
  readonly isid: string;
  readonly tsih: number;
  /** The SCSI name of the initiator port, by which the device keeps reservations and unit attentions. */
  readonly nexus: string;
  readonly connections: readonly InspectedConnection[];
  /** Commands that have no response yet. */
  readonly tasks: number;
  readonly expCmdSn: number;
  readonly maxCmdSn: number;
}

export interface InspectedConnection {
  readonly connectionId: number;
  /** The initiator's address, `host:port`. */
  readonly remote: string;
  readonly headerDigest: boolean;
  readonly dataDigest: boolean;
  /** The longest data segment that the initiator takes, in bytes. */
  readonly maxSegmentToInitiator: number;
  /** Output that is not on the wire yet, in bytes. */
  readonly queuedBytes: number;
}
