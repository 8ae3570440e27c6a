import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { coveragePage, PAGE } from '../../hil/tools/ntms-coverage.js';
import {
  documentedFunctions,
  functionGroups,
  missingFunctions,
  ntmsFunctionNames,
} from '../../src/ntms/documented-functions.js';
import { NtmsAccessMask, StandardAccess } from '../../src/ntms/index.js';
import { win32Code } from '../../src/objects/index.js';
import { packageRoot } from '../../src/objects/package-root.js';
import { behaviourCases, reasons, returnCodeCases } from './coverage-cases.js';

const page = join(packageRoot(), PAGE);

/** One text for each documented line, and for each thing that a case or a reason speaks of. */
const line = (name: string, kind: string, what: string): string => `${name} ${kind} ${what}`;

function duplicates(lines: readonly string[]): string[] {
  return lines.filter((one, index) => lines.indexOf(one) !== index);
}

await t.test('every documented return code is given by a test, or it is said why not', async (t) => {
  const documented = documentedFunctions.flatMap(({ name, returnCodes }) =>
    returnCodes.map(({ symbol }) => line(name, 'gives', symbol)),
  );
  const given = returnCodeCases.map((one) => line(one.function, 'gives', one.symbol));
  const excused = reasons.flatMap((one) => (one.symbol === undefined ? [] : line(one.function, 'gives', one.symbol)));
  t.same(
    documented.filter((one) => !given.includes(one) && !excused.includes(one)),
    [],
  );
  t.same(
    [...given, ...excused].filter((one) => !documented.includes(one)),
    [],
    'no test of what is not documented',
  );
  t.same(
    excused.filter((one) => given.includes(one)),
    [],
    'no excuse for what is tested',
  );
});

await t.test('every documented rule is met by a test, or it is said why not', async (t) => {
  const documented = documentedFunctions.flatMap(({ name, rules }) => rules.map(({ id }) => line(name, 'rule', id)));
  const tested = behaviourCases.flatMap((one) => (one.rule === undefined ? [] : line(one.function, 'rule', one.rule)));
  const excused = reasons.flatMap((one) => (one.rule === undefined ? [] : line(one.function, 'rule', one.rule)));
  t.same(
    documented.filter((one) => !tested.includes(one) && !excused.includes(one)),
    [],
  );
  t.same(
    [...tested, ...excused].filter((one) => !documented.includes(one)),
    [],
  );
  t.same(
    excused.filter((one) => tested.includes(one)),
    [],
  );
});

await t.test('every documented change is seen by a test', async (t) => {
  const documented = documentedFunctions.flatMap(({ name, changes }) =>
    changes.map(({ id }) => line(name, 'change', id)),
  );
  const seen = behaviourCases.flatMap((one) =>
    one.change === undefined ? [] : line(one.function, 'change', one.change),
  );
  t.same(new Set(seen), new Set(documented));
});

await t.test('every parameter is tested', async (t) => {
  const documented = documentedFunctions.flatMap(({ name, parameters }) =>
    parameters.map((parameter) => line(name, 'takes', parameter.name)),
  );
  const tested = [...returnCodeCases, ...behaviourCases].flatMap((one) =>
    one.parameter === undefined ? [] : line(one.function, 'takes', one.parameter),
  );
  t.same(
    documented.filter((one) => !tested.includes(one)),
    [],
  );
  t.same(
    tested.filter((one) => !documented.includes(one)),
    [],
  );
});

await t.test('every right that a function needs is refused by a test', async (t) => {
  for (const { name, rights } of documentedFunctions) {
    for (const { object } of rights) {
      const denials = returnCodeCases.filter((one) => one.function === name && one.right === object);
      t.ok(denials.length > 0, `${name} on the ${object}`);
      t.ok(denials.every(({ symbol }) => symbol === 'ERROR_ACCESS_DENIED'));
    }
  }
  const masks = documentedFunctions.flatMap(({ rights }) =>
    rights.map(({ right }) => ({ ...NtmsAccessMask, ...StandardAccess })[right]),
  );
  t.ok(masks.every((mask) => mask > 0));
});

await t.test('the table has the numbers of winerror.h, and says nothing twice', async (t) => {
  for (const { name, returnCodes, rules, changes, parameters } of documentedFunctions) {
    for (const { symbol, win32 } of returnCodes) {
      t.equal(win32, symbol === 'INVALID_HANDLE_VALUE' ? -1 : win32Code(symbol), `${name} ${symbol}`);
    }
    t.same(duplicates(returnCodes.map(({ symbol }) => symbol)), []);
    t.same(duplicates([...rules, ...changes].map(({ id }) => id)), []);
    t.same(duplicates(parameters.map((parameter) => parameter.name)), []);
    const texts = [...returnCodes.map(({ condition }) => condition), ...rules.map(({ text }) => text)];
    t.ok(texts.every((text) => text.length > 5));
  }
  t.same(duplicates(returnCodeCases.map((one) => `${one.function} ${one.symbol} ${one.title}`)), []);
});

await t.test('the 61 functions of ntmsapi.h are either here or listed as missing', async (t) => {
  t.equal(ntmsFunctionNames.length, 61);
  t.same(duplicates([...ntmsFunctionNames]), []);
  for (const { name, group } of documentedFunctions) {
    t.ok((functionGroups[group] as readonly string[]).includes(name), `${name} is one of ${group}`);
  }
  t.equal(missingFunctions().length + documentedFunctions.length, 61);
});

await t.test('the coverage page is the one that the table and the tests give', async (t) => {
  const expected = coveragePage({ functions: documentedFunctions, returnCodeCases, behaviourCases, reasons });
  t.equal(readFileSync(page, 'utf8'), expected, 'run: npx tsx hil/tools/ntms-coverage.ts');
});

await t.test('the page names what is missing as plainly as what is there', async (t) => {
  const [open] = documentedFunctions;
  if (open === undefined) throw new Error('the table is empty');
  const text = coveragePage({
    functions: [open],
    returnCodeCases: returnCodeCases.filter((one) => one.symbol === 'ERROR_NO_NETWORK'),
    behaviourCases: [],
    reasons: [{ function: 'OpenNtmsSession', rule: 'version-gap', reason: 'waits for a second machine' }],
  });
  t.match(text, /ERROR_NO_NETWORK \| 1222 \|.*cannot reach another computer/);
  t.match(text, /ERROR_NOT_READY \| 21 \|.*\*\*no test\*\*/);
  t.match(text, /waits for a second machine/);
  t.match(text, /Not there yet[\s\S]*MountNtmsMedia/);
});

await t.test('the generator tells a page that is out of date', async (t) => {
  const copy = join(t.testdir({ 'page.md': 'of last year\n' }), 'page.md');
  const run = (...options: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'hil/tools/ntms-coverage.ts', ...options, copy], {
      cwd: packageRoot(),
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
  const outdated = run('--check');
  t.equal(outdated.status, 1);
  t.match(outdated.stderr, /out of date/);
  t.equal(readFileSync(copy, 'utf8'), 'of last year\n');
  t.equal(run().status, 0);
  t.equal(readFileSync(copy, 'utf8'), readFileSync(page, 'utf8'));
  t.equal(run('--check').status, 0);
});
