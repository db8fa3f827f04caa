// transpose / 2_tiled: y[a, b, r, c] = x[a, b, c, r], a matrix of many turned
//
// Layout    x is read at start + a * xa + b * xb + c * xc + r: its neighbours are along r.
//           y is written at a * ya + b * yb + r * yr + c: its neighbours are along c.
//           A tile of SIDE × SIDE is in workgroup memory, in rows of SIDE + 1: so a column of it is
//           in as many banks as a row.
// Threads   a workgroup of SIDE × DEEP per tile: neighbours along r to read, along c to write.
// Sync      one barrier: a tile is complete before it is read the other way.
// Compare   1_naive, whose reads are as far apart as rows of x.

struct Params {
  na: u32, nb: u32, nr: u32, nc: u32,  // sizes
  start: u32, xa: u32, xb: u32, xc: u32,
  ya: u32, yb: u32, yr: u32,
}

override SIDE: u32 = 32u;  // of a tile
override DEEP: u32 = 8u;   // threads along the other side of the tile

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

var<workgroup> tile: array<f32, SIDE * (SIDE + 1u)>;

// A fused chain of pointwise ops replaces the body; i is the index into y.
fn epilogue(v: f32, i: u32) -> f32 { return v; }

@compute @workgroup_size(SIDE, DEEP)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_id) t: vec3u,
) {
  let group = wid.x + wid.y * num.x;
  let across = (p.nc + SIDE - 1u) / SIDE;
  let down = (p.nr + SIDE - 1u) / SIDE;
  let c = group % across * SIDE;
  let r = group / across % down * SIDE;
  let b = group / (across * down) % p.nb;
  let a = group / (across * down * p.nb);  // beyond na in workgroups that the fold adds
  for (var j = t.y; j < SIDE; j += DEEP) {
    if ((a < p.na) & (c + j < p.nc) & (r + t.x < p.nr)) {
      tile[j * (SIDE + 1u) + t.x] = x[p.start + a * p.xa + b * p.xb + (c + j) * p.xc + r + t.x];
    }
  }
  workgroupBarrier();
  for (var j = t.y; j < SIDE; j += DEEP) {
    if ((a < p.na) & (c + t.x < p.nc) & (r + j < p.nr)) {
      let i = a * p.ya + b * p.yb + (r + j) * p.yr + c + t.x;
      y[i] = epilogue(tile[t.x * (SIDE + 1u) + j], i);
    }
  }
}
