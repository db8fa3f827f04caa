import { type Objectives, tex } from '../objective.ts';
import type { discreteCatalog } from './catalog.ts';

const loss = tex`\mathcal L(\theta)`;

/** What each discrete diffusion model is trained on. */
export const objectives: Objectives<typeof discreteCatalog> = {
  d3pm: {
    formulas: [
      tex`\mathcal L = \mathrm{KL}(q(x_T \mid x_0) \,\Vert\, p(x_T)) + \sum_t \mathrm{KL}(q(x_{t-1} \mid x_t, x_0) \,\Vert\, p_\theta(x_{t-1} \mid x_t)) + \lambda\, \mathbb E \big[ -\log \tilde p_\theta(x_0 \mid x_t) \big]`,
      tex`q(x_t \mid x_{t-1}) = \mathrm{Cat}(x_{t-1} Q_t)`,
    ],
    losses: { loss },
  },
  mdlm: {
    formulas: [
      tex`\mathcal L = \mathbb E \int_0^1 \frac1t \sum_{\ell\, \text{masked}} -\log p_\theta(x^\ell \mid z_t)\, \mathrm dt \;\geq\; -\log p_\theta(x)`,
      tex`q(z_t \mid x) = \mathrm{Cat}(\alpha_t x + (1 - \alpha_t) m), \quad \alpha_t = 1 - t`,
    ],
    losses: { loss },
  },
  sedd: {
    formulas: [
      tex`\mathcal L = \mathbb E \int_0^1 \sum_{y \neq x_t} \sigma(t)\, Q(x_t, y) \big[ s_y - r_y \log s_y + r_y (\log r_y - 1) \big] \mathrm dt \;\geq\; -\log p_\theta(x_0)`,
      tex`s_\theta(x_t, t)_y \approx p_t(y) / p_t(x_t), \quad r_y = q(y \mid x_0) / q(x_t \mid x_0)`,
    ],
    losses: { loss },
  },
};
