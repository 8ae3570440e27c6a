export * from './discover-sg.js';
export type { SgCalls } from './sg-calls.js';
export * from './sg-process.js';
export * from './sg-transport.js';
export type { TransportKind } from './sysfs-device.js';
