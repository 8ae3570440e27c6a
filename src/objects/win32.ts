/**
 * The Win32 codes that the API uses: number, and what the reader of the message does next. Numbers are those of
 * winerror.h; the sentences are ours. Sorted by number.
 */
export const win32Errors = {
  ERROR_SUCCESS: { code: 0, advice: 'Done; nothing to do.' },
  ERROR_ACCESS_DENIED: {
    code: 5,
    advice: 'Ask an administrator for the right named here, or run the call as a user who has it.',
  },
  ERROR_INVALID_HANDLE: { code: 6, advice: 'Open a session again and pass the handle that it returns.' },
  ERROR_NOT_ENOUGH_MEMORY: {
    code: 8,
    advice: 'Free memory on the server, or raise the memory limit of its process, and call again.',
  },
  ERROR_BAD_FORMAT: { code: 11, advice: 'Give a label that one of the registered media label formats knows.' },
  ERROR_INVALID_DRIVE: { code: 15, advice: 'List the drives again and pass the identifier of one that exists.' },
  ERROR_WRITE_PROTECT: { code: 19, advice: 'Mount for reading only, or choose a side that is not marked complete.' },
  ERROR_NOT_READY: { code: 21, advice: 'The service is still starting; call again in a moment.' },
  ERROR_SHARING_VIOLATION: { code: 32, advice: 'Close the program that holds the file open, and call again.' },
  ERROR_NOT_SUPPORTED: { code: 50, advice: 'This library cannot do that; use its door or another way.' },
  ERROR_INVALID_PARAMETER: { code: 87, advice: 'Correct the argument named here.' },
  ERROR_CALL_NOT_IMPLEMENTED: { code: 120, advice: 'This server does not offer the call; do without it.' },
  ERROR_INSUFFICIENT_BUFFER: { code: 122, advice: 'Pass room for as many elements as the answer says.' },
  ERROR_INVALID_NAME: {
    code: 123,
    advice: 'Choose a shorter name without the characters that separate levels of a path.',
  },
  ERROR_BUSY: { code: 170, advice: 'Wait until the medium or the drive is free, and call again.' },
  ERROR_ALREADY_EXISTS: { code: 183, advice: 'Choose another name, or open the object that has it.' },
  ERROR_NO_DATA: { code: 232, advice: 'Open the notification channel again, or give an attribute of a legal length.' },
  ERROR_INVALID_ADDRESS: { code: 487, advice: 'Pass an object or array to be filled in.' },
  ERROR_CONNECTION_UNAVAIL: {
    code: 1201,
    advice: 'Bring the network link to the server back, and open a session again.',
  },
  ERROR_INVALID_COMPUTERNAME: { code: 1210, advice: 'Correct the name of the server.' },
  ERROR_NO_NETWORK: { code: 1222, advice: 'Start the network of this machine, and open a session again.' },
  ERROR_CANCELLED: {
    code: 1223,
    advice: 'Someone withdrew the request or closed the session; ask them, and call again if it is still wanted.',
  },
  ERROR_NO_SECURITY_ON_OBJECT: { code: 1350, advice: 'Set an access list on the object before reading it.' },
  ERROR_TIMEOUT: { code: 1460, advice: 'Allow more time, or find out what the request waited for.' },
  RPC_S_INVALID_BOUND: { code: 1734, advice: 'Pass room for as many elements as the answer says.' },
  RPC_S_NO_INTERFACES: { code: 1817, advice: 'Update the server to the version of this client.' },
  ERROR_NOT_CONNECTED: { code: 2250, advice: 'Start the service, and open a session again.' },
  ERROR_INVALID_MEDIA: {
    code: 4300,
    advice:
      'List the media again and pass the identifier of a cartridge, side or medium that exists and suits the call.',
  },
  ERROR_INVALID_LIBRARY: {
    code: 4301,
    advice: 'List the libraries again and pass the identifier of one that the call accepts.',
  },
  ERROR_INVALID_MEDIA_POOL: {
    code: 4302,
    advice: 'List the media pools again and pass the identifier of one that the call accepts.',
  },
  ERROR_DRIVE_MEDIA_MISMATCH: {
    code: 4303,
    advice: 'Choose a drive that takes this medium and stands in the same library.',
  },
  ERROR_MEDIA_OFFLINE: {
    code: 4304,
    advice: 'Put the cartridge into an attached library first, or attach its library.',
  },
  ERROR_LIBRARY_OFFLINE: { code: 4305, advice: 'Attach and switch on the library, or choose one that is online.' },
  ERROR_EMPTY: { code: 4306, advice: 'Put a cartridge in, or choose an element that holds one.' },
  ERROR_NOT_EMPTY: { code: 4307, advice: 'Empty it first.' },
  ERROR_MEDIA_UNAVAILABLE: { code: 4308, advice: 'Add media to the pool or the library, or free some.' },
  ERROR_RESOURCE_DISABLED: { code: 4309, advice: 'Enable the library, drive or medium first.' },
  ERROR_INVALID_CLEANER: { code: 4310, advice: 'Pass the identifier of a cleaner cartridge.' },
  ERROR_UNABLE_TO_CLEAN: { code: 4311, advice: 'Clean the drive by hand, or look at its fault.' },
  ERROR_OBJECT_NOT_FOUND: { code: 4312, advice: 'List the objects again and pass the identifier of one that exists.' },
  ERROR_DATABASE_FAILURE: {
    code: 4313,
    advice: 'Look at the cause; if the database is damaged, import the last exported one.',
  },
  ERROR_DATABASE_FULL: {
    code: 4314,
    advice: 'Make room on the disk of the database folder, or delete old requests, and call again.',
  },
  ERROR_MEDIA_INCOMPATIBLE: { code: 4315, advice: 'Choose a medium of the type that the drive or pool takes.' },
  ERROR_RESOURCE_NOT_PRESENT: { code: 4316, advice: 'Put the missing part back, or choose one that is there.' },
  ERROR_INVALID_OPERATION: { code: 4317, advice: 'Pass an operation that this library can do.' },
  ERROR_MEDIA_NOT_AVAILABLE: { code: 4318, advice: 'Mount the medium, or wait until it can be used.' },
  ERROR_DEVICE_NOT_AVAILABLE: { code: 4319, advice: 'Make the device ready or enable it, and call again.' },
  ERROR_REQUEST_REFUSED: {
    code: 4320,
    advice: 'The operator refused; settle the matter with the operator, and call again.',
  },
  ERROR_INVALID_DRIVE_OBJECT: {
    code: 4321,
    advice: 'List the drives again and pass the identifier of one that exists.',
  },
  ERROR_LIBRARY_FULL: { code: 4322, advice: 'Eject a cartridge to free a slot.' },
  ERROR_MEDIUM_NOT_ACCESSIBLE: {
    code: 4323,
    advice: 'Let the operator look at the library: the transport cannot reach the cartridge.',
  },
  ERROR_UNABLE_TO_LOAD_MEDIUM: {
    code: 4324,
    advice: 'Try the cartridge in another drive; if that works, have the drive serviced.',
  },
  ERROR_UNABLE_TO_INVENTORY_DRIVE: { code: 4325, advice: 'Look at the drive, and run an inventory.' },
  ERROR_UNABLE_TO_INVENTORY_SLOT: { code: 4326, advice: 'Look at the slot, and run an inventory.' },
  ERROR_UNABLE_TO_INVENTORY_TRANSPORT: { code: 4327, advice: 'Look at the transport, and run an inventory.' },
  ERROR_TRANSPORT_FULL: { code: 4328, advice: 'Take the cartridge from the transport, and run an inventory.' },
  ERROR_CONTROLLING_IEPORT: { code: 4329, advice: 'Look at the insert/eject port: it does not move or lock.' },
  ERROR_UNABLE_TO_EJECT_MOUNTED_MEDIA: { code: 4330, advice: 'Dismount the medium first.' },
  ERROR_CLEANER_SLOT_SET: { code: 4331, advice: 'Release the reserved cleaner slot first.' },
  ERROR_CLEANER_SLOT_NOT_SET: { code: 4332, advice: 'Reserve a slot for the cleaner first.' },
  ERROR_CLEANER_CARTRIDGE_SPENT: { code: 4333, advice: 'Eject the used-up cleaner and inject a new one.' },
  ERROR_UNEXPECTED_OMID: {
    code: 4334,
    advice: 'Run a full inventory: the cartridge is not the one that the database expects.',
  },
  ERROR_CANT_DELETE_LAST_ITEM: { code: 4335, advice: 'Keep one, or add another before deleting this one.' },
  ERROR_MESSAGE_EXCEEDS_MAX_SIZE: { code: 4336, advice: 'Shorten the message.' },
  ERROR_VOLUME_CONTAINS_SYS_FILES: { code: 4337, advice: 'Move the system and paging files off the volume first.' },
  ERROR_INDIGENOUS_TYPE: { code: 4338, advice: 'Keep the media type: a drive of this library needs it.' },
  ERROR_NO_SUPPORTING_DRIVES: { code: 4339, advice: 'Attach or enable a drive that takes this medium.' },
  ERROR_CLEANER_CARTRIDGE_INSTALLED: {
    code: 4340,
    advice: 'Use the cleaner that is in the library, or eject it first.',
  },
  ERROR_IEPORT_FULL: { code: 4341, advice: 'Take the cartridges out of the insert/eject port.' },
  ERROR_RESOURCE_NOT_AVAILABLE: {
    code: 5006,
    advice: 'Free the slot, drive or port that the call needs, and call again.',
  },
  ERROR_INVALID_STATE: {
    code: 5023,
    advice: 'The object is in a state that does not allow this; see its state first.',
  },
} as const satisfies Record<string, { readonly code: number; readonly advice: string }>;

/** `ERROR_INVALID_STATE` and its like. */
export type Win32Symbol = keyof typeof win32Errors;

/**
 * Names that the API's pages use but winerror.h does not have, with the code that stands for each here.
 */
export const win32SymbolOfPageName = {
  ERROR_ALREADY_RESERVED: 'ERROR_CLEANER_SLOT_SET',
  ERROR_DUPLICATE_OMID: 'ERROR_INVALID_MEDIA',
  ERROR_INVALID_PARTITION: 'ERROR_INVALID_MEDIA',
  ERROR_INVALID_SLOT: 'ERROR_OBJECT_NOT_FOUND',
  ERROR_NO_SLOT_RESERVED: 'ERROR_CLEANER_SLOT_NOT_SET',
  ERROR_NO_SLOT_SET: 'ERROR_CLEANER_SLOT_NOT_SET',
  ERROR_SLOT_EMPTY: 'ERROR_EMPTY',
  ERROR_SLOT_FULL: 'ERROR_RESOURCE_NOT_AVAILABLE',
  ERROR_SLOT_NOT_PRESENT: 'ERROR_RESOURCE_NOT_PRESENT',
} as const satisfies Record<string, Win32Symbol>;

const symbols = new Map<number, Win32Symbol>(
  Object.entries(win32Errors).map(([symbol, { code }]) => [code, symbol as Win32Symbol]),
);

/** The number of a symbol. */
export function win32Code(symbol: Win32Symbol): number {
  return win32Errors[symbol].code;
}

/** The symbol of a number as it stands in a library request's `errorCode`; undefined for a code the API does not use. */
export function win32Symbol(code: number): Win32Symbol | undefined {
  return symbols.get(code);
}
