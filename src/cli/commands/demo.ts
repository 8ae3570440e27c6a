import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMBEDDED_RIG } from '../../rig/rig.js';
import type { CommandContext } from '../command-context.js';
import { type DemoStep, demoSteps } from '../demo-steps.js';
import { runManager } from '../open-manager.js';
import { duration } from '../output/words.js';

interface StepReport {
  readonly title: string;
  readonly result: string;
  readonly durationMs: number;
}

/** `rsm demo`: in a state folder of its own, which is removed afterwards; the user's is never touched. */
export async function demo(context: CommandContext): Promise<void> {
  const { terminal, clock, interrupted } = context;
  const folder = mkdtempSync(join(tmpdir(), 'rsm-demo-'));
  try {
    const setup = { rig: EMBEDDED_RIG, stateFolder: folder, clock, interrupted, onNotice: () => undefined };
    const steps = await runManager(setup, async (open) => {
      const planned = await demoSteps(open, terminal.width);
      return terminal.interactive ? runWithProgress(planned, context) : runPlainly(planned, context);
    });
    const totalMs = steps.reduce((total, step) => total + step.durationMs, 0);
    terminal.line(`Done: ${steps.length} steps in ${duration(totalMs)}.`);
    terminal.document({ steps, totalMs });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timed({ title, run }: DemoStep): Promise<StepReport> {
  const started = performance.now();
  const result = await run();
  return { title, result, durationMs: performance.now() - started };
}

async function runPlainly(steps: readonly DemoStep[], { terminal }: CommandContext): Promise<StepReport[]> {
  const reports: StepReport[] = [];
  for (const step of steps) {
    const report = await timed(step);
    reports.push(report);
    const separator = report.result.includes('\n') ? '\n' : ' ';
    terminal.line(`${report.title} (${duration(report.durationMs)}):${separator}${report.result}`);
    if (separator === '\n') terminal.line('');
  }
  return reports;
}

/** With a mark that turns while a step lasts; the picture of the library comes before, since it may fill the screen. */
async function runWithProgress(steps: readonly DemoStep[], context: CommandContext): Promise<StepReport[]> {
  const { Listr } = await import('listr2');
  const reports = await runPlainly(steps.slice(0, 1), context);
  const tasks = steps.slice(1).map((step) => ({
    title: step.title,
    task: async (_: unknown, task: { title: string; output: string }): Promise<void> => {
      const report = await timed(step);
      reports.push(report);
      task.title = `${report.title} (${duration(report.durationMs)})`;
      task.output = report.result;
    },
    rendererOptions: { persistentOutput: true },
  }));
  await new Listr(tasks).run();
  return reports;
}
