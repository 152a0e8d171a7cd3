/** Pods that hold, use or miss GPUs without saying so; runtime classes; the GPU operator. */
import { describe, expect, test } from 'vitest';
import gpu from '../../analyzers/gpu/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, deployment, merge, node, object, ownedBy, type Patch, pod, replicaSet } from '../support/objects.ts';
import { found } from '../support/snapshot.ts';
import { cannotPull, gpuHolder, gpuNode, gpuWaiter, pluginPod, pluginSet } from './gpu-support.ts';

const set = replicaSet(deployment('llm'));
const server = (image: string, patch: Patch = {}, container: Patch = {}) =>
  pod(
    'llm-1',
    merge(merge(ownedBy(set), { spec: { containers: [{ name: 'app', image, ...container }] } }), patch) as Patch,
  );
const onCPU = ['warning PodGPUServerWithoutGPU Pod shop/llm-1 [app]'];
const nvidia = object('runtimeclasses.node.k8s.io', 'nvidia', { handler: 'nvidia' });
const handlers = (...names: string[]) => ({
  status: { runtimeHandlers: [{ name: '' }, ...names.map((name) => ({ name }))] },
});
const policy = (state: string, conditions: Patch[], since = ago('1h')) =>
  object('clusterpolicies.nvidia.com', 'cluster-policy', {
    status: { state, conditions: conditions.map((one) => ({ lastTransitionTime: since, ...one })) },
  });
const error = {
  type: 'Error',
  status: 'True',
  reason: 'OperandNotReady',
  message: 'ClusterPolicy is not ready; states not ready: [state-driver state-device-plugin]',
};
const ready = (reason: string) =>
  policy('ready', [
    { type: 'Ready', status: 'True', reason, message: 'x' },
    { type: 'Error', status: 'False' },
  ]);
const all = gpuNode('n1', 1);

describe('loud', () => {
  const rows: readonly (readonly [string, readonly KubeObject[], readonly string[]])[] = [
    [
      'held by a pod that cannot pull',
      [all, gpuHolder('a', 'n1', 1, cannotPull)],
      ['warning PodGPUHeldIdle Pod shop/a [nvidia.com/gpu]'],
    ],
    [
      'held by a pod that should be gone',
      [all, gpuHolder('a', 'n1', 1, { metadata: { deletionTimestamp: ago('30m') } })],
      ['warning PodGPUHeldIdle Pod shop/a [nvidia.com/gpu]'],
    ],
    ['Ollama on the CPU', [all, node('n2'), server('ollama/ollama:0.12.3', { spec: { nodeName: 'n2' } })], onCPU],
    [
      'Ollama sent to nodes some of which have GPUs',
      [all, node('n2'), server('ollama/ollama:0.12.3', { spec: { nodeSelector: { 'kubernetes.io/os': 'linux' } } })],
      onCPU,
    ],
    ['llama.cpp built for CUDA', [all, server('ghcr.io/ggml-org/llama.cpp:server-cuda')], onCPU],
    ['vLLM without a GPU', [all, server('vllm/vllm-openai:v0.11.0')], onCPU],
    [
      'built for CUDA and sent to GPU nodes',
      [all, server('example.com/train:1.0-cuda12', { spec: { nodeSelector: { 'nvidia.com/gpu.present': 'true' } } })],
      onCPU,
    ],
    [
      'sees GPUs by its runtime class, beside one that asked',
      [all, nvidia, server('ollama/ollama', { spec: { runtimeClassName: 'nvidia' } }), gpuHolder('a', 'n1')],
      ['warning PodGPUUnaccounted Pod shop/llm-1'],
    ],
    [
      'the same, and nobody else has one',
      [all, nvidia, server('ollama/ollama', { spec: { runtimeClassName: 'nvidia' } })],
      ['info PodGPUUnaccounted Pod shop/llm-1'],
    ],
    [
      'sees GPUs by their files',
      [
        all,
        server('a', { spec: { volumes: [{ name: 'gpu', hostPath: { path: '/dev/nvidia0' } }] } }),
        gpuHolder('a', 'n1'),
      ],
      ['warning PodGPUUnaccounted Pod shop/llm-1'],
    ],
    [
      'sees GPUs by its environment',
      [all, server('a', {}, { env: [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }] }), gpuHolder('a', 'n1')],
      ['warning PodGPUUnaccounted Pod shop/llm-1'],
    ],
    [
      'several shares',
      [gpuNode('n1', 4, 4, { metadata: { labels: { 'nvidia.com/gpu.replicas': '4' } } }), gpuHolder('a', 'n1', 2)],
      ['info PodGPUShares Pod shop/a [app]'],
    ],
    [
      'a handler that the node lacks',
      [
        node('n1', handlers('runc')),
        nvidia,
        pod('a', { spec: { runtimeClassName: 'nvidia' }, status: { phase: 'Pending' } }),
      ],
      ['critical RuntimeClassHandlerMissing RuntimeClass nvidia'],
    ],
    [
      'operator not ready, GPUs wanted',
      [policy('notReady', [error]), gpuHolder('a', 'n1')],
      ['critical ClusterPolicyNotReady ClusterPolicy cluster-policy'],
    ],
    [
      'operator not ready, nobody cares',
      [policy('notReady', [error])],
      ['warning ClusterPolicyNotReady ClusterPolicy cluster-policy'],
    ],
    [
      'Ready without labels',
      [ready('NFDLabelsMissing')],
      ['warning ClusterPolicyMisleadingReady ClusterPolicy cluster-policy'],
    ],
    [
      'Ready without nodes, a pod waits',
      [node('n1'), ready('NoGPUNodes'), gpuWaiter()],
      ['critical ClusterPolicyMisleadingReady ClusterPolicy cluster-policy'],
    ],
    [
      'Ready without nodes, which an autoscaler may bring',
      [ready('NoGPUNodes')],
      ['info ClusterPolicyMisleadingReady ClusterPolicy cluster-policy'],
    ],
    ['a second policy', [policy('ignored', [])], ['warning ClusterPolicyIgnored ClusterPolicy cluster-policy']],
  ];
  test.each(rows)('%s', (_, objects, expected) => {
    expect(found(gpu, objects)).toEqual(expected);
  });
});

describe('quiet', () => {
  const intel = node('n1', {
    status: { capacity: { 'gpu.intel.com/i915': '1' }, allocatable: { 'gpu.intel.com/i915': '1' } },
  });
  const rows: readonly (readonly [string, readonly KubeObject[]])[] = [
    [
      'Ollama sent to a node without GPUs',
      [
        all,
        node('n2'),
        server('ollama/ollama:0.12.3', {
          spec: { nodeName: 'n2', nodeSelector: { 'kubernetes.io/hostname': 'n2' } },
        }),
      ],
    ],
    [
      'a pod that is pulling its image',
      [
        all,
        gpuHolder(
          'a',
          'n1',
          1,
          merge(cannotPull, {
            status: { conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: ago('4m') }] },
          }) as Patch,
        ),
      ],
    ],
    [
      'a pod whose init container loads a model',
      [
        all,
        gpuHolder('a', 'n1', 1, {
          status: {
            phase: 'Pending',
            conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: ago('50m') }],
            initContainerStatuses: [{ name: 'load', image: 'a', state: { running: { startedAt: ago('49m') } } }],
            containerStatuses: [{ name: 'app', image: 'a', state: { waiting: { reason: 'PodInitializing' } } }],
          },
        }),
      ],
    ],
    [
      'a pod that is being deleted in time',
      [all, gpuHolder('a', 'n1', 1, { metadata: { deletionTimestamp: ago('1m') } })],
    ],
    ['a completed pod holds nothing', [all, gpuHolder('a', 'n1', 1, { status: { phase: 'Succeeded' } })]],
    ['Ollama in a cluster without GPUs', [node('n1'), server('ollama/ollama')]],
    ['Ollama with a GPU', [all, gpuHolder('a', 'n1', 1)]],
    [
      'Ollama told to use the CPU',
      [
        all,
        server(
          'ollama/ollama',
          { spec: { nodeName: 'n2' } },
          { env: [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'void' }] },
        ),
      ],
    ],
    [
      'Ollama as a client',
      [all, server('ollama/ollama', { spec: { nodeName: 'n2' } }, { command: ['/bin/sh', '-c', 'ollama pull phi'] })],
    ],
    ['Ollama beside an Intel GPU, which it cannot use', [intel, server('ollama/ollama')]],
    ['servers whose plain image is for the CPU', [all, server('ghcr.io/ggml-org/llama.cpp:server')]],
    [
      'an NVIDIA variable on a node with an Intel GPU',
      [
        intel,
        gpuHolder('b', 'n1', 1, {}, 'gpu.intel.com/i915'),
        server('a', {}, { env: [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }] }),
      ],
    ],
    [
      'a fraction of a GPU, by annotation',
      [all, server('vllm/vllm-openai:1', { metadata: { annotations: { 'gpu-fraction': '0.5' } } })],
    ],
    [
      'memory of a GPU, by a resource of its own',
      [all, server('vllm/vllm-openai:1', {}, { resources: { limits: { 'aliyun.com/gpu-mem': '8' } } })],
    ],
    ['a build for the CPU', [all, server('example.com/vllm/vllm-cpu:1'), server('localai/localai:latest-cpu')]],
    ['built for CUDA, used to compile', [all, server('nvidia/cuda:12.8.0-devel-ubuntu24.04')]],
    [
      'devices claimed through DRA',
      [all, server('vllm/vllm-openai:1', { spec: { resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }] } })],
    ],
    [
      'DaemonSets see devices by right',
      [all, nvidia, pluginSet(), pluginPod('n1', ago('1h'), { spec: { runtimeClassName: 'nvidia' } })],
    ],
    [
      'any image under the nvidia runtime',
      [all, nvidia, server('nginx:1', { spec: { runtimeClassName: 'nvidia' } }), gpuHolder('a', 'n1')],
    ],
    [
      'the graphics of a media server',
      [all, server('jellyfin', { spec: { volumes: [{ name: 'dri', hostPath: { path: '/dev/dri' } }] } })],
    ],
    [
      'one share',
      [gpuNode('n1', 4, 4, { metadata: { labels: { 'nvidia.com/gpu.replicas': '4' } } }), gpuHolder('a', 'n1', 1)],
    ],
    ['several whole GPUs', [gpuNode('n1', 4), gpuHolder('a', 'n1', 4)]],
    [
      'a handler that the node has',
      [
        node('n1', handlers('nvidia')),
        nvidia,
        pod('a', { spec: { runtimeClassName: 'nvidia' }, status: { phase: 'Pending' } }),
      ],
    ],
    [
      'a kubelet that lists no handlers',
      [node('n1'), nvidia, pod('a', { spec: { runtimeClassName: 'nvidia' }, status: { phase: 'Pending' } })],
    ],
    ['a class that nobody waits for', [node('n1', handlers('runc')), nvidia]],
    ['an operator that starts', [policy('notReady', [error], ago('5m')), gpuHolder('a', 'n1')]],
    ['an operator that is ready', [ready('Reconciled')]],
  ];
  test.each(rows)('%s', (_, objects) => {
    expect(found(gpu, objects)).toEqual([]);
  });
});
