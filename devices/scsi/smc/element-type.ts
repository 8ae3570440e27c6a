/** Element types (SMC-3). ALL is only for asking. */
export const ElementType = {
  MEDIUM_TRANSPORT: 1,
  STORAGE: 2,
  IMPORT_EXPORT: 3,
  DATA_TRANSFER: 4,
} as const;
export type ElementType = (typeof ElementType)[keyof typeof ElementType];

/** In the ELEMENT TYPE CODE field of a CDB: report elements of every type. */
export const allElementTypes = 0;

const names: Readonly<Record<ElementType, string>> = {
  1: 'medium transport element',
  2: 'storage element',
  3: 'import/export element',
  4: 'data transfer element',
};

export function elementTypeName(type: ElementType): string {
  return names[type];
}

export function isElementType(code: number): code is ElementType {
  return code >= 1 && code <= 4;
}
