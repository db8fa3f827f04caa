import { type Objectives, tex } from '../objective.ts';
import type { vaeCatalog } from './catalog.ts';

const reconstruction = tex`-\mathbb E_q \log p_\theta(x \mid z)`;
const kl = tex`\mathrm{KL}(q_\phi(z \mid x) \,\Vert\, p(z))`;
const loss = tex`\mathcal L`;
const bound = tex`\mathcal L = -\mathbb E_{q_\phi(z \mid x)} \log p_\theta(x \mid z) + \mathrm{KL}(q_\phi(z \mid x) \,\Vert\, p(z)) \;\geq\; -\log p_\theta(x)`;

/** What each variational autoencoder is trained on. */
export const objectives: Objectives<typeof vaeCatalog> = {
  vae: {
    formulas: [
      tex`\mathcal L = -\mathbb E_{q_\phi(z \mid x)} \log p_\theta(x \mid z) + \beta\, \mathrm{KL}(q_\phi(z \mid x) \,\Vert\, p(z))`,
      tex`\beta = 1:\quad \mathcal L \geq -\log p_\theta(x)`,
    ],
    losses: { loss, reconstruction, kl },
  },
  iwae: {
    formulas: [
      tex`-\mathcal L_k = -\mathbb E \log \frac1k \sum_{i=1}^{k} \frac{p_\theta(x, z_i)}{q_\phi(z_i \mid x)}, \quad z_i \sim q_\phi(z \mid x)`,
      tex`\mathcal L_1 \leq \mathcal L_k \leq \log p_\theta(x)`,
    ],
    losses: { loss: tex`-\mathcal L_k`, negativeBound: tex`-\mathcal L_1` },
  },
  sigma_vae: {
    formulas: [
      bound,
      tex`p_\theta(x \mid z) = \mathcal N(x;\, \mu_\theta(z),\, \sigma^2 I), \quad \sigma^{*2} = \frac1D\, \mathbb E \lVert x - \mu_\theta(z) \rVert^2`,
    ],
    losses: { loss, reconstruction, kl, sigma: tex`\sigma` },
  },
  iaf_vae: {
    formulas: [
      bound,
      tex`z = f_T \circ \cdots \circ f_1(z_0), \quad \log q(z \mid x) = \log q(z_0 \mid x) - \sum_{t,i} \log \sigma_{t,i}`,
    ],
    losses: { loss, reconstruction, kl },
  },
  vqvae: {
    formulas: [
      tex`\mathcal L_1 = -\log p_\theta(x \mid e_c) + \beta\, \lVert z_e(x) - \mathrm{sg}(e_c) \rVert^2, \quad c = \mathrm{argmin}_j \lVert z_e(x) - e_j \rVert`,
      tex`\mathcal L_2 = -\log P(c)`,
      tex`-\log p(x) \leq -\log p_\theta(x \mid e_c) - \log P(c)`,
    ],
    losses: {
      loss: tex`-\log p_\theta(x \mid e_c) - \log P(c)`,
      reconstruction: tex`-\log p_\theta(x \mid e_c)`,
      prior: tex`-\log P(c)`,
      commitment: tex`\lVert z_e - \mathrm{sg}(e_c) \rVert^2`,
      perplexity: tex`e^{H(c)}`,
    },
  },
};
