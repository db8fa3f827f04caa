import { gather, mul, sum, type Tensor, type Variable } from '../../engine/index.ts';

/**
 * Projection discriminator. T. Miyato and M. Koyama, cGANs with Projection Discriminator, 2018,
 * arXiv 1802.05637.
 *
 *   D(x, y) = ⟨V_y, φ(x)⟩ + ψ(φ(x))                                                    section 3
 *
 * which is how log p(x|y) / p_g(x|y) depends on y where log p(y|x) is a softmax of φ, and so for p_g. Features
 * φ and the score ψ are those of the critic it is added to; V has a row for each class.
 */
export const projected = (table: Tensor | Variable, features: Tensor, classes: Tensor): Tensor =>
  sum(mul(gather(table, classes), features), 1, { keep: true }); // [B, 1]
