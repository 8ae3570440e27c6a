import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DxferDirection, sgIoHeaderLength } from '../../../devices/transport/sg/sg-io-header.js';
import { SgRequest } from '../../../devices/transport/sg/sg-requests.js';
import { HostPower } from '../../../devices/virtual/attach/sg/host-power.js';
import { DeviceSocket } from '../../../devices/virtual/attach/sg/device-socket.js';
import { SgFile } from '../../../devices/virtual/attach/sg/sg-file.js';
import { MemoryBudget } from '../../../devices/virtual/attach/sg/sg-unit.js';
import { encodeUmockdevMessage, MessageKind } from '../../../devices/virtual/attach/sg/umockdev-messages.js';
import { turns, until } from '../event-loop.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { inputOf } from '../input-reader.js';
import { PlainClient, wayToLeave } from '../plain-client.js';
import { ALL_CARTRIDGES, cartridgesOf, smallAutoloader, type SmallAutoloader } from '../small-autoloader.js';
import { sgIoHeader } from './sg.js';

const MESSAGE_BYTES = 24;
const BUDGET_BYTES = 32 * 1024 * 1024;
const HEADER_AT = 0x1000n;
const inquiry = Uint8Array.of(0x12, 0, 0, 0, 36, 0);

/** Bytes as what a preloaded library says over a device's socket, while another program uses the same device. */
export function sgSocketTargets(): FuzzTarget[] {
  return [
    {
      name: 'sg-socket',
      seeds,
      take: (input) => withSocket((rig) => misbehave(input, rig)),
      codes: [],
      cost: 'session',
    },
  ];
}

interface Rig {
  readonly small: SmallAutoloader;
  readonly path: string;
  readonly budget: MemoryBudget;
  readonly openFiles: () => number;
}

async function withSocket(use: (rig: Rig) => Promise<void>): Promise<void> {
  const small = await smallAutoloader();
  const folder = mkdtempSync(join(tmpdir(), 'openrsm-fuzz-'));
  const path = join(folder, 'sg0');
  const errors: Error[] = [];
  const budget = new MemoryBudget(BUDGET_BYTES);
  let openFiles = 0;
  const power = new HostPower();
  const { autoloader: target, clock } = small;
  const place = { host: 0, channel: 0, id: 0, lun: 0, peripheralDeviceType: 1 };
  const onTargetFailure = (cause: unknown): void => void errors.push(new Error(String(cause)));
  const unit = { target, nexus: 'sg', ...place, clock, budget, power, onTargetFailure };
  const socket = await DeviceSocket.listen({
    path,
    open: () => {
      openFiles += 1;
      const file = new SgFile(unit, () => target.resetLogicalUnit(0));
      return {
        control: (request, argument, memory) => file.control(request, argument, memory),
        read: () => file.read(),
        write: () => file.write(),
        close: () => {
          openFiles -= 1;
          return file.close();
        },
      };
    },
    onError: (error) => errors.push(error),
  });
  try {
    await use({ small, path, budget, openFiles: () => openFiles });
    for (const error of [...errors, ...small.failures]) throw error;
    if (cartridgesOf(target) !== ALL_CARTRIDGES) throw new Error(`the cartridges are ${cartridgesOf(target)}`);
  } finally {
    power.off();
    await socket.close();
    rmSync(folder, { recursive: true });
    await target.close();
  }
}

async function misbehave(input: Uint8Array, { path, budget, openFiles }: Rig): Promise<void> {
  const good = await PlainClient.connect({ path });
  const bad = await PlainClient.connect({ path });
  const way = wayToLeave(input);
  if (way === 'staying without reading') bad.socket.pause();
  bad.send(input);
  await turns(3);
  await inquire(good);
  if (way === 'half way') bad.socket.end();
  else bad.socket.destroy();
  await until('the bad program is forgotten', () => openFiles() === 1);
  await inquire(good);
  if (!budget.take(BUDGET_BYTES)) throw new Error('memory of the bad program was not given back');
  budget.giveBack(BUDGET_BYTES);
  await bad.close();
  await good.close();
}

/** SG_IO as the preloaded library does it: the call, then memory as it is asked for, until the call is done. */
async function inquire(program: PlainClient): Promise<void> {
  program.send(ioctl(SgRequest.SG_IO));
  let written = 0;
  for (;;) {
    const message = await program.take(MESSAGE_BYTES, 'an answer to SG_IO');
    const [kind, first, second] = [0, 8, 16].map((at) => message.readBigInt64LE(at));
    if (kind === MessageKind.READ_MEMORY) program.send(first === HEADER_AT ? sgIoHeader() : inquiry);
    else if (kind === MessageKind.WRITE_MEMORY) written += (await program.take(Number(second), 'memory')).length;
    else {
      if (kind !== MessageKind.DONE || first !== 0n || written < 36 + sgIoHeaderLength) {
        throw new Error(`SG_IO ended with kind ${kind}, result ${first}, ${written} bytes written`);
      }
      return;
    }
  }
}

function ioctl(request: number): Uint8Array {
  return encodeUmockdevMessage(MessageKind.IOCTL, BigInt(request), HEADER_AT);
}

function seeds(): Uint8Array[] {
  const write = Uint8Array.of(0x0a, 0, 0, 0, 64, 0);
  const vector = new Uint8Array(32);
  vector.set([0, 0x40], 0);
  vector.set([16], 8);
  vector.set([0, 0x50], 16);
  vector.set([48], 24);
  const toDevice = { dxferDirection: DxferDirection.TO_DEV, dxferLen: 64 };
  return [
    inputOf(ioctl(SgRequest.SG_IO), sgIoHeader(), inquiry),
    inputOf(ioctl(SgRequest.SG_IO), sgIoHeader(toDevice), write, new Uint8Array(64)),
    inputOf(ioctl(SgRequest.SG_IO), sgIoHeader({ ...toDevice, iovecCount: 2 }), vector, write, new Uint8Array(64)),
    inputOf(ioctl(SgRequest.SG_GET_VERSION_NUM), ioctl(SgRequest.SG_SET_TIMEOUT), 16, 0, 0, 0),
    inputOf(ioctl(SgRequest.SG_SCSI_RESET), 1, 0, 0, 0, ioctl(SgRequest.SG_GET_SCSI_ID)),
    encodeUmockdevMessage(MessageKind.READ, HEADER_AT, 36n),
    encodeUmockdevMessage(MessageKind.WRITE, HEADER_AT, 36n),
  ];
}
