import type { Part } from '../part.js';
import { iscsiParts } from './iscsi.js';
import { kernelDriverParts } from './kernel-drivers.js';
import { rsmParts } from './rsm.js';
import { sgParts } from './sg.js';
import { usbQemuParts } from './usb-qemu.js';
import { usbVirtualParts } from './usb-virtual.js';
import { usbipParts } from './usbip.js';

/** Everything that the bench finds out, in the order in which it does. */
export const parts: readonly Part[] = [
  ...kernelDriverParts,
  ...usbipParts,
  ...usbVirtualParts,
  ...usbQemuParts,
  ...sgParts,
  ...iscsiParts,
  ...rsmParts,
];
