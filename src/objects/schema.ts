/**
 * The object model as SQLite tables: one table per kind of object that ntmsapi.h names, its columns the fields of the
 * kind's information structure (without Hungarian prefixes), plus what the library needs to find the hardware again.
 * Identifiers are GUIDs in lower case; times are milliseconds since 1970-01-01 UTC; enumerations hold the documented
 * numbers; a null GUID of the API is NULL here.
 */

export * from './schema/libraries.js';
export * from './schema/media.js';
export * from './schema/requests.js';
export * from './schema/access.js';
