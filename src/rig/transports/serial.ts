import type { UnitAddress } from '../../library/library-definition.js';
import { type PlugBoard, unitAddress } from '../plug-board.js';
import type { SerialUnit } from '../rig.js';

/** A unit at the far end of a serial line. */
export async function connectSerial(unit: SerialUnit, board: PlugBoard): Promise<UnitAddress> {
  const { clock, stateFolder } = board.options;
  const path = unit.path.replaceAll('${state}', stateFolder);
  const transport = await board.path(`serial ${path}`, async () => {
    const { SerialTransport } = await import('../../../devices/transport/serial/index.js');
    return new SerialTransport({ path, baudRate: unit.baudRate, clock });
  });
  return unitAddress(transport, unit.lun);
}
