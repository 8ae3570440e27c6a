/**
 * Writes docs/ntms-coverage.md from the table of documented functions and from the tests that meet it. With `--check` it
 * writes nothing, and exits with 1 when the page is not the one that they give.
 *
 *     npx tsx hil/tools/ntms-coverage.ts [--check] [page]
 */
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  documentedFunctions,
  functionGroups,
  labelLibraryCallbacks,
  ntmsFunctionNames,
} from '../../src/ntms/documented-functions.js';
import type { DocumentedFunction } from '../../src/ntms/documented-functions.js';

/** Where the page is, below the package's root. */
export const PAGE = 'docs/ntms-coverage.md';

/** What the page needs of a test of a return code. */
export interface CodeTest {
  readonly function: string;
  readonly symbol: string;
  readonly title: string;
}

/** What it needs of a test of a rule, a change or a parameter. */
export interface BehaviourTest {
  readonly function: string;
  readonly rule?: string;
  readonly change?: string;
  readonly parameter?: string;
  readonly title: string;
}

export interface Excuse {
  readonly function: string;
  readonly symbol?: string;
  readonly rule?: string;
  readonly reason: string;
}

/** What test/ntms/coverage-cases.ts exports. */
export interface Coverage {
  readonly returnCodeCases: readonly CodeTest[];
  readonly behaviourCases: readonly BehaviourTest[];
  readonly reasons: readonly Excuse[];
}

/** The page, from the functions that are here and what is known about their tests. */
export function coveragePage({
  functions,
  ...coverage
}: Coverage & { functions: readonly DocumentedFunction[] }): string {
  const here = new Set<string>(functions.map(({ name }) => name));
  const missing = ntmsFunctionNames.filter((name) => !here.has(name));
  const total = ntmsFunctionNames.length;
  return [
    '# The NTMS functions: what is there, and what proves it',
    'Made by `npx tsx hil/tools/ntms-coverage.ts` from `src/ntms/documented-functions.ts` and the tests in `test/ntms`; ' +
      'a test fails when this page is out of date. How questions were decided that the documents leave open: ' +
      '[decisions](ntms-decisions.md).',
    `${functions.length} of the ${total} API functions of \`ntmsapi.h\` are here, ${missing.length} are not there yet. ` +
      summary(functions, coverage),
    '## In every function',
    [
      'The calls are asynchronous: what the C function returns through pointers the promise resolves with, and every code ' +
        'but ERROR_SUCCESS rejects it with an `NtmsError`.',
      'Texts are Unicode, so there are no A and W variants: JavaScript has one kind of string.',
      'These codes come from every function, whether its table has them or not: ERROR_INVALID_HANDLE 6 for a handle that ' +
        'is no open session; ERROR_NOT_READY 21 before the manager has started (OpenNtmsSession and CloseNtmsSession ' +
        'excepted); ERROR_NOT_CONNECTED 2250 after it was stopped (CloseNtmsSession excepted); ERROR_DATABASE_FAILURE ' +
        '4313 when the database cannot be read.',
      "Sessions to other computers come with the service; until then another computer's name is ERROR_NOT_CONNECTED.",
    ]
      .map((text) => `- ${text}`)
      .join('\n'),
    ...functions.flatMap((one) => functionSection(one, coverage)),
    '## Not there yet',
    table(
      ['group', 'functions'],
      Object.entries(functionGroups).flatMap(([group, names]) => {
        const absent = names.filter((name) => !here.has(name));
        return absent.length === 0 ? [] : [[group, absent.join(', ')]];
      }),
    ),
    `${labelLibraryCallbacks.join(' and ')} are functions that a media label library exports for the service to call; ` +
      'see [labels](labels.md).',
  ]
    .join('\n\n')
    .concat('\n');
}

function summary(functions: readonly DocumentedFunction[], { reasons }: Coverage): string {
  const count = (what: (one: DocumentedFunction) => number): number =>
    functions.reduce((sum, one) => sum + what(one), 0);
  const codes = count(({ returnCodes }) => returnCodes.length);
  const rules = count(({ rules: list }) => list.length);
  const excusedCodes = reasons.filter(({ symbol }) => symbol !== undefined).length;
  const excusedRules = reasons.filter(({ rule }) => rule !== undefined).length;
  return (
    `Of their ${codes} documented return codes a test produces ${codes - excusedCodes}, of their ${rules} rules a test ` +
    `meets ${rules - excusedRules}; each of the others says why not. Every change of an object is seen by a test.`
  );
}

function functionSection(one: DocumentedFunction, { returnCodeCases, behaviourCases, reasons }: Coverage): string[] {
  const { name } = one;
  const excuse = (key: 'symbol' | 'rule', value: string): string | undefined =>
    reasons.find((reason) => reason.function === name && reason[key] === value)?.reason;
  const proof = (titles: readonly string[], reason: string | undefined): string => {
    if (titles.length > 0) return titles.join('; ');
    return reason === undefined ? '**no test**' : `*${reason}*`;
  };
  const behaviour = (key: 'rule' | 'change', value: string): string[] =>
    behaviourCases.filter((test) => test.function === name && test[key] === value).map(({ title }) => title);
  return [
    `## ${name}`,
    `${one.group}. Needs ${needs(one)}.`,
    table(
      ['parameter', 'type', 'direction', 'what'],
      one.parameters.map((parameter) => [parameter.name, parameter.type, parameter.direction, parameter.about]),
    ),
    table(
      ['code', 'number', 'when', 'tests'],
      one.returnCodes.map(({ symbol, win32, condition }) => [
        symbol,
        String(win32),
        condition,
        proof(
          returnCodeCases.filter((test) => test.function === name && test.symbol === symbol).map(({ title }) => title),
          excuse('symbol', symbol),
        ),
      ]),
    ),
    table(
      ['rule', 'source', 'tests'],
      one.rules.map(({ id, text, source }) => [text, source, proof(behaviour('rule', id), excuse('rule', id))]),
    ),
    ...(one.changes.length === 0
      ? []
      : [
          table(
            ['changes', 'from', 'to', 'when', 'tests'],
            one.changes.map(({ id, object, field, from, to, when }) => [
              `${object} ${field}`,
              from,
              to,
              when,
              proof(behaviour('change', id), undefined),
            ]),
          ),
        ]),
  ];
}

function needs({ rights }: DocumentedFunction): string {
  if (rights.length === 0) return 'no right';
  return rights.map(({ object, right }) => `${right} on the ${object}`).join(' and ');
}

/** A table in Markdown; a bar inside a cell is escaped. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Nothing in the house imports tests; this tool reads them as the data that they are. */
async function readCases(root: string): Promise<Coverage> {
  const file = join(root, 'test', 'ntms', 'coverage-cases.ts');
  return (await import(pathToFileURL(file).href)) as Coverage;
}

async function main(args: readonly string[]): Promise<number> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const [page = join(root, PAGE)] = args.filter((arg) => !arg.startsWith('--'));
  const text = coveragePage({ ...(await readCases(root)), functions: documentedFunctions });
  const present = existsSync(page) ? readFileSync(page, 'utf8') : undefined;
  if (!args.includes('--check')) {
    writeFileSync(page, text);
    return 0;
  }
  if (present === text) return 0;
  console.error(`${page} is out of date. Run: npx tsx hil/tools/ntms-coverage.ts`);
  return 1;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2));
}
