import type { ScsiCommand, ScsiTransport, TransportResult } from '../../../../devices/transport/scsi-transport.js';

/** Several transports of one unit each as one of several units, which is what the conformance suite talks to. */
export class UnitRouter implements ScsiTransport {
  readonly name = 'sg files';
  readonly maxInFlight: number;
  readonly #units: ReadonlyMap<number, ScsiTransport>;

  constructor(units: ReadonlyMap<number, ScsiTransport>) {
    this.#units = units;
    this.maxInFlight = Math.min(...[...units.values()].map((unit) => unit.maxInFlight));
  }

  async open(): Promise<void> {
    for (const unit of this.#units.values()) await unit.open();
  }

  execute(command: ScsiCommand): Promise<TransportResult> {
    const unit = this.#units.get(command.lun);
    if (unit === undefined) throw new Error(`the test has no file for LUN ${command.lun}`);
    return unit.execute({ ...command, lun: 0 });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#units.values()].map((unit) => unit.close()));
  }
}
