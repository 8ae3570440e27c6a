import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { SystemClock } from '../../../devices/clock.js';
import { TransportError, type ScsiTransport } from '../../../devices/transport/scsi-transport.js';
import {
  carriedResult,
  commandOf,
  withoutCause,
  type CarriedResult,
  type CarriedTransportPlan,
  type CarryAnswer,
  type CarryOrder,
} from '../carried-messages.js';

/**
 * Runs in the guest: `node carry-commands.js HOST PORT`. Takes orders from the bench, gives their commands to our transports,
 * and answers with what came of them. Ends when the bench hangs up.
 */
const [host = '', port = ''] = process.argv.slice(2);
const clock = new SystemClock();
const transports = new Map<string, ScsiTransport>();
const running = new Map<number, AbortController>();

const socket = connect(Number(port), host);
socket.setNoDelay(true);
socket.on('close', () => process.exit(0));
socket.on('error', (error) => {
  console.error(`carry-commands: ${error.message}`);
  process.exit(1);
});
createInterface({ input: socket }).on('line', (line) => {
  const order = JSON.parse(line) as CarryOrder;
  void obey(order).then((result) => answer({ id: order.id, result }));
});

function answer(message: CarryAnswer): void {
  socket.write(`${JSON.stringify(message)}\n`);
}

async function obey(order: CarryOrder): Promise<CarriedResult> {
  try {
    if (order.do === 'make') {
      transports.set(order.transport, await make(order.plan, order.transport));
      return { kind: 'done' };
    }
    const transport = transports.get(order.transport);
    if (transport === undefined) throw new Error(`there is no transport ${order.transport}`);
    switch (order.do) {
      case 'open':
        await transport.open();
        return opened(transport);
      case 'close':
        await transport.close();
        return { kind: 'done' };
      case 'abort':
        running.get(order.order)?.abort(new Error('the bench wants it aborted'));
        return { kind: 'done' };
      case 'reset': {
        const failure = await transport.resetLogicalUnit?.(order.lun, order.timeoutMs);
        return failure === undefined ? { kind: 'done' } : { kind: 'refused', failure: withoutCause(failure) };
      }
      case 'execute': {
        const abort = new AbortController();
        running.set(order.id, abort);
        const result = await transport.execute(commandOf(order.command, abort.signal));
        running.delete(order.id);
        return carriedResult(result);
      }
    }
  } catch (error) {
    if (error instanceof TransportError) return { kind: 'refused', failure: withoutCause(error.failure) };
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'refused', failure: { code: 'protocol', executed: 'unknown', message } };
  }
}

/** Loaded only when it is used: under emulation each module costs time. */
async function make(plan: CarriedTransportPlan, transport: string): Promise<ScsiTransport> {
  if (plan.kind === 'sg') {
    const { SgTransport } = await import('../../../devices/transport/sg/sg-transport.js');
    return new SgTransport({ path: plan.path, clock });
  }
  const { UsbTransport } = await import('../../../devices/transport/usb/usb-transport.js');
  const { vendorId, productId, serialNumber, protocol, reconnectMs = 20_000 } = plan;
  return new UsbTransport({
    vendorId,
    productId,
    serialNumber,
    protocol,
    clock,
    reconnect: { timeoutMs: reconnectMs, pauseMs: 100 },
    onNotice: (notice) => answer({ transport, notice }),
  });
}

function opened(transport: ScsiTransport): CarriedResult {
  const { name, maxInFlight } = transport;
  const protocol = 'protocol' in transport && typeof transport.protocol === 'string' ? transport.protocol : null;
  return { kind: 'opened', name, maxInFlight, protocol };
}
