import { type Objectives, tex } from '../objective.ts';
import type { ebmCatalog } from './catalog.ts';

const density = tex`p_\theta(x) = e^{-E_\theta(x)} / Z_\theta`;
const gap = tex`\mathbb E_{x^+} E_\theta(x^+) - \mathbb E_{x^-} E_\theta(x^-)`;
const langevin = tex`x_{k+1} = x_k - \frac{\varepsilon}{2} \nabla E_\theta(x_k) + \sqrt{\varepsilon}\, \zeta, \quad \zeta \sim \mathcal N(0, I)`;

/** What each energy-based model is trained on. */
export const objectives: Objectives<typeof ebmCatalog> = {
  rbm: {
    formulas: [
      tex`F(v) = -b^\top v - \sum_j \log (1 + e^{c_j + v^\top W_j}), \quad p(v) = e^{-F(v)} / Z`,
      tex`-\nabla_\theta \log p(v) = \nabla_\theta F(v) - \mathbb E_{p} \nabla_\theta F(v')`,
    ],
    losses: {
      pseudo: tex`-\sum_i \log p(v_i \mid v_{\neq i})`,
      gap: tex`\mathbb E_v F(v) - \mathbb E_{v'} F(v')`,
    },
  },
  ebm: {
    formulas: [
      density,
      tex`\mathcal L = \mathbb E_{x^+} E_\theta(x^+) - \mathbb E_{x^-} E_\theta(x^-) + \alpha\, \mathbb E (E_\theta(x^+)^2 + E_\theta(x^-)^2)`,
      langevin,
    ],
    losses: { gap, energy: tex`\mathbb E_{x^+} E_\theta(x^+)` },
  },
  jem: {
    formulas: [
      tex`E_\theta(x) = -\log \sum_y e^{f_\theta(x)[y]}, \quad p_\theta(y \mid x) = \mathrm{softmax}\, f_\theta(x)[y]`,
      tex`-\log p_\theta(x, y) = -\log p_\theta(y \mid x) - \log p_\theta(x)`,
    ],
    losses: {
      classification: tex`-\log p_\theta(y \mid x)`,
      gap,
      accuracy: tex`P(\mathrm{argmax}\, f_\theta(x) = y)`,
    },
  },
};
