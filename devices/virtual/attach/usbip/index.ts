export * from './attach-usbip.js';
