// The peers are installed on demand and apart from the project, which type-checks without them.
declare module '@jax-js/jax';
declare module '@tensorflow/tfjs';
declare module '@tensorflow/tfjs-backend-webgpu';
declare module 'onnxruntime-web/webgpu';
