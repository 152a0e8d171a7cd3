import { chmodSync } from 'node:fs';
import { passing, play } from './story.ts';
import { letTimePass } from './snapshots.ts';
import { runTool } from './tool.ts';

/** Plays a story and writes what the tool's own `snapshot` command sees of it, dated for the moment at which it is looked at. */
export async function record(name: string, file: string): Promise<void> {
  const cluster = await play(name);
  try {
    const { exitCode, stderr } = await runTool([
      'snapshot',
      file,
      '--kubeconfig',
      cluster.kubeconfig('secrets-reader'),
    ]);
    if (exitCode !== 0) throw new Error(`${name}: ${stderr}`);
  } finally {
    await cluster.stop();
  }
  letTimePass(file, passing(name));
  chmodSync(file, 0o644);
}
