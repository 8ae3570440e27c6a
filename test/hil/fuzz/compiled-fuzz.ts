import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import type { watchedRun } from '../../../hil/fuzz/watched-run.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/**
 * Compiles the fuzz driver, and targets of a test, into `folder` below the clone: a thread that has to compile its own modules
 * takes a second and a hundred megabytes to begin.
 */
export async function compiledFuzz(
  folder: string,
  targets: string,
): Promise<{ readonly watchedRun: typeof watchedRun; readonly targets: string }> {
  const driver = readdirSync(join(root, 'hil', 'fuzz')).filter((name) => name.endsWith('.ts') && name !== 'fuzz.ts');
  for (const file of [...driver.map((name) => `hil/fuzz/${name}`), targets]) {
    const { outputText } = ts.transpileModule(readFileSync(join(root, file), 'utf8'), {
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ES2022, verbatimModuleSyntax: true },
    });
    const made = join(folder, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(made), { recursive: true });
    writeFileSync(made, outputText);
  }
  const urlOf = (file: string): string => pathToFileURL(join(folder, file.replace(/\.ts$/, '.js'))).href;
  const module = (await import(urlOf('hil/fuzz/watched-run.ts'))) as { readonly watchedRun: typeof watchedRun };
  return { watchedRun: module.watchedRun, targets: urlOf(targets) };
}
