import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { debianPackages } from './debian.ts';

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
    return await fetchedChromium();
  } catch (error) {
    return { missing: `${String(error).split('\n')[0]}; install chromium, or name one in E2E_CHROMIUM` };
  }
}

/** Where Debian's is only unpacked, it has to be told where the libraries are that were unpacked beside it. */
async function fetchedChromium(): Promise<Browser> {
  const packages = ['chromium', 'chromium-common'];
  const root = await debianPackages(packages, { dependencies: true, say: (line) => console.error(line) });
  const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu', ''].map((folder) => `${root}/usr/lib/${folder}`);
  const env = { ...process.env, LD_LIBRARY_PATH: libraries.join(':') };
  return chromium.launch({ executablePath: `${root}/usr/lib/chromium/chromium`, args, env });
}
