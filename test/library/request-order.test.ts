import t from 'tap';
import fc from 'fast-check';
import { compareRequests, inOrder, operationClasses } from '../../src/library/request-order.js';
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

/** The names of requests in the order in which they are served. */
function served(requests: Readonly<Record<string, Partial<Ranked>>>): string {
  const queue = Object.entries(requests).map(([name, given], index) => ({
    name,
    ...request({ timeQueued: index, ...given }),
  }));
  return inOrder(queue, (one) => one)
    .map(({ name }) => name)
    .join('');
}

for (const { title, queue, order } of [
  { title: 'mounts without numbers by priority and age', queue: { a: {}, b: { priority: 1 }, c: {} }, order: 'bac' },
  {
    title: '1 before the highest priority',
    queue: { a: { priority: 15 }, b: { order: 1, priority: -15 } },
    order: 'ba',
  },
  { title: '2 in the second place', queue: { a: {}, b: {}, c: { order: 2 } }, order: 'acb' },
  {
    title: 'a number beyond the end last',
    queue: { a: { order: 0xffff_ffff, priority: 15 }, b: {}, c: {} },
    order: 'bca',
  },
  {
    title: 'lower numbers before higher ones',
    queue: { a: { order: 3 }, b: { order: 2 }, c: { order: 1 } },
    order: 'cba',
  },
  {
    title: 'dismounts before the mount with number 1, and inventories after the last',
    queue: {
      a: { operationCode: INVENTORY },
      b: { order: 0xffff_ffff },
      c: { order: 1 },
      d: { operationCode: DISMOUNT },
    },
    order: 'dcba',
  },
  {
    title: 'other operations by age, whatever their number',
    queue: { a: { operationCode: DISMOUNT }, b: { operationCode: DISMOUNT, order: 1 } },
    order: 'ab',
  },
]) {
  t.test(`serves ${title}`, (t) => {
    t.equal(served(queue), order);
    t.end();
  });
}
