import { nextSerial, precedes } from './serial-number.js';

/**
 * The numbers of one session's single connection (RFC 7143 4.2.2): which CmdSN comes next, how far the target lets the
 * initiator go, and which StatSN is awaited.
 */
export class CommandWindow {
  #cmdSn: number;
  #expCmdSn: number;
  #maxCmdSn: number;
  #expStatSn: number;

  constructor(start: { cmdSn: number; expCmdSn: number; maxCmdSn: number; expStatSn: number }) {
    this.#cmdSn = start.cmdSn;
    this.#expCmdSn = start.expCmdSn;
    this.#maxCmdSn = start.maxCmdSn;
    this.#expStatSn = start.expStatSn;
  }

  /** The CmdSN that an immediate request carries without using it up. */
  get cmdSn(): number {
    return this.#cmdSn;
  }

  get expStatSn(): number {
    return this.#expStatSn;
  }

  /** Whether the target takes one more non-immediate request. */
  get open(): boolean {
    return !precedes(this.#maxCmdSn, this.#cmdSn);
  }

  /** Uses up one CmdSN. */
  take(): number {
    const taken = this.#cmdSn;
    this.#cmdSn = nextSerial(taken);
    return taken;
  }

  /** Whether the target has taken note of a request with this CmdSN. */
  hasReceived(cmdSn: number): boolean {
    return precedes(cmdSn, this.#expCmdSn);
  }

  /** Takes ExpCmdSN and MaxCmdSN of a response; both only ever grow, and a contradictory pair is ignored (4.2.2.1). */
  observe(expCmdSn: number, maxCmdSn: number): void {
    if (precedes(nextSerial(maxCmdSn), expCmdSn)) return;
    if (precedes(this.#expCmdSn, expCmdSn)) this.#expCmdSn = expCmdSn;
    if (precedes(this.#maxCmdSn, maxCmdSn)) this.#maxCmdSn = maxCmdSn;
  }

  /**
   * Takes the StatSN of a response that has one of its own; the next request acknowledges it. A gap is not an error here:
   * TCP loses nothing, and targets differ in whether some responses count.
   */
  acknowledge(statSn: number): void {
    if (!precedes(statSn, this.#expStatSn)) this.#expStatSn = nextSerial(statSn);
  }
}
