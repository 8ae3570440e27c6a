/** Why an operator cannot do something to the device. */
export type OperatorErrorCode =
  | 'NO_SUCH_ELEMENT'
  | 'NO_SUCH_MAGAZINE'
  | 'NO_SUCH_CARTRIDGE'
  | 'ELEMENT_FULL'
  | 'ELEMENT_EMPTY'
  | 'OUT_OF_REACH' // the door is shut, or the cartridge is inside a drive
  | 'REMOVAL_PREVENTED' // a host has locked the door and the ports
  | 'CHANGER_BUSY' // something is moving behind the door
  | 'SWITCHED_OFF' // the autoloader was closed
  | 'ALREADY_SO'; // the door is open already, the magazine is out already ...

/** An operator action that the device does not allow. The message says what to do first. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  readonly code: OperatorErrorCode;

  constructor(code: OperatorErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
