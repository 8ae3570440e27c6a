import type { DocumentedFunction } from './documented-function.js';

/** Database notification, as documented. */
export const notificationFunctions = [
  {
    name: 'OpenNtmsNotification',
    group: 'Database Notification',
    parameters: [
      { name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session' },
      { name: 'dwType', type: 'DWORD', direction: 'in', about: 'NtmsObjectsTypes member to watch' },
    ],
    rights: [{ object: 'computer', right: 'NTMS_USE_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Missing use right on computer (XP: none)' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Session handle absent or not recognised' },
      { symbol: 'ERROR_NOT_CONNECTED', win32: 2250, condition: 'RSM server cannot be contacted' },
      { symbol: 'INVALID_HANDLE_VALUE', win32: -1, condition: 'Returned handle on failure; query last error' },
    ],
    rules: [
      {
        id: 'channel-watches-object-type',
        text: 'One channel watches one object type.',
        source: 'sdk OpenNtmsNotification',
      },
      {
        id: 'wire-addnotification-plus-client',
        text: 'On the wire this is AddNotification plus a client sink.',
        source: 'MS-RSMP 3.2.5.2.5.11; MS-RSMP 4.2',
      },
    ],
    changes: [
      {
        id: 'notification-channel-exists-open',
        object: 'notificationChannel',
        field: 'exists',
        from: 'absent',
        to: 'open',
        when: 'success',
      },
    ],
  },
  {
    name: 'WaitForNtmsNotification',
    group: 'Database Notification',
    parameters: [
      { name: 'hNotification', type: 'HANDLE', direction: 'in', about: 'the channel' },
      {
        name: 'lpNotificationInformation',
        type: 'LPNTMS_NOTIFICATIONINFORMATION',
        direction: 'out',
        about: 'what happened to which object',
      },
      { name: 'dwTimeout', type: 'DWORD', direction: 'in', about: 'milliseconds, 0xFFFFFFFF forever' },
    ],
    rights: [],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'One change delivered' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Channel handle null or unknown' },
      { symbol: 'ERROR_NOT_CONNECTED', win32: 2250, condition: 'RSM server cannot be contacted' },
      { symbol: 'ERROR_NO_DATA', win32: 232, condition: 'Channel broke; open it anew' },
      { symbol: 'ERROR_TIMEOUT', win32: 1460, condition: 'Limit passed without a change' },
    ],
    rules: [
      {
        id: 'delivers-change-per-call',
        text: 'Delivers one change per call, in order of occurrence.',
        source: 'sdk WaitForNtmsNotification',
      },
      {
        id: 'operations-reported-insert-delete',
        text: 'Operations reported are insert, delete, update of the watched type.',
        source: 'sdk NTMS_NOTIFICATIONINFORMATION',
      },
      {
        id: 'every-stored-change-notified',
        text: 'Every stored change must be notified to all registered clients.',
        source: 'MS-RSMP 3.2.5.1',
      },
    ],
    changes: [],
  },
  {
    name: 'CloseNtmsNotification',
    group: 'Database Notification',
    parameters: [{ name: 'hNotification', type: 'HANDLE', direction: 'in', about: 'the channel' }],
    rights: [],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_DATABASE_FAILURE', win32: 4313, condition: 'RSM store unreadable, corrupt, or update rejected' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Channel handle unknown' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Channel handle is null' },
      { symbol: 'ERROR_NOT_CONNECTED', win32: 2250, condition: 'RSM server cannot be contacted' },
    ],
    rules: [
      {
        id: 'closing-during-pending-wait',
        text: 'Closing during a pending wait yields an error.',
        source: 'sdk CloseNtmsNotification',
      },
      {
        id: 'wire-form-removenotification-releasecallback',
        text: 'Wire form is RemoveNotification and ReleaseCallback.',
        source: 'MS-RSMP 3.2.5.2.5.12',
      },
    ],
    changes: [
      {
        id: 'notification-channel-exists-closed',
        object: 'notificationChannel',
        field: 'exists',
        from: 'open',
        to: 'closed',
        when: 'success',
      },
    ],
  },
] as const satisfies readonly DocumentedFunction[];
