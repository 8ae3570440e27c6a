/** What a call does: refused with a symbol, or done, and then the world changes; `apply` says what is wrong with the result. */
export type Expected = { readonly refused: string } | { readonly apply: (result: unknown) => string | undefined };

export const refused = (symbol: string): Expected => ({ refused: symbol });

/** Done; nothing about the result to look at. */
export function done(change: () => void = () => undefined): Expected {
  return {
    apply: () => {
      change();
      return undefined;
    },
  };
}

/** What the model must have; throws otherwise. */
export function known<T>(map: ReadonlyMap<string, T>, id: string): T {
  const found = map.get(id);
  if (found === undefined) throw new Error(`the model has no ${id}`);
  return found;
}
