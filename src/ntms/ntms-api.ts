import type { Allocation } from './allocation.js';
import type { ChangeDetectionFunctions } from './change-detection.js';
import type { CleanerCartridgeFunctions } from './cleaner-cartridges.js';
import type { Cleaning } from './cleaning.js';
import type { DatabaseBackup } from './database-backup.js';
import type { EjectInject } from './eject-inject.js';
import type { LibraryAccess } from './library-access.js';
import type { IdentifySlot } from './identify-slot.js';
import type { LibraryControl } from './library-control.js';
import type { MediaPoolFunctions } from './media-pools.js';
import type { MediaRecordFunctions } from './media-records.js';
import type { MediaServices } from './media-services.js';
import type { MediaTypeFunctions } from './media-types.js';
import type { Notification } from './notification.js';
import type { ObjectAttributes } from './object-attributes.js';
import type { ObjectEnabling } from './object-enabling.js';
import type { ObjectManagement } from './object-management.js';
import type { ObjectSecurity } from './object-security.js';
import type { OnMediaIdentifier } from './on-media-identifier.js';
import type { MediaAccess } from './open-drive.js';
import type { OperatorRequestFunctions } from './operator-requests.js';
import type { RemovalFunctions } from './removal.js';
import type { RequestControlFunctions } from './request-control.js';
import type { SessionManagement } from './session-management.js';
import type { InformationWriting } from './set-information.js';
import type { UiOptions } from './ui-options.js';

/** The functions of ntmsapi.h, bound to one manager. They resolve with what the C functions returned through pointers. */
export interface NtmsApi
  extends
    SessionManagement,
    Allocation,
    ObjectManagement,
    InformationWriting,
    ObjectAttributes,
    ObjectSecurity,
    Notification,
    MediaServices,
    MediaPoolFunctions,
    MediaTypeFunctions,
    MediaRecordFunctions,
    LibraryControl,
    EjectInject,
    LibraryAccess,
    Cleaning,
    CleanerCartridgeFunctions,
    IdentifySlot,
    OnMediaIdentifier,
    DatabaseBackup,
    RequestControlFunctions,
    RemovalFunctions,
    UiOptions,
    ObjectEnabling,
    OperatorRequestFunctions,
    ChangeDetectionFunctions,
    MediaAccess {}
