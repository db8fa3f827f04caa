import { type Objectives, tex } from '../objective.ts';
import type { ganCatalog } from './catalog.ts';

const critic = tex`\mathcal L_D`;
const generator = tex`\mathcal L_G`;
const wasserstein = tex`W_1(p, p_G) = \sup_{\lVert D \rVert_L \leq 1} \mathbb E_x D(x) - \mathbb E_z D(G(z))`;
const follow = tex`\mathcal L_G = -\mathbb E_z D(G(z))`;
const gap = tex`\mathbb E_x D(x) - \mathbb E_z D(G(z))`;

/** What each adversarial network plays for. */
export const objectives: Objectives<typeof ganCatalog> = {
  gan: {
    formulas: [
      tex`\mathcal L_D = -V = -\mathbb E_x \log D(x) - \mathbb E_z \log (1 - D(G(z)))`,
      tex`\mathcal L_G = -\mathbb E_z \log D(G(z)) \quad \text{or minimax} \quad \mathcal L_G = \mathbb E_z \log(1 - D(G(z)))`,
      tex`\max_D V = 2\, \mathrm{JSD}(p \,\Vert\, p_G) - \log 4`,
    ],
    losses: { critic: tex`\mathcal L_D = -V`, generator },
  },
  lsgan: {
    formulas: [
      tex`\mathcal L_D = \tfrac12 \mathbb E_x (D(x) - 1)^2 + \tfrac12 \mathbb E_z D(G(z))^2`,
      tex`\mathcal L_G = \tfrac12 \mathbb E_z (D(G(z)) - 1)^2`,
    ],
    losses: { critic, generator },
  },
  wgan: {
    formulas: [wasserstein, follow, tex`w_D \in [-c, c]`],
    losses: { critic: gap, generator },
  },
  wgan_gp: {
    formulas: [
      tex`\mathcal L_D = \mathbb E_z D(G(z)) - \mathbb E_x D(x) + \lambda\, \mathbb E_{\hat x} (\lVert \nabla D(\hat x) \rVert - 1)^2`,
      follow,
    ],
    losses: {
      critic: gap,
      penalty: tex`\mathbb E_{\hat x} (\lVert \nabla D(\hat x) \rVert - 1)^2`,
      generator,
    },
  },
  r1_gan: {
    formulas: [
      tex`\mathcal L_D = -\mathbb E_x \log D(x) - \mathbb E_z \log (1 - D(G(z))) + \frac{\gamma}{2}\, \mathbb E_x \lVert \nabla_x D(x) \rVert^2`,
      tex`\mathcal L_G = -\mathbb E_z \log D(G(z))`,
    ],
    losses: { critic, penalty: tex`\mathbb E_x \lVert \nabla_x D(x) \rVert^2`, generator },
  },
  sngan: {
    formulas: [
      tex`\mathcal L_D = \mathbb E_x \max(0, 1 - D(x)) + \mathbb E_z \max(0, 1 + D(G(z)))`,
      follow,
      tex`\bar W = W / \sigma(W), \quad \lVert D \rVert_L \leq k`,
    ],
    losses: { critic, generator },
  },
  dcgan: {
    formulas: [
      tex`\mathcal L_D = -\mathbb E_x \log D(x) - \mathbb E_z \log (1 - D(G(z))), \quad \mathcal L_G = -\mathbb E_z \log D(G(z))`,
      tex`\text{or hinge, or} \quad \mathcal L_D = \mathbb E_z D(G(z)) - \mathbb E_x D(x) + \lambda R`,
    ],
    losses: { critic, generator },
  },
};
