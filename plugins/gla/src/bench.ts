import type { Benchmark } from '@paperzoo/core';
import { crossover } from './bench/crossover';
import { lengthBenchmarks } from './bench/length';
import { opBenchmarks } from './bench/op';

/** What `paperzoo bench gla` measures of this plugin alone; races against other libraries are the suite's. */
const benchmarks: readonly Benchmark[] = [...opBenchmarks, crossover, ...lengthBenchmarks];

export default benchmarks;
