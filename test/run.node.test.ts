import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EightfoldError } from '../engine/errors.ts';
import { readSafetensors } from '../engine/io/safetensors.ts';
import { exitCode, PageError, type Parsed, parse, UsageError } from '../run/command.ts';
import { createRun, readMetrics } from '../run/folder.ts';
import { planOf } from '../run/plan.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'eightfold-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  output: string;
}

/** Starts one of the commands; `watch` sees its output as it comes. */
function start(
  name: string,
  args: string[],
  {
    env = {},
    watch = () => {},
  }: { env?: Record<string, string>; watch?: (p: ChildProcess, output: string) => void } = {},
): Promise<Ended> {
  // One process, as in package.json: the tsx command would be a second one that a kill misses.
  const command = ['--import', import.meta.resolve('tsx'), join(root, `run/${name}.ts`)];
  const child = spawn(process.execPath, [...command, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  let output = '';
  const take = (chunk: Buffer) => {
    output += chunk;
    watch(child, output);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return new Promise((done) => child.on('close', (code) => done({ code, output })));
}

describe('a wrong command line of train says what is right', () => {
  const bare = { name: 'train', usage: '', options: [] };
  const out = (name: string) => ['--out', join(folder, name)];
  test.each([
    [[], /which model\? Give one of .*vae, .*realnvp/],
    [['gpt'], /unknown model 'gpt'\. Choose one of .*vae, .*realnvp/],
    [['vae', '--data', 'cifar'], /data: unknown 'cifar'\. Choose one of digits8, mnist/],
    [['vae', '--colour', '3'], /setting: unknown 'colour'\. Choose one of network,/],
    [['vae', '--batch', '0'], /batch: expected a whole number from 1 to 4096, got 0/],
    [['vae', '--steps', 'many'], /steps: expected a whole number from 1 to .*, got many/],
    [['vae', '--decoder', 'gaussian'], /decoder: expected one of bernoulli, logistic/],
    [['vae', '--seed', '-1'], /--seed: expected a whole number of at least 0/],
    [['vae', '--save', '0'], /--save: expected a whole number of at least 1/],
    [['vae', 'mnist'], /expected one model, got vae mnist/],
    [['--resume'], /--resume: which run\? Give its folder as --out/],
    [['--resume', '--out', 'nowhere'], /--out nowhere: holds no run/],
  ])('%j', (args, message) => {
    const parsed = parse(bare, args) as Parsed;
    expect(() => planOf(parsed)).toThrow(message);
  });

  test('settings of a run that is resumed cannot change', () => {
    createRun(join(folder, 'kept'), {
      model: 'vae',
      data: 'mnist',
      seed: 2,
      settings: { latent: 3 },
    });
    const plan = (...args: string[]) =>
      planOf(parse(bare, [...args, '--resume', ...out('kept')]) as Parsed);
    expect(plan('vae', '--latent', '3', '--seed', '2').config.data).toBe('mnist');
    expect(() => plan('--latent', '4')).toThrow(/--resume: the run has latent 3, not 4/);
    expect(() => plan('realnvp')).toThrow(/--resume: the run has model vae, not realnvp/);
    expect(() => plan('--data', 'digits8')).toThrow(/the run has data mnist, not digits8/);
  });
});

test.each([
  [new UsageError('x'), 2],
  [new EightfoldError('argument', 'x'), 2],
  [new PageError('argument', 'x', ''), 2],
  [new PageError('no-webgpu', 'x', ''), 3],
  [new Error('browser: no Chromium or Chrome found.'), 3],
  [new PageError('device-lost', 'x', ''), 1],
  [new Error('loss is NaN at step 3.'), 1],
])('%s: exit code %d', (error, code) => expect(exitCode(error)).toBe(code));

describe('exit code 2 and one line for a wrong command line', () => {
  beforeAll(() => writeFileSync(join(folder, 'file'), ''));
  test.each([
    ['train', ['vae', '--out', 'file/x'], /--out file\/x: .*Give a folder/],
    ['sample', ['nowhere'], /nowhere: holds no run/],
    ['compress', ['nowhere'], /which run, and which file\? Give <folder> <file>/],
    ['compress', ['nowhere', 'x'], /nowhere: holds no run/],
    ['ood', ['nowhere'], /nowhere: holds no run/],
    ['parity/cli', ['--seeds', 'a'], /--seeds: expected whole numbers like 0,1,2, got 'a'/],
    ['soak', ['gpt'], /unknown 'gpt'\. Choose one of .*vae, .*realnvp/],
  ])('%s %j', async (name, args, message) => {
    const { code, output } = await start(name, args);
    expect(output).toMatch(message);
    expect(output).not.toMatch(/\n\s+at /); // no stack
    expect(code).toBe(2);
  });
});

test('no browser: exit code 3 and what to install', async () => {
  const env = { PUPPETEER_EXECUTABLE_PATH: join(folder, 'nothing') };
  const { code, output } = await start('train', ['vae', '--out', 'nobrowser'], { env });
  expect(output).toMatch(/no file .*nothing\. Correct or unset it/);
  expect(code).toBe(3);
});

describe('training', { timeout: 600_000 }, () => {
  const small = ['vae', '--data', 'digits8', '--hidden', '512', '--batch', '256', '--seed', '7'];
  const steps = ['--steps', '40'];
  const pace = ['--log', '1', '--save', '10', '--no-evaluate'];
  const losses = (run: string) => readMetrics(join(folder, run)).filter((line) => 'loss' in line);
  let whole: Ended;
  beforeAll(async () => {
    whole = await start('train', [...small, ...steps, ...pace, '--out', 'whole']);
  }, 600_000);

  test('writes config, metrics, a picture and a checkpoint, and says how it went', () => {
    expect(whole.code, whole.output).toBe(0);
    expect(whole.output).toMatch(/parameters on .*swiftshader \(software\)|parameters on /);
    expect(whole.output).toMatch(/step 40\/40 {2}loss [\d.]+ nats\/image .*steps\/s {2}0 s left/);
    const at = (name: string) => join(folder, 'whole', name);
    expect(JSON.parse(readFileSync(at('config.json'), 'utf8'))).toMatchObject({
      model: 'vae',
      data: 'digits8',
      seed: 7,
      settings: { hidden: 512, batch: 256, steps: 40, latent: 8 },
    });
    expect(losses('whole').map((line) => line.step)).toEqual(
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
    const picture = decode(readFileSync(at('samples.png')));
    expect(picture.width).toBeGreaterThan(200);
    const { tensors } = readSafetensors(readFileSync(at('checkpoint.safetensors')));
    expect(tensors.get('variables.encoder.0.weight')?.shape).toEqual([64, 512]);
    expect(tensors.has('optimisers.optimiser.m')).toBe(true);
  });

  test('killed twice and resumed: the loss curve and the checkpoint are the same bits', async () => {
    const killedAt = async (step: number, args: string[]) => {
      let child: ChildProcess | undefined;
      const timer = setInterval(() => {
        if (losses('killed').some((line) => line.step >= step)) child?.kill('SIGKILL');
      }, 5);
      const ended = await start('train', [...args, ...pace, '--out', 'killed'], {
        watch: (process) => (child = process),
      });
      clearInterval(timer);
      expect(ended.code, ended.output).toBeNull();
    };
    await killedAt(3, [...small, ...steps]);
    await killedAt(25, ['--resume']);
    expect(losses('killed').length).toBeLessThan(40);
    const { code, output } = await start('train', ['--resume', ...pace, '--out', 'killed']);
    expect(code, output).toBe(0);
    expect(output).toMatch(/continuing from step [123]0/);
    expect(losses('killed')).toEqual(losses('whole'));
    const file = (run: string) => readFileSync(join(folder, run, 'checkpoint.safetensors'));
    expect(file('killed').equals(file('whole'))).toBe(true);
  });

  test('Ctrl-C finishes the step, saves, and exits with 130', async () => {
    let asked = false;
    const args = [...small, '--steps', '100000', '--log', '1', '--out', 'stopped'];
    const { code, output } = await start('train', args, {
      watch(child, output) {
        if (asked || !output.includes('step 1/')) return;
        asked = true;
        child.kill('SIGINT');
      },
    });
    expect(code, output).toBe(130);
    expect(output).toMatch(/stopped and saved at step \d+ of 100000\./);
    expect(existsSync(join(folder, 'stopped', 'checkpoint.safetensors'))).toBe(true);
    const again = await start('train', ['vae', '--out', 'stopped']);
    expect(again.output).toMatch(/--out stopped: holds a run already\. Add --resume/);
    expect(again.code).toBe(2);
  });

  test('sample draws the same picture from the same seed', async () => {
    const draw = (out: string) => start('sample', ['whole', '--n', '9', '--out', out]);
    const ended = await draw('a.png');
    expect(ended.code, ended.output).toBe(0);
    await draw('b.png');
    const [a, b] = ['a.png', 'b.png'].map((name) => readFileSync(join(folder, name)));
    expect(a.equals(b)).toBe(true);
    expect(decode(a).width).toBeGreaterThan(70);
  });

  test('sample shows a traversal of the latent space, or says what there is to show', async () => {
    const ended = await start('sample', ['whole', '--show', 'traversal', '--out', 'c.png']);
    expect(ended.code, ended.output).toBe(0);
    expect(decode(readFileSync(join(folder, 'c.png')))).toMatchObject({ width: 364, height: 265 });
    const refused = await start('sample', ['whole', '--show', 'nothing']);
    expect(refused.code).toBe(2);
    expect(refused.output).toMatch(/--show: unknown 'nothing'. Choose one of samples, interpol/);
  });
});
