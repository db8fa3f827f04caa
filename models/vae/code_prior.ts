import {
  add,
  cast,
  categorical,
  crossEntropy,
  equal,
  maskedConv2d,
  mul,
  neg,
  nn,
  relu,
  reshape,
  sum,
  type Tensor,
  tensor,
  type Variable,
  variable,
  where,
} from '../../engine/index.ts';
import type { Tree } from '../../engine/tree.ts';
import { manyPasses, type Sampler } from '../sampler.ts';

/** Autoregressive distribution of grids of codes. */
export interface CodePrior {
  variables: Tree;
  /** log P(codes) of grids [B, h, w] (u32): [B], nats. */
  logProbability(codes: Tensor): Tensor;
  /** Draws n grids, code by code, and makes examples of them. */
  sampler(n: number, decode: (codes: Tensor) => Tensor): Sampler;
}

/** Sizes of a prior over `codes` codes on a grid. */
export interface PriorConfig {
  codes: number;
  grid: readonly [height: number, width: number];
  /** Channels of each layer. */
  width: number;
  /** Residual layers. */
  layers: number;
}

/**
 * A small PixelCNN over codes (van den Oord et al. 2016, arXiv 1601.06759): P(c) = Π P(c_i | c_<i) in
 * reading order, by a convolution that sees what came before and residual ones that see their own
 * place as well. Each place has biases of its own, which stand for where in the grid it is.
 */
export function codePrior({ codes, grid, width, layers }: PriorConfig): CodePrior {
  const places = grid[0] * grid[1];
  const embedding = nn.embedding.init(codes, width);
  const first = nn.conv.init(3, width, width);
  const place = nn.filled(0, [...grid, width], 'place');
  const blocks = Array.from({ length: layers }, () => nn.conv.init(3, width, width));
  const hidden = nn.linear.init(width, width);
  const last = nn.linear.init(width, codes);

  const masked = ({ weight, bias }: nn.Conv, x: Tensor, type: 'A' | 'B') =>
    add(maskedConv2d(x, weight, { type }), bias as Variable);

  /** [B, h, w] → [B, h, w, codes]: of each place given those before. */
  const logits = (grids: Tensor) => {
    let h = add(masked(first, nn.embedding(embedding, grids), 'A'), place);
    for (const block of blocks) h = add(h, masked(block, relu(h), 'B'));
    return nn.linear(last, relu(nn.linear(hidden, relu(h))));
  };

  return {
    variables: { embedding, first, place, blocks, hidden, last },

    logProbability: (grids) => neg(sum(crossEntropy(logits(grids), grids), [1, 2])),

    sampler(n, decode) {
      const drawn = variable(new Uint32Array(n * places), [n, places], { name: 'codes' });
      const grids = () => reshape(drawn, [n, ...grid]);
      return manyPasses(places, {
        pass(i) {
          const here = equal(tensor(Uint32Array.from({ length: places }, (_, at) => at)), i);
          const all = reshape(logits(grids()), [n, places, codes]);
          const one = sum(mul(all, reshape(cast(here, 'f32'), [places, 1])), 1); // [n, codes]
          drawn.assign(where(here, reshape(categorical(one), [n, 1]), drawn));
        },
        result: () => decode(grids()),
        free: () => drawn.dispose(),
      });
    },
  };
}
