import t from 'tap';
import { documentedFunctions } from '../../src/ntms/documented-functions.js';
import { NtmsAccessMask, NtmsError, StandardAccess } from '../../src/ntms/index.js';
import type { ApiCaller } from './house.js';
import { EVERYTHING, guestWith } from './behaviour/rights.js';
import { rightsCases } from './rights-cases.js';
import type { Need } from './rights-house.js';

const bitOf = { ...NtmsAccessMask, ...StandardAccess };

/** `media pool: NTMS_USE_ACCESS` */
const named = ({ on, right }: Pick<Need, 'on' | 'right'>): string => `${on}: ${right}`;

/** ERROR_SUCCESS, or the code that the call is refused with. */
async function symbolOf(call: (caller: ApiCaller) => Promise<unknown>, caller: ApiCaller): Promise<string> {
  try {
    await call(caller);
    return 'ERROR_SUCCESS';
  } catch (error) {
    if (error instanceof NtmsError) return error.symbol;
    throw error;
  }
}

/** What each function turned out to need. */
const needed = new Map<string, Set<string>>();

for (const { function: name, title, prepare } of rightsCases) {
  await t.test(`${name}${title === undefined ? '' : ` for ${title}`} asks for the documented rights`, async (t) => {
    const { house, needs, call } = await prepare(t);
    const masks: Record<string, number> = {};
    for (const { object, right } of needs) masks[object] = (masks[object] ?? 0) | bitOf[right];

    for (const need of needs) {
      // Everything on everything, this one right on this one object aside.
      const lacking = await guestWith(house, { [need.object]: EVERYTHING & ~bitOf[need.right] }, EVERYTHING);
      t.equal(await symbolOf(call, lacking), 'ERROR_ACCESS_DENIED', `without ${named(need)}`);
    }

    const sufficient = await guestWith(house, masks);
    t.not(await symbolOf(call, sufficient), 'ERROR_ACCESS_DENIED', `with ${needs.map(named).join(' and ')} only`);

    const own = needs.filter(({ besides }) => besides !== true).map(named);
    needed.set(name, new Set([...(needed.get(name) ?? []), ...own]));
  });
}

await t.test('every function that has rights in its table is here, with each of them', (t) => {
  for (const { name, rights } of documentedFunctions) {
    const documented = rights.map(({ object, right }) => named({ on: object, right }));
    t.same([...(needed.get(name) ?? [])].toSorted(), documented.toSorted(), name);
  }
  t.end();
});
