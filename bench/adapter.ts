import type { Header } from './types.ts';

/** What a report says about an adapter. */
export function describeAdapter(
  adapter: GPUAdapter,
): Pick<Header, 'adapter' | 'features' | 'limits'> {
  const { vendor, architecture, description, isFallbackAdapter = false } = adapter.info;
  const limits: Record<string, number> = {};
  for (const name in adapter.limits) {
    const value = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') limits[name] = value;
  }
  return {
    adapter: { vendor, architecture, description, fallback: isFallbackAdapter },
    features: [...adapter.features].sort(),
    limits,
  };
}
