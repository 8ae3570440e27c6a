import { existsSync } from 'node:fs';
import t from 'tap';
import { RsmBench } from './rsm-process.js';

t.test('the demo does the main job and tells it in plain lines off a terminal', async (t) => {
  const bench = new RsmBench(t);
  const { status, stdout, stderr } = await bench.run('demo');
  t.equal(status, 0, stderr);
  t.notOk(stdout.includes('\u001B'), 'no control characters');
  const told = [
    /^Look at the library .*:\nLibrary virtual: ready, 9 cartridges/m,
    /^1 +4096 +ORS001L8$/m,
    /^Mount ORS001L8 \(.*\): drive 0 \(256\) is loaded; 1 move so far$/m,
    /^Dismount ORS001L8, deferred \(.*\): drive 0 \(256\) is dismountable; 1 move so far$/m,
    /^Mount ORS001L8 again \(.*\): drive 0 \(256\) is loaded; still 1 move: nothing moved$/m,
    /^Dismount ORS001L8 \(.*\): back in slot 1 \(4096\); 2 moves in all$/m,
    /^Export the database \(.*\): .*manifest\.json/m,
    /^Done: 6 steps in /m,
  ];
  for (const line of told) t.match(stdout, line);
  t.notOk(existsSync(bench.state), "the user's state folder is not touched");
});

t.test('the demo with --json is one document', async (t) => {
  const bench = new RsmBench(t);
  const { steps } = await bench.json<{ steps: { title: string; durationMs: number }[] }>('demo');
  t.equal(steps.length, 6);
  t.ok(steps.every(({ durationMs }) => durationMs > 0));
});
