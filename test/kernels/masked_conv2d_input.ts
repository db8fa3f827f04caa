import { masks } from './raster.ts';

export const cases = masks('masked_conv2d_input');
