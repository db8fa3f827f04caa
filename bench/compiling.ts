/** Where the wall time of compilation is booked. */
interface Books {
  compileMs: number;
  errors: string[];
}

interface Interval {
  books: Books;
  running: number;
  since: number;
}

/**
 * Books the wall time in which pipelines of a device are being compiled, by whichever way a library
 * makes them. `createComputePipeline` returns at once and the driver compiles later, so its end is
 * when an error scope around it resolves: that comes after the GPU process has worked through it.
 * @param booksOf the books of a device, if it has any
 */
export function countCompiling(booksOf: (device: object) => Books | undefined): void {
  const open = new WeakMap<Books, Interval>();
  const begin = (books: Books): (() => void) => {
    const interval = open.get(books) ?? { books, running: 0, since: 0 };
    open.set(books, interval);
    if (interval.running++ === 0) interval.since = performance.now();
    return () => {
      if (--interval.running === 0) books.compileMs += performance.now() - interval.since;
    };
  };
  const { createComputePipeline, createComputePipelineAsync } = GPUDevice.prototype;
  GPUDevice.prototype.createComputePipeline = function (descriptor) {
    const books = booksOf(this);
    if (!books) return createComputePipeline.call(this, descriptor);
    const end = begin(books);
    this.pushErrorScope('out-of-memory'); // a kind that pipelines do not raise: theirs pass through
    const pipeline = createComputePipeline.call(this, descriptor);
    const resolved = this.popErrorScope().then(
      (error) => error && books.errors.push(error.message),
    );
    resolved.catch(() => undefined).finally(end);
    return pipeline;
  };
  GPUDevice.prototype.createComputePipelineAsync = function (descriptor) {
    const books = booksOf(this);
    const compiling = createComputePipelineAsync.call(this, descriptor);
    if (books) compiling.catch(() => undefined).finally(begin(books));
    return compiling;
  };
}
