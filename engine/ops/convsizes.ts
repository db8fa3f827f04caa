/** The kernels' view of a convolution of x [batch, ih, iw, ic] to y [batch, oh, ow, oc]. */
export interface ConvSizes {
  readonly batch: number;
  readonly ih: number;
  readonly iw: number;
  readonly ic: number;
  readonly oh: number;
  readonly ow: number;
  readonly oc: number;
  readonly kh: number;
  readonly kw: number;
  readonly sy: number;
  readonly sx: number;
  readonly dy: number;
  readonly dx: number;
  readonly py: number;
  readonly px: number;
  readonly groups: number;
  /** In half floats. */
  readonly half: boolean;
}

/** How many products of two numbers a convolution sums, or either of its gradients. */
export const productsOf = ({ batch, oh, ow, oc, kh, kw, ic, groups }: ConvSizes): number =>
  batch * oh * ow * oc * kh * kw * (ic / groups);

/** One group, whose channels are read four at a time. */
export const inQuads = ({ ic, oc, groups }: ConvSizes): boolean =>
  groups === 1 && ic % 4 === 0 && oc % 4 === 0;
