// The page's program: fetches its job, races, and posts what came of it. Whoever opened the page by hand sees how far it is.
import type { Job, PageResult, Problem } from '../problem';
import { jaxLane } from './jax';
import { onnxruntimeLane } from './onnxruntime';
import { raceOnAdapter, type Rival } from './race';

const rivals: readonly Rival[] = [
  { id: 'onnxruntime-web', label: 'onnxruntime-web, WebGPU', open: onnxruntimeLane },
  { id: 'jax-js', label: 'jax-js, WebGPU', open: jaxLane },
];

const show = (text: string) => (document.querySelector('p')!.textContent = text);
const fetched = async (path: string) => {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return response;
};
const jobNow = async (): Promise<Job> => (await (await fetched('/job')).json()) as Job;
const post = (path: string, value: unknown) => fetch(path, { method: 'POST', body: JSON.stringify(value) });

async function file({ title }: Problem, name: 'weights' | 'onnx'): Promise<Uint8Array> {
  const response = await fetched(`/${name}?problem=${encodeURIComponent(title)}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function work(job: Job): Promise<void> {
  show('Getting ready …');
  try {
    const result: PageResult = await raceOnAdapter(job, {
      rivals,
      file,
      onProgress(fraction) {
        show(`Measuring, ${Math.round(100 * fraction)} % …`);
        void post('/progress', fraction);
      },
    });
    await post('/result', result);
    show(`Done: ${result.problem.title} on ${result.adapter}. The numbers are in the terminal.`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await post('/failed', reason);
    show(`It failed: ${reason}`);
  }
}

const job = await jobNow();
await work(job);
// Another race may follow at the same address, for a page that a person opened.
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, 500));
  const next = await jobNow().catch(() => undefined);
  if (next && next.id !== job.id) location.reload();
}
