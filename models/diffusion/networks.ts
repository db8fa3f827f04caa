import { type Shape, sizeOf } from '../../engine/index.ts';
import type { Tree } from '../../engine/tree.ts';
import type { TimeNetwork } from '../backbones/network.ts';
import { timeMlp } from '../backbones/time_mlp.ts';
import { unet } from '../backbones/unet.ts';
import type { Config } from '../catalog.ts';

/** What goes into a network and out of it: a shape, and classes where it is told them. */
export interface Ports {
  readonly shape: Shape;
  readonly outputs: number;
  readonly classes: number;
}

/** The ports of a network for data of a shape and a number of classes. */
export const portsOf = (
  config: { variance: 'small' | 'large' | 'learned'; classes: 'no' | 'yes' },
  shape: Shape,
  classes: number,
): Ports => ({
  shape,
  outputs: shape[shape.length - 1] * (config.variance === 'learned' ? 2 : 1),
  classes: config.classes === 'yes' ? classes : 0,
});

/** The network of `ddpm`. Throws where it does not go with the data. */
export function ddpmNetwork(config: Config<'ddpm'>, ports: Ports): TimeNetwork<Tree> {
  const { shape, outputs, classes } = ports;
  if (config.network === 'unet') {
    if (shape.length === 3) return unet(config, ports);
    throw new Error(`ddpm: network: expected mlp for [${shape}], got unet. Change it.`);
  }
  const size = sizeOf(shape);
  return timeMlp({
    ...{ size, classes, hidden: config.hidden, layers: config.layers },
    outputs: (size / shape[shape.length - 1]) * outputs,
    fourier: config.features === 'fourier',
  });
}
