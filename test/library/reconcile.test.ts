import t from 'tap';
import fc from 'fast-check';
import { reconcile } from '../../src/library/reconcile.js';
import type { OpenMove, RecordedMedium, SeenElement } from '../../src/library/reconcile.js';

const full = (address: number, barCode?: string, sourceAddress?: number): SeenElement => ({
  address,
  full: true,
  ...(barCode === undefined ? {} : { barCode }),
  ...(sourceAddress === undefined ? {} : { sourceAddress }),
});
const empty = (address: number): SeenElement => ({ address, full: false });
const record = (id: string, barCode: string, address?: number, here = true): RecordedMedium => ({
  id,
  barCode,
  here,
  ...(address === undefined ? {} : { address }),
});
const move = (physMediaId: string, source: number, destination: number): OpenMove => ({
  physMediaId,
  mediumTransportAddress: 1,
  source,
  destination,
});

interface Case {
  readonly title: string;
  readonly seen: readonly SeenElement[];
  readonly records: readonly RecordedMedium[];
  readonly openMoves?: readonly OpenMove[];
  /** Addresses by record. */
  readonly placed?: Readonly<Record<string, number>>;
  readonly discovered?: readonly number[];
  readonly departed?: readonly string[];
  readonly doubts?: number;
}

const cases: readonly Case[] = [
  {
    title: 'a cartridge stays where its bar code was read',
    seen: [full(10, 'A'), empty(11)],
    records: [record('a', 'A', 10)],
    placed: { a: 10 },
  },
  {
    title: 'the bar code is believed over the address',
    seen: [full(10, 'B'), full(11, 'A')],
    records: [record('a', 'A', 10), record('b', 'B', 11)],
    placed: { a: 11, b: 10 },
  },
  {
    title: 'a cartridge whose label cannot be read is the one that was there',
    seen: [full(10)],
    records: [record('a', 'A', 10)],
    placed: { a: 10 },
  },
  {
    title: 'an unreadable label does not hold a record whose bar code is read elsewhere',
    seen: [full(10), full(11, 'A')],
    records: [record('a', 'A', 10)],
    placed: { a: 11 },
    discovered: [10],
  },
  {
    title: 'another bar code at its place sends a cartridge away',
    seen: [full(10, 'X')],
    records: [record('a', 'A', 10)],
    discovered: [10],
    departed: ['a'],
  },
  {
    title: 'a bar code that is read for the first time names the cartridge that was there',
    seen: [full(10, 'A')],
    records: [record('a', '', 10)],
    placed: { a: 10 },
  },
  {
    title: 'a cartridge comes back from the shelf by its bar code',
    seen: [full(10, 'A')],
    records: [record('a', 'A', undefined, false)],
    placed: { a: 10 },
  },
  {
    title: 'a record of this library that is in no element departs',
    seen: [empty(10)],
    records: [record('a', 'A')],
    departed: ['a'],
  },
  {
    title: 'a record of another library that is not seen here stays there',
    seen: [empty(10)],
    records: [record('a', 'A', undefined, false)],
  },
  {
    title: 'the same bar code twice is two cartridges and a doubt',
    seen: [full(10, 'A'), full(11, 'A')],
    records: [record('a', 'A', 11)],
    placed: { a: 11 },
    discovered: [10],
    doubts: 1,
  },
  {
    title: 'a cartridge without label that was being moved is at the destination',
    seen: [empty(10), full(20)],
    records: [record('a', '', 10)],
    openMoves: [move('a', 10, 20)],
    placed: { a: 20 },
  },
  {
    title: 'a cartridge without label that was being moved is on the picker',
    seen: [full(1), empty(10), empty(20)],
    records: [record('a', '', 10)],
    openMoves: [move('a', 10, 20)],
    placed: { a: 1 },
  },
  {
    title: 'a cartridge without label that was being moved is still at the source',
    seen: [full(10), empty(20)],
    records: [record('a', '', 10)],
    openMoves: [move('a', 10, 20)],
    placed: { a: 10 },
  },
  {
    title: 'source and destination both full without label are a doubt, and the record stays',
    seen: [full(10), full(20)],
    records: [record('a', '', 10)],
    openMoves: [move('a', 10, 20)],
    placed: { a: 10 },
    discovered: [20],
    doubts: 1,
  },
  {
    title: 'what another record has at the destination is not taken for the moved cartridge',
    seen: [full(10), full(20)],
    records: [record('a', '', 10), record('b', '', 20)],
    openMoves: [move('a', 10, 20)],
    placed: { a: 10, b: 20 },
  },
  {
    title: 'a cartridge that was being moved and is nowhere is missed and doubted',
    seen: [empty(10), empty(20)],
    records: [record('a', 'A', 10)],
    openMoves: [move('a', 10, 20)],
    departed: ['a'],
    doubts: 1,
  },
  {
    title: 'the changer remembers where a cartridge without label came from',
    seen: [empty(10), full(20, undefined, 10)],
    records: [record('a', '', 10)],
    placed: { a: 20 },
  },
  {
    title: 'a source that is full again says nothing about where a cartridge came from',
    seen: [full(10), full(20, undefined, 10)],
    records: [record('a', '', 10)],
    placed: { a: 10 },
    discovered: [20],
  },
];

for (const { title, seen, records, openMoves = [], placed = {}, discovered = [], departed = [], doubts = 0 } of cases) {
  t.test(title, (t) => {
    const plan = reconcile({ seen, records, openMoves });
    t.same(Object.fromEntries(plan.placements.map(({ mediumId, address }) => [mediumId, address])), placed);
    t.same(
      plan.discoveries.map(({ address }) => address),
      discovered,
    );
    t.same(
      plan.departures.map(({ mediumId }) => mediumId),
      departed,
    );
    t.equal(plan.doubts.length, doubts);
    t.end();
  });
}

/** Hardware and records that know little of each other: few bar codes, so that they meet. */
const house = fc.integer({ min: 1, max: 8 }).chain((size) =>
  fc.record({
    seen: fc.tuple(
      ...Array.from({ length: size }, (_, index) =>
        fc
          .record({
            isFull: fc.boolean(),
            barCode: fc.constantFrom(undefined, 'A', 'B', 'C', 'D'),
            sourceAddress: fc.constantFrom(undefined, 1, 2, 3),
          })
          .map(({ isFull, barCode, sourceAddress }) =>
            isFull ? full(index + 1, barCode, sourceAddress) : empty(index + 1),
          ),
      ),
    ),
    records: fc
      .array(
        fc.record({
          barCode: fc.constantFrom('', 'A', 'B', 'C', 'D'),
          address: fc.nat({ max: size }),
          here: fc.boolean(),
        }),
        {
          maxLength: 8,
        },
      )
      .map((given) => {
        const taken = new Set<number>();
        return given.map(({ barCode, address, here }, index) => {
          const free = here && address > 0 && !taken.has(address);
          taken.add(address);
          return record(`m${index}`, barCode, free ? address : undefined, here);
        });
      }),
    openMoves: fc.array(
      fc
        .record({
          medium: fc.nat({ max: 7 }),
          source: fc.integer({ min: 1, max: size }),
          destination: fc.integer({ min: 1, max: size }),
        })
        .map(({ medium, source, destination }) => move(`m${medium}`, source, destination)),
      { maxLength: 2 },
    ),
  }),
);

t.test('every full element gets one record, no record two elements, and nothing is lost', (t) => {
  fc.assert(
    fc.property(house, (input) => {
      const { placements, discoveries, departures } = reconcile(input);
      const filled = input.seen.filter((element) => element.full).map(({ address }) => address);
      const told = [...placements, ...discoveries].map(({ address }) => address);
      const media = [...placements, ...departures].map(({ mediumId }) => mediumId);
      const here = input.records.filter((one) => one.here).map(({ id }) => id);
      return (
        told.length === filled.length &&
        filled.every((address) => told.includes(address)) &&
        new Set(media).size === media.length &&
        here.every((id) => media.includes(id))
      );
    }),
    { numRuns: 2000 },
  );
  t.pass('in many libraries');
  t.end();
});

t.test('no cartridge is placed against a bar code that was read', (t) => {
  fc.assert(
    fc.property(house, (input) => {
      const { placements } = reconcile(input);
      const barCodeOf = new Map(input.records.map(({ id, barCode }) => [id, barCode]));
      return placements.every(({ mediumId, barCode }) => {
        const recorded = barCodeOf.get(mediumId);
        return barCode === undefined || recorded === '' || recorded === barCode;
      });
    }),
    { numRuns: 2000 },
  );
  t.pass('in many libraries');
  t.end();
});

t.test('a record with a bar code of its own follows it, whatever else there is', (t) => {
  fc.assert(
    fc.property(house, (input) => {
      const { placements } = reconcile(input);
      return input.records.every(({ id, barCode }) => {
        const seen = input.seen.filter((element) => element.full && element.barCode === barCode);
        const same = input.records.filter((one) => one.barCode === barCode);
        const [only] = seen;
        if (barCode === '' || seen.length !== 1 || same.length !== 1) return true;
        return placements.some(({ mediumId, address }) => mediumId === id && address === only?.address);
      });
    }),
    { numRuns: 2000 },
  );
  t.pass('in many libraries');
  t.end();
});

t.test('a second look at an unchanged library moves nothing', (t) => {
  fc.assert(
    fc.property(house, (input) => {
      const plan = reconcile(input);
      const records = [
        ...plan.placements.map(({ mediumId, address, barCode }) =>
          record(mediumId, barCode ?? input.records.find(({ id }) => id === mediumId)?.barCode ?? '', address),
        ),
        ...plan.discoveries.map(({ address, barCode }) => record(`new ${address}`, barCode ?? '', address)),
      ];
      const again = reconcile({ seen: input.seen, records, openMoves: [] });
      return again.placements.every(({ moved }) => !moved) && again.discoveries.length + again.departures.length === 0;
    }),
    { numRuns: 2000 },
  );
  t.pass('in many libraries');
  t.end();
});
