import fc from 'fast-check';

/** `fc.record` whose values have the usual prototype, as decoders' values have; deepEqual looks at it. */
export function recordOf<T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(model).map((value) => ({ ...value }));
}
