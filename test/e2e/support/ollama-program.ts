import { execFile } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { CannotBuild, cacheFolder, goProgram } from './go-program.ts';

const run = promisify(execFile);
const folder = path.resolve(import.meta.dirname, '../../tools/ollama');
/**
 * C++ headers that Ollama's module includes but does not hold (the folders of a module that are called vendor are left out of it), and
 * public modules that do hold them: each with the checksum that go.sum would have for it.
 */
const headers = [
  {
    module: 'github.com/ollama/ollama@v0.11.4',
    sum: 'h1:6xLYLEPTKtw6N20qQecyEL/rrBktPO4o5U05cnvkSmI=',
    files: [
      ['llama/llama.cpp/common/json.hpp', 'nlohmann/json.hpp'],
      ['llama/llama.cpp/common/stb_image.h', 'stb/stb_image.h'],
    ],
  },
  {
    module: 'github.com/gen2brain/malgo@v0.11.24',
    sum: 'h1:hHcIJVfzWcEDHFdPl5Dl/CUSOjzOleY0zzAV8Kx+imE=',
    files: [['miniaudio.h', 'miniaudio/miniaudio.h']],
  },
] as const;

/**
 * The program of a real Ollama server: what OLLAMA_PROGRAM names, or one built from Go modules alone unless such a build is in the cache
 * (some five minutes of processor time).
 * @throws CannotBuild where Go, a C++ compiler or the modules are missing; BuildFailed where the compiler rejects the sources.
 */
export async function ollamaProgram(say?: (line: string) => void): Promise<string> {
  const given = process.env['OLLAMA_PROGRAM'];
  if (given) return given;
  const include = path.join(cacheFolder(), 'ollama-headers');
  const cgo = { CGO_ENABLED: '1', CGO_CXXFLAGS: `-O2 -I${include}`, CGO_CFLAGS: '-O2' };
  return goProgram(
    { name: 'ollama', folder, package: 'github.com/ollama/ollama', env: cgo, before: () => prepare(include) },
    say,
  );
}

async function prepare(include: string): Promise<void> {
  await checkCompiler();
  for (const { module, sum, files } of headers) {
    const { stdout } = await run('go', ['mod', 'download', '-json', module]).catch(() => {
      throw new CannotBuild(`ollama, which the tests use, cannot be built: the module ${module} could not be fetched`);
    });
    const { Dir: source, Sum: got } = JSON.parse(stdout) as { Dir: string; Sum: string };
    if (got !== sum) throw new Error(`${module} has the checksum ${got}, not ${sum}`);
    for (const [from, to] of files) {
      await mkdir(path.dirname(path.join(include, to)), { recursive: true });
      await cp(path.join(source, from), path.join(include, to));
    }
  }
  // The forward declarations of that library are not in any of these modules: the whole of it declares as much.
  await writeFile(path.join(include, 'nlohmann/json_fwd.hpp'), '#include "json.hpp"\n');
}

async function checkCompiler(): Promise<void> {
  for (const variable of ['CC', 'CXX']) {
    const { stdout } = await run('go', ['env', variable]);
    const compiler = stdout.trim();
    await run('sh', ['-c', `${compiler} --version`]).catch(() => {
      throw new CannotBuild(`ollama, which the tests use, cannot be built: no compiler ${compiler} on the PATH`);
    });
  }
}
