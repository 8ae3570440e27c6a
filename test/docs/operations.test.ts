import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { RsmBench, root } from '../cli/rsm-process.js';

/** What waits for a person, who is not there. */
const FOR_A_PERSON = /^(eject|inject|door|cleaner inject|watch)\b.*--timeout/;

t.test('every command of the page for administrators does what it says, from top to bottom', async (t) => {
  const page = readFileSync(join(root, 'docs', 'operations.md'), 'utf8');
  const lines = [...page.matchAll(/^ {4}npx rsm (.*)$/gm)].map(([, line]) => line ?? '');
  t.ok(lines.length > 30, 'there are commands');
  const bench = new RsmBench(t);
  for (const line of lines) {
    const { status, stderr } = await bench.run(...words(line.replace(/--timeout \S+/, '--timeout 200ms')));
    const nobodyCame = FOR_A_PERSON.test(line) && stderr.includes('TIMEOUT');
    if (nobodyCame) t.pass(`rsm ${line}: nobody came`);
    else t.equal(status, 0, `rsm ${line}: ${stderr}`);
  }
});

/** The arguments as a shell would give them. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
