import type { ScsiTaskResult } from '../../../transport/scsi-target.js';

/**
 * - `collecting`: data-out arrives, nothing has begun.
 * - `working`: the target has it.
 * - `done`: the result is kept until the host begins another tag.
 * - `failed`: the target threw; nobody knows what it did.
 */
export type DeviceTaskState = 'collecting' | 'working' | 'done' | 'failed';

/** The command of one tag, from its first data to its kept result. */
export class DeviceTask {
  readonly session: number;
  readonly tag: number;
  readonly #dataInMax: number;
  readonly #stop = new AbortController();
  #state: DeviceTaskState = 'collecting';
  #unit: number | undefined;
  #chunks: Uint8Array[] = [];
  #collectedBytes = 0;
  #result = { status: 0, senseLength: 0, dataInLength: 0 };
  #payload = new Uint8Array(0);

  constructor(session: number, tag: number, dataInMax = 0) {
    this.session = session;
    this.tag = tag;
    this.#dataInMax = dataInMax;
  }

  get state(): DeviceTaskState {
    return this.#state;
  }

  /** The logical unit that works on it. */
  get unit(): number | undefined {
    return this.#unit;
  }

  get result(): Readonly<{ status: number; senseLength: number; dataInLength: number }> {
    return this.#result;
  }

  /** Sense data followed by data-in, as the host fetches it. */
  get payload(): Uint8Array {
    return this.#payload;
  }

  /** The data-out so far, in one piece. */
  get collected(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }

  /** Takes data-out that continues what is here; anything else changes nothing. Returns how many bytes are here now. */
  collect(offset: number, data: Uint8Array): number {
    if (this.#state === 'collecting' && offset === this.#collectedBytes) {
      this.#chunks.push(data);
      this.#collectedBytes += data.length;
    }
    return this.#collectedBytes;
  }

  /** Lets the target work. Resolves when it has ended, however it did. */
  async run(unit: number, work: (signal: AbortSignal) => Promise<ScsiTaskResult>): Promise<void> {
    this.#unit = unit;
    this.#state = 'working';
    try {
      const { status, sense, dataIn } = await work(this.#stop.signal);
      const data = dataIn.subarray(0, this.#dataInMax);
      this.#result = { status, senseLength: sense.length, dataInLength: data.length };
      this.#payload = new Uint8Array(sense.length + data.length);
      this.#payload.set(sense);
      this.#payload.set(data, sense.length);
      this.#state = 'done';
    } catch {
      this.#state = 'failed';
    }
  }

  abort(): void {
    this.#stop.abort(new Error('the host aborted the task'));
  }
}
