export { availabilityRegion, drainingAvailabilityRegion } from './availability.js';
export type { AvailabilityEvent } from './availability.js';
export { changerMachine } from './changer.js';
export type { ChangerContext, ChangerEffect, ChangerEvent, ChangerInput } from './changer.js';
export { cleanerSlotMachine, USES_NOT_COUNTED } from './cleaner-slot.js';
export type {
  CleanerSlotContext,
  CleanerSlotEffect,
  CleanerSlotEvent,
  CleanerSlotInput,
  CleanerSlotRefusal,
  SlotContent,
} from './cleaner-slot.js';
export { doorMachine } from './door.js';
export type { DoorAction, DoorContext, DoorEffect, DoorEvent, DoorInput } from './door.js';
export { driveMachine } from './drive.js';
export type * from './drive-contract.js';
export { portMachine } from './import-export-element.js';
export type * from './import-export-element-contract.js';
export { libraryMachine } from './library.js';
export type { LibraryContext, LibraryEffect, LibraryEvent, LibraryInput } from './library.js';
export { libraryRequestMachine } from './library-request.js';
export type {
  LibraryRequestContext,
  LibraryRequestEffect,
  LibraryRequestEnd,
  LibraryRequestEvent,
  LibraryRequestInput,
} from './library-request.js';
export { pickerMachine } from './medium-transport-element.js';
export type * from './medium-transport-element-contract.js';
export { mermaidStateDiagrams } from './mermaid.js';
export { operatorRequestMachine } from './operator-request.js';
export type {
  OperatorRequestContext,
  OperatorRequestEffect,
  OperatorRequestEvent,
  OperatorRequestInput,
} from './operator-request.js';
export { physicalMediumMachine } from './physical-medium.js';
export type * from './physical-medium-contract.js';
export { sideMachine } from './side.js';
export type { SideContext, SideEffect, SideEvent, SideInput, SideRefusal, SideState } from './side.js';
export { isEnabled, ntmsState, shownEnumerations, StateTableError, stateTable } from './state-table.js';
export type { ShownEnumeration } from './state-table.js';
export { slotMachine } from './storage-element.js';
export type { SlotContext, SlotEffect, SlotEvent, SlotInput, SlotStart } from './storage-element.js';
export type { UnexpectedEvent } from './unexpected-event.js';
export { effectMeanings, eventMeanings } from './vocabulary.js';
export type { MachineEffect, MachineEvent } from './vocabulary.js';
