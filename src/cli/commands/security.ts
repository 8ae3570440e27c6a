import {
  type NTMS_ACCESS_ENTRY,
  type NTMS_SECURITY_DESCRIPTOR,
  NtmsAccessMask,
  SecurityInformation,
  StandardAccess,
} from '../../ntms/index.js';
import type { CommandContext } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { findCarrier, type NamedObject } from '../names/object-name.js';
import { type OpenManager, withManager } from '../open-manager.js';
import { table } from '../output/table.js';

/** The words of rights. */
export const RIGHTS = {
  use: NtmsAccessMask.NTMS_USE_ACCESS,
  modify: NtmsAccessMask.NTMS_MODIFY_ACCESS,
  control: NtmsAccessMask.NTMS_CONTROL_ACCESS,
  read: StandardAccess.READ_CONTROL,
  'write-dac': StandardAccess.WRITE_DAC,
} as const;
export type Right = keyof typeof RIGHTS;

/** What a command line may name: a right, or all of them. */
export const RIGHT_WORDS = [...(Object.keys(RIGHTS) as Right[]), 'all'] as const;

const EVERY = Object.values(RIGHTS).reduce((bits, bit) => bits | bit, 0);
const { OWNER_SECURITY_INFORMATION, GROUP_SECURITY_INFORMATION, DACL_SECURITY_INFORMATION } = SecurityInformation;

/** `rsm security show`. */
export async function showSecurity(context: CommandContext, name: string): Promise<void> {
  await withManager(context, async (open) => show(context, open, await findCarrier(open.reader(), name)));
}

export interface GrantOptions {
  /** The entry denies instead of allowing. */
  readonly deny?: boolean;
}

/** `rsm security grant`: adds rights to what the object's access list says of a trustee. */
export async function grant(
  context: CommandContext,
  name: string,
  trustee: string,
  rights: readonly string[],
  options: GrantOptions,
): Promise<void> {
  requireTrustee(trustee);
  const mask = maskOf(rights);
  const deny = options.deny === true;
  await changeList(context, name, (entries) => {
    const same = entries.find((one) => one.trustee === trustee && one.deny === deny);
    if (same === undefined) return [...entries, { trustee, mask, deny }];
    return entries.map((one) => (one === same ? { ...one, mask: one.mask | mask } : one));
  });
}

/** `rsm security revoke`: takes rights, or everything, out of what the list says of a trustee. */
export async function revoke(
  context: CommandContext,
  name: string,
  trustee: string,
  rights: readonly string[],
  options: GrantOptions,
): Promise<void> {
  requireTrustee(trustee);
  const mask = rights.length === 0 ? EVERY : maskOf(rights);
  await changeList(context, name, (entries) => {
    const meant = (one: NTMS_ACCESS_ENTRY): boolean =>
      one.trustee === trustee && (options.deny === undefined || one.deny === options.deny) && (one.mask & mask) !== 0;
    if (!entries.some(meant)) {
      const what = rights.length === 0 ? 'nothing' : `nothing about ${rights.join(', ')}`;
      const trustees = [...new Set(entries.map((one) => one.trustee))];
      throw new CommandError('OBJECT_NOT_FOUND', `The list says ${what} of ${trustee}.`, trustees);
    }
    return entries
      .map((one) => (meant(one) ? { ...one, mask: one.mask & ~mask } : one))
      .filter((one) => one.mask !== 0);
  });
}

/** `rsm security inherit`: the object's own list goes; that of what is above it counts. */
export async function inheritSecurity(context: CommandContext, name: string): Promise<void> {
  await withManager(context, async (open) => {
    const object = await findCarrier(open.reader(), name);
    await write(open, object, DACL_SECURITY_INFORMATION, { dacl: null });
    await show(context, open, object);
  });
}

/** `rsm security owner`: gives the object another owner; with `group` also the group that is kept with it. */
export async function changeOwner(
  context: CommandContext,
  name: string,
  owner: string,
  options: { readonly group?: string },
): Promise<void> {
  requireTrustee(owner);
  const { group } = options;
  await withManager(context, async (open) => {
    const object = await findCarrier(open.reader(), name);
    const parts = OWNER_SECURITY_INFORMATION | (group === undefined ? 0 : GROUP_SECURITY_INFORMATION);
    await write(open, object, parts, { owner, ...(group === undefined ? {} : { group }) });
    await show(context, open, object);
  });
}

async function changeList(
  context: CommandContext,
  name: string,
  change: (entries: readonly NTMS_ACCESS_ENTRY[]) => readonly NTMS_ACCESS_ENTRY[],
): Promise<void> {
  await withManager(context, async (open) => {
    const object = await findCarrier(open.reader(), name);
    const { dacl, daclInherited } = await read(open, object, DACL_SECURITY_INFORMATION);
    const changed = change(dacl ?? []);
    // What counted until now goes on counting: the list that is written replaces the one from above.
    if (daclInherited === true) {
      context.terminal.note(
        `${object.label} has a list of its own from now on, begun with the one that it had from above.`,
      );
    }
    await write(open, object, DACL_SECURITY_INFORMATION, { dacl: changed });
    await show(context, open, object);
  });
}

async function read(open: OpenManager, object: NamedObject, parts: number): Promise<NTMS_SECURITY_DESCRIPTOR> {
  const { api, session } = open;
  return (await api.GetNtmsObjectSecurity(session, object.id, object.type, parts, null)).lpSecurityDescriptor;
}

function write(open: OpenManager, object: NamedObject, parts: number, what: NTMS_SECURITY_DESCRIPTOR): Promise<void> {
  return open.api.SetNtmsObjectSecurity(open.session, object.id, object.type, parts, what);
}

async function show(context: CommandContext, open: OpenManager, object: NamedObject): Promise<void> {
  const parts = OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
  const { owner, group, dacl, daclInherited } = await read(open, object, parts);
  const entries = (dacl ?? []).map(({ trustee, mask, deny }) => ({ trustee, deny, rights: rightsOf(mask) }));
  const { terminal } = context;
  const title =
    object.kind === 'computer' ? 'The computer' : `${object.kind === 'pool' ? 'Pool' : 'Library'} ${object.label}`;
  const shownOwner = owner === undefined || owner === '' ? 'nobody' : owner;
  terminal.line(`${title}: owner ${shownOwner}${group ? `, group ${group}` : ''}`);
  if (daclInherited === true) terminal.line('No list of its own; what is above it says:');
  const rows = entries.map(({ trustee, deny, rights }) => [trustee, deny ? 'deny' : 'allow', rights.join(', ')]);
  terminal.line(
    rows.length === 0
      ? 'The list is empty: nobody may do anything with it but its owner and administrators.'
      : table(['Trustee', 'Entry', 'Rights'], rows, { width: terminal.width }),
  );
  terminal.document({
    ...{ kind: object.kind, id: object.id, object: object.label, owner: owner ?? null, group: group ?? null },
    inherited: daclInherited === true,
    entries,
  });
}

function rightsOf(mask: number): Right[] {
  return (Object.keys(RIGHTS) as Right[]).filter((right) => (mask & RIGHTS[right]) !== 0);
}

function maskOf(rights: readonly string[]): number {
  return rights.reduce((mask, word) => {
    if (word === 'all') return mask | EVERY;
    const right = (Object.keys(RIGHTS) as Right[]).find((known) => known === word);
    if (right !== undefined) return mask | RIGHTS[right];
    throw new CommandError('USAGE', `"${word}" is no right. Write one or several of: ${RIGHT_WORDS.join(', ')}.`);
  }, 0);
}

function requireTrustee(text: string): void {
  if (/^(everyone|(user|group):.+)$/.test(text)) return;
  throw new CommandError('USAGE', `"${text}" is nobody. Write user:NAME, group:NAME or everyone.`);
}
