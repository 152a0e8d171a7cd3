/** Prints the path of the control plane for tests, and builds it first where that was not done yet. */
import { controlPlaneExecutable } from '../test/e2e/support/executable.ts';
import { CannotBuild } from '../test/e2e/support/go-program.ts';

try {
  console.log(await controlPlaneExecutable((line) => console.error(line)));
} catch (error) {
  if (!(error instanceof CannotBuild)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
