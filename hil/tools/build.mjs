// Compiles the whole tree into dist/, and bundles the command into dist/bin: reading one file for each of some 500 modules took
// half of a short command's time. Plain JavaScript, since it runs before there is
// anything compiled: `npm ci` calls it through the prepare script.
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const dist = join(root, 'dist');
// Beside the old one, which stays in use until the new one is whole; a build that fails changes nothing.
const fresh = join(root, `dist.new-${process.pid}`);
const started = performance.now();

// The first `npx rsm` in a clone installs the clone into npx's cache, and that runs the prepare script once more.
if (process.argv.includes('--if-needed') && isUpToDate()) {
  console.log('build: dist/ is up to date');
  process.exit(0);
}

const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const compiled = spawnSync(
  process.execPath,
  [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', fresh, '--noEmitOnError'],
  { cwd: root, stdio: 'inherit' },
);
if (compiled.status !== 0) {
  rmSync(fresh, { recursive: true, force: true });
  console.error('build: the compiler found the errors above; dist/ was left as it was');
  process.exit(compiled.status ?? 1);
}

buildSync({
  // The process that makes the SG_IO calls is a program of its own, started from beside whoever needs it.
  entryPoints: ['src/cli/rsm.js', 'devices/transport/sg/sg-process-program.js'].map((file) => join(fresh, file)),
  outdir: join(fresh, 'bin'),
  entryNames: '[name]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // They bring compiled code that is found by its place.
  external: ['better-sqlite3', 'koffi', 'serialport', '@serialport/*', 'usb'],
  // Some packages are CommonJS and ask for Node's own modules by require().
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  logLevel: 'warning',
});
// The second is where the command was before it was bundled: npx keeps links to it.
for (const program of ['bin/rsm.js', 'src/cli/rsm.js']) chmodSync(join(fresh, program), 0o755);
const modules = readdirSync(fresh, { recursive: true }).filter((name) => String(name).endsWith('.js')).length;
rmSync(dist, { recursive: true, force: true });
renameSync(fresh, dist);
console.log(`build: ${modules} modules in dist/ after ${((performance.now() - started) / 1000).toFixed(1)} s`);

/** Whether nothing that goes into dist/ was changed since it was made. */
function isUpToDate() {
  const made = changedAt(join(dist, 'bin', 'rsm.js'));
  const folders = ['devices', 'machines', 'src', 'hil'];
  const sources = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((name) => join(root, folder, name)),
  );
  const inputs = [
    ...sources,
    ...['package.json', 'tsconfig.json', 'tsconfig.build.json'].map((name) => join(root, name)),
  ];
  // A folder's own time tells of files that were added or taken away.
  return inputs.every((file) => changedAt(file) < made);
}

function changedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
