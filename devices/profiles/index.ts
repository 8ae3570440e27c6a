export * from './catalogue.js';
export type * from './profile.js';
export { LTO_BARCODE, STANDARD_QUIRKS } from './standard-behaviour.js';
