import type { Container } from '../../src/kit.ts';

/** How a container stands to GPUs by its image: it needs one, it is slow without one, or its image merely could use one. */
export type GpuImage = 'needs' | 'slow' | 'could';

/** Servers that do not work without an accelerator. */
const needing = /(^|\/)(vllm-openai|vllm|sglang|text-generation-inference|tensorrt-?llm\w*|lmdeploy)$/;
/** Servers whose one image runs on both and falls back to the CPU, silently and slowly. */
const slowing = /(^|\/)(ollama|tritonserver|comfyui|stable-diffusion-webui)$/;
/** Servers with images of their own for GPUs: without a word of it in the tag they are built for the CPU. */
const eitherWay = /(^|\/)(localai|local-ai|llama\.cpp|llama-cpp-python|koboldcpp)$/;
const builtForGpu = /(^|[-_.])(cuda\d*|cu1\d\d|gpu|nvidia|rocm\d*)([-_.]|$)/i;
const builtForCpu = /(^|[-_./])(cpu|openvino)([-_./]|$)/i;

/** Says how an image stands to GPUs; undefined for images that have nothing to do with them, and for builds for the CPU. */
export function gpuImage({ image = '', command = [], args = [], env = [] }: Container): GpuImage | undefined {
  const plain = image.replace(/@.*$/, '');
  const colon = plain.lastIndexOf(':');
  const hasTag = colon > plain.lastIndexOf('/');
  const name = (hasTag ? plain.slice(0, colon) : plain).toLowerCase();
  const tag = hasTag ? plain.slice(colon + 1) : '';
  if (builtForCpu.test(tag) || builtForCpu.test(name)) return undefined;
  const values = new Map(env.map((one) => [one.name, one.value]));
  const off = [values.get('NVIDIA_VISIBLE_DEVICES'), values.get('OLLAMA_LLM_LIBRARY')];
  if (off.some((value) => value !== undefined && /^(void|none|cpu)/.test(value))) return undefined;
  // The same program as a client: it loads, lists or copies models.
  if (/\bollama\s+(pull|list|cp|create|push|rm|show)\b/.test([...command, ...args].join(' '))) return undefined;
  if (/(^|\/)ollama$/.test(name) && /^(pull|list|cp|create|push|rm|show)$/.test(args[0] ?? '')) return undefined;
  if (needing.test(name)) return 'needs';
  if (slowing.test(name) || eitherWay.test(name)) {
    if (builtForGpu.test(tag)) return 'needs';
    return slowing.test(name) ? 'slow' : undefined;
  }
  return builtForGpu.test(tag) || /(^|\/)nvidia\/cuda$/.test(name) ? 'could' : undefined;
}
