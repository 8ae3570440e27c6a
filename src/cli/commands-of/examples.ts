/** What the help of a command ends with: each line a command as it would be typed, and what that does. */
export function examples(...lines: readonly (readonly [command: string, what: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return ['', 'Examples:', ...lines.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`.trimEnd())].join(
    '\n',
  );
}
