import { exportNtmsDatabaseBehaviour, importNtmsDatabaseBehaviour } from './behaviour/database-backup.js';
import { dismountNtmsDriveBehaviour } from './behaviour/dismount-ntms-drive.js';
import { dismountNtmsMediaBehaviour } from './behaviour/dismount-ntms-media.js';
import { enumerateNtmsObjectBehaviour } from './behaviour/enumerate-ntms-object.js';
import { getNtmsObjectInformationBehaviour } from './behaviour/get-ntms-object-information.js';
import { inventoryNtmsLibraryBehaviour } from './behaviour/inventory.js';
import { mountNtmsMediaChanges } from './behaviour/mount-changes.js';
import { mountNtmsMediaBehaviour } from './behaviour/mount-ntms-media.js';
import { closeNtmsSessionBehaviour, openNtmsSessionBehaviour } from './behaviour/sessions.js';
import type { BehaviourCase, ReturnCodeCase } from './coverage-case.js';
import { exportNtmsDatabaseCodes, importNtmsDatabaseCodes } from './return-codes/database-backup.js';
import { dismountNtmsMediaCodes } from './return-codes/dismount-ntms-media.js';
import { dismountNtmsDriveCodes, inventoryNtmsLibraryCodes } from './return-codes/library-control.js';
import { mountNtmsMediaCodes } from './return-codes/mount-ntms-media.js';
import { enumerateNtmsObjectCodes, getNtmsObjectInformationCodes } from './return-codes/object-management.js';
import { closeNtmsSessionCodes, openNtmsSessionCodes } from './return-codes/sessions.js';

/** Every test of a documented return code, one function after the other. */
export const returnCodeCases: readonly ReturnCodeCase[] = [
  ...openNtmsSessionCodes,
  ...closeNtmsSessionCodes,
  ...mountNtmsMediaCodes,
  ...dismountNtmsMediaCodes,
  ...dismountNtmsDriveCodes,
  ...inventoryNtmsLibraryCodes,
  ...enumerateNtmsObjectCodes,
  ...getNtmsObjectInformationCodes,
  ...exportNtmsDatabaseCodes,
  ...importNtmsDatabaseCodes,
];

/** Every test of a documented rule, change or parameter. */
export const behaviourCases: readonly BehaviourCase[] = [
  ...openNtmsSessionBehaviour,
  ...closeNtmsSessionBehaviour,
  ...mountNtmsMediaBehaviour,
  ...mountNtmsMediaChanges,
  ...dismountNtmsMediaBehaviour,
  ...dismountNtmsDriveBehaviour,
  ...inventoryNtmsLibraryBehaviour,
  ...enumerateNtmsObjectBehaviour,
  ...getNtmsObjectInformationBehaviour,
  ...exportNtmsDatabaseBehaviour,
  ...importNtmsDatabaseBehaviour,
];

export { reasons } from './reasons.js';
