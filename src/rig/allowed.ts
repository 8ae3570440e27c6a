import { z } from 'zod';
import { rigSchema } from './rig-schema.js';

/** The parts of a JSON schema that the rig schema uses. */
interface JsonSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: unknown;
}

export type DocumentPath = readonly (string | number)[];

/** The rig file's JSON schema (draft 2020-12), for editors. */
export function rigJsonSchema(): object {
  return z.toJSONSchema(rigSchema, { io: 'input' });
}

/**
 * What may stand at `path` of `document`, in words: the keys of a mapping when `keys` is asked for, else the
 * description of the value. Undefined where the schema ends.
 */
export function allowedAt(path: DocumentPath, document: unknown, keys = false): string | undefined {
  let schema: JsonSchema | undefined = rigJsonSchema();
  let value = document;
  for (const step of path) {
    schema = chooseVariant(schema, value);
    if (schema?.oneOf !== undefined) return step === 'transport' ? transportsOf(schema) : undefined;
    schema = typeof step === 'number' ? schema?.items : schema?.properties?.[step];
    value = memberOf(value, step);
  }
  if (!keys) return schema?.description;
  const names = Object.keys(chooseVariant(schema, value)?.properties ?? {});
  return names.length === 0 ? undefined : names.join(', ');
}

function chooseVariant(schema: JsonSchema | undefined, value: unknown): JsonSchema | undefined {
  const transport = memberOf(value, 'transport');
  return schema?.oneOf?.find((variant) => variant.properties?.['transport']?.const === transport) ?? schema;
}

function transportsOf(schema: JsonSchema): string {
  return (schema.oneOf ?? []).map((variant) => String(variant.properties?.['transport']?.const)).join(', ');
}

/** The member of a parsed YAML value, or undefined when it has none of that name. */
export function memberOf(value: unknown, step: string | number): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === String(step))?.[1];
}
