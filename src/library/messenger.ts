/** A message to operators (RSM_MESSAGE, MS-RSMP 2.2.6.1). */
export interface RSM_MESSAGE {
  /** The request that it is about; {@link Messenger.RecallMessage} names it. */
  readonly lpguidOperation: string;
  /** NtmsObjectsTypes: NTMS_OPREQUEST or NTMS_LIBREQUEST. */
  readonly dwNtmsType: number;
  /** NtmsOpreqState or NtmsLmState, by dwNtmsType. */
  readonly dwState: number;
  /** Zero. */
  readonly dwFlags: number;
  readonly dwPriority: number;
  /** Win32 code; 0 when nothing failed. */
  readonly dwErrorCode: number;
  readonly lpszComputerName: string;
  readonly lpszApplication: string;
  readonly lpszUser: string;
  /** ISO 8601, UTC. */
  readonly lpszTimeSubmitted: string;
  readonly lpszMessage: string;
}

/**
 * A channel to people that is plugged into the manager (IMessenger, MS-RSMP 3.2.5.2.10): a console, a chat room, a mail. What
 * it does with a message is its own affair; that it throws or rejects keeps nothing from going on.
 */
export interface Messenger {
  /**
   * Delivers a message.
   * @param destinations names of computers that SetNtmsUIOptions lists for it; at least one
   */
  SendMessage(lpRsmMessage: RSM_MESSAGE, destinations: readonly string[]): void | Promise<void>;
  /** The request needs nobody any more: what is shown about it goes away. */
  RecallMessage(lpGuid: string): void | Promise<void>;
}
