import type { Form } from '../../models/data/form.ts';

/** What the images of each data set of the comparison are. */
export const forms: Readonly<Record<string, Form & { kind: 'images' }>> = {
  digits8: { kind: 'images', height: 8, width: 8, channels: 1 },
  mnist: { kind: 'images', height: 28, width: 28, channels: 1 },
  emoji16: { kind: 'images', height: 16, width: 16, channels: 3 },
};
