import t from 'tap';
import { SimulatedClock } from '../../../devices/clock.js';
import type { CommandOutcome } from '../../../devices/command-outcome.js';
import { matchDrives } from '../../../devices/drive-matching.js';
import { Drive } from '../../../devices/drive.js';
import { LogicalUnit } from '../../../devices/logical-unit.js';
import { MediaChanger } from '../../../devices/media-changer.js';
import { findProfile, profileIds } from '../../../devices/profiles/index.js';
import { ElementType } from '../../../devices/scsi/index.js';
import { LoopbackTransport } from '../../../devices/transport/loopback.js';
import { VirtualAutoloader } from '../../../devices/virtual/index.js';

function valueOf<T>(outcome: CommandOutcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}

for (const id of profileIds()) {
  for (const timing of ['zero', 'real'] as const) {
    void t.test(`a controller mounts, reads and dismounts on ${id} with ${timing} times`, async (t) => {
      const profile = findProfile(id);
      // Time jumps to the next timer as soon as everything waits.
      const clock = new SimulatedClock({ auto: true });
      const autoloader = await VirtualAutoloader.create({ profile, clock, timing });
      const transport = new LoopbackTransport({ target: autoloader, name: 'virtual', clock });
      await transport.open();
      const unitAt = (lun: number) => new LogicalUnit({ transport, lun, clock, name: `LUN ${lun}` });

      const changer = new MediaChanger({ unit: unitAt(autoloader.lunOfChanger), clock, quirks: profile.controller });
      valueOf(await changer.identify());
      valueOf(await changer.prepare());
      const elements = valueOf(await changer.readAllElements());
      t.same(
        elements
          .map(({ address, full }) => [address, full])
          .toSorted((one, other) => Number(one[0]) - Number(other[0])),
        autoloader.inspect().map(({ address, full }) => [address, full]),
        'the controller sees what the device knows',
      );

      const drives = await Promise.all(
        autoloader.lunsOfDrives.map(async (lun) => {
          const drive = new Drive({ unit: unitAt(lun), clock });
          return { name: `LUN ${lun}`, drive, identity: valueOf(await drive.identify()) };
        }),
      );
      const dataTransferElements = elements.filter(({ elementType }) => elementType === ElementType.DATA_TRANSFER);
      const told = profile.quirks.deviceIdentifier !== 'none';
      const { pairs, problems } = matchDrives({
        dataTransferElements,
        units: drives,
        ...(told ? {} : { rig: [{ address: profile.elements.dataTransfer.first, unit: 'LUN 0' }] }),
      });
      t.same(problems, []);
      t.same(
        pairs.map(({ unit }) => unit.name),
        autoloader.lunsOfDrives.map((lun) => `LUN ${lun}`),
        'every drive is found in its element',
      );

      const [pair] = pairs;
      if (pair === undefined) throw new Error('no drive');
      const slot = profile.elements.storage.first;
      const mounted = await changer.moveAndVerify({ source: slot, destination: pair.address });
      t.equal(mounted.outcome, 'moved', mounted.message);
      const { drive } = pair.unit;
      valueOf(await drive.waitUntilReady({ timeoutMs: 120_000 }));
      if (profile.drives.peripheralDeviceType === 0x01) {
        const [label] = valueOf(await drive.readFirstBlocks(1));
        const text = label?.kind === 'block' ? new TextDecoder().decode(label.data) : label?.kind;
        t.match(text, /^VOL1ORS001/);
      }
      if (!profile.quirks.implicitUnload) {
        valueOf(await drive.unload());
        valueOf(await drive.waitUntilUnloaded({ timeoutMs: 120_000 }));
      }
      const dismounted = await changer.moveAndVerify({ source: pair.address, destination: slot });
      t.equal(dismounted.outcome, 'moved', dismounted.message);
      t.same(
        autoloader
          .inspect()
          .filter(({ full }) => full)
          .map(({ address }) => address),
        elements
          .filter(({ full }) => full)
          .map(({ address }) => address)
          .toSorted((one, other) => one - other),
        'everything is where it was',
      );
      await transport.close();
      await autoloader.close();
    });
  }
}
