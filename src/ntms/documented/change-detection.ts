import type { DocumentedFunction } from './documented-function.js';

/** Change detection, as documented. */
export const changeDetectionFunctions = [
  {
    name: 'BeginNtmsDeviceChangeDetection',
    group: 'Change Detection',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'lpDetectHandle', type: 'LPHANDLE', direction: 'out', about: 'the new detection' },
    ],
    rights: [],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_CALL_NOT_IMPLEMENTED', win32: 120, condition: 'Server does not offer detection' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Argument unacceptable' },
    ],
    rules: [
      {
        id: 'serves-stand-alone-drives',
        text: 'Serves stand-alone drives, which cannot tell when media change.',
        source: 'doc rsm-media-change-detection',
      },
      {
        id: 'only-windows-2000-did',
        text: 'Only Windows 2000 did real work; later ones answered success and did nothing.',
        source: 'MS-RSMP note s <23>,<24>',
      },
      {
        id: 'null-output-pointer-invalid',
        text: 'Null output pointer is INVALID_HANDLE here, not INVALID_PARAMETER.',
        source: 'MS-RSMP 3.2.5.2.1.17',
      },
    ],
    changes: [
      {
        id: 'detection-exists-open-success',
        object: 'detection',
        field: 'exists',
        from: 'absent',
        to: 'open',
        when: 'success',
      },
    ],
  },
  {
    name: 'SetNtmsDeviceChangeDetection',
    group: 'Change Detection',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'DetectHandle', type: 'HANDLE', direction: 'in', about: 'the detection; null asks the drives once' },
      { name: 'lpRequestId', type: 'LPNTMS_GUID', direction: 'in', about: 'ids of one kind' },
      { name: 'dwType', type: 'DWORD', direction: 'in', about: 'NTMS_LIBRARY, NTMS_PHYSICAL_MEDIA or NTMS_MEDIA_TYPE' },
      { name: 'dwCount', type: 'DWORD', direction: 'in', about: 'how many ids' },
    ],
    rights: [],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_CALL_NOT_IMPLEMENTED', win32: 120, condition: 'Server does not offer detection' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session or detection handle invalid' },
      { symbol: 'ERROR_INVALID_LIBRARY', win32: 4301, condition: 'Library id unknown' },
      { symbol: 'ERROR_INVALID_MEDIA', win32: 4300, condition: 'Media or media type id unknown' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Kind unsupported, list absent, or kinds mixed' },
    ],
    rules: [
      { id: 'all-ids-call-share', text: 'All ids in one call share one kind.', source: 'MS-RSMP 3.2.5.2.1.18' },
      {
        id: 'media-media-type-ids',
        text: 'Media or media-type ids select every stand-alone library able to hold them.',
        source: 'MS-RSMP 3.2.5.2.1.18',
      },
      {
        id: 'null-handle-checks-devices',
        text: 'Null handle checks the devices once.',
        source: 'MS-RSMP 3.2.5.2.1.18',
      },
      {
        id: 'targets-accumulate-until-detection',
        text: 'Targets accumulate until detection ends.',
        source: 'MS-RSMP 3.2.5.2.1.18',
      },
    ],
    changes: [
      {
        id: 'detection-targets-set-plus',
        object: 'detection',
        field: 'targets',
        from: 'set',
        to: 'set plus ids',
        when: 'success',
      },
      {
        id: 'drive-state-saved-partition',
        object: 'drive',
        field: 'State/SavedPartitionId',
        from: 'stale',
        to: 'actual',
        when: 'change noticed',
      },
    ],
  },
  {
    name: 'EndNtmsDeviceChangeDetection',
    group: 'Change Detection',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'DetectHandle', type: 'HANDLE', direction: 'in', about: 'the detection' },
    ],
    rights: [],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_CALL_NOT_IMPLEMENTED', win32: 120, condition: 'Server does not offer detection' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session or detection handle invalid' },
    ],
    rules: [
      {
        id: 'stops-watching-all-targets',
        text: 'Stops watching all targets and closes the handle.',
        source: 'MS-RSMP 3.2.5.2.1.19',
      },
      { id: 'session-close-does-same', text: 'Session close does the same.', source: 'MS-RSMP 3.2.5.2.1.19' },
    ],
    changes: [
      {
        id: 'detection-exists-closed-success',
        object: 'detection',
        field: 'exists',
        from: 'open',
        to: 'closed',
        when: 'success',
      },
    ],
  },
] as const satisfies readonly DocumentedFunction[];
