import t from 'tap';
import {
  checkedAccessList,
  checkedGroup,
  checkedOwner,
  descriptorLength,
  EVERY_RIGHT,
  GenericAccess,
} from '../../src/sessions/security-descriptor.js';
import { ntmsErrorOf } from '../objects/open-store.js';

const entry = (mask: number) => ({ trustee: 'everyone', mask, deny: false });

await t.test('a generic right is stored as what it stands for', (t) => {
  const { GENERIC_READ, GENERIC_WRITE, GENERIC_EXECUTE, GENERIC_ALL } = GenericAccess;
  const stored = checkedAccessList(
    [GENERIC_READ, GENERIC_WRITE, GENERIC_EXECUTE, GENERIC_ALL, (GENERIC_READ | 0x4) >>> 0, EVERY_RIGHT].map(entry),
    'dacl',
  );
  t.same(
    stored.map(({ mask }) => mask),
    [0x2_0001, 0x4_0003, EVERY_RIGHT, EVERY_RIGHT, 0x2_0005, EVERY_RIGHT],
  );
  t.end();
});

await t.test('a denial that is left out is none, and an empty list is one', (t) => {
  t.same(checkedAccessList([{ trustee: 'group:a', mask: 1 }], 'dacl'), [{ trustee: 'group:a', mask: 1, deny: false }]);
  t.same(checkedAccessList([], 'dacl'), []);
  t.end();
});

await t.test('what is no right, no trustee and no list is refused, by the place where it stands', (t) => {
  for (const mask of [0, -1, 1.5, 2 ** 32, 0x8, 0x10_0000, null, '1']) {
    const error = ntmsErrorOf(() => checkedAccessList([entry(1), entry(mask as number)], 'dacl'));
    t.match([error.symbol, error.detail], ['ERROR_INVALID_PARAMETER', /dacl\[1\]\.mask/], String(mask));
  }
  for (const trustee of ['', 'x', 'user:', 'Everyone', 'user:a\0b', 'everyone ', null]) {
    t.equal(ntmsErrorOf(() => checkedAccessList([{ trustee, mask: 1 }], 'dacl')).symbol, 'ERROR_INVALID_PARAMETER');
  }
  for (const list of [undefined, null, {}, 'everyone', [1]]) {
    t.equal(ntmsErrorOf(() => checkedAccessList(list, 'dacl')).symbol, 'ERROR_INVALID_PARAMETER');
  }
  t.end();
});

await t.test('an owner is a user or a group, a group is one or none', (t) => {
  t.equal(checkedOwner('user:a', 'owner'), 'user:a');
  t.equal(checkedOwner('group:a', 'owner'), 'group:a');
  t.equal(checkedGroup(null, 'group'), null);
  t.equal(checkedGroup('group:a', 'group'), 'group:a');
  for (const owner of ['everyone', '', undefined, null]) {
    t.equal(ntmsErrorOf(() => checkedOwner(owner, 'owner')).symbol, 'ERROR_INVALID_PARAMETER');
  }
  for (const group of ['user:a', '', undefined]) {
    t.equal(ntmsErrorOf(() => checkedGroup(group, 'group')).symbol, 'ERROR_INVALID_PARAMETER');
  }
  t.end();
});

await t.test('the length is that of the ordinary layout', (t) => {
  t.equal(descriptorLength({}), 20);
  t.equal(descriptorLength({ dacl: null }), 20);
  t.equal(descriptorLength({ owner: 'user:a', group: null, dacl: [] }), 20 + 28 + 8);
  t.equal(descriptorLength({ group: 'group:a', dacl: [entry(1)] }), 20 + 28 + 8 + 8 + 12);
  t.end();
});
