/** The trained LeNets that are here. Written out in full: bundlers follow only literal paths. */
export const shipped = {
  mnist: { height: 28, file: new URL('./lenet-mnist.safetensors', import.meta.url) },
  digits8: { height: 8, file: new URL('./lenet-digits8.safetensors', import.meta.url) },
} as const;

/** Whether a trained LeNet is here for a data set. */
export const hasLenet = (data: string): data is keyof typeof shipped =>
  Object.hasOwn(shipped, data);
