import { type Objectives, tex } from '../objective.ts';
import type { flowCatalog } from './catalog.ts';

const losses = {
  loss: tex`\mathcal L(\theta)`,
  bits: tex`\mathcal L(\theta) / (D \ln 2)`,
};
const likelihood = tex`\mathcal L(\theta) = -\mathbb E_x \Big[ \log p_Z(f_\theta(x)) + \log \Big\lvert \det \frac{\partial f_\theta}{\partial x} \Big\rvert \Big]`;

/** What each normalizing flow is trained on. */
export const objectives: Objectives<typeof flowCatalog> = {
  nice: {
    formulas: [
      likelihood,
      tex`y_2 = x_2 + m(x_1), \quad \log \Big\lvert \det \frac{\partial f}{\partial x} \Big\rvert = \sum_d s_d`,
    ],
    losses,
  },
  realnvp: {
    formulas: [
      likelihood,
      tex`y_2 = x_2 \odot e^{s(x_1)} + t(x_1), \quad \log \Big\lvert \det \frac{\partial y}{\partial x} \Big\rvert = \sum_d s_d(x_1)`,
    ],
    losses,
  },
  maf: {
    formulas: [
      likelihood,
      tex`u_i = (x_i - \mu_i(x_{<i}))\, e^{-\alpha_i(x_{<i})}, \quad \log \Big\lvert \det \frac{\partial u}{\partial x} \Big\rvert = -\sum_i \alpha_i`,
    ],
    losses,
  },
  iaf: {
    formulas: [
      likelihood,
      tex`x_i = \sigma_i(u_{<i})\, u_i + \mu_i(u_{<i}), \quad \log \Big\lvert \det \frac{\partial x}{\partial u} \Big\rvert = \sum_i \log \sigma_i`,
    ],
    losses,
  },
  glow: {
    formulas: [
      likelihood,
      tex`y_{ij} = W x_{ij}, \quad \log \Big\lvert \det \frac{\partial y}{\partial x} \Big\rvert = h\, w \log \lvert \det W \rvert`,
    ],
    losses,
  },
  flowpp: {
    formulas: [
      likelihood,
      tex`y_2 = e^{a} \odot \sigma^{-1}\Big( \sum_k \pi_k\, \sigma\Big(\frac{x_2 - \mu_k}{s_k}\Big) \Big) + b`,
    ],
    losses,
  },
};
