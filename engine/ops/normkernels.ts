import groupSerial from '../../shaders/group_norm/1_serial.wgsl';
import groupTree from '../../shaders/group_norm/2_tree.wgsl';
import groupQuads from '../../shaders/group_norm/3_quads.wgsl';
import groupSubgroup from '../../shaders/group_norm/4_subgroup.wgsl';
import groupWide from '../../shaders/group_norm/5_wide.wgsl';
import gradSerial from '../../shaders/group_norm_grad/1_serial.wgsl';
import gradTree from '../../shaders/group_norm_grad/2_tree.wgsl';
import gradQuads from '../../shaders/group_norm_grad/3_quads.wgsl';
import gradSubgroup from '../../shaders/group_norm_grad/4_subgroup.wgsl';
import type { Contract, Variant } from '../choose.ts';
import type { Kernel } from '../kernel.ts';
import type { Adapter } from '../op.ts';

/** Sizes of a group norm. Layer norm is one group of one pixel. */
export interface Groups {
  readonly batch: number;
  readonly pixels: number;
  readonly channels: number;
  readonly groups: number;
}

const inFours = ({ channels, groups }: Groups): boolean => (channels / groups) % 4 === 0;
const inSixteens = ({ channels, groups }: Groups): boolean => (channels / groups) % 16 === 0;

const perThread = (kernel: Kernel, applies?: (sizes: Groups) => boolean): Variant<Groups> => ({
  kernel,
  applies,
  launch({ batch, groups }, gpu) {
    const WIDTH = gpu.software && batch * groups < 4096 ? 16 : 64;
    return { groups: Math.ceil((batch * groups) / WIDTH), overrides: { WIDTH } };
  },
});

/** Threads of a workgroup that has a group to itself. */
const threadsFor = ({ pixels, channels, groups }: Groups): number =>
  (pixels * channels) / groups > 1024 ? 256 : 64;

const perSubgroup = (kernel: Kernel): Variant<Groups> => ({
  kernel,
  applies: (sizes, { subgroupSize }) => inFours(sizes) && (subgroupSize ?? 0) >= 4,
  launch: ({ batch, groups }, { subgroupSize }) => ({
    groups: batch * groups,
    overrides: { SIZE: subgroupSize as number },
  }),
});

/**
 * A thread per group on a CPU driver, which pays for barriers. On a GPU neighbouring threads read
 * neighbours: the lanes of a subgroup where they have a few vectors of a pixel each and there are
 * many groups, else a workgroup.
 */
const choice =
  (serial: Kernel, tree: Kernel, quads: Kernel, subgroup: Kernel, wide: Kernel) =>
  (sizes: Groups, gpu: Adapter): Kernel => {
    const { batch, pixels, channels, groups } = sizes;
    const width = channels / groups;
    const lanes = gpu.subgroupSize ?? Number.POSITIVE_INFINITY;
    if (gpu.software) {
      if (!inFours(sizes)) return serial;
      if (batch * groups < 64 && width >= 4 * lanes) return subgroup;
      return inSixteens(sizes) ? wide : quads;
    }
    if (pixels * width <= 16) return serial; // 64 bytes stay in cache from one turn to the next
    const few = batch * groups < 1024 && pixels * width > 64 * lanes;
    return inFours(sizes) && width >= 4 * lanes && !few ? subgroup : tree;
  };

export const groupNormContract: Contract<Groups> = {
  name: 'group_norm',
  variants: [
    perThread(groupSerial),
    {
      kernel: groupTree,
      launch: (sizes) => ({
        groups: sizes.batch * sizes.groups,
        overrides: { WIDTH: threadsFor(sizes) },
      }),
    },
    perThread(groupQuads, inFours),
    perSubgroup(groupSubgroup),
    perThread(groupWide, inSixteens),
  ],
  heuristic: choice(groupSerial, groupTree, groupQuads, groupSubgroup, groupWide),
};

export const groupNormGradContract: Contract<Groups> = {
  name: 'group_norm_grad',
  variants: [
    perThread(gradSerial),
    {
      kernel: gradTree,
      launch(sizes) {
        const threads = threadsFor(sizes);
        const WX = Math.min(threads, 2 ** Math.ceil(Math.log2(sizes.channels / sizes.groups)));
        return { groups: sizes.batch * sizes.groups, overrides: { WX, WY: threads / WX } };
      },
    },
    perThread(gradQuads, inFours),
    perSubgroup(gradSubgroup),
  ],
  heuristic: choice(gradSerial, gradTree, gradQuads, gradSubgroup, gradQuads),
};
