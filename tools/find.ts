import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir, platform } from 'node:os';
import { delimiter, join } from 'node:path';
import puppeteer from 'puppeteer';

/**
 * Path of a Chromium or Chrome: PUPPETEER_EXECUTABLE_PATH, else puppeteer's own download, else one
 * that the system has. Null where there is none.
 * @throws Error when PUPPETEER_EXECUTABLE_PATH names no file
 */
export function findBrowser(): string | null {
  const named = process.env.PUPPETEER_EXECUTABLE_PATH;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`PUPPETEER_EXECUTABLE_PATH: no file ${named}. Correct or unset it.`);
  }
  return [...cached(), ...system()].find((path) => existsSync(path)) ?? null;
}

function cached(): string[] {
  try {
    return [puppeteer.executablePath()];
  } catch {
    return [];
  }
}

function system(): string[] {
  const { env } = process;
  if (platform() === 'darwin') {
    const apps = ['Google Chrome', 'Chromium', 'Google Chrome Canary', 'Microsoft Edge'];
    const at = (root: string) => apps.map((app) => `${root}/${app}.app/Contents/MacOS/${app}`);
    return [...at('/Applications'), ...at(join(homedir(), 'Applications'))];
  }
  if (platform() === 'win32') {
    const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA];
    const apps = ['Google\\Chrome', 'Chromium', 'Microsoft\\Edge'];
    const exe = (app: string) => (app.endsWith('Edge') ? 'msedge.exe' : 'chrome.exe');
    return roots.flatMap((root) =>
      root ? apps.map((app) => `${root}\\${app}\\Application\\${exe(app)}`) : [],
    );
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/bin', '/opt/google/chrome'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/**
 * Finds a browser, or installs one: Debian's package where we are root, else puppeteer's download.
 * Says what it does. Returns its path, null when none can be had.
 */
export function ensureBrowser(): string | null {
  const found = findBrowser();
  if (found) return found;
  const debian = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  if (debian) {
    console.log('browser: none found, installing chromium with apt-get ...');
    const apt = 'apt-get update -q && apt-get install -q -y --no-install-recommends chromium';
    run('sh', ['-c', apt], { DEBIAN_FRONTEND: 'noninteractive' });
  }
  if (!findBrowser()) {
    console.log('browser: none found, downloading Chrome with puppeteer ...');
    run('npx', ['--no-install', 'puppeteer', 'browsers', 'install', 'chrome']);
  }
  const path = findBrowser();
  if (!path) {
    console.error(
      'browser: none found and none could be installed. Install Chromium or Chrome, ' +
        'or set PUPPETEER_EXECUTABLE_PATH.',
    );
  }
  return path;
}

function run(command: string, args: string[], env: Record<string, string> = {}): void {
  spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
    shell: platform() === 'win32',
  });
}
