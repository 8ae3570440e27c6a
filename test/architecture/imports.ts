import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import ts from 'typescript';

/** One import, re-export, dynamic import or import type of a file. */
export interface FileImport {
  /** The importing file, from the top of the tree, with forward slashes. */
  readonly from: string;
  readonly line: number;
  /** The imported file in the same form, or the package name for anything that is not relative. */
  readonly to: string;
  readonly relative: boolean;
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

/** Reads the imports of one file's text. */
export function importsOf(file: string, text: string): FileImport[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: FileImport[] = [];
  const note = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const isRelative = specifier.text.startsWith('.');
    found.push({
      from: file,
      line: source.getLineAndCharacterOfPosition(specifier.getStart()).line + 1,
      to: isRelative ? resolve(file, specifier.text) : packageName(specifier.text),
      relative: isRelative,
      typeOnly,
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) note(node.moduleSpecifier, importsOnlyTypes(node.importClause));
    else if (ts.isExportDeclaration(node)) note(node.moduleSpecifier, exportsOnlyTypes(node));
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) note(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      note(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Every TypeScript file below `folders` with its text, keyed by its path from `root`. */
export function readTree(root: string, folders: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(ts|mts)$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      files.set(relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8'));
    }
  }
  return files;
}

/** Cycles of files, each as the list of files on the way round. */
export function cyclesAmong(imports: readonly FileImport[]): string[][] {
  const next = new Map<string, string[]>();
  for (const one of imports) if (one.relative) next.set(one.from, [...(next.get(one.from) ?? []), one.to]);
  const cycles: string[][] = [];
  const finished = new Set<string>();
  const walk = (file: string, path: string[]): void => {
    if (finished.has(file)) return;
    const at = path.indexOf(file);
    if (at !== -1) {
      cycles.push([...path.slice(at), file]);
      return;
    }
    for (const to of next.get(file) ?? []) walk(to, [...path, file]);
    finished.add(file);
  };
  for (const file of next.keys()) walk(file, []);
  return cycles;
}

function importsOnlyTypes(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const names = clause.namedBindings;
  return (
    clause.name === undefined &&
    names !== undefined &&
    ts.isNamedImports(names) &&
    names.elements.length > 0 &&
    names.elements.every((element) => element.isTypeOnly)
  );
}

function exportsOnlyTypes(node: ts.ExportDeclaration): boolean {
  const clause = node.exportClause;
  if (node.isTypeOnly) return true;
  return clause !== undefined && ts.isNamedExports(clause) && clause.elements.every((element) => element.isTypeOnly);
}

function resolve(file: string, specifier: string): string {
  return posix.join(posix.dirname(file), specifier).replace(/\.(m?)js$/, '.$1ts');
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
