// biome-ignore lint/suspicious/noExplicitAny: wraps methods of any signature
type Method = (...args: any[]) => any;

/** Calls `seen` after every call of the method, with the object, its arguments and its result. */
export function tap(
  type: { prototype: object } | undefined,
  method: string,
  seen: (self: object, args: unknown[], result: unknown) => void,
): void {
  const prototype = type?.prototype as Record<string, Method> | undefined;
  const original = prototype?.[method];
  if (!prototype || !original) return;
  prototype[method] = function (this: object, ...args: unknown[]) {
    const result = original.apply(this, args);
    seen(this, args, result);
    return result;
  };
}
