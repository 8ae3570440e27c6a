import type { ChangerEffect, ChangerEvent } from './changer.js';
import type { CleanerSlotEffect, CleanerSlotEvent } from './cleaner-slot.js';
import type { DoorEffect, DoorEvent } from './door.js';
import type { DriveEffect, DriveEvent } from './drive-contract.js';
import type { PortEffect, PortEvent } from './import-export-element-contract.js';
import type { LibraryEffect, LibraryEvent } from './library.js';
import type { LibraryRequestEffect, LibraryRequestEvent } from './library-request.js';
import type { PickerEffect, PickerEvent } from './medium-transport-element-contract.js';
import type { OperatorRequestEffect, OperatorRequestEvent } from './operator-request.js';
import type { PhysicalMediumEffect, PhysicalMediumEvent } from './physical-medium-contract.js';
import type { SideEffect, SideEvent } from './side.js';
import type { SlotEffect, SlotEvent } from './storage-element.js';

/** Any event that some machine takes. */
export type MachineEvent =
  | ChangerEvent
  | CleanerSlotEvent
  | DoorEvent
  | DriveEvent
  | LibraryEvent
  | LibraryRequestEvent
  | OperatorRequestEvent
  | PhysicalMediumEvent
  | PickerEvent
  | PortEvent
  | SideEvent
  | SlotEvent;

/** Any effect that some machine emits. */
export type MachineEffect =
  | ChangerEffect
  | CleanerSlotEffect
  | DoorEffect
  | DriveEffect
  | LibraryEffect
  | LibraryRequestEffect
  | OperatorRequestEffect
  | PhysicalMediumEffect
  | PickerEffect
  | PortEffect
  | SideEffect
  | SlotEffect;

/** What every event says, in one line. The same name says the same to every machine that takes it. */
export const eventMeanings: Readonly<Record<MachineEvent['type'], string>> = {
  ACCESS_ABANDONED: 'The door access is given up before anyone opened.',
  ACCESS_REQUESTED: 'AccessNtmsLibraryDoor is executed.',
  ACKNOWLEDGED: 'A person took the operator request on.',
  ALLOCATE_REQUESTED: 'AllocateNtmsMedia chose this side.',
  CALL_ENDED: 'The call that waits for the operator request ended.',
  CANCEL_REQUESTED: 'CancelNtmsLibraryRequest, or the session closed.',
  CHANGER_BECOMING_READY: 'The changer is on its way to ready; ask again later.',
  CHANGER_READY: 'The changer answered that it is ready.',
  CLAIMED: 'Mount of the very cartridge that is in the drive: nothing moves.',
  CLASSIFIED: 'What the inventory found in the slot.',
  CLEANER_EJECT_REQUESTED: 'EjectNtmsCleaner START.',
  CLEANER_EXPIRED: 'The drive says that the cleaner is used up.',
  CLEANER_INJECT_REQUESTED: 'InjectNtmsCleaner START.',
  CLEANER_INSERTED: 'A cleaner came into the reserved slot.',
  CLEANER_REMOVED: 'The cleaner left the library.',
  CLEANER_SLOT_GIVEN_UP: 'ReleaseNtmsCleanerSlot.',
  CLEANER_SLOT_REQUESTED: 'ReserveNtmsCleanerSlot.',
  CLEANING_FAILED: 'The drive was not cleaned.',
  CLEANING_FINISHED: 'The cleaner has left and the drive is clean.',
  CLEANING_REQUESTED: 'A drive is to be cleaned with the cleaner of the slot.',
  CLEANING_STARTED: 'A clean work item runs.',
  CLOSED: 'An application closed its handle.',
  COMPLETE_REQUESTED: 'SetNtmsMediaComplete.',
  DEALLOCATE_REQUESTED: 'DeallocateNtmsMedia.',
  DECOMMISSION_REQUESTED: 'DecommissionNtmsMedia.',
  DEFERRED: 'The dismount is put off until somebody needs the drive.',
  DELETE_REQUESTED: 'DeleteNtmsMedia or DeleteNtmsLibrary.',
  DEVICE_FAILED: 'The device is broken.',
  DEVICE_FOUND: 'The device is there, at service start or again.',
  DEVICE_LOST: 'The device was unplugged.',
  DISABLED: 'DisableNtmsObject is executed.',
  DISMOUNT_DEFERRED: 'The cartridge was left in its drive for others.',
  DISMOUNT_FAILED: 'The drive did not let the cartridge go, or it was not moved.',
  DISMOUNT_REQUESTED: 'DismountNtmsDrive or DismountNtmsMedia is executed.',
  DISMOUNT_STARTED: 'The cartridge is on its way out of the drive.',
  DOOR_CLOSED: 'The door was shut.',
  DOOR_OPENED: 'The door was opened.',
  DOOR_STATUS_READ: 'What the hardware says of the door.',
  DRIVE_CLEANED: 'The cleaner has cleaned a drive once more.',
  DRIVE_NOT_READY: 'The drive spun down, or did not become ready in time.',
  DRIVE_READY: 'The drive answered that it is ready.',
  EJECTED: 'The cartridge left the library.',
  EJECT_REQUESTED: 'EjectDiskFromSADrive or EjectNtmsMedia on a stand-alone drive.',
  EJECT_STARTED: 'EjectNtmsMedia START; the robot will bring the cartridge to the port.',
  ELEMENTS_SCANNED: 'INITIALIZE ELEMENT STATUS ended well.',
  ELEMENT_STATUS_READ: 'What the hardware says of the element; it is believed over the database.',
  ENABLED: 'EnableNtmsObject is executed.',
  EXTEND_FAILED: 'The port did not come out.',
  FAILED: 'The request ended with an error.',
  FAULT_CLEARED: 'The fault is gone.',
  FAULT_REPORTED: 'A fault that keeps the element from working.',
  FOUND_UNDONE: 'Satisfied, yet what was asked for is not there.',
  FREE_LABEL_WRITTEN: 'The free label is on the medium.',
  HARDWARE_MOVING: 'The intent is committed and the robot moves; the request cannot be taken back.',
  IDENTIFIED: 'What the label libraries say of an unknown side.',
  INITIALIZED: 'The library is configured and reconciled.',
  INJECT_STARTED: 'InjectNtmsMedia START or STARTMANY.',
  INVENTORY_REQUESTED: 'An inventory will look at the slot.',
  LOCATED: 'Where the cartridge really is.',
  MAGAZINE_REMOVED: 'The magazine was taken out.',
  MAGAZINE_RETURNED: 'The magazine was put back.',
  MEDIUM_INSERTED: 'The operator put a cartridge into the port.',
  MEDIUM_LOADED: 'The drive is ready and the label was compared.',
  MEDIUM_MOVED_IN: 'A cartridge came into the element.',
  MEDIUM_MOVED_OUT: 'The cartridge left the element.',
  MEDIUM_STORED: 'The cartridge was put into a slot.',
  MEDIUM_TAKEN: 'The operator took the cartridge from the port.',
  MEDIUM_UNLOADED: 'The drive let the cartridge go.',
  MOUNT_FAILED: 'The cartridge never came, or never became ready.',
  MOUNT_REQUESTED: 'A cartridge is to come into the drive.',
  MOVED_TO_FREE_POOL: 'The cartridge was put into the free pool.',
  MOVE_COMPLETED: 'MOVE MEDIUM ended GOOD; the read-back decides.',
  MOVE_OUTCOME_UNKNOWN: 'MOVE MEDIUM may or may not have been executed.',
  MOVE_REFUSED: 'The device refused before anything moved.',
  MOVE_REQUESTED: 'Move this cartridge from here to there.',
  MOVE_VERIFIED: 'Where the read-back found the cartridge.',
  OPENED: 'An application opened a handle on the medium.',
  OPERATOR_REQUEST_RAISED: 'A person is asked to bring the cartridge.',
  OPERATOR_REQUEST_REFUSED: 'The person refused, or time was over.',
  OPERATOR_REQUEST_SATISFIED: 'The person did it and the cartridge was found online.',
  OWNER_ASSIGNED: 'The slot becomes the home slot of a cartridge.',
  OWNER_RELEASED: 'The slot (or side) is kept for nobody any more.',
  PICKED: 'The scheduler picked the request.',
  PORT_EXTENDED: 'The port is out, or unlocked.',
  PORT_RETRACTED: 'The port is in, or locked.',
  PURGED: 'The purge time is over, or DeleteNtmsRequests.',
  READ_BY_CONSOLE: 'A console read the record.',
  RECLAIMED: 'The drive of a deferred dismount was claimed or evicted.',
  REFUSED: 'CancelNtmsOperatorRequest, or a person refuses.',
  REJECTED: 'The request makes no sense any more.',
  REQUEST_ABANDONED: 'The request that held the cartridge was cancelled or failed.',
  REQUEST_ACCEPTED: 'A request that touches the cartridge was accepted.',
  REQUEST_FINISHED: 'The request that held the cartridge ended well, without a mount.',
  RESOURCE_FOUND: 'What the request waits for turned up.',
  RESOURCE_MISSING: 'A drive or a cartridge is missing.',
  RETRACT_FAILED: 'The port did not go in.',
  SATISFIED: 'SatisfyNtmsOperatorRequest.',
  SCAN_REQUIRED: 'The device must look at its elements before its status can be believed.',
  SERVICED: 'A person serviced the element.',
  SERVICE_RESTARTED: 'The service started again.',
  SIBLING_ALLOCATED: 'Another side of the cartridge was allocated with option NEW.',
  SLOTS_EXHAUSTED: 'No free slot is left for what lies in the port.',
  STOP_REQUESTED: 'STOP (or RETRACT) action of an eject, inject or inventory.',
  SUBMITTED: 'The record of unknown state is open.',
  SUCCEEDED: 'The request did what it was made for.',
  SWAPPED: 'SwapNtmsMedia: another logical medium stands for the side.',
  TIMED_OUT: "The mount's own time limit is over.",
  TIMER_EXPIRED: 'A timer that the machine had asked for.',
  UNIT_ATTENTION_REPORTED: 'Reset, or media may have changed: what was known may be wrong.',
};

/** What every effect asks for or tells, in one line. */
export const effectMeanings: Readonly<Record<MachineEffect['type'], string>> = {
  'access.finished': 'The door access ended.',
  'access.refused': 'The door access is refused.',
  'cancel.refused': 'The request cannot be cancelled.',
  'changer.failed': 'The changer is out of order.',
  'changer.ready': 'The elements may be used.',
  'cleaner.needed': 'A person must bring a cleaner.',
  'cleanerSlot.accepted': 'What was asked of the cleaner slot can be done.',
  'cleanerSlot.refused': 'What was asked of the cleaner slot cannot be done.',
  'cleaning.failed': 'The drive stays as dirty as it was.',
  'cleaning.finished': 'Stamp LastCleanedTs.',
  'cleaning.refused': 'The drive cannot be cleaned now.',
  'command.extendPort': 'Extend or unlock the port.',
  'command.initialize': 'Read the configuration of the device and reconcile.',
  'command.initializeElementStatus': 'INITIALIZE ELEMENT STATUS.',
  'command.lockDoor': 'Lock the door.',
  'command.moveMedium': 'MOVE MEDIUM.',
  'command.readBack': 'READ ELEMENT STATUS of source, destination and picker.',
  'command.readElementStatus': 'READ ELEMENT STATUS of everything.',
  'command.retractPort': 'Retract or lock the port.',
  'command.testUnitReady': 'TEST UNIT READY to the changer.',
  'command.unload': 'Unload the drive.',
  'command.unlockDoor': 'Unlock the door.',
  'command.waitUntilReady': 'Poll the drive until it is ready; with `load`, start the medium first.',
  'command.writeFreeLabel': 'Write the free label.',
  'delete.refused': 'The object cannot be deleted.',
  'discrepancy.found': 'The hardware shows something else than was believed.',
  'dismount.failed': 'The dismount under way failed.',
  'dismount.finished': 'The dismount is done; `stays` when the cartridge is left in the drive.',
  'dismount.refused': 'The dismount is refused.',
  'drive.failed': 'The drive is out of order.',
  'eject.timedOut': 'Nobody took the cartridge: pull it back to its slot.',
  'event.unexpected': 'No current state takes the event.',
  'identification.needed': 'Queue one identify work item.',
  'inventory.needed': 'Queue an inventory.',
  'job.failed': 'The inject or eject failed.',
  'job.finished': 'The inject or eject is done.',
  'job.refused': 'The inject or eject is refused.',
  'medium.arrived': 'A cartridge came in through the port: put it into a slot.',
  'medium.removed': 'A cartridge left with its magazine.',
  'mount.failed': 'The mount under way failed.',
  'mount.finished': 'The drive is ready for the mount that asked.',
  'mount.refused': 'The mount is refused.',
  'move.finished': 'The motion ended; `outcome` says where the cartridge is.',
  'move.refused': 'The motion is refused, by the machine or by the device.',
  'move.resolved': 'A motion that had ended uncertain is cleared up.',
  'operatorRequest.needed': 'A person must help.',
  'owner.displaced': 'Another cartridge took the home slot; its owner needs a new one.',
  'picker.failed': 'The picker is out of order.',
  'purge.refused': 'The request is not finished.',
  'record.deleted': 'Delete the record and stop the machine.',
  'refusal.refused': 'The operator request is finished already.',
  'request.finished': 'Waiters end, with a Win32 code where there is one.',
  'request.raised': 'Tell the operator again.',
  'request.refused': 'The cartridge is not free for the request.',
  'satisfy.refused': 'The operator request is finished already.',
  'side.refused': 'The side is not in a state for that.',
  'stop.refused': 'The request has nothing to stop.',
  'timer.cancel': 'The timer is not needed any more.',
  'timer.start': 'Send TIMER_EXPIRED (to a request: TIMED_OUT) after so many milliseconds.',
};
