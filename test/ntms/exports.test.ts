import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import ts from 'typescript';
import { documentedFunctions } from '../../src/ntms/documented-functions.js';
import { packageRoot } from '../../src/objects/package-root.js';

/** A program as a user of the package would write it. */
const program = `
import { INFINITE, NtmsDriveState, NtmsError, NtmsMountOptions, NtmsObjectsTypes, createNtmsApi } from 'openrsm/ntms';
import type { NTMS_DRIVEINFORMATION, NTMS_OBJECTINFORMATION, NtmsApi, NtmsSession } from 'openrsm/ntms';

export async function mountFirst(api: NtmsApi): Promise<string> {
  const session: NtmsSession = await api.OpenNtmsSession(null, 'backup', 0);
  try {
    const sides = await api.EnumerateNtmsObject(session, null, null, NtmsObjectsTypes.NTMS_PARTITION, 0);
    const [drive] = await api.MountNtmsMedia(
      session, sides.slice(0, 1), [null], 1, NtmsMountOptions.NTMS_MOUNT_READ, 0, INFINITE, null);
    const record: NTMS_OBJECTINFORMATION = await api.GetNtmsObjectInformation(
      session, drive ?? '', { dwType: NtmsObjectsTypes.NTMS_DRIVE });
    if (!('Drive' in record.Info)) throw new Error('no drive');
    const info: NTMS_DRIVEINFORMATION = record.Info.Drive;
    if (info.State !== NtmsDriveState.NTMS_DRIVESTATE_LOADED) throw new Error(record.szName);
    await api.DismountNtmsDrive(session, record.ObjectGuid);
    return info.szDeviceName;
  } catch (error) {
    if (error instanceof NtmsError && error.symbol === 'ERROR_MEDIA_OFFLINE') return String(error.code);
    throw error;
  } finally {
    await api.CloseNtmsSession(session);
  }
}
export const make: typeof createNtmsApi = createNtmsApi;
`;

/** Where the compiler finds the package: the entry points of package.json, at the sources that they are built from. */
function entryPoints(root: string): Record<string, string[]> {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { readonly types: string }>;
  };
  return Object.fromEntries(
    Object.entries(exports).flatMap(([entry, target]) => {
      if (typeof target === 'string') return [];
      const source = target.types.replace(/^\.\/dist\//, '').replace(/\.d\.ts$/, '.ts');
      return [[entry.replace(/^\./, 'openrsm'), [join(root, source)]]];
    }),
  );
}

function languageService(text: string): { service: ts.LanguageService; file: string } {
  const root = packageRoot();
  const file = join(root, 'program-of-a-user.ts');
  const { options } = ts.convertCompilerOptionsFromJson(
    { module: 'NodeNext', target: 'ES2023', strict: true, skipLibCheck: true, noEmit: true, types: ['node'] },
    root,
  );
  const host: ts.LanguageServiceHost = {
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => {
      const content = name === file ? text : ts.sys.readFile(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => root,
    getCompilationSettings: () => ({ ...options, paths: entryPoints(root) }),
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: (name) => ts.sys.readFile(name),
    readDirectory: (...given) => ts.sys.readDirectory(...given),
    directoryExists: (name) => ts.sys.directoryExists(name),
    getDirectories: (name) => ts.sys.getDirectories(name),
  };
  return { service: ts.createLanguageService(host), file };
}

function errorsIn(text: string): string[] {
  const { service, file } = languageService(text);
  return [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)].map((one) =>
    ts.flattenDiagnosticMessageText(one.messageText, '\n'),
  );
}

await t.test('a program against the entry point openrsm/ntms compiles', (t) => {
  t.same(errorsIn(program), []);
  t.end();
});

await t.test('the compiler refuses a member that the record does not have, and a number where an id goes', (t) => {
  const [member] = errorsIn(program.replace('info.szDeviceName', 'info.szDevice'));
  t.match(member, /szDevice.*does not exist/);
  const [id] = errorsIn(program.replace('record.ObjectGuid);', '7);'));
  t.match(id, /number.*not assignable.*string/);
  t.end();
});

await t.test('an editor completes the members of a record and of the API', (t) => {
  const { service, file } = languageService(program);
  const completionsAfter = (text: string): string[] => {
    const position = program.indexOf(text) + text.length;
    return service.getCompletionsAtPosition(file, position, {})?.entries.map(({ name }) => name) ?? [];
  };
  const members = completionsAfter('return info.');
  for (const name of ['Number', 'State', 'DriveType', 'szDeviceName', 'dwMountCount', 'LastCleanedTs', 'Library']) {
    t.ok(members.includes(name), name);
  }
  t.equal(members.length, 15, 'NTMS_DRIVEINFORMATION has 15 members');
  const functions = completionsAfter('await api.');
  t.same(new Set(functions), new Set([...documentedFunctions.map(({ name }) => name), 'openDrive']));
  t.ok(completionsAfter('NtmsDriveState.').includes('NTMS_DRIVESTATE_DISMOUNTABLE'));
  t.end();
});
