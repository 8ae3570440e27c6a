export { attachIscsi, type AttachIscsiOptions, type IscsiAttachment } from './attach-iscsi.js';
export { IscsiAttachError, type IscsiAttachErrorCode } from './attach-error.js';
export { type ChapAccounts } from './chap-target.js';
export { defaultLimits, type IscsiTargetLimits } from './limits.js';
export { type InspectedConnection, type InspectedSession } from './inspect-session.js';
