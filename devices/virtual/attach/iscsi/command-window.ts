import { nextSerial, precedes } from '../../../transport/iscsi/serial-number.js';

/**
 * The order of one session's requests by CmdSN (RFC 7143 4.2.2.1): which number is due, what came early and is held, how
 * far the initiator may go.
 */
export class CommandWindow<T extends object> {
  readonly #depth: number;
  /** `undefined`: the number is used up, nothing is to be done for it. */
  readonly #early = new Map<number, T | undefined>();
  #expCmdSn: number;
  #maxCmdSn: number;

  constructor(firstCmdSn: number, depth: number) {
    this.#depth = depth;
    this.#expCmdSn = firstCmdSn;
    this.#maxCmdSn = (firstCmdSn + depth - 1) >>> 0;
  }

  get expCmdSn(): number {
    return this.#expCmdSn;
  }

  get maxCmdSn(): number {
    return this.#maxCmdSn;
  }

  /** A request out of the window, or one whose number came before, is to be ignored silently. */
  judge(cmdSn: number): 'due' | 'early' | 'ignored' {
    if (cmdSn === this.#expCmdSn) return precedes(this.#maxCmdSn, cmdSn) ? 'ignored' : 'due';
    const outside = precedes(cmdSn, this.#expCmdSn) || precedes(this.#maxCmdSn, cmdSn);
    return outside || this.#early.has(cmdSn) ? 'ignored' : 'early';
  }

  /** The number that was due is used up. */
  advance(): void {
    this.#expCmdSn = nextSerial(this.#expCmdSn);
  }

  /** Keeps what came early until it is due. */
  hold(cmdSn: number, request: T): void {
    this.#early.set(cmdSn, request);
  }

  /** The held request that is due now, its number used up with it; undefined when a number is missing. */
  takeDue(): T | undefined {
    while (this.#early.has(this.#expCmdSn)) {
      const request = this.#early.get(this.#expCmdSn);
      this.#early.delete(this.#expCmdSn);
      this.advance();
      if (request !== undefined) return request;
    }
    return undefined;
  }

  /** Takes a number as used up although nothing is to be done for it. False outside the window, and for a held request. */
  skip(cmdSn: number): boolean {
    if (precedes(cmdSn, this.#expCmdSn) || precedes(this.#maxCmdSn, cmdSn)) return false;
    if (this.#early.get(cmdSn) !== undefined) return false;
    this.#early.set(cmdSn, undefined);
    return true;
  }

  /** Forgets what is held and satisfies `unwanted`; its numbers are used up. */
  skipHeld(unwanted: (request: T) => boolean): void {
    for (const [cmdSn, request] of this.#early) {
      if (request !== undefined && unwanted(request)) this.#early.set(cmdSn, undefined);
    }
  }

  /** Moves MaxCmdSN as far as `underWay` commands leave room; it never goes back. */
  open(underWay: number): void {
    const wanted = (this.#expCmdSn + this.#depth - underWay - 1) >>> 0;
    if (precedes(this.#maxCmdSn, wanted)) this.#maxCmdSn = wanted;
  }
}
