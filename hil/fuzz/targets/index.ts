import type { MakeTarget } from '../fuzz-target.js';
import { dataInTargets } from './data-in.js';
import { iscsiTargets } from './iscsi.js';
import { hostileIscsiTargets } from './hostile-iscsi-target.js';
import { hostileSerialDevices } from './hostile-serial-device.js';
import { hostileSgKernels } from './hostile-sg-kernel.js';
import { hostileUsbDevices } from './hostile-usb-device.js';
import { iscsiServerTargets } from './iscsi-server.js';
import { labelTargets } from './labels.js';
import { parameterListTargets } from './parameter-lists.js';
import { serialServerTargets } from './serial-server.js';
import { serialTargets } from './serial.js';
import { sgSocketTargets } from './sg-socket.js';
import { sgTargets } from './sg.js';
import { usbFunctionTargets } from './usb-function.js';
import { usbTargets } from './usb.js';
import { usbipServerTargets } from './usbip-server.js';
import { usbipTargets } from './usbip.js';
import { virtualTargets } from './virtual.js';

/** Everything that takes bytes from outside. */
export const fuzzTargets: readonly MakeTarget[] = [
  ...dataInTargets(),
  ...[
    ...parameterListTargets(),
    ...labelTargets(),
    ...usbTargets(),
    ...usbipTargets(),
    ...sgTargets(),
    ...serialTargets(),
    ...iscsiTargets(),
    ...virtualTargets(),
    ...iscsiServerTargets(),
    ...usbipServerTargets(),
    ...usbFunctionTargets(),
    ...sgSocketTargets(),
    ...serialServerTargets(),
    ...hostileIscsiTargets(),
    ...hostileUsbDevices(),
    ...hostileSerialDevices(),
    ...hostileSgKernels(),
  ].map((target) => () => target),
];
