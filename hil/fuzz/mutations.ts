import fc from 'fast-check';

const LONGEST = 4096;
/** Where lengths and counts wrap, and what lies beside. */
const TELLING = [0, 1, 2, 3, 4, 7, 8, 12, 13, 16, 31, 32, 47, 48, 63, 64, 127, 128, 252, 254, 255];

/** Bytes near one of the seeds, or any bytes: changed, cut, doubled, put together from two. fast-check shrinks what is found. */
export function mutations(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const anything = fc.uint8Array({ maxLength: 96 });
  if (seeds.length === 0) return anything;
  const seed = fc.constantFrom(...seeds);
  const place = fc.nat({ max: LONGEST });
  const value = fc.oneof(fc.constantFrom(...TELLING), fc.nat({ max: 255 }));
  const changes = fc.array(fc.tuple(place, value), { minLength: 1, maxLength: 6 });
  const changed = fc.tuple(seed, changes).map(([bytes, list]) => {
    const copy = bytes.slice();
    for (const [at, to] of list) if (copy.length > 0) copy[at % copy.length] = to;
    return copy;
  });
  const word = fc.constantFrom(
    [0, 0],
    [0xff, 0xff],
    [0x7f, 0xff],
    [0x80, 0],
    [0, 0xff, 0xff],
    [0xff, 0xff, 0xff, 0xff],
  );
  const overwritten = fc.tuple(seed, place, word).map(([bytes, at, with_]) => {
    const copy = bytes.slice();
    const start = copy.length === 0 ? 0 : at % copy.length;
    copy.set(with_.slice(0, copy.length - start), start);
    return copy;
  });
  const cut = fc.tuple(changedOr(seed, changed), place).map(([bytes, at]) => bytes.slice(0, at % (bytes.length + 1)));
  const grown = fc.tuple(changedOr(seed, changed), anything).map(([bytes, more]) => joined(bytes, more));
  const doubled = fc.tuple(seed, place, place).map(([bytes, one, other]) => {
    const [from, to] = [one % (bytes.length + 1), other % (bytes.length + 1)].toSorted((a, b) => a - b);
    return joined(bytes.slice(0, to), bytes.slice(from));
  });
  const spliced = fc
    .tuple(seed, seed, place, place)
    .map(([a, b, one, other]) => joined(a.slice(0, one % (a.length + 1)), b.slice(other % (b.length + 1))));
  const inARow = fc.array(changedOr(seed, changed), { minLength: 2, maxLength: 4 }).map((parts) => joined(...parts));
  return fc.oneof(
    { weight: 6, arbitrary: changed },
    { weight: 3, arbitrary: overwritten },
    { weight: 3, arbitrary: cut },
    { weight: 2, arbitrary: grown },
    { weight: 2, arbitrary: doubled },
    { weight: 2, arbitrary: spliced },
    { weight: 2, arbitrary: inARow },
    { weight: 1, arbitrary: anything },
  );
}

function changedOr(seed: fc.Arbitrary<Uint8Array>, changed: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  return fc.oneof(seed, changed);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(
    Math.min(
      LONGEST,
      parts.reduce((sum, part) => sum + part.length, 0),
    ),
  );
  let at = 0;
  for (const part of parts) {
    bytes.set(part.subarray(0, bytes.length - at), at);
    at = Math.min(bytes.length, at + part.length);
  }
  return bytes;
}
