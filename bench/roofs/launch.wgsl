// roofs / launch: nothing
// Layout   none
// Threads  one workgroup of one
// Sync     none
// Compare  nothing: what is left is what a dispatch costs

@compute @workgroup_size(1)
fn main() {}
