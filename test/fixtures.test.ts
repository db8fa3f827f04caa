import { beforeAll, describe, expect, test } from 'vitest';
import type { Tensor } from '../engine/index.ts';
import * as o from '../engine/index.ts';
import { unrolled } from '../models/autoregressive/gru.ts';
import { losses } from '../models/gan/losses.ts';
import { oneCentred, slopes, zeroCentred } from '../models/gan/penalties.ts';
import { directions, largestSingular, normalised } from '../models/gan/spectral_norm.ts';
import { headsOf, together } from '../models/heads.ts';
import { heard, residualOf } from '../models/autoregressive/wavenet.ts';
import { divergence, posterior } from '../models/discrete/d3pm.ts';
import { maskedBound } from '../models/discrete/mdlm.ts';
import { maskScoreEntropy } from '../models/discrete/ratios.ts';
import { uniformMatrix } from '../models/discrete/transitions.ts';
import { logMeanWeight, logWeight, reparameterise } from '../models/vae/latent.ts';
import { bernoulliPixels } from '../models/vae/pixels.ts';
import adam from './fixtures/adam.json';
import causalAttention from './fixtures/causal_attention.json';
import discrete from './fixtures/discrete.json';
import flowppCoupling from './fixtures/flowpp_coupling.json';
import ganLosses from './fixtures/gan_losses.json';
import glowStep from './fixtures/glow_step.json';
import gruCell from './fixtures/gru.json';
import langevinCd from './fixtures/langevin_cd.json';
import made from './fixtures/made.json';
import maskedConv from './fixtures/masked_conv.json';
import scoreMatching from './fixtures/score_matching.json';
import rbm from './fixtures/rbm.json';
import spectralNorm from './fixtures/spectral_norm.json';
import vae from './fixtures/vae.json';
import wavenetBlock from './fixtures/wavenet_block.json';
import wganGpR1 from './fixtures/wgan_gp_r1.json';
import { scoreOf, ula } from '../models/energy/langevin.ts';
import { exchanged, freeEnergy, type Weights } from '../models/energy/rbm.ts';
import { affine, couplings, halves } from '../models/flow/couplings.ts';
import { actnorm } from '../models/flow/glow.ts';
import { mixtureLogistic } from '../models/flow/mixture.ts';
import { invertible1x1, plain } from '../models/flow/mixing.ts';
import { chain } from '../models/flow/transform.ts';
import { denoising, implicit, sliced } from '../models/score/score_matching.ts';
import { ready } from './open.ts';

// Golden vectors: float32 inputs, float64 PyTorch outputs and gradients. Values must agree to a
// relative 1e-4, gradients to 1e-3. PyTorch's images are NCHW and its linear weights [out, in].

type Array64 = { shape: number[]; data: number[] };
interface Fixture {
  name: string;
  inputs: Record<string, Array64>;
  outputs: Record<string, Array64>;
  grads: Record<string, Array64>;
}
type Named = Record<string, Tensor>;

const linear = (x: Tensor, w: Tensor): Tensor => o.matmul(x, w, { tb: true });
const nhwc = (x: Tensor): Tensor => o.permute(x, [0, 2, 3, 1]);
const nchw = (x: Tensor): Tensor => o.permute(x, [0, 3, 1, 2]);
const last = (x: Tensor): Tensor => o.reshape(x, x.shape.slice(0, -1));

/** Two heads from one packed weight, no bias. */
function attend({ x, wqkv, wo }: Named): Named {
  const [q, k, v] = headsOf(linear(x, wqkv), 2);
  const out = linear(together(o.attention(q, k, v, { causal: true })), wo);
  return { out, loss: o.mean(o.square(out)) };
}

function gan({ real, fake }: Named): Named {
  const { minimax, nonsaturating, hinge, least_squares } = losses;
  const half = o.tensor([0, 0]); // the logit of D = ½
  const critics = {
    d_loss: minimax.critic(real, fake),
    d_hinge: hinge.critic(real, fake),
    d_lsgan: o.mul(least_squares.critic(real, fake), 2), // PyTorch's leaves the ½ out
  };
  const nonsat = nonsaturating.generator(fake);
  return {
    ...critics,
    g_minimax: minimax.generator(fake),
    g_nonsat: nonsat,
    g_hinge: hinge.generator(fake),
    optimal_value: o.neg(minimax.critic(half, half)),
    loss: Object.values(critics).reduce((a, b) => o.add(a, b), nonsat),
  };
}

/** A step of flow of Glow: actnorm, a 1×1 convolution and an affine coupling of given outputs. */
function glow({ x, s, t, W, actnorm_b: bias, actnorm_logs: logScale }: Named): Named {
  const given = affine({ shift: nhwc(t), logScale: o.tanh(nhwc(s)) });
  const step = chain(
    actnorm({ bias, logScale }),
    invertible1x1(plain(W)),
    couplings(halves, [() => given]),
  );
  const [output, logdet] = step.forward(nhwc(x));
  const y = nchw(output);
  const energy = o.mul(0.5, o.sum(o.square(y), [1, 2, 3]));
  return { y, logdet, loss: o.mean(o.sub(energy, logdet)) };
}

/** The gates r, z, n one below another in PyTorch's weights, of four units. */
function recurrent({ w_ih, w_hh, b_ih, b_hh, x }: Named): Named {
  const gates = (weight: Tensor, bias: Tensor) => ({
    weight: o.transpose(o.reshape(weight, [3, 4, -1])),
    bias: o.reshape(bias, [3, 1, 4]),
  });
  const states = unrolled(gates(w_ih, b_ih), gates(w_hh, b_hh), o.permute(x, [1, 0, 2]));
  const out = o.permute(states, [1, 0, 2]);
  return { out, loss: o.sum(o.square(out)) };
}

/** The coupling of Flow++, on numbers with parameters of their own. */
function flowpp({ x, logits, mu: mean, ls: logScale, a, b }: Named): Named {
  const logWeight = o.logSoftmax(logits);
  const [y, logdet] = mixtureLogistic({ logWeight, mean, logScale, a, b }).forward(x);
  return {
    y,
    logdet: o.add(logdet, 0),
    loss: o.mean(o.sub(o.mul(0.5, o.square(y)), logdet)),
  };
}

/** Six Langevin steps with given noise, then the contrastive divergence loss. */
function langevin({ W1, b1, W2, x0, noise, data }: Named): Named {
  const energy = (x: Tensor) => last(linear(o.silu(o.add(linear(x, W1), b1)), W2));
  const score = scoreOf((x) => o.neg(energy(x)));
  let x = x0;
  const path: Tensor[] = [];
  for (const z of o.split(noise, 6, 0)) {
    x = ula(score, x, 0.02, { noise: o.reshape(z, [4, 2]) });
    path.push(x);
  }
  return { traj: o.stack(path, 0), loss: o.sub(o.mean(energy(data)), o.mean(energy(x))) };
}

/** Free energies of all states of what is seen, and Z by what is seen and by what is hidden. */
function machine({ W, b, c }: Named): Named {
  const states = (units: number) => {
    const bits = Array.from({ length: 2 ** units }, (_, state) =>
      Array.from({ length: units }, (_, i) => (state >> i) & 1),
    );
    return o.tensor(bits);
  };
  const logZ = (weights: Weights, units: number) =>
    o.logSumExp(o.neg(freeEnergy(weights, states(units))));
  const weights = { W, b, c };
  const both = [logZ(weights, 6), logZ(exchanged(weights), 4)];
  return { free_energy: freeEnergy(weights, states(6)), logZ: o.stack(both, 0) };
}

/** The masks of the fixture are those of types A and B; the engine derives its own. */
function masked({ w, b, x }: Named): Named {
  const layer = (type: 'A' | 'B') => {
    const filter = o.permute(w, [2, 3, 1, 0]); // [kh, kw, Cin, Cout]
    return nchw(o.add(o.maskedConv2d(nhwc(x), filter, { type }), b));
  };
  const [yA, yB] = [layer('A'), layer('B')];
  return { yA, yB, loss: o.add(o.mean(o.square(yA)), o.sum(o.tanh(yB))) };
}

/** The three objectives of one network; the first two hold derivatives of it. */
function matching({ W1, b1, W2, x, v, e }: Named): Named {
  const score = (at: Tensor) => linear(o.tanh(o.add(linear(at, W1), b1)), W2);
  const ism = o.mean(implicit(score, x));
  const ssm = o.mean(sliced(score, x, v));
  const dsm = o.mean(denoising(score, x, e, 0.3));
  return { ism, ssm, dsm, loss: o.add(o.add(ism, ssm), dsm) };
}

/** Masks as the engine derives them from degrees, and the sum of p(x) over all 64 images. */
function autoencoder({ W1, b1, W2, b2, x }: Named): Named {
  const pixels = o.tensor([0, 1, 2, 3, 4, 5], [6], 'u32');
  const units = o.tensor(
    Array.from({ length: 10 }, (_, k) => k % 5),
    [10],
    'u32',
  );
  const nll = (x: Tensor) => {
    const h = o.relu(o.add(o.maskedMatmul(x, o.transpose(W1), { from: pixels, to: units }), b1));
    const logits = o.maskedMatmul(h, o.transpose(W2), { from: units, to: pixels, gap: 1 });
    return o.sum(o.bceWithLogits(o.add(logits, b2), x), 1);
  };
  const all = Array.from({ length: 64 * 6 }, (_, i) => (Math.floor(i / 6) >> (i % 6)) & 1);
  const total = o.sum(o.exp(o.neg(nll(o.tensor(all, [64, 6])))));
  return { nll: nll(x), loss: o.mean(nll(x)), total_prob: total };
}

/** Evidence bounds of a linear VAE, as the models have them: with KL, and weighted with five draws. */
function elbo({ We, Wd, x, eps }: Named): Named {
  const [mu, logVar] = o.split(linear(x, We), 2, 1);
  const q = { mu, logVar };
  const image = (t: Tensor) => o.reshape(t, [...t.shape.slice(0, -1), 1, 6, 1]);
  const logP = (z: Tensor) => bernoulliPixels().logLikelihood(image(x), image(linear(z, Wd)));
  const kl = o.sum(o.klDiagonalGaussians(mu, logVar), 1);
  const iwae = o.neg(o.mean(logMeanWeight(logWeight(q, eps, logP)))); // eps [5, B, Z]
  const negElbo = o.mean(o.sub(kl, o.mean(logP(reparameterise(q, eps)), 0)));
  return { neg_elbo: negElbo, kl, iwae5: iwae, total: o.add(negElbo, iwae) };
}

/** A gated layer of dilation 2 with its two products. PyTorch's filters are [out, in, k]. */
function gatedLayer({ wf, wg, wr, ws, x }: Named): Named {
  const filter = (w: Tensor) => o.permute(w, [2, 1, 0]);
  const product = (w: Tensor) => ({ weight: o.transpose(o.reshape(w, w.shape.slice(0, 2))) });
  const layer = {
    gate: { weight: o.concat([filter(wf), filter(wg)], -1), bias: o.broadcastTo(0, [6]) },
    skip: product(ws),
    residual: product(wr),
  };
  const h = o.permute(x, [0, 2, 1]); // [B, T, C]
  const z = heard(layer, h, 2);
  const res = o.permute(residualOf(layer, z, h), [0, 2, 1]);
  const skip = o.permute(o.matmul(z, layer.skip.weight), [0, 2, 1]);
  return { res, skip, loss: o.add(o.mean(o.square(res)), o.sum(o.sin(skip))) };
}

/** WGAN-GP and R1: the loss holds a gradient, so its own gradient is of second order. */
function critic({ W1, b1, W2, b2, W3, real, fake, e }: Named): Named {
  const score = (x: Tensor) => {
    const h = o.leakyRelu(o.add(linear(x, W1), b1), 0.2);
    return linear(o.tanh(o.add(linear(h, W2), b2)), W3);
  };
  const mix = o.add(o.mul(e, real), o.mul(o.sub(1, e), fake));
  const gp = oneCentred(score, mix);
  const r1 = zeroCentred(score, real);
  const gap = losses.wasserstein.critic(score(real), score(fake));
  const loss = o.add(gap, o.add(o.mul(10, gp), o.mul(0.5, r1)));
  return { gp, r1, grad_x: slopes(score, mix), loss };
}

/** Three power iterations from u, then W / σ; the first singular value by as many as it takes. */
function normalise({ W, u }: Named): Named {
  const weight = o.transpose(W); // [in, out]
  const after = (times: number) => {
    let s = directions(weight, o.reshape(u, [1, -1]));
    for (let i = 1; i < times; i++) s = directions(weight, s.u);
    return s;
  };
  const s = after(3);
  const normal = o.transpose(normalised(weight, s));
  return {
    sigma: largestSingular(weight, s),
    Wsn: normal,
    loss: o.sum(o.mul(o.square(normal), normal)),
    true_sigma: largestSingular(weight, after(30)),
  };
}

/** Uniform noise that has kept 0.4, and 0.7 one step before; masks; and the ratios of a mask. */
function diffusion({ logits, x0: whole, xt, mask, t }: Named): Named {
  const matrix = (keep: number) => o.tensor(Float32Array.from(uniformMatrix(3, keep)), [3, 3]);
  const steps = { one: matrix(0.4 / 0.7), before: matrix(0.7) };
  const x0 = o.cast(whole, 'u32');
  const seen = o.oneHot(o.cast(xt, 'u32'), 3);
  const [q, p] = [o.oneHot(x0, 3), o.softmax(logits)].map((x) => posterior(seen, x, steps));
  const kl = o.sum(divergence(q, p), 1);
  const mdlm = maskedBound(logits, x0, mask, t);
  const sedd = maskScoreEntropy(logits, x0, mask, t);
  return {
    q_post: q,
    p_post: p,
    kl,
    mdlm,
    sedd,
    sedd_normalised: maskScoreEntropy(o.logSoftmax(logits), x0, mask, t),
    loss: o.sum(o.add(kl, o.add(mdlm, sedd))),
  };
}
/** The same with Z twice, once for each layer that is summed over last. */
const bothWays = ({ outputs, ...fixture }: Fixture): Fixture => {
  const { logZ } = outputs;
  return {
    ...fixture,
    outputs: { ...outputs, logZ: { shape: [2], data: [...logZ.data, ...logZ.data] } },
  };
};

const rows: [Fixture, (x: Named) => Named, string?][] = [
  [causalAttention as Fixture, attend],
  [discrete as Fixture, diffusion],
  [flowppCoupling as Fixture, flowpp],
  [ganLosses as Fixture, gan],
  [glowStep as Fixture, glow],
  [gruCell as Fixture, recurrent],
  [langevinCd as Fixture, langevin],
  [made as Fixture, autoencoder],
  [maskedConv as Fixture, masked],
  [scoreMatching as Fixture, matching],
  [bothWays(rbm as Fixture), machine],
  [vae as Fixture, elbo, 'total'],
  [wavenetBlock as Fixture, gatedLayer],
  [spectralNorm as Fixture, normalise],
  [wganGpR1 as Fixture, critic],
];

describe('golden vectors', () => {
  let gpu: o.Gpu;
  beforeAll(async () => {
    gpu = await ready();
  });

  test.each(rows.map(([f, run, loss]) => [f.name, f, run, loss ?? 'loss'] as const))(
    '%s',
    async (_, fixture, run, loss) => {
      const params = Object.keys(fixture.grads);
      const step = gpu.step(() => {
        const inputs: Named = {};
        for (const [k, v] of Object.entries(fixture.inputs)) inputs[k] = o.tensor(v.data, v.shape);
        const outputs = run(inputs);
        const xs = params.map((p) => inputs[p]);
        return { outputs, grads: params.length > 0 ? o.grad(outputs[loss], xs) : [] };
      });
      const { outputs, grads } = step();
      for (const [k, want] of Object.entries(fixture.outputs)) {
        close(`${fixture.name}.${k}`, await outputs[k].data(), want, 1e-4);
      }
      for (const [i, p] of params.entries()) {
        close(`d ${fixture.name} / d ${p}`, await grads[i].data(), fixture.grads[p], 1e-3);
      }
    },
  );

  test('adam', async () => {
    const { p0, grads } = adam.inputs;
    const p = o.variable(p0.data, p0.shape);
    const optimiser = o.adam([p], { lr: 0.01 });
    const step = gpu.step((g: Tensor) => {
      optimiser.update([g]);
    });
    for (let t = 0; t < 4; t++) {
      step(o.tensor(grads.data.slice(5 * t, 5 * t + 5)));
      const want = { shape: [5], data: adam.outputs.p.data.slice(5 * t, 5 * t + 5) };
      close(`adam, update ${t + 1}`, await p.data(), want, 1e-4);
    }
  });
});

/** Relative to the value, or, near 0, to a hundredth of the largest. */
function close(what: string, got: ArrayLike<number>, want: Array64, rtol: number): void {
  const largest = Math.max(...want.data.map(Math.abs));
  expect(got.length, `${what}: elements`).toBe(want.data.length);
  want.data.forEach((w, i) => {
    const most = rtol * Math.max(Math.abs(w), 0.01 * largest);
    expect(Math.abs(got[i] - w), `${what}[${i}]: ${got[i]}, want ${w}`).toBeLessThanOrEqual(most);
  });
}
