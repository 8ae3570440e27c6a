import fc from 'fast-check';

/** A call that some user makes. Numbers choose among the objects that there are then. */
export type Act = { readonly who: number } & (
  | { readonly do: 'create pool'; readonly path: readonly string[]; readonly type: number; readonly action: number }
  | { readonly do: 'delete pool' | 'pool name'; readonly pool: number }
  | {
      readonly do: 'set pool';
      readonly pool: number;
      readonly name: string;
      readonly draws: boolean;
      readonly gives: boolean;
      readonly maxAllocates: number;
    }
  | { readonly do: 'rights'; readonly pool: number; readonly list: readonly RightsEntry[] | null }
  | { readonly do: 'move'; readonly medium: number; readonly pool: number }
  | { readonly do: 'allocate'; readonly pool: number; readonly side: number | null; readonly whole: boolean }
  | { readonly do: 'next'; readonly logical: number; readonly pool: number | null }
  | { readonly do: 'deallocate' | 'complete'; readonly logical: number }
  | { readonly do: 'swap'; readonly logical: number; readonly other: number }
  | { readonly do: 'decommission' | 'mount' | 'dismount'; readonly side: number }
  | { readonly do: 'enable' | 'disable' | 'eject'; readonly medium: number }
  | { readonly do: 'inject' | 'ask' }
  | { readonly do: 'satisfy' | 'refuse' | 'look'; readonly question: number }
  | { readonly do: 'set attribute'; readonly object: number; readonly name: string; readonly value: string | null }
  | { readonly do: 'get attribute'; readonly object: number; readonly name: string }
);

export interface RightsEntry {
  readonly trustee: string;
  readonly mask: number;
  readonly deny: boolean;
}

const any = fc.nat({ max: 99 });
const name = fc.constantFrom('Ash', 'Birch', 'Cedar');
/** The owner of the database mostly; a guest; an administrator. */
const who = fc.constantFrom(0, 0, 0, 1, 1, 2);

function act<Kind extends Act['do'], Rest extends object>(kinds: readonly Kind[], rest: fc.Arbitrary<Rest>) {
  return fc
    .tuple(who, fc.constantFrom(...kinds), rest)
    .map(([user, kind, more]): { readonly who: number; readonly do: Kind } & Rest => ({
      who: user,
      do: kind,
      ...more,
    }));
}

const rightsEntry = fc.record({
  trustee: fc.constantFrom('user:guest', 'user:guest', 'group:visitors', 'everyone', 'user:tester'),
  mask: fc.constantFrom(1, 2, 3, 4, 5, 7, 0x4_0007),
  deny: fc.constantFrom(false, false, true),
});

const maybeAny = fc.option(any, { freq: 2 });
const maybeName = fc.option(name);
const maybeList = fc.option(fc.array(rightsEntry, { maxLength: 3 }));

const weighted: readonly (readonly [number, fc.Arbitrary<Act>])[] = [
  [
    5,
    act(
      ['create pool'],
      fc.record({
        path: fc.oneof(fc.tuple(name), fc.tuple(name), fc.tuple(name, name)),
        type: fc.constantFrom(0, 0, 0, 1, 2),
        action: fc.nat({ max: 2 }),
      }),
    ),
  ],
  [2, act(['delete pool', 'pool name'], fc.record({ pool: any }))],
  [
    3,
    act(
      ['set pool'],
      fc.record({
        pool: any,
        name,
        draws: fc.boolean(),
        gives: fc.boolean(),
        maxAllocates: fc.constantFrom(0, 0, 1, 2),
      }),
    ),
  ],
  [1, act(['rights'], fc.record({ pool: any, list: maybeList }))],
  [7, act(['move'], fc.record({ medium: any, pool: any }))],
  [9, act(['allocate'], fc.record({ pool: any, side: maybeAny, whole: fc.boolean() }))],
  [3, act(['next'], fc.record({ logical: any, pool: maybeAny }))],
  [5, act(['deallocate', 'complete'], fc.record({ logical: any }))],
  [3, act(['swap'], fc.record({ logical: any, other: any }))],
  [1, act(['decommission'], fc.record({ side: any }))],
  [6, act(['mount', 'dismount'], fc.record({ side: any }))],
  [4, act(['enable', 'enable', 'disable', 'eject'], fc.record({ medium: any }))],
  [3, act(['inject', 'ask'], fc.constant({}))],
  [2, act(['satisfy', 'refuse', 'look'], fc.record({ question: any }))],
  [2, act(['set attribute'], fc.record({ object: any, name, value: maybeName }))],
  [1, act(['get attribute'], fc.record({ object: any, name }))],
];

export const scripts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary }))),
  { minLength: 1, maxLength: 60, size: 'max' },
);
