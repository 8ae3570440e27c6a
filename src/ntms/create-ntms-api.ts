import type { RemovableStorageManager } from '../library/manager.js';
import { allocation } from './allocation.js';
import { CallContext } from './call-context.js';
import type { NtmsApiOptions } from './call-context.js';
import { changeDetection } from './change-detection.js';
import { cleanerCartridges } from './cleaner-cartridges.js';
import { cleaning } from './cleaning.js';
import { withAnnouncements } from './completion-announcements.js';
import { databaseBackup } from './database-backup.js';
import { ejectInject } from './eject-inject.js';
import { libraryAccess } from './library-access.js';
import { identifySlot } from './identify-slot.js';
import { libraryControl } from './library-control.js';
import { mediaPoolFunctions } from './media-pools.js';
import { mediaRecordFunctions } from './media-records.js';
import { mediaServices } from './media-services.js';
import { mediaTypeFunctions } from './media-types.js';
import { notification } from './notification.js';
import { objectAttributes } from './object-attributes.js';
import { objectEnabling } from './object-enabling.js';
import { objectManagement } from './object-management.js';
import { objectSecurity } from './object-security.js';
import { onMediaIdentifier } from './on-media-identifier.js';
import { mediaAccess } from './open-drive.js';
import { operatorRequests } from './operator-requests.js';
import { removal } from './removal.js';
import { requestControl } from './request-control.js';
import { sessionManagement } from './session-management.js';
import { informationWriting } from './set-information.js';
import { uiOptions } from './ui-options.js';
import type { NtmsApi } from './ntms-api.js';

/** Binds the API to a manager; who calls is read from the operating system unless `options` say otherwise. */
export function createNtmsApi(manager: RemovableStorageManager, options: NtmsApiOptions = {}): NtmsApi {
  const context = new CallContext(manager, options);
  return withAnnouncements(manager, {
    ...sessionManagement(context),
    ...allocation(context),
    ...objectManagement(context),
    ...informationWriting(context),
    ...objectAttributes(context),
    ...objectSecurity(context),
    ...notification(context),
    ...mediaServices(context),
    ...mediaPoolFunctions(context),
    ...mediaTypeFunctions(context),
    ...mediaRecordFunctions(context),
    ...libraryControl(context),
    ...ejectInject(context),
    ...libraryAccess(context),
    ...cleaning(context),
    ...cleanerCartridges(context),
    ...identifySlot(context),
    ...onMediaIdentifier(context),
    ...databaseBackup(context),
    ...requestControl(context),
    ...removal(context),
    ...uiOptions(context),
    ...objectEnabling(context),
    ...operatorRequests(context),
    ...changeDetection(context),
    ...mediaAccess(context),
  });
}
