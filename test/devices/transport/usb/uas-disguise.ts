import type { ScsiTarget, ScsiTask, ScsiTaskResult } from '../../../../devices/transport/scsi-target.js';
import type {
  ScsiCommand,
  ScsiTransport,
  TransportFailure,
  TransportResult,
} from '../../../../devices/transport/scsi-transport.js';
import { TestCommand } from '../test-target.js';

/**
 * A COMMAND IU says neither how long its CDB is nor how much data-out belongs to it; a device knows that of standard commands
 * only. The test target's vendor specific commands therefore travel as READ BUFFER, and STORE, the one with data-out, as WRITE
 * BUFFER, with their own operation code in byte 1.
 */
const READ_BUFFER = 0x3c;
const WRITE_BUFFER = 0x3b;
const VENDOR_SPECIFIC = 0xc0;
const CDB_BYTES = 10;

function disguised(cdb: Uint8Array): Uint8Array {
  const [opcode = 0] = cdb;
  if (opcode < VENDOR_SPECIFIC || cdb.length !== CDB_BYTES) return cdb;
  const standard = cdb.slice();
  standard[1] = opcode;
  standard[0] = opcode === TestCommand.STORE ? WRITE_BUFFER : READ_BUFFER;
  // The length of STORE is in bytes 2 to 5, that of WRITE BUFFER in 6 to 8.
  if (opcode === TestCommand.STORE) standard.set([...cdb.subarray(3, 6), 0], 6);
  return standard;
}

function revealed(cdb: Uint8Array): Uint8Array {
  const [standard, opcode = 0] = cdb;
  if (standard !== READ_BUFFER && standard !== WRITE_BUFFER) return cdb;
  const original = cdb.slice();
  original.set([opcode, 0]);
  if (standard === WRITE_BUFFER) original.fill(0, 6);
  return original;
}

/** Sends test commands in their disguise. */
export class DisguisingTransport implements ScsiTransport {
  readonly #transport: ScsiTransport;

  constructor(transport: ScsiTransport) {
    this.#transport = transport;
  }

  get name(): string {
    return this.#transport.name;
  }

  get maxInFlight(): number {
    return this.#transport.maxInFlight;
  }

  open(): Promise<void> {
    return this.#transport.open();
  }

  execute(command: ScsiCommand): Promise<TransportResult> {
    return this.#transport.execute({ ...command, cdb: disguised(command.cdb) });
  }

  resetLogicalUnit(lun: number, timeoutMs: number): Promise<TransportFailure | undefined> {
    return this.#transport.resetLogicalUnit?.(lun, timeoutMs) ?? Promise.resolve(undefined);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}

/** Takes the disguise off again. */
export class RevealingTarget implements ScsiTarget {
  readonly #target: ScsiTarget;

  constructor(target: ScsiTarget) {
    this.#target = target;
  }

  execute(task: ScsiTask): Promise<ScsiTaskResult> {
    return this.#target.execute({ ...task, cdb: revealed(task.cdb) });
  }

  nexusLost(nexus: string): void {
    this.#target.nexusLost(nexus);
  }

  async resetLogicalUnit(lun: number): Promise<void> {
    await this.#target.resetLogicalUnit?.(lun);
  }
}
