import t from 'tap';
import type { Overview } from '../../src/cli/overview.js';
import type { MediumView } from '../../src/cli/views/media.js';
import { RsmBench } from './rsm-process.js';

const CARTRIDGES = 9;

t.test('a mount killed at any moment loses and doubles no cartridge, and the library stays usable', async (t) => {
  const bench = new RsmBench(t);
  // How long an undisturbed command takes here; the kills are spread over that time.
  const started = performance.now();
  await bench.json('mount', 'ORS001L8', '--drive', '0');
  const wholeMs = performance.now() - started;
  await bench.json('dismount', 'ORS001L8');

  const kills = 12;
  for (let kill = 1; kill <= kills; kill++) {
    const { child, ended } = bench.start(['mount', 'ORS001L8', '--drive', '0']);
    await new Promise((resolve) => setTimeout(resolve, wholeMs * (0.3 + (0.7 * kill) / kills)));
    child.kill('SIGKILL');
    await ended;

    const { objects: media } = await bench.json<{ objects: MediumView[] }>('view', 'media');
    const at = `after ${Math.round((100 * kill) / kills)} %`;
    t.equal(media.length, CARTRIDGES, `${at} there are as many cartridges as before`);
    t.equal(new Set(media.map(({ barcode }) => barcode)).size, CARTRIDGES, 'each once');
    t.equal(new Set(media.map(({ location }) => location?.id)).size, CARTRIDGES, 'each in a place of its own');

    const { libraries, requests } = await bench.json<Overview>('status');
    t.same(requests, [], 'no request is left open');
    const inDrive = libraries[0]?.contents.drives.find(({ cartridge }) => cartridge !== null);
    if (inDrive !== undefined) {
      const freed = await bench.run('dismount', '--drive', String(inDrive.number));
      t.equal(freed.status, 0, freed.stderr);
    }
  }
  t.equal((await bench.run('mount', 'ORS001L8', '--drive', '0')).status, 0, 'and it can be mounted');
});
