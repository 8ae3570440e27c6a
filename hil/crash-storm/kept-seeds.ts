/** Seeds of storms that once went wrong. What a kill meets is never quite the same twice, so each is run for some rounds. */
export const keptSeeds: readonly number[] = [];
