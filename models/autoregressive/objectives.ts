import { type Objectives, tex } from '../objective.ts';
import type { imageCatalog } from './catalog_images.ts';
import type { sequenceCatalog } from './catalog_sequences.ts';

const likelihood = tex`\mathcal L(\theta) = -\mathbb E_x \log p_\theta(x)`;
const chain = tex`\log p_\theta(x) = \sum_{i=1}^{D} \log p_\theta(x_i \mid x_{<i})`;
const loss = tex`\mathcal L(\theta)`;
const pixels = { formulas: [likelihood, chain], losses: { loss } };

const sequence = {
  formulas: [
    tex`\mathcal L(\theta) = -\frac{1}{T}\,\mathbb E_x \sum_{t=1}^{T} \log p_\theta(x_t \mid x_{<t})`,
  ],
  losses: { loss },
};

/** What each autoregressive model is trained on. */
export const objectives: Objectives<typeof imageCatalog & typeof sequenceCatalog> = {
  made: pixels,
  nade: pixels,
  pixelcnn: pixels,
  gated_pixelcnn: {
    formulas: [
      tex`\mathcal L(\theta) = -\mathbb E_{x,c} \log p_\theta(x \mid c)`,
      tex`\log p_\theta(x \mid c) = \sum_{i=1}^{D} \log p_\theta(x_i \mid x_{<i}, c)`,
    ],
    losses: { loss },
  },
  pixelcnn_pp: {
    formulas: [
      likelihood,
      tex`p_\theta(x_i \mid x_{<i}) = \sum_m \pi_m \Big[ \sigma\Big(\frac{x_i + \frac12 - \mu_m}{s_m}\Big) - \sigma\Big(\frac{x_i - \frac12 - \mu_m}{s_m}\Big) \Big]`,
    ],
    losses: { loss },
  },
  gru: sequence,
  transformer: sequence,
  wavenet: sequence,
};
