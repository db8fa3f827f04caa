/**
 * A WGSL file as the build hands it over: its text and what reflection read out of it.
 * Produced by `tools/wgsl.ts`; the browser ships no parser.
 */
export interface Kernel<
  B extends string = string,
  P extends string = string,
  O extends string = string,
> {
  /** Path below `shaders/`, e.g. `matmul/2_tiled.wgsl`. */
  readonly file: string;
  /** The text exactly as it stands in git. */
  readonly code: string;
  /** Storage bindings in binding order; the uniform `p: Params` follows the last of them. */
  readonly bindings: readonly {
    readonly name: B;
    readonly binding: number;
    readonly access: 'read' | 'read_write';
    readonly type: string;
  }[];
  /** Fields of `Params` with their byte offsets. */
  readonly params: readonly {
    readonly name: P;
    readonly offset: number;
    readonly type: 'u32' | 'i32' | 'f32';
  }[];
  readonly paramsBytes: number;
  /** Default values of the overrides. */
  readonly overrides: Readonly<Record<O, number>>;
  /** Workgroup size; an entry may be the name of an override. */
  readonly workgroup: readonly [number | O, number | O, number | O];
  /** Features named by `enable` lines. */
  readonly features: readonly ('subgroups' | 'f16')[];
  /** Bindings whose elements are `real`: f32 as the file stands, f16 when it is built so. */
  readonly reals: readonly B[];
  /** Element type of the `epilogue` function, or null when the kernel has none. */
  readonly epilogue: 'f32' | 'vec4f' | null;
}

/** The library of scalar functions that generated pointwise kernels call. */
export interface FunctionLibrary {
  readonly file: string;
  readonly functions: Readonly<
    Record<string, { readonly code: string; readonly calls: readonly string[] }>
  >;
}

/** Folds a number of workgroups over two dimensions, since one holds at most 65,535. */
export function lines(groups: number): [number, number, number] {
  if (groups <= 65535) return [groups, 1, 1];
  const y = Math.ceil(groups / 65535);
  return [Math.ceil(groups / y), y, 1];
}
