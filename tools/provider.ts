import { defineBrowserProvider } from '@vitest/browser';
import type { Browser, CDPSession, Page } from 'puppeteer';
import { type LaunchOptions, launch } from './browser.ts';

/**
 * Runs vitest's browser tests in the Chromium of `launch`. A console error of a page or a worker,
 * or an uncaught error, that no test has taken for itself fails the run.
 */
export function puppeteerProvider(options: LaunchOptions = {}) {
  return defineBrowserProvider({
    name: 'puppeteer',
    supportedBrowser: ['chrome'],
    options,
    providerFactory: () => new Provider(options),
  });
}

class Provider {
  readonly name = 'puppeteer';
  readonly supportsParallelism = false;
  readonly pages = new Map<string, Page>();
  readonly complaints: string[] = [];
  private launching: Promise<Browser> | undefined;
  private closing = false;
  private readonly options: LaunchOptions;

  constructor(options: LaunchOptions) {
    this.options = options;
  }

  getCommandsContext(sessionId: string) {
    const page = this.pages.get(sessionId);
    return { page, browser: page?.browser() };
  }

  private async start(): Promise<Browser> {
    const browser = await launch(this.options);
    browser.on('disconnected', () => this.died('it stopped.'));
    return browser;
  }

  async openPage(sessionId: string, url: string): Promise<void> {
    this.launching ??= this.start();
    const page = await (await this.launching).newPage();
    this.pages.set(sessionId, page);
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`console.error: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.complaints.push(`uncaught: ${error}`));
    page.on('error', (error) => this.died(error.message));
    await page.goto(url, { timeout: 0 });
  }

  async getCDPSession(sessionId: string) {
    const page = this.pages.get(sessionId);
    if (!page) throw new Error(`internal: no page for session ${sessionId}.`);
    return (await page.createCDPSession()) as CDPSession & {
      // biome-ignore lint/suspicious/noExplicitAny: vitest's session type is open
      send(...args: any[]): Promise<any>;
    };
  }

  /** The page or its browser is gone, and vitest would wait for it for ever. */
  private died(how: string): void {
    if (this.closing) return;
    console.error(`browser: ${how}`);
    process.exit(1);
  }

  async close(): Promise<void> {
    this.closing = true;
    await (await this.launching)?.close();
    this.launching = undefined;
    if (this.complaints.length === 0) return;
    console.error(`browser: ${this.complaints.length} errors in the console:`);
    for (const text of new Set(this.complaints)) console.error(`  ${text}`);
    process.exitCode = 1;
  }
}
