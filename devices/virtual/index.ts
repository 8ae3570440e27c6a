export { DEFAULT_CAPACITY_BYTES, type CartridgeSpec } from './cartridge.js';
export { defaultCartridges, type PlacedCartridge } from './default-cartridges.js';
export type { CleaningWish, DriveCondition } from './drive/drive-bay.js';
export * from './faults/index.js';
export { PowerOffError, type Timing } from './mechanics.js';
export { OperatorError, type OperatorErrorCode } from './operator-error.js';
export { OperatorPanel } from './operator-panel.js';
export { HardwareMismatchError, HardwareUnusableError } from './hardware-error.js';
export {
  PlacementError,
  VirtualAutoloader,
  type InspectedElement,
  type VirtualAutoloaderOptions,
} from './virtual-autoloader.js';
