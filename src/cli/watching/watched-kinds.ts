import type { TableName } from '../../objects/object-kinds.js';

/** The word by which `rsm watch` calls the rows of a table, and by which `--kind` chooses them. */
export const WATCHED_KINDS: Readonly<Record<TableName, string>> = {
  computers: 'computer',
  libraries: 'library',
  changerTypes: 'changer-type',
  changers: 'changer',
  driveTypes: 'drive-type',
  drives: 'drive',
  slots: 'slot',
  ports: 'port',
  doors: 'door',
  mediaTypes: 'media-type',
  libraryMediaTypes: 'media-type',
  mediaPools: 'pool',
  physicalMedia: 'medium',
  logicalMedia: 'logical-medium',
  sides: 'side',
  libRequests: 'request',
  opRequests: 'operator-request',
  uiDestinations: 'messages',
  moveJournal: 'move',
  objectAttributes: 'attribute',
  objectSecurity: 'security',
  accessEntries: 'security',
};
