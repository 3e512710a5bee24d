import { controlSource } from './control';

/**
 * What a worker runs, as text: started from a string in Node, from a Blob in pages, or served as a file where a strict content policy
 * forbids both (`workerUrl`; the package has it as `@paperzoo/device-wasm/worker.js`). It holds one instance of every module.
 */
export const workerSource = `'use strict';
${controlSource}
const node = typeof process !== 'undefined' && process.getBuiltinModule ? process.getBuiltinModule('node:worker_threads') : undefined;
const port = node && node.parentPort ? node.parentPort : self;
const modules = [];
let words, args, text, memory, handled = 0, seen = 0;

function receive(message) {
  if (message.control) {
    words = new Int32Array(message.control);
    args = new Float64Array(message.control, WORD.args * 4, 32);
    text = new Uint16Array(message.control, WORD.errorText * 4, ERROR_CHARS);
    memory = message.memory;
    Atomics.add(words, WORD.ready, 1);
    port.postMessage('ready');
  }
  for (const module of message.modules) {
    const env = { memory, abort() { throw new WebAssembly.RuntimeError('abort'); } };
    const exports = new WebAssembly.Instance(module, { env }).exports;
    modules.push(WebAssembly.Module.exports(module).map((e) => exports[e.name]));
  }
  handled++;
  if (Atomics.load(words, WORD.mail) === handled) loop();
}

function loop() {
  for (;;) {
    const state = Atomics.load(words, WORD.state);
    if (isOpen(state)) join(state);
    else if (Atomics.load(words, WORD.mail) !== handled) return;
    else rest();
  }
}

function join(state) {
  while (Atomics.compareExchange(words, WORD.state, state, state + 1) !== state) {
    state = Atomics.load(words, WORD.state);
    if (!isOpen(state)) return;
  }
  seen = state;
  try { work(); } catch (error) {
    const message = String(error && error.message || error).slice(0, ERROR_CHARS);
    if (Atomics.compareExchange(words, WORD.failed, 0, 1) === 0) {
      for (let i = 0; i < message.length; i++) text[i] = message.charCodeAt(i);
      Atomics.store(words, WORD.errorLength, message.length);
    }
    Atomics.store(words, WORD.next, words[WORD.total]);
  }
  if (((Atomics.sub(words, WORD.state, 1) - 1) & (CLOSED | INSIDE)) === CLOSED) Atomics.notify(words, WORD.state);
}

function work() {
  const module = modules[words[WORD.module]];
  // A module that is still in the mail: leave the job to those who have it.
  if (!module) return;
  const f = module[words[WORD.fn]], total = words[WORD.total], chunk = words[WORD.chunk];
  const rest = Array.from(args.subarray(0, words[WORD.argc]));
  for (;;) {
    const begin = Atomics.add(words, WORD.next, chunk);
    if (begin >= total) return;
    f(begin, Math.min(total, begin + chunk), ...rest);
  }
}

function rest() {
  const wake = Atomics.load(words, WORD.wake);
  const until = performance.now() + SPIN_MS;
  do {
    for (let i = 0; i < 64; i++) if (isOpen(Atomics.load(words, WORD.state))) return;
    if (Atomics.load(words, WORD.mail) !== handled) return;
  } while (performance.now() < until);
  Atomics.add(words, WORD.sleepers, 1);
  Atomics.wait(words, WORD.wake, wake);
  Atomics.sub(words, WORD.sleepers, 1);
}

function isOpen(state) {
  return !(state & CLOSED) && state >>> 8 !== seen >>> 8;
}

if (node && node.parentPort) port.on('message', receive);
else self.onmessage = (event) => receive(event.data);
`;
