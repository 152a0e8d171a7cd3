import type { Command } from 'commander';
import type { Config } from '../config/load.ts';
import { UserError } from '../errors.ts';
import type { Report } from '../model/report.ts';
import { addressText, groupOf } from '../push/gateway.ts';
import { push } from '../push/push.ts';
import { renderPrometheus } from '../render/prometheus/prometheus.ts';
import { clean } from '../render/terminal.ts';
import { configOf } from './config-of.ts';
import { refuseClusterFlags } from './conflicts.ts';
import { exitCodes } from './exit.ts';
import { givenFlags } from './flags.ts';
import { gatewayOf } from './gateway-of.ts';
import type { Io } from './io.ts';
import { readWholeReport } from './read-report.ts';

/** What is said of a push that succeeded. */
interface Pushed {
  /** Where to. */
  readonly address: string;
  readonly group: Readonly<Record<string, string>>;
}

/** Pushes a report, and says on stderr where that fails. @returns undefined where it failed. */
type PushReport = (report: Report) => Promise<Pushed | undefined>;

/** Makes ready to push: all that can be wrong with flags and files is found before a cluster is read. @throws UserError */
export async function preparePush(config: Config, io: Io): Promise<PushReport> {
  const { job, labels, ...rest } = await gatewayOf(config);
  return async (report) => {
    const group = cleaned(groupOf(report, job, labels));
    const gateway = { ...rest, group };
    const failure = await push(gateway, renderPrometheus(report), {
      environment: io.environment,
      signal: io.signal,
      ...(config.verbose ? { onRequest: (text: string) => io.err(`${clean(text)}\n`) } : {}),
    });
    const address = addressText(gateway);
    if (failure === undefined) return { address, group };
    io.err(`error: ${clean(`cannot push to ${address}: ${failure.why}`)}\n`);
    io.err(`hint: ${clean(failure.hint)}\n`);
    return undefined;
  };
}

/** Pushes a report that was written before. @param file where it is; `-` is stdin. @returns the exit code. */
export async function pushCommand(file: string, command: Command, io: Io): Promise<number> {
  refuseClusterFlags(givenFlags(command));
  const config = await configOf(command, io);
  const pushReport = await preparePush(config, io);
  if (file === '-' && process.stdin.isTTY)
    throw new UserError('no-report', 'there is no report to push', {
      hint: 'Name a file, or write mekhanikube analyze -o json | mekhanikube push --gateway URL.',
    });
  const pushed = await pushReport(await readWholeReport(file));
  if (pushed === undefined) return exitCodes.notPushed;
  const group = Object.entries(pushed.group).map(([label, value]) => `${label} ${value}`);
  io.err(clean(`Pushed to ${pushed.address}: ${group.join(', ')}.`) + '\n');
  return exitCodes.ok;
}

/** Names of clusters and words of a scope become labels that others print. */
function cleaned(group: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(group).map(([label, value]) => [label, clean(value)]));
}
