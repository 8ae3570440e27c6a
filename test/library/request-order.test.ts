import t from 'tap';
import fc from 'fast-check';
import { compareRequests, operationClasses } from '../../src/library/request-order.js';
import type { Ranked } from '../../src/library/request-order.js';
import { NtmsLmOperation } from '../../src/objects/ntmsapi/index.js';

const { NTMS_LM_MOUNT: MOUNT, NTMS_LM_DISMOUNT: DISMOUNT, NTMS_LM_INVENTORY: INVENTORY } = NtmsLmOperation;

const request = (given: Partial<Ranked>): Ranked => ({
  operationCode: MOUNT,
  order: 0,
  priority: 0,
  timeQueued: 1,
  ...given,
});

for (const { title, first, second } of [
  {
    title: 'a dismount before a mount, however urgent',
    first: request({ operationCode: DISMOUNT, timeQueued: 9 }),
    second: request({ priority: 15, order: 1 }),
  },
  {
    title: 'a mount before an inventory',
    first: request({ priority: -15, timeQueued: 9 }),
    second: request({ operationCode: INVENTORY }),
  },
  { title: 'order 1 before order 2', first: request({ order: 1, timeQueued: 9 }), second: request({ order: 2 }) },
  {
    title: 'ordered before unordered, whatever the priority',
    first: request({ order: 7, priority: -15 }),
    second: request({ priority: 15 }),
  },
  {
    title: 'the higher priority first',
    first: request({ priority: 1, timeQueued: 9 }),
    second: request({ priority: -1 }),
  },
  { title: 'the older first', first: request({ timeQueued: 1 }), second: request({ timeQueued: 2 }) },
  {
    title: 'an operation that the documents do not rank last',
    first: request({ operationCode: INVENTORY, timeQueued: 9 }),
    second: request({ operationCode: 9999 }),
  },
]) {
  t.test(`serves ${title}`, (t) => {
    t.ok(compareRequests(first, second) < 0);
    t.ok(compareRequests(second, first) > 0);
    t.end();
  });
}

t.test('ranks every documented operation once, or none of it', (t) => {
  const documented: readonly number[] = Object.values(NtmsLmOperation);
  t.equal(new Set(operationClasses).size, operationClasses.length);
  t.same(
    operationClasses.filter((code) => !documented.includes(code)),
    [],
  );
  t.end();
});

t.test('is an order: total, and the same for any queue', (t) => {
  const ranked = fc.record({
    operationCode: fc.constantFrom(MOUNT, DISMOUNT, INVENTORY, 9999),
    order: fc.nat({ max: 3 }),
    priority: fc.integer({ min: -15, max: 15 }),
    timeQueued: fc.nat({ max: 5 }),
  });
  fc.assert(
    fc.property(ranked, ranked, ranked, (a, b, c) => {
      if (Math.sign(compareRequests(a, b)) !== -Math.sign(compareRequests(b, a))) return false;
      return compareRequests(a, b) > 0 || compareRequests(b, c) > 0 || compareRequests(a, c) <= 0;
    }),
  );
  t.pass('antisymmetric and transitive');
  t.end();
});
