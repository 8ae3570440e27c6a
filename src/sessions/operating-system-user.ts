import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

/** Who calls, as the operating system knows it. */
export interface OperatingSystemUser {
  readonly user: string;
  /** Names of the groups that the process has; the number of one that has no name in the group file. */
  readonly groups: readonly string[];
  /** root. */
  readonly administrator: boolean;
}

/** The user of this process. Groups are those that the process was started with, as with the rights of files. */
export function operatingSystemUser(groupFile = '/etc/group'): OperatingSystemUser {
  const { username, uid } = userInfo();
  return { user: username, groups: groupNames(processGroups(), groupFile), administrator: uid === 0 };
}

/** The names of groups by their numbers; a number that the file does not have stays one. */
export function groupNames(numbers: readonly number[], groupFile: string): string[] {
  const names = new Map<string, string>();
  for (const line of readGroups(groupFile).split('\n')) {
    const [name, , number] = line.split(':');
    if (name !== undefined && number !== undefined && !names.has(number)) names.set(number, name);
  }
  return numbers.map((number) => names.get(`${number}`) ?? `${number}`);
}

/** None where the system has no such thing. */
function processGroups(): number[] {
  const own = process.getegid?.();
  return [...new Set([...(own === undefined ? [] : [own]), ...(process.getgroups?.() ?? [])])];
}

function readGroups(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
