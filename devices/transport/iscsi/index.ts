export { type ChapAlgorithm, type ChapCredentials, type ChapOptions } from './chap.js';
export { discoverTargets, type DiscoveredTarget, type DiscoveryOptions } from './discover-targets.js';
export { IscsiError, type IscsiErrorCode } from './iscsi-error.js';
export { DEFAULT_INITIATOR_NAME, IscsiTransport, type IscsiTransportOptions } from './iscsi-transport.js';
export { type DigestOffer, type SessionParameters } from './negotiation.js';
export { type IscsiAsyncEvent } from './session.js';
