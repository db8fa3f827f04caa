import { permute, reshape, split, type Tensor } from '../engine/index.ts';

/** Queries, keys and values side by side, [B, T, 3 d], as three of [B, heads, T, d / heads]. */
export function headsOf(qkv: Tensor, heads: number): Tensor[] {
  const [batch, steps, three] = qkv.shape;
  const shape = [batch, heads, steps, three / 3 / heads];
  const parts = permute(reshape(qkv, [batch, steps, 3, heads, shape[3]]), [2, 0, 3, 1, 4]);
  return split(parts, 3).map((part) => reshape(part, shape));
}

/** Heads [B, h, T, d] side by side: [B, T, h · d]. */
export function together(y: Tensor): Tensor {
  const [batch, heads, steps, depth] = y.shape;
  return reshape(permute(y, [0, 2, 1, 3]), [batch, steps, heads * depth]);
}
