import {
  commandUnit,
  encodeCommandUnit,
  parseStatusPipeUnit,
  taskManagementUnit,
  type StatusPipeUnit,
} from '../../../../../devices/transport/usb/information-units.js';
import { encodeLun } from '../../../../../devices/transport/lun.js';
import { SET_CONFIGURATION, type BulkHost } from './bulk-host.js';
import { done } from './bulk-only-host.js';

const COMMAND = 4;
const STATUS = 3;
const DATA_IN = 1;
const DATA_OUT = 2;

/** The hand tools of a UAS host: one step each, so that a test decides the order. */
export class UasHost {
  readonly bus: BulkHost;

  constructor(bus: BulkHost) {
    this.bus = bus;
  }

  static async open(bus: BulkHost): Promise<UasHost> {
    await bus.control(SET_CONFIGURATION);
    return new UasHost(bus);
  }

  async command(tag: number, cdb: Uint8Array, lun = 0): Promise<void> {
    await this.send(encodeCommandUnit({ tag, cdb, logicalUnitNumber: lunOf(lun) }));
  }

  async manage(tag: number, taskFunction: number, options: { lun?: number; managedTag?: number } = {}): Promise<void> {
    const { lun = 0, managedTag = 0 } = options;
    const logicalUnitNumber = lunOf(lun);
    await this.send(taskManagementUnit.encode({ tag, function: taskFunction, managedTag, logicalUnitNumber }));
  }

  async send(unit: Uint8Array): Promise<void> {
    done(await this.bus.bulkOut(COMMAND, unit));
  }

  async status(): Promise<StatusPipeUnit> {
    return parseStatusPipeUnit(done(await this.bus.bulkIn(STATUS, 112)).data);
  }

  async dataIn(length: number): Promise<Uint8Array> {
    return Uint8Array.from(done(await this.bus.bulkIn(DATA_IN, length)).data);
  }

  async dataOut(data: Uint8Array): Promise<void> {
    done(await this.bus.bulkOut(DATA_OUT, data));
  }

  /** One command from beginning to end. */
  async run(
    tag: number,
    cdb: Uint8Array,
    options: { lun?: number; dataInLength?: number; dataOut?: Uint8Array } = {},
  ): Promise<{ status: number; sense: Uint8Array; dataIn: Uint8Array }> {
    let dataIn: Uint8Array = new Uint8Array(0);
    await this.command(tag, cdb, options.lun);
    for (;;) {
      const unit = await this.status();
      if (unit.kind === 'readReady') dataIn = await this.dataIn(options.dataInLength ?? 0);
      else if (unit.kind === 'writeReady') await this.dataOut(options.dataOut ?? new Uint8Array(0));
      else if (unit.kind === 'sense') return { status: unit.status, sense: unit.sense, dataIn };
      else throw new Error(`response code ${unit.responseCode}`);
    }
  }
}

/** A COMMAND IU that is cut to `length` bytes. */
export function cutCommand(length: number): Uint8Array {
  return commandUnit.encode({ tag: 9, logicalUnitNumber: lunOf(0), cdb: new Uint8Array(16) }).slice(0, length);
}

function lunOf(lun: number): Uint8Array {
  const bytes = encodeLun(lun);
  if (bytes === undefined) throw new Error(`no LUN: ${lun}`);
  return bytes;
}
