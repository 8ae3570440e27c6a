import type { Command } from '@commander-js/extra-typings';
import type { CommandContext } from '../command-context.js';
import type { GlobalOptions } from '../global-options.js';

/** `rsm` itself, with the options that every command has. */
export type Program = Command<[], GlobalFlags>;

export type GlobalFlags = { [Key in keyof GlobalOptions]?: GlobalOptions[Key] | true | undefined };

/** Tells `rsm` of the commands of one area. What a command does is loaded when it runs; `context` is to be asked for then. */
export type AddCommands = (program: Program, context: () => CommandContext) => void;
