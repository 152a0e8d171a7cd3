/**
 * A language model of half a megabyte with random weights, as a GGUF file: enough to test what a real Ollama does with requests. What
 * it says is noise.
 */

const width = 64;
const heads = 4;
const keyHeads = 2;
const inner = 128;

const alignment = 32;
const context = 32_768;

const u32 = (value: number) => bytes(4, (buffer) => buffer.writeUInt32LE(value));
const u64 = (value: number) => bytes(8, (buffer) => buffer.writeBigUInt64LE(BigInt(value)));
const i32 = (value: number) => bytes(4, (buffer) => buffer.writeInt32LE(value));
const f32 = (value: number) => bytes(4, (buffer) => buffer.writeFloatLE(value));
const text = (value: string) => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);

function bytes(size: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(size);
  write(buffer);
  return buffer;
}

/** The types of GGUF's metadata. */
const typed = {
  uint: (value: number) => Buffer.concat([u32(4), u32(value)]),
  float: (value: number) => Buffer.concat([u32(6), f32(value)]),
  flag: (value: boolean) => Buffer.concat([u32(7), Buffer.from([value ? 1 : 0])]),
  string: (value: string) => Buffer.concat([u32(8), text(value)]),
  strings: (values: readonly string[]) => Buffer.concat([u32(9), u32(8), u64(values.length), ...values.map(text)]),
  floats: (values: readonly number[]) => Buffer.concat([u32(9), u32(6), u64(values.length), ...values.map(f32)]),
  ints: (values: readonly number[]) => Buffer.concat([u32(9), u32(5), u64(values.length), ...values.map(i32)]),
};

/** The file's bytes, the same at every call. With more blocks it is slower. */
export function tinyModel(blocks = 2): Buffer {
  const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).map((char) =>
    char === ' ' ? '\u2581' : char,
  );
  const raw = Array.from({ length: 256 }, (_, index) => `<0x${index.toString(16).toUpperCase().padStart(2, '0')}>`);
  const tokens = ['<unk>', '<s>', '</s>', ...raw, ...printable];
  const types = tokens.map((_, index) => (index === 0 ? 2 : index < 3 ? 3 : index < 259 ? 6 : 1));
  const metadata: readonly (readonly [string, Buffer])[] = [
    ['general.architecture', typed.string('llama')],
    ['general.file_type', typed.uint(0)],
    ['general.alignment', typed.uint(alignment)],
    ['llama.vocab_size', typed.uint(tokens.length)],
    ['llama.context_length', typed.uint(context)],
    ['llama.embedding_length', typed.uint(width)],
    ['llama.block_count', typed.uint(blocks)],
    ['llama.feed_forward_length', typed.uint(inner)],
    ['llama.attention.head_count', typed.uint(heads)],
    ['llama.attention.head_count_kv', typed.uint(keyHeads)],
    ['llama.attention.layer_norm_rms_epsilon', typed.float(1e-5)],
    ['llama.rope.dimension_count', typed.uint(width / heads)],
    ['llama.rope.freq_base', typed.float(10_000)],
    ['tokenizer.ggml.model', typed.string('llama')],
    ['tokenizer.ggml.pre', typed.string('default')],
    ['tokenizer.ggml.tokens', typed.strings(tokens)],
    ['tokenizer.ggml.scores', typed.floats(tokens.map((_, index) => -index))],
    ['tokenizer.ggml.token_type', typed.ints(types)],
    ['tokenizer.ggml.bos_token_id', typed.uint(1)],
    ['tokenizer.ggml.eos_token_id', typed.uint(2)],
    ['tokenizer.ggml.unknown_token_id', typed.uint(0)],
    ['tokenizer.ggml.add_bos_token', typed.flag(true)],
    [
      'tokenizer.chat_template',
      typed.string(
        '{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}',
      ),
    ],
  ];
  const keys = (width / heads) * keyHeads;
  const block = (index: number): readonly (readonly [string, readonly number[]])[] => [
    [`blk.${index}.attn_norm.weight`, [width]],
    [`blk.${index}.attn_q.weight`, [width, width]],
    [`blk.${index}.attn_k.weight`, [width, keys]],
    [`blk.${index}.attn_v.weight`, [width, keys]],
    [`blk.${index}.attn_output.weight`, [width, width]],
    [`blk.${index}.ffn_norm.weight`, [width]],
    [`blk.${index}.ffn_gate.weight`, [width, inner]],
    [`blk.${index}.ffn_up.weight`, [width, inner]],
    [`blk.${index}.ffn_down.weight`, [inner, width]],
  ];
  const tensors: readonly (readonly [string, readonly number[]])[] = [
    ['token_embd.weight', [width, tokens.length]],
    ...Array.from({ length: blocks }, (_, index) => block(index)).flat(),
    ['output_norm.weight', [width]],
    ['output.weight', [width, tokens.length]],
  ];
  const random = generator(7);
  const data = tensors.map(([name, shape]) => {
    const size = shape.reduce((product, one) => product * one, 1);
    const values = Float32Array.from({ length: size }, () => (name.includes('norm') ? 1 : (random() - 0.5) * 0.2));
    return padded(Buffer.from(values.buffer));
  });
  let offset = 0;
  const infos = tensors.map(([name, shape], index) => {
    const info = Buffer.concat([text(name), u32(shape.length), ...shape.map(u64), u32(0), u64(offset)]);
    offset += data[index]!.length;
    return info;
  });
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    u32(3),
    u64(tensors.length),
    u64(metadata.length),
    ...metadata.flatMap(([key, value]) => [text(key), value]),
    ...infos,
  ]);
  return Buffer.concat([padded(head), ...data]);
}

function padded(buffer: Buffer): Buffer {
  const missing = (alignment - (buffer.length % alignment)) % alignment;
  return missing === 0 ? buffer : Buffer.concat([buffer, Buffer.alloc(missing)]);
}

/** Numbers from 0 to 1 that are the same at every run (a linear congruential generator, the constants of Numerical Recipes). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
