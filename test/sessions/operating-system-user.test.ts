import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { groupNames, operatingSystemUser } from '../../src/sessions/operating-system-user.js';

t.test('names groups by the group file, and keeps the numbers of others', (t) => {
  const file = join(t.testdir(), 'group');
  writeFileSync(file, 'root:x:0:\ntape:x:26:alice\nother:x:26:\nbroken line\n');
  t.same(groupNames([26, 0, 4711], file), ['tape', 'root', '4711']);
  t.same(groupNames([26], join(t.testdir(), 'missing')), ['26']);
  t.end();
});

const noId = process.platform === 'win32' ? 'this system has no id' : false;

t.test('is the user whom the system names, with all groups', { skip: noId }, (t) => {
  const { user, groups, administrator } = operatingSystemUser();
  t.equal(user, userInfo().username);
  t.equal(administrator, userInfo().uid === 0);
  const told = execFileSync('id', ['-Gn'], { encoding: 'utf8' }).trim().split(' ');
  t.same(new Set(groups), new Set(told));
  t.end();
});
