import { type DocumentPath, memberOf } from './allowed.js';
import type { CrossProblem } from './cross-problem.js';
import { findCartridgeProblems } from './placed-cartridges.js';

/**
 * Looks for what must be unique: library names, changers, drive addresses of a library, drives of the whole rig; and for
 * secrets and cartridges that have no place. Takes the file as it was read, checked or not, so that these problems are reported together with all others.
 */
export function findCrossProblems(document: unknown): CrossProblem[] {
  const problems: CrossProblem[] = [];
  const names = new Map<string, number>();
  const units = new Map<string, string>();

  const claim = (unit: unknown, library: unknown, path: DocumentPath, role: string): void => {
    const key = unitKey(unit, library);
    if (key === undefined) return;
    const owner = units.get(key);
    if (owner === undefined) units.set(key, role);
    else problems.push({ path, what: `${key} is given twice: it already is ${owner}`, allowed: 'each unit once' });
  };

  listOf(memberOf(document, 'libraries')).forEach((library, index) => {
    const path: DocumentPath = ['libraries', index];
    const name = memberOf(library, 'name');
    if (typeof name === 'string') {
      // A name is also a folder, and some file systems do not tell "Bench" from "bench".
      const first = names.get(name.toLowerCase());
      if (first === undefined) names.set(name.toLowerCase(), index);
      else {
        const what = `the name "${name}" is already that of library ${first + 1}`;
        problems.push({ path: [...path, 'name'], what, allowed: 'a name that no other library has' });
      }
    }
    const changer = memberOf(library, 'changer');
    const alone = memberOf(library, 'drive');
    problems.push(...shapeProblems(library, path));
    if (alone !== undefined) claim(alone, name, [...path, 'drive'], `the drive of "${show(name)}"`);
    problems.push(...secretProblems(alone, [...path, 'drive']));
    problems.push(...findCartridgeProblems(alone, [...path, 'drive']));
    claim(changer, name, [...path, 'changer'], `the changer of "${show(name)}"`);
    problems.push(...secretProblems(changer, [...path, 'changer']));
    problems.push(...findCartridgeProblems(changer, [...path, 'changer']));

    const addresses = new Set<unknown>();
    listOf(memberOf(library, 'drives')).forEach((drive, number) => {
      const drivePath: DocumentPath = [...path, 'drives', number];
      const address = memberOf(drive, 'address');
      if (address !== undefined && addresses.has(address)) {
        const what = `drive address ${show(address)} is given twice in library "${show(name)}"`;
        problems.push({ path: [...drivePath, 'address'], what, allowed: 'each data transfer element once' });
      }
      addresses.add(address);
      claim(drive, name, drivePath, `drive ${show(address)} of "${show(name)}"`);
      problems.push(...secretProblems(drive, drivePath));
      if (memberOf(drive, 'transport') === 'virtual' && memberOf(changer, 'transport') !== 'virtual') {
        const what = 'a virtual drive belongs to a virtual changer, and this library has none';
        problems.push({ path: [...drivePath, 'transport'], what, allowed: 'iscsi, serial, usb, sg' });
      }
    });
  });
  return problems;
}

/** A library has a changer, or is a drive on its own. */
function shapeProblems(library: unknown, path: DocumentPath): CrossProblem[] {
  if (typeof library !== 'object' || library === null) return [];
  const has = (key: string): boolean => memberOf(library, key) !== undefined;
  const allowed = 'changer, with or without drives; or drive, for a drive without changer';
  if (!has('changer') && !has('drive')) return [{ path, what: '"changer" is missing', allowed }];
  if (!has('drive')) return [];
  const others = ['changer', 'drives'].filter(has);
  return others.map((key) => ({ path: [...path, key], what: `"${key}" does not go with "drive"`, allowed }));
}

function secretProblems(unit: unknown, path: DocumentPath): CrossProblem[] {
  const chap = memberOf(unit, 'chap');
  const places: [unknown, DocumentPath][] = [
    [chap, [...path, 'chap']],
    [memberOf(chap, 'mutual'), [...path, 'chap', 'mutual']],
  ];
  return places.flatMap(([source, at]) => {
    if (typeof source !== 'object' || source === null) return [];
    const given = ['secretFile', 'secretEnv'].filter((key) => memberOf(source, key) !== undefined);
    if (given.length === 1) return [];
    const what = given.length === 0 ? 'the secret is missing' : 'the secret is given twice';
    return [{ path: at, what, allowed: 'secretFile or secretEnv, one of them' }];
  });
}

/** A text that two descriptions of one logical unit share; undefined for a unit that is not whole. */
function unitKey(unit: unknown, library: unknown): string | undefined {
  const part = (key: string): string => show(memberOf(unit, key));
  const transport = memberOf(unit, 'transport');
  const lun = memberOf(unit, 'lun');
  if (transport === 'sg') return memberOf(unit, 'path') === undefined ? undefined : `sg ${part('path')}`;
  if (lun === undefined) return undefined;
  switch (transport) {
    case 'virtual':
      return `virtual ${show(library)}, LUN ${show(lun)}`;
    case 'iscsi':
      return `iscsi://${part('portal')}/${part('target')}, LUN ${show(lun)}`;
    case 'serial':
      return `serial ${part('path')}, LUN ${show(lun)}`;
    case 'usb': {
      const which = ['serialNumber', 'port'].flatMap((key) => (memberOf(unit, key) === undefined ? [] : [part(key)]));
      const ids = [hex4(memberOf(unit, 'vendorId')), hex4(memberOf(unit, 'productId'))].join(':');
      return `${['usb', ids, ...which].join(' ')}, LUN ${show(lun)}`;
    }
    default:
      return undefined;
  }
}

function hex4(value: unknown): string {
  return typeof value === 'number' ? value.toString(16).padStart(4, '0') : show(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Values of a file that may not have been checked yet. */
function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
