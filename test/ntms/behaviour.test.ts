import t from 'tap';
import { behaviourCases } from './coverage-cases.js';

for (const { function: name, rule, change, parameter, title, run } of behaviourCases) {
  const line = rule ?? change ?? parameter;
  await t.test(`${name}${line === undefined ? '' : `, ${line}`}: ${title}`, run);
}
