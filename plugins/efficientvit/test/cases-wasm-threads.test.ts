import { describeCases } from './harness/describe-cases';

describeCases('wasm 2 threads');
