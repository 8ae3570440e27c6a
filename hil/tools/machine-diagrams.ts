import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format } from 'prettier';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { decisions } from '../../machines/decisions.js';
import { children, isRouting, mermaidStateDiagrams, transitionsOf } from '../../machines/mermaid.js';
import { stateTable } from '../../machines/state-table.js';
import { effectMeanings, eventMeanings } from '../../machines/vocabulary.js';

/** The page that this tool writes. */
export const pagePath = fileURLToPath(new URL('../../docs/machines.md', import.meta.url));

const intro = `# State machines

Written by \`npx tsx hil/tools/machine-diagrams.ts\` from the machines in \`machines/\`; change those, not this page.

Every element of a library has a statechart that says what it is doing. The machines **decide, they do not act**. They
are pure: an event goes in, and the next state and some *effects* come out. An effect is a plain object, either a
\`command.…\` for a device, a timer to start, or news (\`mount.finished\`). The library in \`src/library\` carries them out
and sends what came of it back as events. So a machine can be tested as a value, a stored one can be started again
without repeating a motion, and time is whatever the caller's clock says.

- States are nouns or -ing words. Events are requests (\`MOUNT_REQUESTED\`) or past facts (\`MEDIUM_MOVED_IN\`).
- A machine starts in the state that its input names: what the database and the hardware say.
- Every leaf carries as tags the members of the NTMS enumerations that it shows. \`ntmsState(snapshot, enumeration)\` reads
  them.
- An event that no state takes is not lost: the machine stays where it is and emits \`event.unexpected\` with its state.
- Contexts are JSON. Nothing throws, nothing waits, nothing is invoked.

How to read the diagrams: a transition that changes no state (a refusal, a counter) is not drawn. *Any state* means: unless
the state itself says otherwise. Several guarded ways for one event are tried from top to bottom. An edge whose
ends lie in different composite states is drawn between those and says which inner state is meant.`;

const availabilityIntro = `## Enabled and disabled

Beside what it is doing, an element is switched on or off by an administrator. This region is the same in all elements.
Those that move media (drive, picker, port) have the state \`disabling\`: what is under way is finished first, new work is
refused at once. Requests and sides cannot be switched.`;

/** The whole page, formatted. */
export async function machinesPage(): Promise<string> {
  const text = [
    intro,
    availabilityIntro,
    fenced(diagramOf('drive', 'availability')),
    ...stateTable.map(({ machine, title, file, shows }) => section(machine, title, file, Object.keys(shows))),
    '## All events',
    table(
      ['Event', 'Says'],
      Object.entries(eventMeanings).map(([type, meaning]) => [code(type), meaning]),
    ),
    '## All effects',
    table(
      ['Effect', 'Asks for, or tells'],
      Object.entries(effectMeanings).map(([type, meaning]) => [code(type), meaning]),
    ),
  ].join('\n\n');
  return format(text, { parser: 'markdown', printWidth: 120, singleQuote: true });
}

function section(machine: AnyStateMachine, title: string, file: string, shows: readonly string[]): string {
  const leaves = leavesOf(machine.root).filter((leaf) => leaf.path[0] !== 'availability');
  const parts = [
    `## ${title}`,
    `\`machines/${file}\`. Shows ${shows.map((name) => code(name)).join(' and ') || 'no NTMS enumeration'}.`,
    ...mermaidStateDiagrams(machine)
      .filter(({ region }) => region !== 'availability')
      .map(({ text }) => fenced(text)),
    table(
      ['State', 'Shows', 'Meaning'],
      leaves.map((leaf) => [code(nameOf(leaf)), leaf.tags.map((tag) => code(tag)).join(' '), leaf.description ?? '']),
    ),
    table(
      ['Event', 'Changes the state', 'Taken without a change'],
      eventsOf(machine).map((type) => [code(type), ...waysOf(machine, type)]),
    ),
  ];
  const own = decisions.filter((decision) => decision.machine === machine.id);
  if (own.length > 0) {
    parts.push(
      'Decided where the documents are silent or contradict each other:',
      own.map(({ decision, reason }) => `- ${decision} *${reason}*`).join('\n'),
    );
  }
  return parts.join('\n\n');
}

/** The events of a machine, the switching of availability left out. */
function eventsOf(machine: AnyStateMachine): string[] {
  const switching = machine.root.states['availability'] === undefined ? [] : ['ENABLED', 'DISABLED'];
  return machine.events
    .filter((type) => type !== '*' && !switching.includes(type))
    .toSorted((left, right) => left.localeCompare(right, 'en'));
}

/** From where to where an event leads, and which states take it and stay. */
function waysOf(machine: AnyStateMachine, type: string): [string, string] {
  const changes = new Map<string, Set<string>>();
  const stays = new Set<string>();
  const visit = (node: AnyStateNode): void => {
    for (const transition of transitionsOf(node)) {
      if (transition.eventType !== type) continue;
      const target = transition.target?.[0] as AnyStateNode | undefined;
      const from = code(node.path.length < depthOf(machine) ? 'any' : nameOf(node));
      if (target === undefined) stays.add(from);
      else {
        const to = isRouting(target) ? 'the stored state' : code(nameOf(target));
        changes.set(from, (changes.get(from) ?? new Set()).add(to));
      }
    }
    for (const child of children(node)) if (child.path[0] !== 'availability') visit(child);
  };
  visit(machine.root);
  const ways = [...changes].map(([from, targets]) => `${from} → ${[...targets].join(' or ')}`);
  return [ways.join('<br>'), [...stays].join(', ')];
}

/** How deep the first states of a machine lie: below the regions, when it has any. */
function depthOf(machine: AnyStateMachine): number {
  return machine.root.type === 'parallel' ? 2 : 1;
}

/** The state's path, the region `operation` left out since there is no other to confuse it with. */
function nameOf(node: AnyStateNode): string {
  return node.path.filter((key, at) => !(at === 0 && key === 'operation')).join('.');
}

function leavesOf(node: AnyStateNode): AnyStateNode[] {
  const inner = children(node);
  if (inner.length === 0) return isRouting(node) ? [] : [node];
  return inner.flatMap((child) => leavesOf(child));
}

function diagramOf(id: string, region: string): string {
  const machine = stateTable.find((row) => row.machine.id === id)?.machine;
  const diagram = machine && mermaidStateDiagrams(machine).find((one) => one.region === region);
  if (diagram === undefined) throw new Error(`the machine ${id} has no region ${region}`);
  return diagram.text;
}

function fenced(text: string): string {
  return `\`\`\`mermaid\n${text}\n\`\`\``;
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((row) => line(row))].join('\n');
}

async function main(): Promise<number> {
  const page = await machinesPage();
  if (!process.argv.includes('--check')) {
    await writeFile(pagePath, page);
    return 0;
  }
  const stored = await readFile(pagePath, 'utf8').catch(() => '');
  if (stored === page) return 0;
  process.stderr.write('docs/machines.md is out of date: run npx tsx hil/tools/machine-diagrams.ts\n');
  return 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await main();
}
