import t from 'tap';
import type { Overview } from '../../src/cli/overview.js';
import type { DriveView } from '../../src/cli/views/elements.js';
import type { MediumView } from '../../src/cli/views/media.js';
import { RsmBench } from './rsm-process.js';

interface MountDocument {
  readonly requests: readonly string[];
  readonly mounted: readonly { readonly medium: MediumView; readonly drive: DriveView | null }[];
}

async function driveZero(bench: RsmBench): Promise<DriveView | undefined> {
  const { libraries } = await bench.json<Overview>('status');
  return libraries[0]?.contents.drives[0];
}

t.test('status shows drives, port, slots and barcodes of the embedded rig', async (t) => {
  const bench = new RsmBench(t);
  const { status, stdout } = await bench.run('status');
  t.equal(status, 0);
  t.match(stdout, /^Library virtual: ready/);
  t.match(stdout, /^0 +256 +dismounted +-/m, 'drive 0 at element 256');
  t.match(stdout, /^1 +16 +empty +-/m, 'port 1 at element 16');
  t.match(stdout, /^1 +4096 +ORS001L8/m, 'slot 1 at element 4096 with its barcode');
  t.match(stdout, /No open requests\./);

  const document = await bench.json<Overview>('status');
  const [library] = document.libraries;
  t.match(library, { name: 'virtual', operationalState: 'NTMS_READY', drives: 2, slots: 23 });
  t.equal(library?.contents.slots.find(({ elementAddress }) => elementAddress === 4096)?.cartridge, 'ORS001L8');
});

t.test('commands in a row see one world', async (t) => {
  const bench = new RsmBench(t);
  const mounted = await bench.run('mount', 'ORS002L8', '--drive', '0');
  t.equal(mounted.status, 0, mounted.stderr);
  t.equal(mounted.stdout, 'ORS002L8 is loaded in drive 0 (256) of virtual.\n');
  t.match(await driveZero(bench), { state: 'NTMS_DRIVESTATE_LOADED', cartridge: 'ORS002L8' });

  const deferred = await bench.run('dismount', 'ORS002L8', '--deferred');
  t.equal(deferred.status, 0, deferred.stderr);
  t.equal(deferred.stdout, 'ORS002L8 stays in drive 0 (256) of virtual, dismountable.\n');
  t.match(await driveZero(bench), { state: 'NTMS_DRIVESTATE_DISMOUNTABLE', cartridge: 'ORS002L8' });

  const again = await bench.json<MountDocument>('mount', 'ORS002L8');
  t.match(again.mounted, [{ drive: { number: 0, state: 'NTMS_DRIVESTATE_LOADED' } }]);

  const dismounted = await bench.run('dismount', 'ORS002L8');
  t.equal(dismounted.status, 0, dismounted.stderr);
  t.equal(dismounted.stdout, 'ORS002L8 is in slot 2 (4097) of virtual.\n');
  t.match(await driveZero(bench), { state: 'NTMS_DRIVESTATE_DISMOUNTED', cartridge: null });
});

t.test('a drive is emptied by its number', async (t) => {
  const bench = new RsmBench(t);
  await bench.json('mount', 'ORS001L8', '--drive', '1');
  const { status, stdout, stderr } = await bench.run('dismount', '--drive', '1');
  t.equal(status, 0, stderr);
  t.match(stdout, /^ORS001L8 is in slot 1 /);
});

t.test('several media are mounted together, each in the drive named for it', async (t) => {
  const bench = new RsmBench(t);
  const media = ['ORS001L8', 'ORS003L8'];
  const document = await bench.json<MountDocument>('mount', ...media, '--drive', '1', '--drive', '0');
  t.same(
    document.mounted.map(({ medium, drive }) => [medium.barcode, drive?.number]),
    [
      ['ORS001L8', 1],
      ['ORS003L8', 0],
    ],
  );
});

t.test('with --no-wait the request is printed and done when the command returns', async (t) => {
  const bench = new RsmBench(t);
  const { status, stdout, stderr } = await bench.run('mount', 'ORS001L8', '--no-wait');
  t.equal(status, 0, stderr);
  t.match(stdout, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\n$/);
  t.match(await driveZero(bench), { state: 'NTMS_DRIVESTATE_LOADED', cartridge: 'ORS001L8' });
});

t.test('what RSM refuses ends with 1, its symbol and number', async (t) => {
  const bench = new RsmBench(t);
  const { status, stdout, stderr } = await bench.run('dismount', '--drive', '0');
  t.equal(status, 1);
  t.equal(stdout, '');
  t.match(stderr, /^rsm: ERROR_INVALID_STATE \(5023\): /m);

  const json = await bench.run('--json', 'dismount', '--drive', '0');
  t.equal(json.status, 1);
  t.match(JSON.parse(json.stdout), { error: { symbol: 'ERROR_INVALID_STATE', number: 5023 } });
});

t.test('a drive in use is an error at once, and after the timeout with --timeout', async (t) => {
  const bench = new RsmBench(t);
  await bench.json('mount', 'ORS001L8', '--drive', '0');
  const atOnce = await bench.run('mount', 'ORS002L8', '--drive', '0');
  t.equal(atOnce.status, 1);
  t.match(atOnce.stderr, /ERROR_(BUSY|RESOURCE_NOT_AVAILABLE)/);
  const later = await bench.run('mount', 'ORS002L8', '--drive', '0', '--timeout', '100ms');
  t.equal(later.status, 1);
  t.match(later.stderr, /ERROR_TIMEOUT \(1460\)/);
});

t.test('an unknown medium is an error with near names', async (t) => {
  const bench = new RsmBench(t);
  const { status, stderr } = await bench.run('mount', 'ORS1L8');
  t.equal(status, 1);
  t.match(stderr, /MEDIUM_NOT_FOUND.*"ORS1L8"[^]*Perhaps one of:.*ORS001L8/);
});
