import t from 'tap';
import { RsmBench } from './rsm-process.js';

t.test('requests are listed with their ends, and purged', async (t) => {
  const bench = new RsmBench(t);
  await bench.json('mount', 'ORS001L8', '--drive', '0');
  const failing = await bench.run('mount', 'ORS002L8', '--drive', '0', '--timeout', '10ms');
  t.equal(failing.status, 1);
  type Listed = { requests: { id: string; state: string; cartridge: string; errorDetail: string }[] };
  const { requests } = await bench.json<Listed>('requests', 'list');
  t.match(
    requests.map(({ state, cartridge }) => [state, cartridge]),
    [
      ['NTMS_LM_PASSED', 'ORS001L8'],
      [/^NTMS_LM_(FAILED|CANCELLED)$/, 'ORS002L8'],
    ],
  );
  const id = requests[0]?.id ?? '';
  t.match(await bench.run('requests', 'cancel', id.slice(0, 8)), {
    status: 1,
    stderr: /NOT_OPEN: Request .* has ended/,
  });
  t.match(await bench.run('requests', 'order', id), { status: 0, stdout: /has no place/ });
  t.match(await bench.json('requests', 'purge', '--older-than', '1h'), { purged: [], kept: 2 });
  t.match(await bench.json('requests', 'purge', id), { purged: [id], kept: 0 });
  t.equal((await bench.json<Listed>('requests', 'list')).requests.length, 1);
});

t.test('what a person is asked for is submitted, listed and answered', async (t) => {
  const bench = new RsmBench(t);
  type Listed = { requests: { id: string; request: string; state: string; message: string }[] };
  const submitted = await bench.json<Listed>('operator', 'submit', 'service', 'It squeaks.', '--drive', '0');
  const [request] = submitted.requests;
  t.match(request, { request: 'NTMS_OPREQ_DEVICESERVICE', message: 'It squeaks.', state: 'NTMS_OPSTATE_SUBMITTED' });
  const id = request?.id ?? '';
  t.match(await bench.run('operator', 'list'), { stdout: new RegExp(`^${id} .*It squeaks\\.$`, 'm') });
  t.match(await bench.run('operator', 'complete', id.slice(0, 8)), { status: 0, stdout: /is complete: It squeaks/ });
  t.equal((await bench.run('operator', 'list')).stdout, 'Nothing waits for a person.\n');
  t.match(await bench.run('operator', 'refuse', id), { status: 1, stderr: /ERROR_INVALID_STATE/ });
});

t.test('a drive and a cartridge are switched off and on, but not while they are in use', async (t) => {
  const bench = new RsmBench(t);
  await bench.json('mount', 'ORS001L8', '--drive', '0');
  for (const what of [
    ['medium', 'ORS001L8'],
    ['drive', '0'],
  ]) {
    const refused = await bench.run('disable', ...what);
    t.match(refused, { status: 1, stderr: /IN_USE: .*rsm dismount ORS001L8/ });
  }
  await bench.json('dismount', 'ORS001L8');
  t.match(await bench.run('disable', 'drive', 'virtual/0'), { status: 0, stdout: 'drive virtual/0 is disabled.\n' });
  const refused = await bench.run('mount', 'ORS001L8', '--drive', '0');
  t.match(refused, { status: 1, stderr: /ERROR_(RESOURCE_DISABLED|DRIVE)/ });
  t.match(await bench.run('enable', 'drive', '0'), { status: 0, stdout: 'drive virtual/0 is enabled.\n' });
  t.equal((await bench.run('mount', 'ORS001L8', '--drive', '0')).status, 0);
});

t.test('records are changed as a whole and attributes are kept', async (t) => {
  const bench = new RsmBench(t);
  type Set = { record: { szName: string; Info: { Library: { AutoRecovery: boolean; dwFlags: number } } } };
  const before = await bench.json<Set>('set', 'library', 'virtual', '--auto-recovery', 'off', '--detect-change', 'on');
  t.match(before.record.Info.Library, { AutoRecovery: false });
  t.equal(before.record.Info.Library.dwFlags & 4, 4);
  const after = await bench.json<Set>('set', 'library', 'virtual', '--detect-change', 'off');
  t.match(after.record.Info.Library, { AutoRecovery: false }, 'what was set before stays');
  t.equal(after.record.Info.Library.dwFlags & 4, 0);

  await bench.json('set', 'medium', 'ORS003L8', '--name', 'May 2026');
  await bench.json('attribute', 'set', 'medium', 'may 2026', 'owner', 'Anna');
  t.equal((await bench.run('attribute', 'get', 'medium', 'ORS003L8', 'owner')).stdout, 'Anna\n');
  await bench.json('attribute', 'remove', 'medium', 'ORS003L8', 'owner');
  t.match(await bench.run('attribute', 'get', 'medium', 'ORS003L8', 'owner'), { status: 1, stderr: /no attribute/ });

  await bench.json('ui', 'add', 'console', '--type', 'errors');
  t.match(await bench.json('ui', 'list', '--type', 'errors'), { lists: [{ destinations: ['console'] }] });
  t.match(await bench.json('ui', 'clear'), { lists: [{}, {}, { destinations: [] }] });
  t.match(await bench.run('remove', 'library', 'virtual'), { status: 1, stderr: /take it out of the rig first/ });
});

t.test('rights are granted, denied, revoked and inherited', async (t) => {
  const bench = new RsmBench(t);
  type Shown = { inherited: boolean; owner: string; entries: { trustee: string; deny: boolean; rights: string[] }[] };
  const at = async (...args: string[]): Promise<Shown> => bench.json<Shown>('security', ...args);
  const first = await at('show', 'Free/LTO-8');
  t.equal(first.inherited, true);
  const granted = await at('grant', 'Free', 'group:backup', 'use', 'modify');
  t.same(granted.entries.slice(0, -1), first.entries, 'what counted before goes on counting');
  t.same(granted.entries.at(-1), { trustee: 'group:backup', deny: false, rights: ['use', 'modify'] });
  const denied = await at('grant', 'Free', 'group:backup', 'control', '--deny');
  t.same(denied.entries.at(-1), { trustee: 'group:backup', deny: true, rights: ['control'] });
  const less = await at('revoke', 'Free', 'group:backup', 'modify', 'control');
  t.same(
    less.entries.filter(({ trustee }) => trustee === 'group:backup'),
    [{ trustee: 'group:backup', deny: false, rights: ['use'] }],
  );
  t.same((await at('show', 'Free/LTO-8')).entries, less.entries, 'the pool below follows');
  t.same(await at('inherit', 'Free'), { ...first, ...(await at('show', 'Free')) });
  t.equal((await at('owner', 'virtual', 'user:anna')).owner, 'user:anna');
  t.match(await bench.run('security', 'show', 'virtul'), { status: 1, stderr: /OBJECT_NOT_FOUND.*\n.*virtual/ });
});

t.test('wrong usage of these commands ends with 2 and touches nothing', (t) => {
  const bench = new RsmBench(t);
  const cases: [args: string[], message: RegExp][] = [
    [['requests'], /Name a command; "rsm help requests" lists them/],
    [['requests', 'list', '--only', 'lost'], /Allowed choices are open, passed/],
    [['requests', 'order', 'x', 'soon'], /"soon" is no place/],
    [['requests', 'purge', '--older-than', 'ages'], /no length of time/],
    [['operator', 'submit', 'message'], /Write the message/],
    [['operator', 'submit', 'service'], /needs one of --library or --drive/],
    [['operator', 'submit', 'move', '--medium', 'A'], /needs --library too/],
    [['operator', 'submit', 'cleaner', '--pool', 'A', '--slot', '1'], /"cleaner" needs one of/],
    [['set', 'drive', '0'], /Say what to set. What a drive has: --description, --defer-dismount/],
    [['set', 'drive', '0', '--name', 'x'], /--name is for a library/],
    [['attribute', 'set', 'drive', '0', 'a'], /one of the two/],
    [['security', 'grant', 'Free', 'anna', 'use'], /Write user:NAME/],
    [['security', 'grant', 'Free', 'user:anna', 'fly'], /Allowed choices are use, modify/],
    [['enable', 'slot', '1'], /Allowed choices are library, drive, medium/],
    [['watch', '--until', '('], /no regular expression/],
    [['completion', 'tcsh'], /Allowed choices are bash, zsh, fish/],
  ];
  t.jobs = 4;
  for (const [args, message] of cases) {
    t.test(`rsm ${args.join(' ')}`, async (t) => {
      const { status, stdout, stderr } = await bench.run(...args);
      t.equal(status, 2);
      t.equal(stdout, '');
      t.match(stderr, message);
    });
  }
  t.end();
});
