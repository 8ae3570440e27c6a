import type { DocumentedFunction } from './documented-function.js';

/** Session management functions, as documented. */
export const sessionFunctions = [
  {
    name: 'OpenNtmsSession',
    group: 'Session Management',
    parameters: [
      { name: 'lpServer', type: 'LPCWSTR', direction: 'in', about: 'host of the RSM server, null means local' },
      { name: 'lpApplication', type: 'LPCWSTR', direction: 'in', about: 'label shown on requests' },
      { name: 'dwOptions', type: 'DWORD', direction: 'in', about: 'pass 0' },
    ],
    rights: [{ object: 'computer', right: 'NTMS_USE_ACCESS' }],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Request done' },
      { symbol: 'ERROR_ACCESS_DENIED', win32: 5, condition: 'Caller lacks use right on computer object' },
      { symbol: 'ERROR_INVALID_COMPUTERNAME', win32: 1210, condition: 'Server or client name is malformed' },
      { symbol: 'ERROR_INVALID_PARAMETER', win32: 87, condition: 'Some argument value is unacceptable' },
      { symbol: 'ERROR_NOT_CONNECTED', win32: 2250, condition: 'RSM server cannot be contacted' },
      {
        symbol: 'ERROR_NOT_READY',
        win32: 21,
        condition: 'The service is starting or did not start; the caller tries again later',
      },
      { symbol: 'ERROR_NO_NETWORK', win32: 1222, condition: 'Network layer missing or not started' },
      { symbol: 'RPC_S_NO_INTERFACES', win32: 1817, condition: 'Server RSM build predates the client build' },
      { symbol: 'INVALID_HANDLE_VALUE', win32: -1, condition: 'Returned handle when opening failed; query last error' },
    ],
    rules: [
      {
        id: 'null-server',
        text: 'Null server name resolves to the local machine.',
        source: 'MS-RSMP 3.2.5.2.5.1; sdk OpenNtmsSession',
      },
      {
        id: 'default-label',
        text: 'A session without an application label is recorded under the label "RSM".',
        source: 'MS-RSMP 3.2.5.2.5.1 item 3; MS-RSMP note 76',
      },
      {
        id: 'name-syntax',
        text: 'Name syntax is tested only for names that were supplied.',
        source: 'MS-RSMP 3.2.5.2.5.1',
      },
      {
        id: 'caller-kept',
        text: 'Wire call additionally carries client machine name and interactive user name; keep both for request records.',
        source: 'MS-RSMP 3.2.5.2.5.1',
      },
      {
        id: 'version-gap',
        text: 'A version gap is an error only when the server is the older side.',
        source: 'MS-RSMP 3.2.5.2.5.1',
      },
      {
        id: 'threads-and-processes',
        text: 'One session may serve many threads of one process; other processes cannot borrow it.',
        source: 'sdk OpenNtmsSession',
      },
      {
        id: 'opens-while-starting',
        text: 'Opening is the single call exempt from the blanket not-ready refusal.',
        source: 'MS-RSMP 3.2.1.1',
      },
    ],
    changes: [
      { id: 'session-opened', object: 'session', field: 'exists', from: 'absent', to: 'open', when: 'success' },
    ],
  },
  {
    name: 'CloseNtmsSession',
    group: 'Session Management',
    parameters: [{ name: 'hSession', type: 'HANDLE', direction: 'in', about: 'the session to end' }],
    rights: [],
    returnCodes: [
      { symbol: 'ERROR_SUCCESS', win32: 0, condition: 'Session ended' },
      { symbol: 'ERROR_CONNECTION_UNAVAIL', win32: 1201, condition: 'Link to server or domain is gone' },
      { symbol: 'ERROR_INVALID_HANDLE', win32: 6, condition: 'Handle is null or never was a session' },
    ],
    rules: [
      {
        id: 'pending-calls-cancelled',
        text: 'Blocking calls still running in the session are unwound and finish as cancelled.',
        source: 'MS-RSMP 3.2.5.2.5.3; sdk MountNtmsMedia',
      },
      {
        id: 'open-reference',
        text: 'Server drops its open reference only; teardown waits until the last interface reference disappears.',
        source: 'MS-RSMP 3.2.5.2.5.3',
      },
      {
        id: 'change-detection-handles',
        text: 'Any change-detection handles of the session end too.',
        source: 'MS-RSMP 3.2.5.2.1.19',
      },
      {
        id: 'ui-destinations',
        text: 'UI destinations registered for the application scope vanish with the session; library and computer ones stay.',
        source: 'sdk SetNtmsUIOptions',
      },
      { id: 'later-use', text: 'Later use of the handle yields an error.', source: 'sdk CloseNtmsSession' },
      {
        id: 'callback-released',
        text: 'Client releases its notification callback before closing.',
        source: 'MS-RSMP 3.1.3',
      },
    ],
    changes: [
      { id: 'session-closed', object: 'session', field: 'exists', from: 'open', to: 'closed', when: 'success' },
      {
        id: 'pending-requests-cancelled',
        object: 'libRequest',
        field: 'State',
        from: 'QUEUED|WAITING',
        to: 'CANCELLED',
        when: 'pending mount or dismount of this session',
      },
    ],
  },
] as const satisfies readonly DocumentedFunction[];
