import { CommandError } from '../command-error.js';

/**
 * Refuses a list in which one object stands twice, under whatever names, and calls it what a person would.
 *
 * @throws CommandError USAGE
 */
export function refuseTwice(objects: readonly { readonly id: string; readonly label: string }[]): void {
  const twice = objects.find(({ id }, index) => objects.findIndex((one) => one.id === id) < index);
  if (twice === undefined) return;
  throw new CommandError('USAGE', `${twice.label} is named twice. Name each medium and each drive once.`);
}
