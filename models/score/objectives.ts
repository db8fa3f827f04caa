import { type Objectives, tex } from '../objective.ts';
import type { scoreCatalog } from './catalog.ts';

const loss = tex`\mathcal L(\theta)`;

/** What each score-based model is trained on. */
export const objectives: Objectives<typeof scoreCatalog> = {
  score_matching: {
    formulas: [
      tex`\text{denoising} \quad \mathcal L = \mathbb E\, \tfrac12 \lVert \sigma\, s_\theta(x + \sigma \varepsilon) + \varepsilon \rVert^2`,
      tex`\text{implicit} \quad \mathcal L = \mathbb E \big[ \mathrm{tr}\, \nabla s_\theta(x) + \tfrac12 \lVert s_\theta(x) \rVert^2 \big]`,
      tex`\text{sliced} \quad \mathcal L = \mathbb E \big[ v^\top \nabla s_\theta(x)\, v + \tfrac12 \lVert s_\theta(x) \rVert^2 \big]`,
    ],
    losses: { loss },
  },
  ncsn: {
    formulas: [
      tex`\mathcal L = \frac1L \sum_{i=1}^{L} \mathbb E\, \tfrac12 \lVert \sigma_i\, s_\theta(x + \sigma_i \varepsilon, \sigma_i) + \varepsilon \rVert^2`,
      tex`\sigma_1 > \sigma_2 > \cdots > \sigma_L`,
    ],
    losses: { loss },
  },
  score_sde: {
    formulas: [
      tex`\mathcal L = \mathbb E_{t, x, \varepsilon} \lVert \mathrm{std}_t\, s_\theta(x_t, t) + \varepsilon \rVert^2, \quad x_t = \mathrm{scale}_t\, x + \mathrm{std}_t\, \varepsilon`,
      tex`\mathrm dx = \big[ f x - g^2 s_\theta(x, t) \big] \mathrm dt + g\, \mathrm d\bar w`,
    ],
    losses: { loss },
  },
};
