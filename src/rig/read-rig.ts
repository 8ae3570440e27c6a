import { readFileSync } from 'node:fs';
import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { profileIds, standAloneProfileIds } from '../../devices/profiles/index.js';
import { allowedAt, type DocumentPath, memberOf } from './allowed.js';
import { findCrossProblems } from './cross-checks.js';
import { printable, refuseBinary } from './printable.js';
import { RigError, type RigProblem } from './rig-error.js';
import { rigSchema, type RigDocument } from './rig-schema.js';
import type { ChangerUnit, DriveUnit, Position, Rig, SecretSource } from './rig.js';

/**
 * Reads and checks a rig file. Give `file`, or `text` with `file` as the name to report.
 *
 * @throws RigError RIG_NOT_FOUND when the file cannot be read, RIG_INVALID with every problem found in it.
 */
export function readRig(source: { file?: string; text?: string }): Rig {
  const file = source.file ?? 'rig';
  const text = source.text ?? readText(file);
  refuseBinary(file, text);
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };

  if (yaml.errors.length > 0) {
    const problems = yaml.errors.map((error) => ({
      ...place(error.pos[0]),
      what: `not YAML: ${printable(error.message)}`,
    }));
    throw new RigError('RIG_INVALID', file, problems);
  }
  const document: unknown = yaml.toJS();
  const locate = (path: DocumentPath, key = false): Position => place(offsetOf(yaml, path, key));

  const checked = rigSchema.safeParse(document);
  const problems: RigProblem[] = findCrossProblems(document).map(({ path, what, allowed }) => ({
    ...locate(path),
    what,
    ...(allowed === undefined ? {} : { allowed }),
  }));
  if (!checked.success) problems.push(...checked.error.issues.flatMap((issue) => explain(issue, document, locate)));
  problems.push(...unknownProfiles(document, locate));
  if (problems.length > 0 || !checked.success) {
    problems.sort((a, b) => a.line - b.line || a.column - b.column);
    throw new RigError('RIG_INVALID', file, problems);
  }
  return { file, libraries: checked.data.libraries.map((library, index) => toLibrary(library, index, locate)) };
}

type Locate = (path: DocumentPath, key?: boolean) => Position;
type Issue = NonNullable<ReturnType<typeof rigSchema.safeParse>['error']>['issues'][number];

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const what = `the rig file cannot be read (${cause instanceof Error ? cause.message : String(cause)})`;
    const allowed = 'a YAML file; name one with --rig or RSM_RIG, or name none for the embedded virtual rig';
    throw new RigError('RIG_NOT_FOUND', file, [{ line: 1, column: 1, what, allowed }], cause);
  }
}

function toLibrary(library: RigDocument['libraries'][number], index: number, locate: Locate): Rig['libraries'][number] {
  const { drives, changer, drive, ...rest } = library;
  const path = ['libraries', index] as const;
  return {
    ...rest,
    ...(changer === undefined ? {} : { changer: withSecretPlaces(changer, [...path, 'changer'], locate) }),
    ...(drive === undefined ? {} : { drive: withSecretPlaces(drive, [...path, 'drive'], locate) }),
    position: locate(path),
    ...(drives === undefined
      ? {}
      : {
          drives: drives.map(({ address, ...unit }, number) => ({
            address,
            unit: withSecretPlaces(unit, [...path, 'drives', number], locate),
            position: locate([...path, 'drives', number, 'address']),
          })),
        }),
  };
}

/** What is wrong with a secret shows only when it is looked up; then its place in the file is wanted. */
function withSecretPlaces<Unit extends ChangerUnit | DriveUnit>(unit: Unit, path: DocumentPath, locate: Locate): Unit {
  if (unit.transport !== 'iscsi' || unit.chap === undefined) return unit;
  const placed = <Source extends SecretSource>(source: Source, at: DocumentPath): Source => ({
    ...source,
    position: locate([...at, source.secretFile === undefined ? 'secretEnv' : 'secretFile']),
  });
  const { mutual } = unit.chap;
  const chap = placed(unit.chap, [...path, 'chap']);
  return {
    ...unit,
    chap: mutual === undefined ? chap : { ...chap, mutual: placed(mutual, [...path, 'chap', 'mutual']) },
  };
}

/** One line for each thing that the schema refused. */
function explain(issue: Issue, document: unknown, locate: Locate): RigProblem[] {
  const path = issue.path.filter((step): step is string | number => typeof step !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      problem(locate([...path, key], true), `unknown key ${show(key)}`, path, document, true),
    );
  }
  const value = path.reduce<unknown>(memberOf, document);
  const name = path.at(-1);
  if (value === undefined && typeof name === 'string') {
    // What is missing has no place: its mapping's is shown.
    return [problem(locate(path.slice(0, -1)), `"${name}" is missing`, path, document)];
  }
  if (path.length === 0 && value === null) return [problem(locate(path), 'the file is empty', path, document)];
  const subject = typeof name === 'string' ? `"${name}"` : name === undefined ? 'the file' : `entry ${name + 1}`;
  return [problem(locate(path), `${subject} cannot be ${show(value)}`, path, document)];
}

function problem(at: Position, what: string, path: DocumentPath, document: unknown, keys = false): RigProblem {
  const allowed = allowedAt(path, document, keys);
  return { ...at, what, ...(allowed === undefined ? {} : { allowed }) };
}

function unknownProfiles(document: unknown, locate: Locate): RigProblem[] {
  const libraries = memberOf(document, 'libraries');
  if (!Array.isArray(libraries)) return [];
  const kinds = [
    { key: 'changer', known: profileIds() },
    { key: 'drive', known: standAloneProfileIds() },
  ];
  return libraries.flatMap((library: unknown, index) =>
    kinds.flatMap(({ key, known }) => {
      const profile = memberOf(memberOf(library, key), 'profile');
      if (typeof profile !== 'string' || known.includes(profile)) return [];
      const at = locate(['libraries', index, key, 'profile']);
      return [{ ...at, what: `there is no profile ${show(profile)}`, allowed: known.join(', ') }];
    }),
  );
}

/** Where the value at `path` begins, or its key; the nearest part that exists when the path leads nowhere. */
function offsetOf(yaml: Document, path: DocumentPath, key: boolean): number {
  const parent = yaml.getIn(path.slice(0, -1), true);
  if (key && isMap(parent)) {
    const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(path.at(-1)));
    if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
  }
  const node = path.length === 0 ? yaml.contents : yaml.getIn(path, true);
  if (isNode(node) && node.range) return node.range[0];
  return path.length === 0 ? 0 : offsetOf(yaml, path.slice(0, -1), false);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return printable(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
