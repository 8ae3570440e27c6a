import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../../devices/clock.js';
import { testUnitReadyCdb } from '../../../devices/scsi/spc/test-unit-ready.js';
import { IscsiTransport } from '../../../devices/transport/iscsi/index.js';
import { tgtMissing } from '../../tgt/tgt-admin.js';
import { startTgt } from '../../tgt/start-tgt.js';
import type { Figure } from '../figure.js';
import { ratePerSecond } from '../figure.js';

const IN_FLIGHT = 32;
/** An iSCSI command PDU without data: the basic header segment. */
const PDU_LENGTH = 48;

/**
 * TEST UNIT READY to tgt's changer through our initiator, beside 48 bytes there and back over a TCP connection to a
 * process that only echoes: what this machine's loopback costs
 * without any iSCSI. The echo is Node and tgt is C, so one command at a time may even be the faster one.
 */
export async function iscsi(): Promise<Figure[]> {
  const missing = tgtMissing();
  if (missing !== undefined) return [{ name: 'iSCSI to tgt', value: Number.NaN, unit: 'commands/s', skipped: missing }];
  const dir = await mkdtemp(join(tmpdir(), 'openrsm-bench-'));
  const tgt = await startTgt({ dir });
  const echo = await startEcho();
  const transport = new IscsiTransport({ portal: tgt.portal, target: tgt.target, clock: new SystemClock() });
  try {
    await transport.open();
    const command = { lun: tgt.changerLun, cdb: testUnitReadyCdb(), timeoutMs: 10_000 };
    const send = async (): Promise<void> => {
      const result = await transport.execute(command);
      if (result.kind === 'failed') throw new Error(result.failure.message);
    };
    const oneAtATime = await ratePerSecond(async () => {
      for (let i = 0; i < 50; i++) await send();
      return 50;
    });
    const pipelined = await ratePerSecond(async () => {
      await Promise.all(Array.from({ length: IN_FLIGHT * 8 }, send));
      return IN_FLIGHT * 8;
    });
    const roundTrips = await ratePerSecond(async () => {
      for (let i = 0; i < 50; i++) await echo.roundTrip();
      return 50;
    });
    const peer = { name: 'bare TCP round trip to a Node echo', value: roundTrips };
    return [
      { name: 'iSCSI initiator to tgt, one at a time', value: oneAtATime, unit: 'commands/s', peer },
      { name: `iSCSI initiator to tgt, ${IN_FLIGHT} in flight`, value: pipelined, unit: 'commands/s', peer },
    ];
  } finally {
    await transport.close();
    echo.stop();
    await tgt.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

interface Echo {
  roundTrip(): Promise<void>;
  stop(): void;
}

/** An echo server in a process of its own, on loopback, and a connection to it. */
async function startEcho(): Promise<Echo> {
  const program = `
    const server = require('node:net').createServer((s) => { s.setNoDelay(true); s.pipe(s); s.on('error', () => s.destroy()); });
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
  });
  const socket = await new Promise<Socket>((resolve, reject) => {
    const opened = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(opened));
    opened.once('error', reject);
  });
  const pdu = Buffer.alloc(PDU_LENGTH);
  let received = 0;
  let arrived: () => void = () => undefined;
  socket.on('data', (chunk) => {
    received += chunk.length;
    if (received >= PDU_LENGTH) {
      received = 0;
      arrived();
    }
  });
  return {
    roundTrip: () =>
      new Promise((resolve) => {
        arrived = resolve;
        socket.write(pdu);
      }),
    stop: () => {
      socket.destroy();
      child.kill();
    },
  };
}
