/** What to do after a command that did not end with GOOD. */
export const RecoveryAction = {
  /** Nothing: the command did what it was to do. */
  DONE: 'done',
  /** The command was not executed; note what the unit attention tells and send it again. */
  RETRY: 'retry',
  /** It becomes ready by itself: poll with TEST UNIT READY, then send the command again. */
  WAIT_UNTIL_READY: 'wait-until-ready',
  /** Someone else is being served: pause, then send the command again. */
  RETRY_LATER: 'retry-later',
  /** INITIALIZE ELEMENT STATUS on a changer, LOAD on a drive, then the command again. */
  INITIALIZE_FIRST: 'initialize-element-status-first',
  /** What is believed about the elements is wrong or in doubt: read the element status before deciding anything. */
  REFRESH_ELEMENT_STATUS: 'refresh-element-status',
  /** A drive holds the medium: unload it, then move. */
  UNLOAD_FIRST: 'unload-first',
  /** Medium removal is prevented: allow it, or leave the medium where it is. */
  ALLOW_REMOVAL_FIRST: 'allow-removal-first',
  /** The drive needs a cleaning cartridge. */
  CLEAN_DRIVE: 'clean-drive',
  /** Only a person at the device can go on. */
  ASK_OPERATOR: 'ask-operator',
  /** The medium must not or cannot be written. */
  WRITE_PROTECTED: 'write-protected',
  /** The medium is unreadable, worn out or of the wrong kind: take another one. */
  REJECT_MEDIUM: 'reject-medium',
  /** Asking again will give the same answer: hand the failure to the caller. */
  FAIL: 'fail',
} as const;
export type RecoveryAction = (typeof RecoveryAction)[keyof typeof RecoveryAction];
