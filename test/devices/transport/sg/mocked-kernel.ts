import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Clock } from '../../../../devices/clock.js';
import type { ScsiTarget } from '../../../../devices/transport/scsi-target.js';
import { SgProcess } from '../../../../devices/transport/sg/sg-process.js';
import { DeviceSocket } from '../../../../devices/virtual/attach/sg/device-socket.js';
import { HostPower } from '../../../../devices/virtual/attach/sg/host-power.js';
import { SgFile } from '../../../../devices/virtual/attach/sg/sg-file.js';
import { MemoryBudget, type SgUnit } from '../../../../devices/virtual/attach/sg/sg-unit.js';
import { writeDeviceFile } from '../../../../devices/virtual/attach/sg/sg-folder.js';

/** Why tests with umockdev cannot run here; undefined when they can. */
export const umockdevMissing: string | undefined =
  spawnSync('umockdev-wrapper', ['true']).status === 0 ? undefined : 'needs umockdev: apt-get install umockdev';

/** Device files `/dev/sg0`, `/dev/sg1` ... for LUNs of a target, seen by the processes that `calls` makes. */
export class MockedKernel {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'rsm-sg-')));
  readonly errors: Error[] = [];
  readonly #sockets: DeviceSocket[] = [];
  #power = new HostPower();

  /** The environment of a program that shall see the devices. */
  get env(): NodeJS.ProcessEnv {
    return { ...process.env, LD_PRELOAD: 'libumockdev-preload.so.0', UMOCKDEV_DIR: this.folder };
  }

  calls(options: { threads?: number } = {}): SgProcess {
    return new SgProcess({ env: this.env, ...options });
  }

  async plugIn(name: string, { target, lun, clock }: { target: ScsiTarget; lun: number; clock: Clock }): Promise<void> {
    const unit: SgUnit = {
      target,
      nexus: 'sg',
      host: 0,
      channel: 0,
      id: 0,
      lun,
      peripheralDeviceType: 8,
      clock,
      budget: new MemoryBudget(0x400_0000),
      power: this.#power,
      onTargetFailure: (cause) => this.errors.push(cause as Error),
    };
    const path = join(this.folder, 'ioctl', 'dev', name);
    mkdirSync(dirname(path), { recursive: true });
    await writeDeviceFile(this.folder, name, 21, this.#sockets.length);
    const open = (): SgFile => new SgFile(unit, () => target.resetLogicalUnit?.(lun) ?? Promise.resolve());
    this.#sockets.push(await DeviceSocket.listen({ path, open, onError: (cause) => this.errors.push(cause) }));
  }

  /** All devices at once: calls that wait end their program, as umockdev does it. */
  async unplug(): Promise<void> {
    this.#power.off();
    this.#power = new HostPower();
    for (const socket of this.#sockets.splice(0)) await socket.close();
    for (const folder of ['dev', 'ioctl']) rmSync(join(this.folder, folder), { recursive: true, force: true });
  }

  async close(): Promise<void> {
    await this.unplug();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
