import { readFile } from 'node:fs/promises';
import t from 'tap';
import { createMachine } from 'xstate';
import { machinesPage, pagePath } from '../../hil/tools/machine-diagrams.js';
import { decisions } from '../../machines/decisions.js';
import { mermaidStateDiagrams } from '../../machines/mermaid.js';
import { stateTable } from '../../machines/state-table.js';
import { leavesOf } from './machine-walk.js';

t.test('docs/machines.md is what the machines say', async (t) => {
  const page = await machinesPage();
  t.ok(page === (await readFile(pagePath, 'utf8')), 'run npx tsx hil/tools/machine-diagrams.ts');
  for (const { title } of stateTable) t.ok(page.includes(`## ${title}\n`), title);
});

/** What Mermaid's grammar takes, line by line: no colon or semicolon in a text, no hyphen in a name. */
const lines = [
  /^stateDiagram-v2$/,
  /^ *state "\w[\w ]*" as \w+$/,
  /^ *\w+ : \w+$/,
  /^ *state \w+ \{$/,
  /^ *\}$/,
  /^ *note right of \w+ : [\w, ]+$/,
  /^ *(\[\*\]|\w+) --> \w+$/,
  /^ *(\[\*\]|\w+) --> \w+ : [^:;#\n]+$/,
];

for (const { machine, title } of stateTable) {
  t.test(`the diagrams of ${title} are sound`, async (t) => {
    const drawn = mermaidStateDiagrams(machine);
    for (const { text } of drawn) {
      const declared = new Set<string>();
      const composite: string[] = [];
      const home = new Map<string, string>();
      for (const line of text.split('\n')) {
        t.ok(
          lines.some((form) => form.test(line)),
          line,
        );
        const name = /^ *(?:state ".*" as )(\w+)$/.exec(line)?.[1] ?? /^ *state (\w+) \{$/.exec(line)?.[1];
        if (name !== undefined) {
          t.notOk(declared.has(name), `${name} is declared once`);
          declared.add(name);
          home.set(name, composite.at(-1) ?? '');
        }
        if (line.endsWith('{')) composite.push(name ?? '');
        if (line.trim() === '}') composite.pop();
        const edge = /^ *(\[\*\]|\w+) --> (\w+)/.exec(line);
        for (const end of edge?.slice(1) ?? []) {
          if (end === '[*]') continue;
          // The first edge of a composite may name a state that is declared below it.
          if (edge?.[1] !== '[*]')
            t.equal(home.get(end), composite.at(-1) ?? '', `both ends lie in one state: ${line}`);
        }
      }
      t.equal(composite.length, 0, 'every brace is closed');
      for (const [, end] of text.matchAll(/--> (\w+)/g)) t.ok(declared.has(end ?? ''), `${end} is declared`);
    }
    const all = drawn.map(({ text }) => text).join('\n');
    for (const leaf of leavesOf(machine.root)) {
      t.ok(all.includes(`as ${leaf.path.join('_')}\n`), leaf.id);
      for (const tag of leaf.tags) t.match(all, tag);
    }
  });
}

t.test('an edge between inner states of two composites is drawn between the composites', async (t) => {
  const machine = createMachine({
    initial: 'a',
    states: {
      a: { initial: 'one', states: { one: { on: { GO: '#two' } } } },
      b: { initial: 'other', states: { other: {}, two: { id: 'two' } } },
    },
  });
  const [diagram] = mermaidStateDiagrams(machine);
  t.match(diagram?.text, /^ {2}a --> b : GO in one to two$/m);
});

t.test('a guarded way beside an unguarded one on the same edge is not drawn twice', async (t) => {
  const machine = createMachine({
    initial: 'a',
    states: {
      a: {
        on: {
          GO: [
            { guard: 'isSmall', target: 'b' },
            { target: 'b', actions: 'note' },
          ],
        },
      },
      b: {},
    },
  });
  const [diagram] = mermaidStateDiagrams(machine);
  t.match(diagram?.text, /^ {2}a --> b : GO$/m);
});

t.test('every decision belongs to a machine and gives its reason', async (t) => {
  const ids: string[] = stateTable.map(({ machine }) => machine.id);
  for (const { machine, decision, reason } of decisions) {
    t.ok(ids.includes(machine), machine);
    t.ok(decision.endsWith('.') && reason.endsWith('.'), decision);
  }
});
