import t from 'tap';
import { commandTimeouts, defaultCommandTimeouts } from '../../devices/command-timeouts.js';
import { commandTable } from '../../devices/scsi/command-table.js';

const minuteMs = 60_000;

t.test('motions and inventories have minutes', async (t) => {
  for (const name of ['motion', 'inventory', 'tape-motion'] as const) {
    t.ok(defaultCommandTimeouts[name] >= 10 * minuteMs, name);
  }
});

t.test('every class that a command has is there', async (t) => {
  for (const { name, timeoutClass } of commandTable) t.ok(defaultCommandTimeouts[timeoutClass] > 0, name);
});

t.test('a profile changes what it names and nothing else', async (t) => {
  t.same(commandTimeouts({ motion: 5 }), { ...defaultCommandTimeouts, motion: 5 });
  t.same(commandTimeouts(), defaultCommandTimeouts);
});

t.test('refuses a class that there is not, and a time that is none', async (t) => {
  const misspelt: Record<string, number> = { motoin: 5 };
  t.throws(() => commandTimeouts(misspelt), { code: 'bad-command-timeout', message: /motoin.*motion/ });
  for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.throws(() => commandTimeouts({ motion: value }), { code: 'bad-command-timeout' });
  }
});
