export * from './check-condition-fault.js';
export * from './cut-data-fault.js';
export type * from './fault.js';
export * from './lost-answer-fault.js';
