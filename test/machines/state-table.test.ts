import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { getNextTransitions } from 'xstate';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import { stateTable, StateTableError, isEnabled, ntmsState } from '../../machines/state-table.js';
import { effectMeanings, eventMeanings } from '../../machines/vocabulary.js';
import { children } from '../../machines/mermaid.js';
import { samples } from './machine-samples.js';
import { run, step } from './machine-run.js';
import { leavesOf, walk } from './machine-walk.js';

/** The enumerations as the protocol document and the header list them, written down here once more. */
const documented: Record<string, string> = {
  NtmsDriveState: 'NTMS_DRIVESTATE_: DISMOUNTED MOUNTED LOADED UNLOADED BEING_CLEANED DISMOUNTABLE',
  NtmsSlotState: 'NTMS_SLOTSTATE_: UNKNOWN FULL EMPTY NOTPRESENT NEEDSINVENTORY',
  NtmsDoorState: 'NTMS_DOORSTATE_: UNKNOWN CLOSED OPEN',
  NtmsPortPosition: 'NTMS_PORTPOSITION_: UNKNOWN EXTENDED RETRACTED',
  NtmsPortContent: 'NTMS_PORTCONTENT_: UNKNOWN FULL EMPTY',
  NtmsMediaState: 'NTMS_MEDIASTATE_: IDLE INUSE MOUNTED LOADED UNLOADED OPERROR OPREQ',
  NtmsPartitionState:
    'NTMS_PARTSTATE_: UNKNOWN UNPREPARED INCOMPATIBLE DECOMMISSIONED AVAILABLE ALLOCATED COMPLETE FOREIGN IMPORT RESERVED',
  NtmsLmState: 'NTMS_LM_: QUEUED INPROCESS PASSED FAILED INVALID WAITING DEFERRED CANCELLED STOPPED',
  NtmsOpreqState: 'NTMS_OPSTATE_: UNKNOWN SUBMITTED ACTIVE INPROGRESS REFUSED COMPLETE',
  NtmsOperationalState: 'NTMS_: READY INITIALIZING NEEDS_SERVICE NOT_PRESENT',
};

function membersOf(enumeration: string): string[] {
  const [prefix, names] = (documented[enumeration] ?? '').split(': ');
  return (names ?? '').split(' ').map((name) => `${prefix}${name}`);
}

const emittedSomewhere = new Set<string>();

for (const { machine: typed, title, shows } of stateTable) {
  const machine: AnyStateMachine = typed;
  const sample = samples[machine.id];
  if (sample === undefined) throw new Error(`write samples for ${machine.id}`);
  const leaves = leavesOf(machine.root);

  t.test(`${title}: every leaf carries exactly one tag of each enumeration it shows`, async (t) => {
    const regions = Object.entries(shows);
    for (const leaf of leaves) {
      const region = machine.root.type === 'parallel' ? (leaf.path[0] ?? '') : '';
      const expected = regions.filter(([, where]) => where === region).map(([enumeration]) => enumeration);
      if (region === 'availability') {
        t.equal(leaf.tags.length, 1, leaf.id);
        t.ok(['ENABLED', 'DISABLED'].includes(leaf.tags[0] ?? ''), leaf.id);
        continue;
      }
      for (const enumeration of expected) {
        const carried = leaf.tags.filter((tag) => membersOf(enumeration).includes(tag));
        t.equal(carried.length, 1, `${leaf.id}: ${enumeration}`);
      }
      t.equal(leaf.tags.length, expected.length, `${leaf.id} carries no other tag`);
    }
    for (const node of innerNodes(machine.root)) t.same(node.tags, [], `${node.id} leaves the tags to its leaves`);
  });

  t.test(`${title}: every member of its enumeration is shown by some leaf`, async (t) => {
    const carried = new Set(leaves.flatMap((leaf) => leaf.tags));
    // An element cannot be without a device, and only libraries and changers initialise.
    const partly = ['drive', 'picker'].includes(machine.id) ? ['NtmsOperationalState'] : [];
    for (const enumeration of Object.keys(shows).filter((name) => !partly.includes(name))) {
      for (const member of membersOf(enumeration)) t.ok(carried.has(member), member);
    }
  });

  t.test(`${title}: takes any event in any state`, async (t) => {
    const declared = new Set(machine.events.filter((type) => type !== '*' && !type.startsWith('xstate.')));
    t.same(new Set(sample.events.map((event) => event.type)), declared, 'the samples name every event');
    const visited = new Set<string>();
    let silent = 0;
    const faults: string[] = [];
    const states = walk(machine, sample, ({ before, event, after, unchanged }) => {
      for (const effect of after.effects) emittedSomewhere.add(effect.type);
      const where = `${JSON.stringify(before.snapshot.value)} ${JSON.stringify(event)}`;
      if (after.snapshot.status !== 'active') faults.push(`ends: ${where}`);
      const unexpected = after.effects.filter((effect) => effect.type === 'event.unexpected');
      if (unexpected.length > 0 && (after.effects.length > 1 || !unchanged))
        faults.push(`unexpected, yet acts: ${where}`);
      if (unchanged && after.effects.length === 0) {
        silent += 1;
        const named = getNextTransitions(before.snapshot).some((transition) => transition.eventType === event.type);
        if (!named) faults.push(`vanishes: ${where}`);
      }
    });
    for (const state of states) {
      const { context, tags, value } = state.snapshot;
      for (const leaf of leaves) if (state.snapshot.matches(stateValueOf(leaf))) visited.add(leaf.id);
      const copy: unknown = JSON.parse(JSON.stringify(context));
      if (!isDeepStrictEqual(copy, context)) faults.push(`context is not JSON: ${JSON.stringify(context)}`);
      for (const enumeration of Object.keys(shows) as (keyof typeof shows)[]) {
        const shown = membersOf(enumeration).filter((member) => tags.has(member));
        if (shown.length !== 1) faults.push(`${JSON.stringify(value)} shows ${shown.join(', ')}`);
        else if (ntmsState(state.snapshot, enumeration) !== shown[0]) faults.push(`ntmsState differs: ${shown[0]}`);
      }
      const stranger = step(machine, state, { type: 'NO_SUCH_EVENT', payload: 1 });
      const [report] = stranger.effects;
      const regions = machine.root.type === 'parallel' ? children(machine.root).length : 1;
      if (
        stranger.effects.length !== 1 ||
        report?.type !== 'event.unexpected' ||
        report['machine'] !== machine.id ||
        String(report['state']).split(', ').filter(Boolean).length !== regions ||
        !isDeepStrictEqual(report['event'], { type: 'NO_SUCH_EVENT', payload: 1 })
      ) {
        faults.push(`a stranger is not reported: ${JSON.stringify([value, report])}`);
      }
    }
    t.same(faults.slice(0, 10), []);
    t.same(
      leaves.map((leaf) => leaf.id).filter((id) => !visited.has(id)),
      [],
      'every leaf is reached',
    );
    t.comment(`${states.length} states, ${states.length * sample.events.length} steps, ${silent} ignored on purpose`);
  });

  t.test(`${title}: a path leads from the first input to every leaf`, async (t) => {
    const paths = sample.inputs.flatMap((input) =>
      getShortestPaths(machine, {
        input,
        events: sample.events,
        serializeState: (snapshot) => JSON.stringify((snapshot as { value: unknown }).value),
      }),
    );
    for (const leaf of leaves) {
      t.ok(
        paths.some((path) => path.state.matches(stateValueOf(leaf))),
        leaf.id,
      );
    }
  });
}

t.test('the vocabulary names every event and every effect, and no other', async (t) => {
  const taken = new Set(stateTable.flatMap(({ machine }) => (machine as AnyStateMachine).events));
  taken.delete('*');
  t.same(new Set(Object.keys(eventMeanings)), taken);
  t.same(Object.keys(effectMeanings).toSorted(), [...emittedSomewhere].toSorted());
});

t.test('ntmsState says what to ask for when a machine does not show an enumeration', async (t) => {
  const row = stateTable.find(({ machine }) => machine.id === 'slot');
  const slot = run(row?.machine as AnyStateMachine, { slotId: 's', elementAddress: 1 });
  t.throws(() => ntmsState(slot.snapshot, 'NtmsDriveState'), { code: 'enumeration-not-shown' });
  t.throws(() => ntmsState(slot.snapshot, 'NtmsDriveState'), StateTableError);
  t.equal(ntmsState(slot.snapshot, 'NtmsSlotState'), 'NTMS_SLOTSTATE_UNKNOWN');
  t.equal(isEnabled(slot.snapshot), true);
});

function stateValueOf(leaf: AnyStateNode): string {
  return leaf.path.join('.');
}

function innerNodes(node: AnyStateNode): AnyStateNode[] {
  const inner = children(node);
  return inner.length === 0 ? [] : [node, ...inner.flatMap((child) => innerNodes(child))];
}
