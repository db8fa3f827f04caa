/** What every component that shows samples, or examples of the data, is given. */
export const sampleProperties = {
  /** What a sample is. */
  form: { attribute: false },
  /** All samples, one after another. */
  values: { attribute: false },
  /** Samples in `values`. */
  count: { type: Number },
  label: {},
  /** Samples shown, from the first. */
  limit: { type: Number },
  /** Whether it is one of many, in the film. */
  small: { type: Boolean },
};
