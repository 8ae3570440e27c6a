import { mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Unpacks a fixture's tree below a folder; the folder's real path, which is the tree's root. */
export function unpackSysfs(name: string, folder: string): string {
  const root = realpathSync(folder);
  for (const line of readFileSync(new URL(`fixtures/${name}.sysfs.txt`, import.meta.url), 'utf8').split('\n')) {
    const match = /^(text|hex|link) +(\S+) (.*)$/.exec(line);
    if (match === null) continue;
    const [, kind, path = '', content = ''] = match;
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    if (kind === 'link') symlinkSync(content, file);
    else writeFileSync(file, kind === 'hex' ? Buffer.from(content, 'hex') : `${content}\n`);
  }
  return root;
}
