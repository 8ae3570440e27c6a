export * from './attach-sg.js';
export { SgAttachError, type SgAttachErrorCode } from './sg-folder.js';
