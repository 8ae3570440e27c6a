import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { standAloneProfileIds } from '../../devices/profiles/index.js';
import { LoopbackTransport } from '../../devices/transport/loopback.js';
import { VirtualAutoloader } from '../../devices/virtual/index.js';
import { findProfile } from '../../devices/profiles/index.js';
import { RemovableStorageManager } from '../../src/library/manager.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import { askTarget } from '../../src/rig/discover/ask-units.js';
import { pairUp } from '../../src/rig/discover/pair-up.js';
import { rigText } from '../../src/rig/discover/rig-text.js';
import { plugIn } from '../../src/rig/plug-in.js';
import { readRig } from '../../src/rig/read-rig.js';
import { RigError } from '../../src/rig/rig-error.js';

const clock = new SimulatedClock({ auto: true });
const rig = (text: string) => readRig({ file: 'rig.yaml', text });
const problemsOf = (text: string): string => {
  try {
    rig(text);
  } catch (error) {
    if (error instanceof RigError) return error.message;
    throw error;
  }
  return 'none';
};

t.test('a rig may name a drive without changer, by any transport', (t) => {
  const { libraries } = rig(`
libraries:
  - name: desk
    drive: { transport: sg, path: /dev/tape/by-id/scsi-1 }
    hints: { loadTimeoutMs: 60000 }
  - name: ci
    drive: { transport: virtual, profile: ibm-ult3580-desktop, cartridges: [{ address: 0, barcode: null }] }
`);
  t.match(libraries[0], { name: 'desk', drive: { transport: 'sg' }, hints: { loadTimeoutMs: 60_000 } });
  t.equal(libraries[0]?.changer, undefined);
  t.match(libraries[1]?.drive, { profile: 'ibm-ult3580-desktop' });
  t.end();
});

t.test('what does not go with a drive without changer is refused, and says what does', (t) => {
  const desk = 'drive: { transport: sg, path: /dev/sg1 }';
  t.match(problemsOf('libraries: [{ name: a }]'), /"changer" is missing; allowed: changer, .* or drive/);
  t.match(
    problemsOf(`libraries: [{ name: a, ${desk}, changer: { transport: sg, path: /dev/sg2 } }]`),
    /"changer" does not go with "drive"/,
  );
  t.match(
    problemsOf(`libraries: [{ name: a, ${desk}, drives: [{ address: 1, transport: sg, path: /dev/sg2 }] }]`),
    /"drives" does not go with "drive"/,
  );
  t.match(problemsOf(`libraries: [{ name: a, ${desk} }, { name: b, ${desk} }]`), /sg \/dev\/sg1 is given twice/);
  const virtual = (profile: string, address: number) =>
    `libraries: [{ name: a, drive: { transport: virtual, profile: ${profile}, cartridges: [{ address: ${address}, barcode: null }] } }]`;
  t.match(problemsOf(virtual('ibm-3573-tl', 256)), new RegExp(`allowed: ${standAloneProfileIds().join(', ')}`));
  t.match(problemsOf(virtual('ibm-ult3580-desktop', 5)), /no element 5 for a cartridge; allowed: 0 \(drives\)/);
  t.match(
    problemsOf('libraries: [{ name: a, changer: { transport: virtual, profile: ibm-ult3580-desktop } }]'),
    /there is no profile "ibm-ult3580-desktop"/,
  );
  t.end();
});

t.test('a virtual drive without changer is plugged in and keeps its medium in the state folder', async (t) => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'rsm-rig-'));
  const text = `
libraries:
  - name: desk
    drive:
      { transport: virtual, profile: ibm-ult3580-desktop, cartridges: [{ address: 0, barcode: null, ansiVolumeIdentifier: DESK01 }] }
`;
  for (let start = 0; start < 2; start++) {
    const plugged = await plugIn(rig(text), { clock, stateFolder });
    t.match(plugged.libraries, [{ name: 'desk', drive: { lun: 0, deviceName: 'virtual://desk, LUN 0' } }]);
    const store = ObjectStore.open({ folder: join(stateFolder, 'database'), clock });
    const manager = await RemovableStorageManager.start({ store, clock, libraries: plugged.libraries });
    t.same(manager.failures, []);
    t.match(store.table('physicalMedia').list(), [{ name: /DESK01/ }]);
    await manager.stop();
    store.close();
    await plugged.close();
  }
});

t.test('discovery writes drives that no changer claims as libraries of their own', async (t) => {
  const found = async (profile: string, serialNumber: string) => {
    const target = await VirtualAutoloader.create({
      profile: findProfile(profile),
      clock,
      timing: 'zero',
      serialNumber,
    });
    t.teardown(() => target.close());
    const transport = new LoopbackTransport({ target, name: `test://${serialNumber}`, clock });
    const path = { transport, lun: 0, deviceName: transport.name };
    const unitAt = (lun: number) =>
      ({ transport: 'serial', path: `/dev/${serialNumber}`, baudRate: 9600, lun }) as const;
    const look = await askTarget(path, unitAt, { clock });
    return look.units;
  };
  const desk = [...(await found('ibm-ult3580-desktop', 'A1')), ...(await found('ibm-ult3580-desktop', 'A2'))];
  t.equal(desk.length, 2, 'and no changer answers there');
  const alone = rig(rigText(await pairUp(desk, { clock })));
  t.match(alone.libraries, [
    { name: 'ult3580-hh8', drive: { path: '/dev/A1', lun: 0 } },
    { name: 'ult3580-hh8-2', drive: { path: '/dev/A2', lun: 0 } },
  ]);
  const library = await found('ibm-3573-tl', 'B1');
  const both = rig(rigText(await pairUp([...library, ...desk.slice(0, 1)], { clock })));
  t.match(both.libraries, [{ changer: { path: '/dev/B1' } }, { drive: { path: '/dev/A1' } }]);
  // A changer that does not tell all its drives may have this one.
  const silent = await pairUp([...library.filter(({ place }) => place.lun !== 0), ...desk.slice(0, 1)], { clock });
  const asked = rigText(silent);
  t.equal(rig(asked).libraries.length, 1);
  t.match(asked, /# Drives that no changer claims\. Is one of them in a changer above/);
});
