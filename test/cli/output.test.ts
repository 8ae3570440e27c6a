import t from 'tap';
import { unlessInterrupted } from '../../src/cli/command-context.js';
import { CommandError } from '../../src/cli/command-error.js';
import { explainFailure, failureText } from '../../src/cli/failure.js';
import { table } from '../../src/cli/output/table.js';
import { counted, duration, symbolOf, words } from '../../src/cli/output/words.js';
import { throwRigFault } from '../../src/cli/rig-fault.js';
import { HardwareError } from '../../src/library/library-hardware.js';
import { EMBEDDED_RIG } from '../../src/rig/rig.js';
import { stateFolder } from '../../src/cli/state-folder.js';
import { NtmsDriveState } from '../../src/objects/ntmsapi/index.js';
import { NtmsError } from '../../src/objects/ntms-error.js';
import { readRig } from '../../src/rig/read-rig.js';

const rows = [
  ['0', '256', 'loaded', 'ORS001L8'],
  ['1', '257', 'dismounted', 'a cartridge with a very long display name'],
];
const titles = ['Drive', 'Element', 'State', 'Cartridge'];

await t.test('off a terminal a table is plain columns, whole', async (t) => {
  t.equal(
    table(titles, rows, {}),
    [
      'Drive  Element  State       Cartridge',
      '0      256      loaded      ORS001L8',
      '1      257      dismounted  a cartridge with a very long display name',
    ].join('\n'),
  );
});

await t.test('on a terminal a table is ruled and never wider than the terminal', async (t) => {
  for (const width of [40, 60, 80, 200]) {
    const lines = table(titles, rows, { width }).split('\n');
    t.ok(
      lines.every((line) => line.length <= width),
      `${width} columns`,
    );
    t.match(lines[0], /^┌─+┬/);
  }
  t.match(table(titles, rows, { width: 50 }), /…/, 'what does not fit is cut visibly');
  t.match(table(titles, rows, { width: 200 }), /a cartridge with a very long display name/, 'and only then');
});

await t.test('symbols are shown as words', async (t) => {
  t.equal(symbolOf(NtmsDriveState, 7), 'NTMS_DRIVESTATE_DISMOUNTABLE');
  t.equal(symbolOf(NtmsDriveState, 99), '99');
  t.same(
    [
      'NTMS_DRIVESTATE_DISMOUNTABLE',
      'NTMS_NEEDS_SERVICE',
      'NTMS_LM_MOUNT',
      'NTMS_PORTCONTENT_FULL',
      'NTMS_PARTSTATE_IMPORT',
    ].map(words),
    ['dismountable', 'needs service', 'mount', 'full', 'import'],
  );
  t.same([counted(1, 'drive'), counted(0, 'drive')], ['1 drive', '0 drives']);
  t.same([0.84, 12.4, 3400].map(duration), ['0.8 ms', '12 ms', '3.4 s']);
});

await t.test('the state folder is the first of option, variable, XDG folder and home', async (t) => {
  const home = '/home/me';
  t.equal(stateFolder({ env: {}, home }), '/home/me/.local/state/openrsm');
  t.equal(stateFolder({ env: { XDG_STATE_HOME: '/var/xdg' }, home }), '/var/xdg/openrsm');
  t.equal(stateFolder({ env: { XDG_STATE_HOME: 'relative' }, home }), '/home/me/.local/state/openrsm');
  t.equal(stateFolder({ env: { RSM_STATE: '/srv/rsm', XDG_STATE_HOME: '/var/xdg' }, home }), '/srv/rsm');
  t.equal(stateFolder({ option: '/opt/rsm', env: { RSM_STATE: '/srv/rsm' }, home }), '/opt/rsm');
});

await t.test('a failure keeps its code, and its exit status follows from it', async (t) => {
  const rsm = explainFailure(new NtmsError('ERROR_INVALID_STATE', 'drive 0 is empty'));
  t.match(rsm, { exitCode: 1, failure: { symbol: 'ERROR_INVALID_STATE', number: 5023 } });
  t.match(failureText(rsm), /^rsm: ERROR_INVALID_STATE \(5023\): drive 0 is empty/);

  const name = explainFailure(new CommandError('MEDIUM_NOT_FOUND', 'There is no medium "X".', ['XY', 'XZ']));
  t.match(name, { exitCode: 1, failure: { symbol: 'MEDIUM_NOT_FOUND', candidates: ['XY', 'XZ'] } });
  t.match(failureText(name), /Perhaps one of: XY, XZ/);

  t.equal(explainFailure(new CommandError('USAGE', 'x')).exitCode, 2);
  t.equal(explainFailure(new CommandError('INTERRUPTED', 'x')).exitCode, 130);
  const system = Object.assign(new Error('EACCES: permission denied, mkdir'), { code: 'EACCES', syscall: 'mkdir' });
  t.match(explainFailure(system), { exitCode: 1, failure: { symbol: 'EACCES', message: /your rights to it/ } });
  t.match(explainFailure(new TypeError('x')), { exitCode: 1, failure: { symbol: 'INTERNAL' }, stack: /TypeError/ });
  t.match(explainFailure('a string'), { exitCode: 1, failure: { symbol: 'INTERNAL', message: 'a string' } });
});

await t.test('a drive address outside the map is a fault of the rig file, with its place', async (t) => {
  const rig = readRig({
    file: 'rig.yaml',
    text: 'libraries:\n  - name: ci\n    changer: { transport: virtual, profile: ibm-3573-tl }\n    drives: [{ address: 900, transport: virtual, lun: 0 }]\n',
  });
  const details = { elementAddress: 900 };
  const fault = new HardwareError('DRIVE_ADDRESS_OUTSIDE_MAP', 'ci', 'there is no element 900', details);
  const located = explainFailure(thrownBy(() => throwRigFault(rig, [fault])));
  t.match(located, { exitCode: 2, failure: { symbol: 'RIG_INVALID', problems: [{ line: 4, column: 25 }] } });
  t.equal(located.failure.message, 'rig.yaml:4:25: there is no element 900');
  t.equal(
    thrownBy(() => throwRigFault(EMBEDDED_RIG, [fault])),
    fault,
    'without a file the fault itself is told',
  );
  throwRigFault(rig, [new HardwareError('NOT_PRESENT', 'ci', 'it does not answer')]);
});

await t.test('an interrupt ends the waiting, not the work', async (t) => {
  const stop = new AbortController();
  const done: string[] = [];
  let finish: () => void = () => undefined;
  const work = new Promise<void>((resolve) => (finish = resolve)).then(() => done.push('work'));
  const waiting = unlessInterrupted({ interrupted: stop.signal }, work);
  stop.abort();
  await t.rejects(waiting, { code: 'INTERRUPTED', message: /a motion that is under way is let finish/ });
  const starting = unlessInterrupted({ interrupted: stop.signal }, new Promise(() => undefined), 'nothing moved.');
  await t.rejects(starting, { code: 'INTERRUPTED', message: 'interrupted; nothing moved.' });
  finish();
  await work;
  t.same(done, ['work']);

  const calm = { interrupted: new AbortController().signal };
  t.equal(await unlessInterrupted(calm, Promise.resolve(7)), 7);
  await t.rejects(unlessInterrupted(calm, Promise.reject(new Error('of its own'))), { message: 'of its own' });
});

function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
