/** What lies in the folder of an attachment. */
export const ownFiles = {
  /** Made with the folder's lock: SQLite's file, its journal, and who has it. */
  locks: /^lock(-journal|-holder\.json(\.\d+\.new)?)?$/,
  /** Written anew at each start. */
  trees: ['dev', 'sys', 'ioctl'],
} as const;

/** Whether the folder is empty or one of ours; every start empties it, so nobody else's may be taken for one. */
export function isOwnFolder(names: readonly string[]): boolean {
  if (names.length === 0) return true;
  const trees: readonly string[] = ownFiles.trees;
  return names.includes('lock') && names.every((name) => ownFiles.locks.test(name) || trees.includes(name));
}
