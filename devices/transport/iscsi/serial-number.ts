/** 32-bit serial numbers that wrap (RFC 1982), as CmdSN, StatSN and DataSN are (RFC 7143 4.2.2). */
export function nextSerial(serial: number): number {
  return (serial + 1) >>> 0;
}

/** True when `a` comes before `b`. */
export function precedes(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}
