export * from './line.js';
export * from './serial-line.js';
export { listSerialPorts, openSerialPortLine } from './serial-port-line.js';
export type { SerialPortDescription } from './serial-port-line.js';
export * from './serial-transport.js';
