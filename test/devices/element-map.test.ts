import fc from 'fast-check';
import t from 'tap';
import { ElementMap, ElementMapError, elementTypes } from '../../devices/element-map.js';
import { ElementType } from '../../devices/scsi/smc/element-type.js';

const { MEDIUM_TRANSPORT, STORAGE, IMPORT_EXPORT, DATA_TRANSFER } = ElementType;
const small = new ElementMap({
  [MEDIUM_TRANSPORT]: [{ first: 0, count: 1 }],
  [STORAGE]: [
    { first: 20, count: 2 },
    { first: 10, count: 3 },
  ],
  [IMPORT_EXPORT]: [{ first: 0, count: 0 }],
  [DATA_TRANSFER]: [{ first: 256, count: 2 }],
});

t.test('tells the type of an address, and that there is no such element', async (t) => {
  t.equal(small.typeOf(0), MEDIUM_TRANSPORT);
  t.equal(small.typeOf(12), STORAGE);
  t.equal(small.typeOf(13), undefined, 'a gap between two ranges');
  t.equal(small.typeOf(257), DATA_TRANSFER);
  t.equal(small.typeOf(258), undefined);
});

t.test('contains an address, of a type if one is asked for', async (t) => {
  t.ok(small.contains(21));
  t.ok(small.contains(21, STORAGE));
  t.notOk(small.contains(21, DATA_TRANSFER));
  t.notOk(small.contains(22));
});

t.test('a type with a count of 0 has no elements, whatever its first address', async (t) => {
  t.same(small.ranges[IMPORT_EXPORT], []);
  t.same(small.addresses(IMPORT_EXPORT), []);
});

t.test('counts and lists ascending, and describes itself in decimal', async (t) => {
  t.same(small.addresses(STORAGE), [10, 11, 12, 20, 21]);
  t.equal(small.count(STORAGE), 5);
  t.equal(small.count(), 8);
  t.equal(small.describe(), 'picker 0; storage 10-12, 20-21; drives 256-257');
});

t.test('refuses ranges that share addresses or leave the 16 bits', async (t) => {
  const overlapping = (): ElementMap =>
    new ElementMap({ [STORAGE]: [{ first: 1, count: 10 }], [DATA_TRANSFER]: [{ first: 10, count: 1 }] });
  t.throws(overlapping, { code: 'overlapping-ranges', message: /1-10 .* 10/ });
  for (const range of [
    { first: 0xffff, count: 2 },
    { first: -1, count: 1 },
    { first: 1.5, count: 1 },
  ]) {
    t.throws(() => new ElementMap({ [STORAGE]: [range] }), { code: 'address-out-of-range' });
  }
  t.doesNotThrow(() => new ElementMap({ [STORAGE]: [{ first: 0xffff, count: 1 }] }));
});

t.test('is made from reported elements, in any order, gaps kept', async (t) => {
  const map = ElementMap.fromElements(
    [12, 10, 11, 20].map((address) => ({ elementType: STORAGE, address })).concat([]),
  );
  t.same(map.ranges[STORAGE], [
    { first: 10, count: 3 },
    { first: 20, count: 1 },
  ]);
  const twice = [
    { elementType: STORAGE, address: 1 },
    { elementType: DATA_TRANSFER, address: 1 },
  ];
  t.throws(() => ElementMap.fromElements(twice), ElementMapError);
});

t.test('knows exactly the elements that it was made from', async () => {
  const element = fc.record({ address: fc.nat(0xffff), elementType: fc.constantFrom(...elementTypes) });
  fc.assert(
    fc.property(fc.uniqueArray(element, { selector: ({ address }) => address, maxLength: 200 }), (elements) => {
      const map = ElementMap.fromElements(elements);
      const listed = elementTypes.flatMap((type) => map.addresses(type).map((address) => `${type}:${address}`));
      const given = elements.map(({ elementType, address }) => `${elementType}:${address}`);
      return map.count() === elements.length && listed.toSorted().join() === given.toSorted().join();
    }),
  );
});
