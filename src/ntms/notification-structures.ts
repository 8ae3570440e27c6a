import type { Guid } from './structures.js';

/** One notice of a channel. ntmsapi.h. */
export interface NTMS_NOTIFICATIONINFORMATION {
  /** NtmsNotificationOperations: what happened to the object. */
  readonly dwOperation: number;
  readonly ObjectId: Guid;
}

/** A channel as its holder sees it: an opaque handle. */
export interface NtmsNotification {
  readonly id: string;
  /** NtmsObjectsTypes: the kind of object that it watches. */
  readonly dwType: number;
}
