import { readFile, stat } from 'node:fs/promises';

/** Name of the group that a file belongs to; undefined for root's own, and when it cannot be told. */
export async function groupOf(path: string): Promise<string | undefined> {
  const gid = await stat(path).then(
    (found) => found.gid,
    () => 0,
  );
  if (gid === 0) return undefined;
  const groups = await readFile('/etc/group', 'latin1').catch(() => '');
  const line = groups.split('\n').find((one) => one.split(':')[2] === `${gid}`);
  return line?.split(':')[0] ?? `${gid}`;
}
