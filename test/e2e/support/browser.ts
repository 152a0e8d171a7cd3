import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { CannotFetch, debianPackages } from './debian.ts';

const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** What a browser needs to run as root and to ask nobody for anything. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A headless Chromium: that of `E2E_CHROMIUM`, else one that is installed, else Debian's, fetched into the cache. It has a profile of its
 * own, which goes when it is closed. @returns why there is none, where there is none.
 */
export async function startChromium(): Promise<Browser | { readonly missing: string }> {
  const executable = process.env['E2E_CHROMIUM'] ?? installed.find((file) => existsSync(file));
  if (executable !== undefined) return chromium.launch({ executablePath: executable, args });
  try {
    const root = await debianPackages(['chromium'], { dependencies: true, say: (line) => console.error(line) });
    const libraries = ['usr/lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu', 'usr/lib'].map(
      (folder) => `${root}/${folder}`,
    );
    return await chromium.launch({
      executablePath: `${root}/usr/lib/chromium/chromium`,
      args,
      env: { ...process.env, LD_LIBRARY_PATH: libraries.join(':') },
    });
  } catch (error) {
    if (error instanceof CannotFetch) return { missing: `${error.message}; name one in E2E_CHROMIUM` };
    throw error;
  }
}
