import type { NTMS_OBJECTINFORMATION, NtmsObjectInfo } from '../../ntms/index.js';
import type { CommandContext } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { findObject } from '../names/object-name.js';
import { kindWords, type ObjectKind } from '../names/object-kinds.js';
import { SETTING_OPTIONS, type SettingOption } from '../commands-of/setting-options.js';
import { OBJECT_SETTINGS, type ObjectSetting } from '../object-settings.js';
import { withManager } from '../open-manager.js';
import type { ObjectReader } from '../views/object-reader.js';

/** `rsm set`: writes fields of an object's record, all that were given or none. */
export async function setObject(
  context: CommandContext,
  kind: ObjectKind,
  name: string,
  given: Readonly<Record<string, string>>,
): Promise<void> {
  const settings = chosenSettings(kind, given);
  await withManager(context, async (open) => {
    const reader = open.reader();
    const { api, session } = open;
    const object = await findObject(reader, kind, name);
    const before = await api.GetNtmsObjectInformation(session, object.id, { dwType: object.type });
    let record = before;
    for (const { setting, value } of settings) record = await withSetting(record, setting, value, reader);
    await api.SetNtmsObjectInformation(session, object.id, record);
    const after = await api.GetNtmsObjectInformation(session, object.id, { dwType: object.type });
    const what = settings.map(({ option, value }) => `${option} "${value}"`).join(', ');
    context.terminal.line(`${kindWords(kind)} ${object.label}: ${what}.`);
    context.terminal.document({ kind, id: object.id, object: object.label, record: after });
  });
}

function chosenSettings(kind: ObjectKind, given: Readonly<Record<string, string>>) {
  const chosen = SETTING_OPTIONS.flatMap(({ option, kinds }) => {
    const value = given[camelCase(option)];
    return value === undefined ? [] : [{ option, kinds, value, setting: OBJECT_SETTINGS[option] }];
  });
  const all: readonly SettingOption[] = SETTING_OPTIONS;
  const possible = all.filter(({ kinds }) => kinds.includes(kind)).map(({ option }) => `--${option}`);
  const wrong = chosen.find(({ kinds }) => !kinds.includes(kind));
  const few = `What a ${kindWords(kind)} has: ${possible.join(', ')}.`;
  if (wrong !== undefined) {
    const owners = wrong.kinds.map(kindWords).join(' or ');
    throw new CommandError('USAGE', `--${wrong.option} is for a ${owners}. ${few}`);
  }
  if (chosen.length === 0) throw new CommandError('USAGE', `Say what to set. ${few}`);
  return chosen;
}

async function withSetting(
  record: NTMS_OBJECTINFORMATION,
  { member, fields }: ObjectSetting,
  value: string,
  reader: ObjectReader,
): Promise<NTMS_OBJECTINFORMATION> {
  if (member === undefined) return { ...record, ...(await fields(value, {}, reader)) };
  const part = (record.Info as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>)[member] ?? {};
  const Info = { [member]: { ...part, ...(await fields(value, part, reader)) } } as unknown as NtmsObjectInfo;
  return { ...record, Info };
}

function camelCase(option: string): string {
  return option.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
