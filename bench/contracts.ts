import { type Case, cases } from './cases.ts';

/** Names of the cases in which a contract does the work, or most of it, the first to race it in first. */
const names: Readonly<Record<string, RegExp>> = {
  matmul: /^matmul/,
  masked_matmul: /^masked layer/,
  masked_matmul_weight: /^masked layer.*bwd/,
  conv2d: /^conv2d(?!.*bwd)|^conv1d/,
  conv2d_input: /^conv2d.*bwd|^convTranspose/,
  conv2d_weight: /^conv2d.*bwd/,
  masked_conv2d: /^masked [AB](?!.*bwd)/,
  masked_conv2d_input: /^masked [AB].*bwd/,
  masked_conv2d_weight: /^masked [AB].*bwd/,
  attention: /^attention(?!.*bwd)/,
  attention_weights: /^attention.*bwd/,
  causal_matmul: /^attention.*bwd/,
  attention_delta: /^attention.*bwd/,
  attention_dq: /^attention.*bwd/,
  attention_dkv: /^attention.*bwd/,
  softmax: /^softmax/,
  group_norm: /^layerNorm/,
  reduce: /^(sum|mean|max) /,
  lu: /^logDet/,
  lu_inverse: /^logDet/,
  lu_panel: /^logDet/,
  lu_update: /^logDet/,
  cumsum: /^cumsum/,
  gather: /^gather/,
  index_links: /^scatterAdd/,
  scatter_add: /^scatterAdd/,
  transpose: /^transpose/,
  max_pool: /^maxPool/,
  avg_pool: /^avgPool/,
};

/** The cases to race the variants of a contract in; none for those that the bench has no case of. */
export const casesOf = (contract: string): Case[] =>
  Object.hasOwn(names, contract) ? cases.filter(({ name }) => names[contract].test(name)) : [];
