export * from './access.js';
export * from './drives.js';
export * from './lengths.js';
export * from './libraries.js';
export * from './media.js';
export * from './media-types.js';
export * from './object-kinds.js';
export * from './requests.js';
