import type { LoginStatus } from './target-protocol-values.js';

/** A login that ends here: the initiator gets the status, the owner of the target the message. */
export class LoginRefusal extends Error {
  override readonly name = 'LoginRefusal';
  readonly status: LoginStatus;

  constructor(status: LoginStatus, message: string) {
    super(message);
    this.status = status;
  }
}
