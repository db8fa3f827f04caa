import { type Objectives, tex } from '../objective.ts';
import type { diffusionCatalog } from './catalog.ts';

const noisy = tex`x_t = \sqrt{\bar\alpha_t}\, x_0 + \sqrt{1 - \bar\alpha_t}\, \varepsilon, \quad \varepsilon \sim \mathcal N(0, I)`;
const simple = tex`L_{\text{simple}} = \frac1D\, \mathbb E_{t, x_0, \varepsilon} \lVert \varepsilon - \varepsilon_\theta(x_t, t) \rVert^2`;
const bound = tex`L_{\text{vlb}} = L_T + \sum_{t > 1} \mathrm{KL}(q(x_{t-1} \mid x_t, x_0) \,\Vert\, p_\theta(x_{t-1} \mid x_t)) - \log p_\theta(x_0 \mid x_1)`;
const chain = {
  formulas: [noisy, simple, bound],
  losses: {
    loss: tex`\mathcal L(\theta)`,
    simple: tex`L_{\text{simple}}`,
    bound: tex`L_{\text{vlb}} / (D \ln 2)`,
  },
};

/** What each diffusion model is trained on. */
export const objectives: Objectives<typeof diffusionCatalog> = {
  ddpm: chain,
  dit: chain,
  latent_diffusion: {
    formulas: [
      tex`\text{first} \quad \mathcal L = -\mathbb E_{q(z \mid x)} \log p(x \mid z) + \beta\, \mathrm{KL}(q(z \mid x) \,\Vert\, p(z))`,
      tex`\text{then} \quad \mathcal L = \frac1D\, \mathbb E_{t, z, \varepsilon} \lVert \varepsilon - \varepsilon_\theta(z_t, t) \rVert^2`,
    ],
    losses: { loss: tex`\mathcal L(\theta)` },
  },
};
