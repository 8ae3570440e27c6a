import type { Test } from 'tap';
import type { AnyEventObject, AnyStateMachine } from 'xstate';
import { leafOf, run } from './machine-run.js';

/** One numbered row of the transition tables: from here, by these events, to there. */
export interface TransitionRow {
  /** The number in the table, empty for what the table does not number. */
  readonly row: string;
  readonly says: string;
  readonly input: object;
  readonly events: readonly AnyEventObject[];
  /** The leaf afterwards; with `region`, of that region. */
  readonly leaf: string;
  readonly region?: string;
  /** Tags that must show. */
  readonly shows: readonly string[];
  /** Everything that the last event emits, in order; fields not named here are not compared. */
  readonly emits?: readonly Record<string, unknown>[];
  /** Fields of the context afterwards. */
  readonly remembers?: Record<string, unknown>;
}

/** Runs every row as a test of its own. */
export function testRows(t: Test, machine: AnyStateMachine, rows: readonly TransitionRow[]): void {
  for (const row of rows) {
    t.test(`${row.row} ${row.says}`.trim(), async (t) => {
      const end = run(machine, row.input, row.events);
      t.equal(leafOf(end, row.region), row.leaf);
      for (const tag of row.shows) t.ok(end.snapshot.tags.has(tag), `shows ${tag}`);
      if (row.emits !== undefined) {
        t.same(
          end.effects.map((effect) => effect.type),
          row.emits.map((effect) => effect['type']),
        );
        t.match(end.effects, row.emits);
      }
      if (row.remembers !== undefined) t.match(end.snapshot.context, row.remembers);
    });
  }
}
