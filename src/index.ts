/** The Removable Storage Manager: a database, a rig, a manager over both, and the API of ntmsapi.h bound to it. */
export type { ControllerHints, DriveAddress, LibraryDefinition, UnitAddress } from './library/library-definition.js';
export { defaultLabelLibraries } from './library/labels/label-libraries.js';
export { HardwareError } from './library/library-hardware.js';
export { RemovableStorageManager } from './library/manager.js';
export type { ManagerOptions, ManagerState } from './library/manager.js';
export * from './ntms/index.js';
export { ObjectStore } from './objects/object-store.js';
export type { ObjectStoreOptions } from './objects/object-store.js';
export * from './rig/index.js';
