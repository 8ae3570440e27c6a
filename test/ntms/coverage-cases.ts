import { allocateNtmsMediaBehaviour } from './behaviour/allocate-ntms-media.js';
import {
  deallocateNtmsMediaBehaviour,
  decommissionNtmsMediaBehaviour,
  setNtmsMediaCompleteBehaviour,
  swapNtmsMediaBehaviour,
} from './behaviour/allocation.js';
import {
  beginNtmsDeviceChangeDetectionBehaviour,
  closeNtmsSessionDetections,
  endNtmsDeviceChangeDetectionBehaviour,
  setNtmsDeviceChangeDetectionBehaviour,
} from './behaviour/change-detection.js';
import { ejectNtmsCleanerBehaviour } from './behaviour/eject-ntms-cleaner.js';
import { injectNtmsCleanerBehaviour } from './behaviour/inject-ntms-cleaner.js';
import {
  cleanNtmsDriveBehaviour,
  releaseNtmsCleanerSlotBehaviour,
  reserveNtmsCleanerSlotBehaviour,
} from './behaviour/cleaning.js';
import { exportNtmsDatabaseBehaviour, importNtmsDatabaseBehaviour } from './behaviour/database-backup.js';
import { ejectNtmsMediaBehaviour } from './behaviour/eject-ntms-media.js';
import { injectNtmsMediaBehaviour } from './behaviour/inject-ntms-media.js';
import { accessNtmsLibraryDoorBehaviour, ejectDiskFromSADriveBehaviour } from './behaviour/library-access.js';
import { ejectNtmsMediaCodes, injectNtmsMediaCodes } from './return-codes/eject-inject.js';
import { accessNtmsLibraryDoorCodes, ejectDiskFromSADriveCodes } from './return-codes/library-access.js';
import { dismountNtmsDriveBehaviour } from './behaviour/dismount-ntms-drive.js';
import { dismountNtmsMediaBehaviour } from './behaviour/dismount-ntms-media.js';
import { enumerateNtmsObjectBehaviour } from './behaviour/enumerate-ntms-object.js';
import { getNtmsObjectInformationBehaviour } from './behaviour/get-ntms-object-information.js';
import { identifyNtmsSlotBehaviour } from './behaviour/identify-slot.js';
import { inventoryNtmsLibraryBehaviour } from './behaviour/inventory.js';
import {
  createNtmsMediaPoolBehaviour,
  deleteNtmsMediaPoolBehaviour,
  getNtmsMediaPoolNameBehaviour,
} from './behaviour/media-pools.js';
import { createNtmsMediaBehaviour, deleteNtmsMediaBehaviour } from './behaviour/media-records.js';
import {
  addNtmsMediaTypeBehaviour,
  changeNtmsMediaTypeBehaviour,
  deleteNtmsMediaTypeBehaviour,
} from './behaviour/media-types.js';
import { mountNtmsMediaChanges } from './behaviour/mount-changes.js';
import { mountNtmsMediaBehaviour } from './behaviour/mount-ntms-media.js';
import { moveToNtmsMediaPoolBehaviour } from './behaviour/move-to-media-pool.js';
import { updateNtmsOmidInfoBehaviour } from './behaviour/on-media-identifier.js';
import {
  closeNtmsNotificationBehaviour,
  closeNtmsSessionChannels,
  dismountNtmsMediaAnnounced,
  inventoryNtmsLibraryAnnounced,
  openNtmsNotificationBehaviour,
  waitForNtmsNotificationBehaviour,
} from './behaviour/notification.js';
import { getNtmsObjectAttributeBehaviour, setNtmsObjectAttributeBehaviour } from './behaviour/object-attributes.js';
import { getNtmsObjectSecurityBehaviour, setNtmsObjectSecurityBehaviour } from './behaviour/object-security.js';
import { setNtmsObjectInformationBehaviour } from './behaviour/set-information.js';
import { closeNtmsSessionBehaviour, openNtmsSessionBehaviour } from './behaviour/sessions.js';
import { allocateNtmsMediaWaiting } from './behaviour/waiting-allocation.js';
import {
  cancelNtmsOperatorRequestBehaviour,
  satisfyNtmsOperatorRequestBehaviour,
  submitNtmsOperatorRequestBehaviour,
  waitForNtmsOperatorRequestBehaviour,
} from './behaviour/operator-requests.js';
import { disableNtmsObjectBehaviour, enableNtmsObjectBehaviour } from './behaviour/object-enabling.js';
import {
  deleteNtmsDriveBehaviour,
  deleteNtmsLibraryBehaviour,
  getVolumesFromDriveBehaviour,
} from './behaviour/removal.js';
import { cancelNtmsLibraryRequestBehaviour, deleteNtmsRequestsBehaviour } from './behaviour/request-control.js';
import { getNtmsRequestOrderBehaviour, setNtmsRequestOrderBehaviour } from './behaviour/request-order.js';
import {
  closeNtmsSessionUiBehaviour,
  getNtmsUIOptionsBehaviour,
  setNtmsUIOptionsBehaviour,
} from './behaviour/ui-options.js';
import type { BehaviourCase, ReturnCodeCase } from './coverage-case.js';
import {
  closeNtmsNotificationCodes,
  openNtmsNotificationCodes,
  waitForNtmsNotificationCodes,
} from './return-codes/notification.js';
import { getNtmsObjectAttributeCodes, setNtmsObjectAttributeCodes } from './return-codes/object-attributes.js';
import { getNtmsObjectSecurityCodes, setNtmsObjectSecurityCodes } from './return-codes/object-security.js';
import { setNtmsObjectInformationCodes } from './return-codes/set-information.js';
import {
  cancelNtmsOperatorRequestCodes,
  satisfyNtmsOperatorRequestCodes,
  submitNtmsOperatorRequestCodes,
  waitForNtmsOperatorRequestCodes,
} from './return-codes/operator-requests.js';
import { disableNtmsObjectCodes, enableNtmsObjectCodes } from './return-codes/object-enabling.js';
import { deleteNtmsDriveCodes, deleteNtmsLibraryCodes, getVolumesFromDriveCodes } from './return-codes/removal.js';
import {
  cancelNtmsLibraryRequestCodes,
  deleteNtmsRequestsCodes,
  getNtmsRequestOrderCodes,
  setNtmsRequestOrderCodes,
} from './return-codes/request-control.js';
import { getNtmsUIOptionsCodes, setNtmsUIOptionsCodes } from './return-codes/ui-options.js';
import { allocateNtmsMediaCodes } from './return-codes/allocate-ntms-media.js';
import {
  deallocateNtmsMediaCodes,
  decommissionNtmsMediaCodes,
  setNtmsMediaCompleteCodes,
  swapNtmsMediaCodes,
} from './return-codes/allocation.js';
import {
  beginNtmsDeviceChangeDetectionCodes,
  endNtmsDeviceChangeDetectionCodes,
  setNtmsDeviceChangeDetectionCodes,
} from './return-codes/change-detection.js';
import { ejectNtmsCleanerCodes, injectNtmsCleanerCodes } from './return-codes/cleaner-cartridges.js';
import {
  cleanNtmsDriveCodes,
  releaseNtmsCleanerSlotCodes,
  reserveNtmsCleanerSlotCodes,
} from './return-codes/cleaning.js';
import { exportNtmsDatabaseCodes, importNtmsDatabaseCodes } from './return-codes/database-backup.js';
import { dismountNtmsMediaCodes } from './return-codes/dismount-ntms-media.js';
import { identifyNtmsSlotCodes } from './return-codes/identify-slot.js';
import { dismountNtmsDriveCodes, inventoryNtmsLibraryCodes } from './return-codes/library-control.js';
import {
  createNtmsMediaPoolCodes,
  deleteNtmsMediaPoolCodes,
  getNtmsMediaPoolNameCodes,
} from './return-codes/media-pools.js';
import { moveToNtmsMediaPoolCodes } from './return-codes/move-to-media-pool.js';
import { createNtmsMediaCodes, deleteNtmsMediaCodes } from './return-codes/media-records.js';
import {
  addNtmsMediaTypeCodes,
  changeNtmsMediaTypeCodes,
  deleteNtmsMediaTypeCodes,
} from './return-codes/media-types.js';
import { mountNtmsMediaCodes } from './return-codes/mount-ntms-media.js';
import { enumerateNtmsObjectCodes, getNtmsObjectInformationCodes } from './return-codes/object-management.js';
import { updateNtmsOmidInfoCodes } from './return-codes/on-media-identifier.js';
import { closeNtmsSessionCodes, openNtmsSessionCodes } from './return-codes/sessions.js';

/** Those of return-codes.test.ts; the other areas have a test file each. */
export const firstReturnCodeCases: readonly ReturnCodeCase[] = [
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

/** Those of behaviour.test.ts. */
export const firstBehaviourCases: readonly BehaviourCase[] = [
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

/** Every test of a documented return code, one function after the other. */
export const returnCodeCases: readonly ReturnCodeCase[] = [
  ...firstReturnCodeCases,
  ...ejectNtmsMediaCodes,
  ...injectNtmsMediaCodes,
  ...accessNtmsLibraryDoorCodes,
  ...ejectDiskFromSADriveCodes,
  ...setNtmsObjectInformationCodes,
  ...getNtmsObjectAttributeCodes,
  ...setNtmsObjectAttributeCodes,
  ...getNtmsObjectSecurityCodes,
  ...setNtmsObjectSecurityCodes,
  ...openNtmsNotificationCodes,
  ...waitForNtmsNotificationCodes,
  ...closeNtmsNotificationCodes,
  ...createNtmsMediaPoolCodes,
  ...getNtmsMediaPoolNameCodes,
  ...moveToNtmsMediaPoolCodes,
  ...deleteNtmsMediaPoolCodes,
  ...addNtmsMediaTypeCodes,
  ...deleteNtmsMediaTypeCodes,
  ...changeNtmsMediaTypeCodes,
  ...createNtmsMediaCodes,
  ...deleteNtmsMediaCodes,
  ...cancelNtmsOperatorRequestCodes,
  ...satisfyNtmsOperatorRequestCodes,
  ...submitNtmsOperatorRequestCodes,
  ...waitForNtmsOperatorRequestCodes,
  ...disableNtmsObjectCodes,
  ...enableNtmsObjectCodes,
  ...deleteNtmsDriveCodes,
  ...deleteNtmsLibraryCodes,
  ...getVolumesFromDriveCodes,
  ...cancelNtmsLibraryRequestCodes,
  ...deleteNtmsRequestsCodes,
  ...getNtmsRequestOrderCodes,
  ...setNtmsRequestOrderCodes,
  ...getNtmsUIOptionsCodes,
  ...setNtmsUIOptionsCodes,
  ...cleanNtmsDriveCodes,
  ...reserveNtmsCleanerSlotCodes,
  ...releaseNtmsCleanerSlotCodes,
  ...injectNtmsCleanerCodes,
  ...ejectNtmsCleanerCodes,
  ...identifyNtmsSlotCodes,
  ...beginNtmsDeviceChangeDetectionCodes,
  ...setNtmsDeviceChangeDetectionCodes,
  ...endNtmsDeviceChangeDetectionCodes,
  ...updateNtmsOmidInfoCodes,
  ...allocateNtmsMediaCodes,
  ...deallocateNtmsMediaCodes,
  ...swapNtmsMediaCodes,
  ...decommissionNtmsMediaCodes,
  ...setNtmsMediaCompleteCodes,
];

/** Every test of a documented rule, change or parameter. */
export const behaviourCases: readonly BehaviourCase[] = [
  ...firstBehaviourCases,
  ...ejectNtmsMediaBehaviour,
  ...injectNtmsMediaBehaviour,
  ...accessNtmsLibraryDoorBehaviour,
  ...ejectDiskFromSADriveBehaviour,
  ...setNtmsObjectInformationBehaviour,
  ...getNtmsObjectAttributeBehaviour,
  ...setNtmsObjectAttributeBehaviour,
  ...getNtmsObjectSecurityBehaviour,
  ...setNtmsObjectSecurityBehaviour,
  ...openNtmsNotificationBehaviour,
  ...waitForNtmsNotificationBehaviour,
  ...closeNtmsNotificationBehaviour,
  ...closeNtmsSessionChannels,
  ...dismountNtmsMediaAnnounced,
  ...inventoryNtmsLibraryAnnounced,
  ...createNtmsMediaPoolBehaviour,
  ...getNtmsMediaPoolNameBehaviour,
  ...moveToNtmsMediaPoolBehaviour,
  ...deleteNtmsMediaPoolBehaviour,
  ...addNtmsMediaTypeBehaviour,
  ...deleteNtmsMediaTypeBehaviour,
  ...changeNtmsMediaTypeBehaviour,
  ...createNtmsMediaBehaviour,
  ...deleteNtmsMediaBehaviour,
  ...cancelNtmsOperatorRequestBehaviour,
  ...satisfyNtmsOperatorRequestBehaviour,
  ...submitNtmsOperatorRequestBehaviour,
  ...waitForNtmsOperatorRequestBehaviour,
  ...disableNtmsObjectBehaviour,
  ...enableNtmsObjectBehaviour,
  ...deleteNtmsDriveBehaviour,
  ...deleteNtmsLibraryBehaviour,
  ...getVolumesFromDriveBehaviour,
  ...cancelNtmsLibraryRequestBehaviour,
  ...deleteNtmsRequestsBehaviour,
  ...getNtmsRequestOrderBehaviour,
  ...setNtmsRequestOrderBehaviour,
  ...closeNtmsSessionUiBehaviour,
  ...getNtmsUIOptionsBehaviour,
  ...setNtmsUIOptionsBehaviour,
  ...cleanNtmsDriveBehaviour,
  ...reserveNtmsCleanerSlotBehaviour,
  ...releaseNtmsCleanerSlotBehaviour,
  ...injectNtmsCleanerBehaviour,
  ...ejectNtmsCleanerBehaviour,
  ...identifyNtmsSlotBehaviour,
  ...closeNtmsSessionDetections,
  ...beginNtmsDeviceChangeDetectionBehaviour,
  ...setNtmsDeviceChangeDetectionBehaviour,
  ...endNtmsDeviceChangeDetectionBehaviour,
  ...updateNtmsOmidInfoBehaviour,
  ...allocateNtmsMediaBehaviour,
  ...allocateNtmsMediaWaiting,
  ...deallocateNtmsMediaBehaviour,
  ...swapNtmsMediaBehaviour,
  ...decommissionNtmsMediaBehaviour,
  ...setNtmsMediaCompleteBehaviour,
];

export { reasons } from './reasons.js';
