import { isDeepStrictEqual } from 'node:util';

export interface Totals {
  pass: number;
  fail: number;
  skip: number;
}

/** Writes one TAP 14 stream: a subtest for each part, a test point for each check. */
export class TapWriter {
  readonly totals: Totals = { pass: 0, fail: 0, skip: 0 };
  readonly #write: (line: string) => void;
  #parts = 0;

  constructor(write: (line: string) => void) {
    this.#write = write;
    this.#write('TAP version 14');
  }

  comment(text: string): void {
    for (const line of text.split('\n')) this.#write(`# ${line}`);
  }

  /** A part that this machine cannot run, visibly. */
  skip(name: string, reason: string): void {
    this.#parts++;
    this.totals.skip++;
    this.#write(`ok ${this.#parts} - ${escape(name)} # SKIP ${escape(reason).replaceAll('\n', ' ')}`);
  }

  /** A failure that belongs to no part. */
  fail(what: string, found: string): void {
    this.#parts++;
    this.totals.fail++;
    this.#write(`not ok ${this.#parts} - ${escape(what)}`);
    this.comment(found);
  }

  /**
   * Runs one part, and writes what it reports when it has ended: several may run at a time. Whatever the body throws is a check
   * that failed; this never rejects. True when every check passed.
   */
  async part(name: string, body: (report: Report) => Promise<void>, now: () => number): Promise<boolean> {
    const startedMs = now();
    const report = new Report();
    try {
      await body(report);
      if (report.count === 0) report.fail('the part checks something', { found: 'no check at all' });
    } catch (error) {
      report.fail('the part runs to its end', { found: errorText(error) });
    }
    this.#write(`# Subtest: ${escape(name)}`);
    for (const line of report.lines) this.#write(`    ${line}`);
    this.#write(`    1..${report.count}`);
    const seconds = ((now() - startedMs) / 1000).toFixed(1);
    this.#parts++;
    this.#write(`${report.failed > 0 ? 'not ok' : 'ok'} ${this.#parts} - ${escape(name)} # time=${seconds}s`);
    this.totals.pass += report.count - report.failed;
    this.totals.fail += report.failed;
    return report.failed === 0;
  }

  /** The plan and the totals, in the form in which the project's other tests close. */
  end(): void {
    const { pass, fail, skip } = this.totals;
    this.#write(`1..${this.#parts}`);
    this.#write(`# { total: ${pass + fail + skip}, pass: ${pass}, fail: ${fail}, skip: ${skip} }`);
  }
}

/** The checks of one part. Each says what was compared; a failed one shows what was found and what was wanted. */
export class Report {
  readonly lines: string[] = [];
  #count = 0;
  #failed = 0;

  get count(): number {
    return this.#count;
  }

  get failed(): number {
    return this.#failed;
  }

  comment(text: string): void {
    for (const line of text.split('\n')) this.lines.push(`# ${line}`);
  }

  ok(condition: boolean, what: string, detail?: unknown): boolean {
    if (condition) this.#point(true, what);
    else this.fail(what, detail === undefined ? {} : { found: detail });
    return condition;
  }

  equal(found: unknown, wanted: unknown, what: string): boolean {
    const same = isDeepStrictEqual(found, wanted);
    if (same) this.#point(true, what);
    else this.fail(what, { found, wanted });
    return same;
  }

  match(found: string, wanted: RegExp, what: string): boolean {
    const matches = wanted.test(found);
    if (matches) this.#point(true, what);
    else this.fail(what, { found, wanted: String(wanted) });
    return matches;
  }

  fail(what: string, diagnostics: Readonly<Record<string, unknown>>): void {
    this.#point(false, what);
    this.lines.push('  ---');
    for (const [key, value] of Object.entries(diagnostics)) {
      const text = typeof value === 'string' ? value : value === undefined ? 'undefined' : JSON.stringify(value);
      this.lines.push(`  ${key}: |`);
      for (const line of text.split('\n')) this.lines.push(`    ${line}`);
    }
    this.lines.push('  ...');
  }

  #point(pass: boolean, what: string): void {
    this.#count++;
    if (!pass) this.#failed++;
    this.lines.push(`${pass ? 'ok' : 'not ok'} ${this.#count} - ${escape(what)}`);
  }
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('#', '\\#').replaceAll('\n', ' ');
}

function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as { code?: unknown }).code;
  return `${typeof code === 'string' ? `${code}: ` : ''}${error.message}${code === undefined ? `\n${error.stack ?? ''}` : ''}`;
}
