import { databaseBackupFunctions } from './documented/database-backup.js';
import type { DocumentedFunction } from './documented/documented-function.js';
import { ntmsFunctionNames } from './documented/function-names.js';
import type { NtmsFunctionName } from './documented/function-names.js';
import { libraryControlFunctions } from './documented/library-control.js';
import { mediaServiceFunctions } from './documented/media-services.js';
import { objectManagementFunctions } from './documented/object-management.js';
import { allocationFunctions } from './documented/allocation.js';
import { mediaPoolFunctions } from './documented/media-pools.js';
import { mediaTypeFunctions } from './documented/media-types.js';
import { mediaRecordFunctions } from './documented/media-records.js';
import { ejectInjectFunctions } from './documented/eject-inject.js';
import { libraryAccessFunctions } from './documented/library-access.js';
import { requestControlFunctions } from './documented/request-control.js';
import { removalFunctions } from './documented/removal.js';
import { identifySlotFunctions } from './documented/identify-slot.js';
import { uiOptionFunctions } from './documented/ui-options.js';
import { cleaningFunctions } from './documented/cleaning.js';
import { cleanerCartridgeFunctions } from './documented/cleaner-cartridges.js';
import { objectAttributeFunctions } from './documented/object-attributes.js';
import { objectSecurityFunctions } from './documented/object-security.js';
import { objectEnablingFunctions } from './documented/object-enabling.js';
import { operatorRequestFunctions } from './documented/operator-requests.js';
import { notificationFunctions } from './documented/notification.js';
import { changeDetectionFunctions } from './documented/change-detection.js';
import { onMediaIdentifierFunctions } from './documented/on-media-identifier.js';
import { sessionFunctions } from './documented/sessions.js';

/*
 * What the documents say about the functions that are here: parameters, rights, return codes, rules, changes. The tests
 * are held to this table, and docs/ntms-coverage.md is made from both. A function that is added here is one whose every
 * line a test has to meet, or to say why not.
 */

const tables = [
  ...sessionFunctions,
  ...mediaServiceFunctions,
  ...libraryControlFunctions,
  ...objectManagementFunctions,
  ...databaseBackupFunctions,
  ...allocationFunctions,
  ...mediaPoolFunctions,
  ...mediaTypeFunctions,
  ...mediaRecordFunctions,
  ...ejectInjectFunctions,
  ...libraryAccessFunctions,
  ...requestControlFunctions,
  ...removalFunctions,
  ...identifySlotFunctions,
  ...uiOptionFunctions,
  ...cleaningFunctions,
  ...cleanerCartridgeFunctions,
  ...objectAttributeFunctions,
  ...objectSecurityFunctions,
  ...objectEnablingFunctions,
  ...operatorRequestFunctions,
  ...notificationFunctions,
  ...changeDetectionFunctions,
  ...onMediaIdentifierFunctions,
] as const;

/** The functions that OpenRSM has, each with all that is documented about it. */
export const documentedFunctions: readonly DocumentedFunction[] = tables;

/** `MountNtmsMedia` and its like, as far as they are here. */
export type DocumentedName = (typeof tables)[number]['name'];

type Table<Name extends DocumentedName> = Extract<(typeof tables)[number], { readonly name: Name }>;

/** Names of the return codes, rules, changes and parameters of one function, for tests that say which they meet. */
export type CodeOf<Name extends DocumentedName> = Table<Name>['returnCodes'][number]['symbol'];
export type RuleOf<Name extends DocumentedName> = Table<Name>['rules'][number]['id'];
export type ChangeOf<Name extends DocumentedName> = Table<Name>['changes'][number]['id'];
export type ParameterOf<Name extends DocumentedName> = Table<Name>['parameters'][number]['name'];

/** Functions of ntmsapi.h that OpenRSM does not have yet. */
export function missingFunctions(): NtmsFunctionName[] {
  const here = new Set<string>(documentedFunctions.map(({ name }) => name));
  return ntmsFunctionNames.filter((name) => !here.has(name));
}

export type {
  DocumentedChange,
  DocumentedFunction,
  DocumentedParameter,
  DocumentedReturnCode,
  DocumentedRight,
  DocumentedRule,
  ReturnSymbol,
} from './documented/documented-function.js';
export {
  functionGroups,
  labelLibraryCallbacks,
  ntmsFunctionNames,
  type FunctionGroup,
  type NtmsFunctionName,
} from './documented/function-names.js';
