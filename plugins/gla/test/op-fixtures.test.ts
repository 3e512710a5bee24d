import { ops } from './cases/ops';
import { holdOn } from './harness/hold-on';
import { openZoo } from './harness/op-zoo';

holdOn("upstream's results", ['cpu', 'wasm', 'wasm ×2'], openZoo, ops());
