import type { Command } from 'commander';

/**
 * Puts an error of Commander's into the form that all errors have: one line, and a hint.
 * @param text such as `error: unknown option '--frm'\n(Did you mean --from?)\n`.
 * @param command that which was called; without a parent it is the program, called without a command.
 */
export function usageError(text: string, command: Command): string {
  const [message = ''] = text.split('\n');
  const [, meant] = /\(Did you mean (.+)\?\)/s.exec(text) ?? [];
  return `${message}\nhint: ${meant === undefined ? hintFor(message, command) : `Did you mean ${meant}?`}\n`;
}

function hintFor(message: string, command: Command): string {
  const [, flag] = /^error: unknown option '([^'=]+)/.exec(message) ?? [];
  const owner =
    command.parent === null && flag !== undefined
      ? command.commands.find(({ options }) => options.some(({ short, long }) => short === flag || long === flag))
      : undefined;
  const name = command.parent === null ? '' : `${command.name()} `;
  return owner === undefined
    ? `See: mekhanikube ${name}--help`
    : `It stands behind its command: mekhanikube ${owner.name()} ${flag}`;
}
