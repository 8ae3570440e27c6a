import type { DocumentedFunction } from './documented-function.js';

/** Media types of a library, as documented. */
export const mediaTypeFunctions = [
  {
    name: 'AddNtmsMediaType',
    group: 'Media Services',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpMediaTypeId', type: 'LPNTMS_GUID', direction: 'in', about: 'lpMediaTypeId' },
      { name: 'lpLibId', type: 'LPNTMS_GUID', direction: 'in', about: 'lpLibId' },
    ],
    rights: [{ object: 'library', right: 'NTMS_MODIFY_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing modify right on the library' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_DATABASE_FULL', win32: 4314, condition: 'RSM store has no room' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_LIBRARY', win32: 4301, condition: 'Library id unknown' },
      { symbol: 'ERROR_INVALID_MEDIA', win32: 4300, condition: 'Media type id unknown' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Type id or library id pointer absent' },
      { symbol: 'ERROR_LIBRARY_OFFLINE', win32: 4305, condition: 'Target is the offline or a disconnected library' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
    ],
    rules: [
      {
        id: 'linking-type-library-already',
        text: 'Linking a type that the library already has is a silent success.',
        source: 'MS-RSMP 3.2.5.2.2.15',
      },
      {
        id: 'free-import-unrecognized-pools',
        text: 'Free, import and unrecognized pools for the type are created whenever missing, even if the link existed.',
        source: 'MS-RSMP 3.2.5.2.2.15',
      },
      { id: 'library-enabled-online', text: 'Library must be enabled and online.', source: 'MS-RSMP 3.2.5.2.2.15' },
    ],
    changes: [
      {
        id: 'library-media-types-type',
        object: 'library',
        field: 'media types',
        from: 'without type',
        to: 'with type',
        when: 'success',
      },
      {
        id: 'library-dw-number-media',
        object: 'library',
        field: 'dwNumberOfMediaTypes',
        from: 'n',
        to: 'n+1',
        when: 'new link',
      },
      {
        id: 'media-pool-exists-three',
        object: 'mediaPool',
        field: 'exists',
        from: 'absent',
        to: 'three system leaves',
        when: 'missing',
      },
    ],
  },
  {
    name: 'DeleteNtmsMediaType',
    group: 'Media Services',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpMediaTypeId', type: 'LPNTMS_GUID', direction: 'in', about: 'lpMediaTypeId' },
      { name: 'lpLibId', type: 'LPNTMS_GUID', direction: 'in', about: 'lpLibId' },
    ],
    rights: [{ object: 'library', right: 'NTMS_MODIFY_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing modify right on the library' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_DATABASE_FULL', win32: 4314, condition: 'RSM store has no room' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_LIBRARY', win32: 4301, condition: 'Library id unknown' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Type id or library id pointer absent' },
      { symbol: 'ERROR_NOT_EMPTY', win32: 4307, condition: 'Library still holds media of that type' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
    ],
    rules: [
      {
        id: 'fails-while-library-holds',
        text: 'Fails while the library holds any cartridge of the type.',
        source: 'MS-RSMP 3.2.5.2.2.16',
      },
      {
        id: 'no-cartridge-no-library',
        text: 'When no cartridge and no library uses the type any more, its three system pools are removed.',
        source: 'MS-RSMP 3.2.5.2.2.16',
      },
      {
        id: 'failure-remove-those-pools',
        text: 'Failure to remove those pools does not fail the call.',
        source: 'MS-RSMP 3.2.5.2.2.16',
      },
    ],
    changes: [
      {
        id: 'library-media-types-without',
        object: 'library',
        field: 'media types',
        from: 'with type',
        to: 'without type',
        when: 'success',
      },
      {
        id: 'media-pool-exists-deleted',
        object: 'mediaPool',
        field: 'exists',
        from: 'system leaves',
        to: 'deleted',
        when: 'type unused system-wide',
      },
    ],
  },
  {
    name: 'ChangeNtmsMediaType',
    group: 'Media Services',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpMediaId', type: 'LPNTMS_GUID', direction: 'in', about: 'physical media id' },
      { name: 'lpPoolId', type: 'LPNTMS_GUID', direction: 'in', about: 'target pool, its type is taken over' },
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
      { symbol: 'ERROR_INVALID_MEDIA_POOL', win32: 4302, condition: 'Pool id bad or move forbidden' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Pool id or media id pointer absent' },
      { symbol: 'ERROR_LIBRARY_OFFLINE', win32: 4305, condition: 'Library of the medium is offline' },
      { symbol: 'ERROR_NOT_ENOUGH_MEMORY', win32: 8, condition: 'Out of memory during the call' },
    ],
    rules: [
      {
        id: 'works-like-pool-move',
        text: 'Works like a pool move, then stamps the target pool media type on the cartridge.',
        source: 'MS-RSMP 3.2.5.2.2.17',
      },
      {
        id: 'cartridges-complete-allocated-reserved',
        text: 'Cartridges with a complete, allocated or reserved side may not enter the free pool.',
        source: 'MS-RSMP 3.2.5.2.2.17',
      },
      {
        id: 'import-pool-accepts-only',
        text: 'Import pool accepts only cartridges whose every side is in import state.',
        source: 'MS-RSMP 3.2.5.2.2.17',
      },
      {
        id: 'unrecognized-media-go-free',
        text: 'Unrecognized media may go to the free pool only.',
        source: 'MS-RSMP 3.2.5.2.2.17',
      },
      { id: 'library-enabled-online', text: 'Library must be enabled and online.', source: 'MS-RSMP 3.2.5.2.2.17' },
      {
        id: 'completion-announced-media-id',
        text: 'Completion is announced with the media id.',
        source: 'MS-RSMP 3.2.5.2.2.17',
      },
    ],
    changes: [
      {
        id: 'physical-media-media-pool',
        object: 'physicalMedia',
        field: 'MediaPool',
        from: 'old',
        to: 'target',
        when: 'success',
      },
      {
        id: 'physical-media-media-type',
        object: 'physicalMedia',
        field: 'MediaType',
        from: 'old',
        to: 'type of target pool',
        when: 'success',
      },
    ],
  },
] as const satisfies readonly DocumentedFunction[];
