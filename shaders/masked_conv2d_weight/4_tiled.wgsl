// masked_conv2d_weight / 4_tiled: dw[s] = xᵀ[seen taps · ic, pixels] · g[pixels, oc], shared
//
// Layout    x is [batch, height, width, ic], g is [batch, height, width, oc], dw is [chunks, seen,
//           ic, oc], read as vec4f: ic and oc are multiples of 4. Seen are the first `taps` taps of
//           the filter and, with several colours, the channels below limit(o) of the next one; the
//           rest of that tap is set to 0. Chunk s sums the rows s·chunk ... (s + 1)·chunk - 1 of
//           the batch · height rows of g.
// Threads   8 × 8 per workgroup, which owns 64 rows of dw (a row is a tap and an input channel) ×
//           64 output channels of one chunk. A thread owns four 4 × 4 blocks, 32 apart. Neighbours
//           load and store neighbours.
// Sync      the workgroup walks along the pixels of its chunk in slabs of 16. A barrier before the
//           products (the slab is complete) and one after (nobody still reads it).
// Compare   2_implicit has one tap per thread and shares nothing.

struct Params {
  batch: u32, height: u32, width: u32, ic: u32, oc: u32, kw: u32, taps: u32,
  dy: u32, dx: u32, py: u32, px: u32, colours: u32, own: u32, chunk: u32, chunks: u32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> g: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dw: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

var<workgroup> slabx: array<vec4f, 256>;  // [pixel, row / 4]: 16 × 64 floats
var<workgroup> slabg: array<vec4f, 256>;  // [pixel, output / 4]

// How many channels of the next tap the four outputs from o on see.
fn limit(o: u32) -> vec4u {
  return ((o + vec4u(0u, 1u, 2u, 3u)) / (p.oc / p.colours) + p.own) * (p.ic / p.colours);
}

// Four channels of x from `row` of dw on, as pixel q sees them under the tap of the row.
fn seen_x(q: u32, row: u32) -> vec4f {
  let tap = row / p.ic;
  let y = q / p.width % p.height + tap / p.kw * p.dy - p.py;  // above the image it wraps round
  let x0 = q % p.width + tap % p.kw * p.dx - p.px;
  let image = q / (p.width * p.height) * p.height;
  if ((y >= p.height) | (x0 >= p.width)) { return vec4f(); }
  return x[((image + y) * p.width + x0) * (p.ic / 4u) + row % p.ic / 4u];
}

fn store(v: vec4f, chunk: u32, row: u32, o: u32, rows: u32) {
  if ((row >= rows) | (o >= p.oc)) { return; }
  let seen = (vec4u(row % p.ic) < limit(o)) | vec4<bool>(row < p.taps * p.ic);
  dw[((chunk * rows + row) * p.oc + o) / 4u] = select(vec4f(), v, seen);
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let rows = select(p.taps, p.taps + 1u, p.colours > 1u) * p.ic;
  let across = (p.oc + 63u) / 64u;
  let down = (rows + 63u) / 64u;
  let group = wid.x + wid.y * num.x;
  let chunk = group / (across * down);
  if (chunk >= p.chunks) { return; }
  let first = group / across % down * 64u;
  let channel = group % across * 64u;
  let row = min(first + t % 16u * 4u, rows - 4u);
  let o = min(channel + t % 16u * 4u, p.oc - 4u) / 4u;

  var d00 = mat4x4f();
  var d01 = mat4x4f();
  var d10 = mat4x4f();
  var d11 = mat4x4f();
  // Of a tile that nobody sees no pixel is visited.
  let most = p.taps * p.ic + limit(min(channel + 64u, p.oc) - 4u).w;
  let last = min((chunk + 1u) * p.chunk, p.batch * p.height) * p.width;
  let end = select(0u, last, first < most);
  for (var slab = chunk * p.chunk * p.width; slab < end; slab += 16u) {
    for (var e = 0u; e < 4u; e++) {
      let q = slab + t / 16u + 4u * e;
      let at = min(q, end - 1u);
      slabx[t + 64u * e] = seen_x(at, row);
      slabg[t + 64u * e] = select(vec4f(), g[at * (p.oc / 4u) + o], q < end);
    }
    workgroupBarrier();

    // Blocks hold rows as columns of a matrix, so xᵀ · g reads g * xᵀ.
    for (var l = 0u; l < 256u; l += 64u) {
      let y = l + lid.y;
      let z = l + lid.x;
      let top = transpose(mat4x4f(slabx[y], slabx[y + 16u], slabx[y + 32u], slabx[y + 48u]));
      let low = transpose(
        mat4x4f(slabx[y + 8u], slabx[y + 24u], slabx[y + 40u], slabx[y + 56u]));
      let left = mat4x4f(slabg[z], slabg[z + 16u], slabg[z + 32u], slabg[z + 48u]);
      let right = mat4x4f(slabg[z + 8u], slabg[z + 24u], slabg[z + 40u], slabg[z + 56u]);
      d00 += left * top;
      d01 += right * top;
      d10 += left * low;
      d11 += right * low;
    }
    workgroupBarrier();
  }

  for (var e = 0u; e < 4u; e++) {
    let at = first + lid.y * 4u + e;
    store(d00[e], chunk, at, channel + lid.x * 4u, rows);
    store(d01[e], chunk, at, channel + lid.x * 4u + 32u, rows);
    store(d10[e], chunk, at + 32u, channel + lid.x * 4u, rows);
    store(d11[e], chunk, at + 32u, channel + lid.x * 4u + 32u, rows);
  }
}
