import t from 'tap';
import type { PoolView } from '../../src/cli/views/libraries.js';
import type { MediumView } from '../../src/cli/views/media.js';
import { RsmBench } from './rsm-process.js';

const GUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';

async function media(bench: RsmBench): Promise<MediumView[]> {
  return (await bench.json<{ objects: MediumView[] }>('view', 'media')).objects;
}

t.test('a pool is made, a medium allocated from it, marked full, given back, and the pool deleted', async (t) => {
  const bench = new RsmBench(t);
  const path = 'Backup/Weekly';
  const made = await bench.json<{ pool: PoolView }>(
    ...['createpool', path, '--parents', '--media-type', 'LTO-8'],
    ...['--policy', 'draw-from-free', '--max-allocates', '3'],
  );
  t.match(made.pool, { path, mediaType: 'LTO-8', drawsFromFree: true, returnsToFree: false, maxAllocates: 3 });
  t.match(await bench.run('move', 'ORS001L8', '--pool', 'Free/LTO-8'), { stdout: 'ORS001L8 is in Free/LTO-8.\n' });

  const allocated = await bench.run('allocate', '--pool', path);
  t.equal(allocated.status, 0, allocated.stderr);
  t.match(
    allocated.stdout,
    new RegExp(`^${GUID} is ORS001L8 \\(slot 1 of virtual\\) in Backup/Weekly, from Free/LTO-8\\.\n$`),
  );
  t.match(await bench.run('view', 'logical-media'), { stdout: /ORS001L8\/0 +allocated +slot 1 of virtual/ });
  t.match(await bench.run('complete', 'ORS001L8'), { stdout: 'ORS001L8 is complete in Backup/Weekly.\n' });
  t.match(await bench.run('deletepool', path), { status: 1, stderr: /ERROR_NOT_EMPTY|ERROR_DIR_NOT_EMPTY/ });
  t.match(await bench.run('deallocate', 'ORS001L8/0'), { stdout: 'ORS001L8 is available in Backup/Weekly.\n' });
  t.match(await bench.run('deallocate', 'ORS001L8'), { status: 1, stderr: /OBJECT_NOT_FOUND.*not allocated/ });
  t.match(await bench.run('decommission', 'ORS001L8'), { stdout: 'ORS001L8 is decommissioned in Backup/Weekly.\n' });
  await bench.json('createpool', 'Other');
  t.match(await bench.run('deletepool', 'Othr'), { status: 1, stderr: /OBJECT_NOT_FOUND[^]*Perhaps one of: Other/ });
  t.match(await bench.run('deletepool', 'Other'), { status: 0, stdout: 'Pool Other is deleted.\n' });
});

t.test('what cannot be allocated is an error at once', async (t) => {
  const bench = new RsmBench(t);
  await bench.json('createpool', 'Backup', '--media-type', 'LTO-8');
  t.match(await bench.run('allocate', '--pool', 'Backup'), { status: 1, stderr: /ERROR_MEDIA_UNAVAILABLE \(4308\)/ });
});

t.test('a cartridge is ejected into a port, and injected again by another process', async (t) => {
  const bench = new RsmBench(t);
  const ejected = await bench.run('eject', 'ORS001L8', 'ORS002L8', '--no-wait');
  t.equal(ejected.status, 0, ejected.stderr);
  t.match(ejected.stdout, /^ORS001L8 is in port 1 of virtual: take it.*\nORS002L8 is in port 2 of virtual: take it/);
  t.equal((await media(bench)).filter(({ location }) => location?.kind === 'port').length, 2);
  const injected = await bench.json<{ injected: MediumView[]; ended: boolean }>('inject');
  t.same(
    injected.injected.map(({ label, location }) => [label, location?.kind]),
    [
      ['ORS001L8', 'slot'],
      ['ORS002L8', 'slot'],
    ],
  );
  t.match(await bench.run('delete', 'ORS001L8'), { status: 1, stderr: /ERROR_INVALID_STATE/ }, 'it is in the library');
});

t.test('an eject that nobody serves is an error, and the cartridge is back in its slot', async (t) => {
  const bench = new RsmBench(t);
  t.match(await bench.run('eject', 'ORS001L8', '--timeout', '100ms'), { status: 1, stderr: /ERROR_TIMEOUT \(1460\)/ });
  t.match((await media(bench)).find(({ label }) => label === 'ORS001L8')?.location, { kind: 'slot', number: 1 });
});

t.test('drives are cleaned, slots identified and kept for the cleaner, libraries looked at', async (t) => {
  const bench = new RsmBench(t);
  t.match(await bench.run('clean', '0'), { status: 0, stdout: 'Drive 0 (256) of virtual is cleaned.\n' });
  t.match(await bench.run('identify', '4'), { status: 0, stdout: /^ORS004L8 \(slot 4 of virtual\) in / });
  t.match(await bench.run('identify', '22'), { status: 0, stdout: 'virtual/22 is empty.\n' });
  t.match(await bench.run('refresh', '0'), { status: 0, stdout: 'virtual: 9 cartridges.\n' });
  t.match(await bench.run('cleaner', 'reserve', '22'), { stdout: 'Slot virtual/22 is kept for the cleaner.\n' });
  t.match(await bench.run('cleaner', 'eject'), { status: 1, stderr: /ERROR_/ });
  t.match(await bench.run('cleaner', 'release'), { status: 0 });
});

t.test('every kind of object can be viewed', async (t) => {
  const bench = new RsmBench(t);
  for (const [kind, least] of Object.entries({ sides: 9, 'media-types': 3, 'drive-types': 1, 'changer-types': 1 })) {
    const { objects } = await bench.json<{ objects: unknown[] }>('view', kind);
    t.ok(objects.length >= least, `${kind}: ${objects.length}`);
  }
  t.match(await bench.json('view', 'computers'), { objects: [{ name: String }] });
  t.match(await bench.run('view', 'logical-media'), { stdout: 'There are no logical media.\n' });
});
