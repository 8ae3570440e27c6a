/** The names that were perhaps meant, nearest first, at most `limit`. Upper and lower case are alike here. */
export function nearMatches(wanted: string, names: readonly string[], limit = 5): string[] {
  const sought = wanted.toLowerCase();
  return [...new Set(names)]
    .map((name) => ({ name, distance: nearness(sought, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, sought.length / 3))
    .toSorted((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** The edit distance, or less for a name that holds the whole of what was written. */
function nearness(sought: string, name: string): number {
  if (sought !== '' && name.includes(sought)) return 0.5;
  return editDistance(sought, name);
}

/** Levenshtein's: how many letters to insert, remove or replace. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
