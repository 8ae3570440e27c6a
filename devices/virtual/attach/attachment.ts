/** One way into a virtual autoloader that is being served. */
export interface Attachment {
  /** `usbip`, `iscsi`, `serial`, `sg`. */
  readonly kind: string;
  /** What an initiator needs to know, for a person: where it is and how to connect, one sentence or command a line. */
  readonly howToConnect: readonly string[];
  /** Ends all sessions and frees what was taken. Harmless when repeated; never rejects. */
  close(): Promise<void>;
}
