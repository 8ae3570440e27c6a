import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure } from '../figure.js';
import { median } from '../figure.js';

const RUNS = 7;

/** Wall time of `rsm status` on the embedded rig whose state folder exists already, beside a Node that does nothing. */
export async function statusTime(root: string): Promise<Figure[]> {
  const rsm = join(root, 'dist/bin/rsm.js');
  const name = 'rsm status, wall time';
  if (!existsSync(rsm))
    return [{ name, value: Number.NaN, unit: 'ms', skipped: 'dist/ is not built; run npm run build' }];
  const state = await mkdtemp(join(tmpdir(), 'openrsm-bench-'));
  try {
    // A rig.yaml in the current folder would be taken otherwise.
    const time = (args: readonly string[]): number => {
      const start = performance.now();
      execFileSync(process.execPath, args, {
        cwd: state,
        stdio: 'ignore',
        env: { ...process.env, RSM_RIG: undefined },
      });
      return performance.now() - start;
    };
    time([rsm, '--state', state, 'status']);
    const status = Array.from({ length: RUNS }, () => time([rsm, '--state', state, 'status']));
    const nothing = Array.from({ length: RUNS }, () => time(['-e', '0']));
    return [{ name, value: median(status), unit: 'ms', peer: { name: 'node -e 0', value: median(nothing) } }];
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}
