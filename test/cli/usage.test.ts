import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { RsmBench, root } from './rsm-process.js';

t.test('wrong usage ends with 2 and says what is wrong', (t) => {
  const bench = new RsmBench(t);
  const cases: [args: string[], message: RegExp][] = [
    [[], /Name a command/],
    [['lift'], /unknown command 'lift'/],
    [['--colour', 'status'], /unknown option '--colour'/],
    [['mount'], /missing required argument 'medium'/],
    [['view', 'robots'], /Allowed choices are libraries, changers/],
    [['mount', 'A', '--priority', '16'], /whole number from -15 to 15/],
    [['mount', 'A', '--timeout', 'soon'], /no length of time/],
    [['mount', 'A', 'B', '--drive', '0'], /There are 2 media and 1 drive\. Name one --drive for each medium/],
    [['dismount'], /one of the two/],
    [['dismount', 'A', '--drive', '0'], /one of the two/],
    [['inventory', '--method', 'slow'], /Allowed choices are fast, omid, none/],
    [['allocate'], /required option '--pool/],
    [['allocate', '--pool', 'A', '--side', '1'], /--side says which side of --medium/],
    [['allocate', '--pool', 'A', '--new', '--next', 'B'], /cannot be used with option/],
    [['createpool', '//x'], /no path of a pool/],
    [['createpool', 'x', '--policy', 'keep'], /Allowed choices are draw-from-free, return-to-free/],
    [['move', 'A'], /required option '--pool/],
    [['eject'], /missing required argument 'medium'/],
    [['eject', 'A', '--timeout', 'soon'], /no length of time/],
    [['door', 'shut'], /Allowed choices are open/],
    [['cleaner', 'inject', '--uses', '-1'], /whole number from 0/],
    [['virtual'], /--attach.*See "rsm help virtual"/],
    [['virtual', '--attach', 'serial', '--profile', 'foo'], /no model "foo"\. Write one of: .*ibm-3573-tl/],
    [['virtual', '--attach', 'serial', '--name', '../x'], /beginning with a letter or digit/],
    [['virtual', '--attach', 'iscsi', '--usb-speed', 'full'], /--usb-speed is for "--attach usbip"/],
    [['virtual', '--attach', 'sg', '--host', '::1'], /--host is for "--attach usbip" or "--attach iscsi"/],
    [['virtual', '--attach', 'iscsi', '--', 'true'], /is run on the device files of "--attach sg"/],
    [['virtual', '--attach', 'iscsi', '--chap-user', 'me'], /both --chap-user and --chap-secret-file/],
    [['discover', '--transport', 'fax'], /Allowed choices are sg, usb/],
    [['discover', '--transport', 'sg', '--portal', 'a'], /--portal is for "--transport iscsi"/],
    [['discover', '--transport', 'usb', '--serial', '/dev/ttyS0'], /--serial is for "--transport serial"/],
    [['discover', '--chap-user', 'me', '--chap-secret-file', 'x'], /name it with --portal/],
    [['discover', '--serial', '/dev/ttyS0,5'], /PATH or PATH,BAUD with 300 to 4000000 baud/],
    [['discover', '--output', '.'], /is there already and is left alone/],
  ];
  t.jobs = 4;
  for (const [args, message] of cases) {
    t.test(`rsm ${args.join(' ')}`, async (t) => {
      const { status, stdout, stderr } = await bench.run(...args);
      t.equal(status, 2);
      t.equal(stdout, '', 'standard output stays empty');
      t.match(stderr, message);
    });
  }
  t.end();
});

t.test('with --json wrong usage is a document too', async (t) => {
  const bench = new RsmBench(t);
  const { status, stdout } = await bench.run('--json', 'lift');
  t.equal(status, 2);
  t.match(JSON.parse(stdout), { error: { symbol: 'USAGE', message: /unknown command/ } });
  const program = await bench.run('--json', 'virtual', '--attach', 'sg', '--', 'true');
  t.equal(program.status, 2);
  t.match(JSON.parse(program.stdout), { error: { symbol: 'USAGE', message: /leave --json out/ } });
  const others = await bench.run('lift', '--', 'rsm', '--json');
  t.match(others, { status: 2, stdout: /^$/ }, 'the --json of another program is not ours');
});

t.test('help and version are no errors', async (t) => {
  const bench = new RsmBench(t);
  t.match(await bench.run('--help'), { status: 0, stdout: /Usage: rsm/ });
  t.match(await bench.run('mount', '--help'), { status: 0, stdout: /--no-wait/ });
  for (const command of ['discover', 'virtual', 'allocate', 'createpool', 'eject', 'door', 'cleaner']) {
    t.match(await bench.run('help', command), { status: 0, stdout: new RegExp(`Examples:\n  rsm ${command}`) });
  }
  t.match(await bench.run('--version'), { status: 0, stdout: /^\d+\.\d+\.\d+/ });
});

t.test('a bad rig file ends with 2, and with the place of each problem', async (t) => {
  const bench = new RsmBench(t);
  const file = join(bench.folder, 'bad.yaml');
  writeFileSync(
    file,
    'libraries:\n  - name: a\n    changer: { transport: virtual, profile: nothing }\n    wheels: []\n',
  );
  const { status, stdout, stderr } = await bench.run('--rig', file, 'status');
  t.equal(status, 2);
  t.equal(stdout, '');
  t.match(stderr, new RegExp(`RIG_INVALID: ${file}:3:45: there is no profile "nothing"; allowed: .*ibm-3573-tl`));
  t.match(stderr, `${file}:4:5: unknown key "wheels"; allowed: name, changer, drive`);

  const json = await bench.run('--json', '--rig', file, 'status');
  t.match(JSON.parse(json.stdout), {
    error: { symbol: 'RIG_INVALID', problems: [{ line: 3 }, { line: 4, column: 5 }] },
  });
  t.same(readdirSync(bench.folder), ['bad.yaml'], 'and nothing was made in the state folder');
});

t.test('a drive address that the changer does not have is shown in the rig file', async (t) => {
  const bench = new RsmBench(t);
  const file = join(bench.folder, 'rig.yaml');
  const drives = '[{ address: 300, transport: virtual, lun: 0 }]';
  writeFileSync(
    file,
    `libraries:\n  - name: a\n    changer: { transport: virtual, profile: ibm-3573-tl }\n    drives: ${drives}\n`,
  );
  const { status, stderr } = await bench.run('status');
  t.equal(status, 2, 'the rig.yaml of the working folder was used');
  t.match(stderr, /RIG_INVALID: rig\.yaml:4:25: .*300.*; allowed: 256, 257/);
});

t.test('a medium or drive that is named twice is wrong usage, and called by its label', async (t) => {
  const bench = new RsmBench(t);
  const cases: [args: string[], message: RegExp][] = [
    [['mount', 'ORS001L8', 'ors001l8'], /USAGE: ORS001L8 is named twice/],
    [['dismount', 'ORS001L8', 'ORS001L8'], /USAGE: ORS001L8 is named twice/],
    [['mount', 'ORS001L8', 'ORS002L8', '--drive', '1', '--drive', 'virtual/1'], /USAGE: drive 1 is named twice/],
  ];
  for (const [args, message] of cases) {
    const { status, stderr } = await bench.run(...args);
    t.equal(status, 2, `rsm ${args.join(' ')}`);
    t.match(stderr, message);
  }
});

t.test('a rig file that is not there ends with 2', async (t) => {
  const bench = new RsmBench(t);
  const { status, stderr } = await bench.start(['status'], { RSM_RIG: '/nowhere/rig.yaml' }).ended;
  t.equal(status, 2);
  t.match(stderr, /RIG_NOT_FOUND: \/nowhere\/rig\.yaml/);
});

t.test('rsm rig checks the file and prints the schema', async (t) => {
  const bench = new RsmBench(t);
  t.match(await bench.run('rig'), { status: 0, stdout: /embedded virtual rig/ });
  const serial = await bench.json('--rig', join(root, 'hil', 'rigs', 'serial.yaml'), 'rig');
  t.match(serial, { origin: '--rig', libraries: [{ name: 'serial', changer: { path: '${state}/serial' } }] });
  const schema = await bench.run('rig', '--schema');
  t.match(JSON.parse(schema.stdout), { type: 'object', required: ['libraries'] });
});

t.test('the command can be run by its own name', async (t) => {
  const { status, stdout } = spawnSync(join(root, 'dist', 'bin', 'rsm.js'), ['--version'], { encoding: 'utf8' });
  t.equal(status, 0);
  t.match(stdout, /^\d+\./);
});

t.test('an empty name for the rig or the state folder is refused, and nothing is opened', async (t) => {
  const bench = new RsmBench(t);
  for (const option of ['--rig', '--state']) {
    const { status, stderr } = await bench.run(option, '', 'status');
    t.equal(status, 2);
    t.match(stderr, new RegExp(`${option} was given an empty name`));
  }
  t.notOk(existsSync(bench.state));
});
