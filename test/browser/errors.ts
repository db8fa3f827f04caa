// What would only be printed in a page: console.error and uncaptured GPU errors. The state is on
// the global object because test files share a page but not their modules.

interface State {
  complaints: string[];
  tolerated: RegExp[];
  devices: Set<GPUDevice>;
}

const key = Symbol.for('eightfold.errors');
const scope = globalThis as { [key]?: State };

/** Lets the running test cause errors whose text matches. */
export function tolerate(pattern: RegExp): void {
  state().tolerated.push(pattern);
}

/** Forgets everything; the first call begins to listen. */
export function forget(): void {
  Object.assign(state(), { complaints: [], tolerated: [] });
}

/** The errors since `forget` that no pattern took. */
export const complaints = (): readonly string[] => state().complaints;

/** Waits until every device has said what it has to say. */
export async function quiet(): Promise<void> {
  await Promise.all([...state().devices].map((device) => device.queue.onSubmittedWorkDone()));
}

const state = (): State => {
  scope[key] ??= watch({ complaints: [], tolerated: [], devices: new Set() });
  return scope[key];
};

function watch(state: State): State {
  const complain = (text: string): boolean => {
    if (state.tolerated.some((pattern) => pattern.test(text))) return false;
    state.complaints.push(text);
    return true;
  };
  const print = console.error;
  console.error = (...values: unknown[]) => {
    if (complain(`console.error: ${values.map(String).join(' ')}`)) print(...values);
  };
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor);
    state.devices.add(device);
    device.lost.then(() => state.devices.delete(device));
    device.addEventListener('uncapturederror', ({ error }) => {
      complain(`uncaptured ${error.constructor.name}: ${error.message}`);
    });
    return device;
  };
  return state;
}
