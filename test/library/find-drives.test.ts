import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { LogicalUnit } from '../../devices/logical-unit.js';
import { MediaChanger } from '../../devices/media-changer.js';
import { findProfile } from '../../devices/profiles/index.js';
import { LoopbackTransport } from '../../devices/transport/loopback.js';
import { type ScsiTransport, TransportError } from '../../devices/transport/scsi-transport.js';
import { VirtualAutoloader } from '../../devices/virtual/index.js';
import { pairDrives } from '../../src/library/find-drives.js';
import type { UnitAddress } from '../../src/library/library-definition.js';

/** A device file that this user may not open. */
function forbidden(path: string): ScsiTransport {
  const failure = { code: 'unreachable', executed: 'no', message: `this user may not open ${path}` } as const;
  return {
    name: `sg://${path}`,
    maxInFlight: 1,
    open: () => Promise.reject(new TransportError(failure)),
    execute: () => Promise.resolve({ kind: 'failed', failure }),
    close: () => Promise.resolve(),
  };
}

t.test('a unit beside the changer that cannot be asked is told of; one that is no drive is not', async (t) => {
  const clock = new SimulatedClock({ auto: true });
  const autoloader = await VirtualAutoloader.create({ profile: findProfile('ibm-3573-tl'), clock, timing: 'zero' });
  t.teardown(() => autoloader.close());
  const transport = new LoopbackTransport({ target: autoloader, name: 'loop', clock });
  const lun = autoloader.lunOfChanger;
  const unit = new LogicalUnit({ transport, lun, clock, name: 'changer' });
  const changer = new MediaChanger({ unit, clock });
  const prepared = await changer.prepare();
  const elements = await changer.readAllElements();
  const map = changer.elementMap;
  if (!prepared.ok || !elements.ok || map === undefined) throw new Error('the changer did not answer');
  const siblings: UnitAddress[] = [
    { transport, lun: 0, deviceName: 'drive' },
    { transport, lun, deviceName: 'another changer' },
    { transport: forbidden('/dev/sg9'), lun: 0, deviceName: '/dev/sg9' },
  ];
  const { drives, notices } = await pairDrives(
    { name: 'vault', changer: { transport, lun, deviceName: 'changer', siblings: () => Promise.resolve(siblings) } },
    { changer: unit, map, elements: elements.value, clock },
  );
  t.strictSame([...drives.keys()], [256]);
  t.equal(notices.filter((notice) => /may not open \/dev\/sg9/.test(notice)).length, 1);
  t.equal(
    notices.some((notice) => /another changer/.test(notice)),
    false,
  );
});
