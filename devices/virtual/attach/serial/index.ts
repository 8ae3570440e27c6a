export * from './attach-serial.js';
export * from './pseudo-terminal.js';
export * from './serial-line-server.js';
