import type { DocumentedFunction } from './documented-function.js';

/** Records of media, as documented. */
export const mediaRecordFunctions = [
  {
    name: 'DeleteNtmsMedia',
    group: 'Media Services',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpMediaId', type: 'LPNTMS_GUID', direction: 'in', about: 'physical media id' },
    ],
    rights: [
      { object: 'media pool', right: 'NTMS_MODIFY_ACCESS' },
      { object: 'computer', right: 'NTMS_MODIFY_ACCESS' },
    ],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing modify right on pool or computer' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_DATABASE_FULL', win32: 4314, condition: 'RSM store has no room' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_MEDIA', win32: 4300, condition: 'Physical media id unknown' },
      { symbol: 'ERROR_INVALID_MEDIA_POOL', win32: 4302, condition: 'Pool of the medium is invalid' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Media id pointer absent' },
      { symbol: 'ERROR_INVALID_STATE', win32: 5023, condition: 'Cartridge is not offline' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
    ],
    rules: [
      {
        id: 'only-cartridges-offline-library',
        text: 'Only cartridges in the offline library can be deleted.',
        source: 'MS-RSMP 3.2.5.2.2.8',
      },
      {
        id: 'side-allocated-complete-reserved',
        text: 'A side that is allocated, complete or reserved blocks deletion.',
        source: 'MS-RSMP 3.2.5.2.2.8',
      },
      {
        id: 'all-records-cartridge-go',
        text: 'All records of the cartridge go: physical medium and its sides.',
        source: 'MS-RSMP 3.2.5.2.2.8',
      },
    ],
    changes: [
      {
        id: 'physical-media-exists-deleted',
        object: 'physicalMedia',
        field: 'exists',
        from: 'present',
        to: 'deleted',
        when: 'success',
      },
      {
        id: 'side-exists-deleted-success',
        object: 'side',
        field: 'exists',
        from: 'present',
        to: 'deleted',
        when: 'success',
      },
    ],
  },
  {
    name: 'CreateNtmsMedia',
    group: 'Media Services',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      {
        name: 'lpMedia',
        type: 'LPNTMS_OBJECTINFORMATIONW',
        direction: 'in and out',
        about: 'object record of type physical media',
      },
      { name: 'lpList', type: 'LPNTMS_OBJECTINFORMATIONW', direction: 'in and out', about: 'one record per side' },
      { name: 'dwOptions', type: 'DWORD', direction: 'in', about: '0 or NTMS_ERROR_ON_DUPLICATE' },
    ],
    rights: [
      { object: 'media pool', right: 'NTMS_MODIFY_ACCESS' },
      { object: 'computer', right: 'NTMS_MODIFY_ACCESS' },
    ],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing modify right on pool or computer' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_DATABASE_FULL', win32: 4314, condition: 'RSM store has no room' },
      {
        symbol: 'ERROR_INVALID_MEDIA',
        win32: 4300,
        condition:
          "Duplicate check on and label already known (the page's ERROR_DUPLICATE_OMID, which winerror.h does not have); bar code already recorded (SDK), duplicate label (MS-RSMP)",
      },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_MEDIA_POOL', win32: 4302, condition: 'Pool missing or neither import nor application' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Null record, wrong size, or wrong type' },
      { symbol: 'ERROR_MEDIA_INCOMPATIBLE', win32: 4315, condition: 'Side count differs from media type' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
    ],
    rules: [
      {
        id: 'creates-offline-cartridge-record',
        text: 'Creates an offline cartridge record with its sides; no hardware is touched.',
        source: 'MS-RSMP 3.2.5.2.3.6',
      },
      {
        id: 'record-sizes-dwtype-values',
        text: 'Record sizes and dwType values are verified for both records.',
        source: 'MS-RSMP 3.2.5.2.3.6',
      },
      {
        id: 'duplicate-label-test-listed',
        text: 'Duplicate label test is listed ahead of the access test.',
        source: 'MS-RSMP 3.2.5.2.3.6',
      },
      {
        id: 'caller-choose-guids-null',
        text: 'Caller may choose GUIDs; null ones are generated; a taken LMID GUID is an error.',
        source: 'MS-RSMP 3.2.5.2.3.6',
      },
      {
        id: 'pool-import-application-pool',
        text: 'Pool must be an import or application pool; its media type is copied to the cartridge.',
        source: 'sdk CreateNtmsMedia',
      },
      {
        id: 'currentlibrary-input-null-offline',
        text: 'CurrentLibrary input must be null or the offline library.',
        source: 'sdk CreateNtmsMedia',
      },
      {
        id: 'location-homeslot-become-null',
        text: 'Location and HomeSlot become null, LocationType storage slot, MediaState idle.',
        source: 'sdk CreateNtmsMedia',
      },
      {
        id: 'trailing-blanks-bar-code',
        text: 'Trailing blanks of the bar code are trimmed; empty bar code sets state unreadable.',
        source: 'sdk CreateNtmsMedia',
      },
      {
        id: 'sequence-number-assigned-server',
        text: 'Sequence number is assigned by the server.',
        source: 'sdk CreateNtmsMedia',
      },
      {
        id: 'side-index-equals-position',
        text: 'Side index equals position in the list.',
        source: 'MS-RSMP 3.2.5.2.3.6',
      },
      {
        id: 'label-id-length-positive',
        text: 'Label id length must be positive and label type non-empty.',
        source: 'MS-RSMP 3.2.5.2.3.6',
      },
      {
        id: 'default-name-bar-code',
        text: 'Default name: bar code, then label text (single-sided only), then sequence number.',
        source: 'MS-RSMP 3.2.5.2.3.6; doc media-names',
      },
    ],
    changes: [
      {
        id: 'physical-media-exists-present',
        object: 'physicalMedia',
        field: 'exists',
        from: 'absent',
        to: 'present, offline',
        when: 'success',
      },
      {
        id: 'side-exists-present-caller',
        object: 'side',
        field: 'exists',
        from: 'absent',
        to: 'present, caller-given State',
        when: 'success',
      },
      {
        id: 'logical-media-exists-present',
        object: 'logicalMedia',
        field: 'exists',
        from: 'absent',
        to: 'present',
        when: 'LMID GUID supplied',
      },
    ],
  },
] as const satisfies readonly DocumentedFunction[];
