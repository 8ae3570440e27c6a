import {
  closeNtmsNotificationBehaviour,
  closeNtmsSessionChannels,
  dismountNtmsMediaAnnounced,
  inventoryNtmsLibraryAnnounced,
  openNtmsNotificationBehaviour,
  waitForNtmsNotificationBehaviour,
} from './behaviour/notification.js';
import {
  closeNtmsNotificationCodes,
  openNtmsNotificationCodes,
  waitForNtmsNotificationCodes,
} from './return-codes/notification.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes([...openNtmsNotificationCodes, ...waitForNtmsNotificationCodes, ...closeNtmsNotificationCodes]);
await runBehaviour([
  ...openNtmsNotificationBehaviour,
  ...waitForNtmsNotificationBehaviour,
  ...closeNtmsNotificationBehaviour,
  ...closeNtmsSessionChannels,
  ...dismountNtmsMediaAnnounced,
  ...inventoryNtmsLibraryAnnounced,
]);
