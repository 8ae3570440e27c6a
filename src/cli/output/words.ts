/** `NTMS_DRIVESTATE_DISMOUNTABLE` → `dismountable`: what a person reads where JSON shows the documented name. */
export function words(symbol: string): string {
  return symbol
    .replace(
      /^NTMS_(LM_|[A-Z]*STATE_|PORTCONTENT_|PORTPOSITION_|POOLTYPE_|LIBRARYTYPE_|INVENTORY_|OPREQ_|MEDIARW_)?/,
      '',
    )
    .toLowerCase()
    .replaceAll('_', ' ');
}

/** The name that an enumeration gives a number; the number itself when it has none. */
export function symbolOf(enumeration: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(enumeration).find((name) => enumeration[name] === value) ?? String(value);
}

/** `1 drive`, `2 drives`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : noun.endsWith('y') ? '' : 's'}`;
}

/** `0.8 ms`, `12 ms`, `3.4 s`. */
export function duration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** On a terminal the beginning of a GUID, which names it as well as all of it; elsewhere the whole. */
export function shownId(id: string, width: number | undefined): string {
  return width === undefined ? id : id.slice(0, 8);
}

/** `2026-01-31 12:00:00`, UTC; `-` for none. */
export function shownTime(date: Date | null): string {
  return date?.toISOString().slice(0, 19).replace('T', ' ') ?? '-';
}
