import { definePlugin } from '@paperzoo/core';
import { gla } from './ops/gla';
import { glaGrad } from './ops/gla-grad';

export { gla } from './ops/gla';
export { glaGrad } from './ops/gla-grad';

export default definePlugin({
  name: '@paperzoo/gla',
  api: 1,
  license: 'MIT',
  paper: {
    title: 'Gated Linear Attention Transformers with Hardware-Efficient Training',
    authors: 'Songlin Yang, Bailin Wang, Yikang Shen, Rameswar Panda, Yoon Kim',
    year: 2023,
    venue: 'ICML 2024',
    arxiv: '2312.06635',
    code: 'https://github.com/fla-org/flash-linear-attention',
  },
  ops: [gla, glaGrad],
  kernels: { cpu: () => import('./kernels/cpu') },
});
