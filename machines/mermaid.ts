import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** One region of a machine as a Mermaid stateDiagram-v2. */
export interface StateDiagram {
  /** The region's name; empty when the machine has none. */
  readonly region: string;
  readonly text: string;
}

/**
 * Draws the state-changing transitions of a machine, one diagram a region (Mermaid has no notes across concurrent
 * regions). Reactions that change no state are not drawn. An edge whose ends lie in different composite states is drawn
 * between the composites, since Mermaid allows no other, and says in its label which inner state is meant.
 */
export function mermaidStateDiagrams(machine: AnyStateMachine): StateDiagram[] {
  const { root } = machine;
  if (root.type !== 'parallel') return [{ region: '', text: draw(root) }];
  return children(root).map((region) => ({ region: region.key, text: draw(region) }));
}

/** A leaf that only decides where to start. */
export function isRouting(node: AnyStateNode): boolean {
  return node.key === 'routing';
}

/** The child states of a node, in the order of declaration. */
export function children(node: AnyStateNode): AnyStateNode[] {
  return Object.values(node.states) as AnyStateNode[];
}

/** All transitions that a node itself declares, wildcards left out. */
export function transitionsOf(node: AnyStateNode): AnyTransitionDefinition[] {
  return [...(node.always ?? []), ...[...node.transitions.values()].flat()].filter(
    (transition) => transition.eventType !== '*',
  );
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly labels: string[];
}

function draw(region: AnyStateNode): string {
  const edges = new Map<AnyStateNode, Edge[]>();
  collectEdges(region, region, edges);
  return ['stateDiagram-v2', ...block(region, edges, 1)].join('\n');
}

function block(node: AnyStateNode, edges: ReadonlyMap<AnyStateNode, Edge[]>, depth: number): string[] {
  const indent = '  '.repeat(depth);
  const lines: string[] = [];
  const own = edges.get(node) ?? [];
  if (own.some((edge) => edge.from === anyOf(node))) lines.push(`${indent}state "any state" as ${anyOf(node)}`);
  const first = node.initial?.target[0];
  if (first !== undefined && !isRouting(first)) lines.push(`${indent}[*] --> ${nameOf(first)}`);
  for (const child of children(node)) {
    if (isRouting(child)) continue;
    const name = nameOf(child);
    if (children(child).length === 0) lines.push(`${indent}state "${child.key}" as ${name}`);
    else {
      lines.push(`${indent}${name} : ${child.key}`, `${indent}state ${name} {`);
      lines.push(...block(child, edges, depth + 1), `${indent}}`);
    }
    if (child.tags.length > 0) lines.push(`${indent}note right of ${name} : ${child.tags.join(', ')}`);
  }
  for (const edge of own) lines.push(`${indent}${edge.from} --> ${edge.to} : ${plain(edge.labels).join('<br/>')}`);
  return lines;
}

/** A guarded way beside an unguarded one for the same event on the same edge says nothing more. */
function plain(labels: readonly string[]): string[] {
  return labels.filter((label) => {
    const unguarded = label.replace(/ \[\w+\]/, '');
    return unguarded === label || !labels.includes(unguarded);
  });
}

/** Files every edge under the innermost state that holds both its ends. */
function collectEdges(node: AnyStateNode, region: AnyStateNode, edges: Map<AnyStateNode, Edge[]>): void {
  for (const transition of transitionsOf(node)) {
    const target = transition.target?.[0] as AnyStateNode | undefined;
    if (target === undefined || !isInside(target, region)) continue;
    const label = labelOf(transition);
    if (!isRouting(target)) addEdge(node, target, label, edges);
    // Back to the leaf that decides where to start: it may lead anywhere that leaf leads.
    else
      for (const way of transitionsOf(target))
        addEdge(node, way.target?.[0] as AnyStateNode, [...label, ...labelOf(way)], edges);
  }
  for (const child of children(node)) collectEdges(child, region, edges);
}

function addEdge(
  source: AnyStateNode,
  target: AnyStateNode,
  label: readonly string[],
  edges: Map<AnyStateNode, Edge[]>,
): void {
  const home = commonParent(source, target);
  const from = source === home ? source : childTowards(home, source);
  const to = childTowards(home, target);
  const inner = [
    from === source || isRouting(source) ? '' : `in ${source.key}`,
    to === target ? '' : `to ${target.key}`,
  ];
  const fromName = isRouting(source) ? '[*]' : from === home ? anyOf(home) : nameOf(from);
  const list = edges.get(home) ?? [];
  edges.set(home, list);
  const text = [...label, ...inner].filter((part) => part !== '').join(' ') || 'otherwise';
  const same = list.find((edge) => edge.from === fromName && edge.to === nameOf(to));
  if (same === undefined) list.push({ from: fromName, to: nameOf(to), labels: [text] });
  else if (!same.labels.includes(text)) same.labels.push(text);
}

/** The event and, in brackets, the guard. */
function labelOf(transition: AnyTransitionDefinition): string[] {
  const guard: unknown = transition.guard;
  return [transition.eventType, typeof guard === 'string' ? `[${guard}]` : ''];
}

function isInside(node: AnyStateNode, ancestor: AnyStateNode): boolean {
  return ancestorsOf(node).includes(ancestor);
}

function commonParent(source: AnyStateNode, target: AnyStateNode): AnyStateNode {
  const above = [source, ...ancestorsOf(source)];
  const found = ancestorsOf(target).find((ancestor) => above.includes(ancestor));
  if (found === undefined) throw new Error(`${source.id} and ${target.id} are not in one machine`);
  // A state that goes to itself is drawn in the state that holds it.
  return found;
}

function childTowards(ancestor: AnyStateNode, node: AnyStateNode): AnyStateNode {
  const line = [node, ...ancestorsOf(node)];
  return line[line.indexOf(ancestor) - 1] ?? node;
}

function ancestorsOf(node: AnyStateNode): AnyStateNode[] {
  return node.parent === undefined ? [] : [node.parent as AnyStateNode, ...ancestorsOf(node.parent as AnyStateNode)];
}

/** An identifier that Mermaid takes: letters, digits and underscores. */
function nameOf(node: AnyStateNode): string {
  return node.path.join('_');
}

function anyOf(node: AnyStateNode): string {
  return `any_${nameOf(node) || 'state'}`;
}
