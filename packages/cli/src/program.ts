import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Context } from './context';
import { EXAMPLES } from './examples';
import { UsageError } from './usage-error';
import { version } from './version';
import { DEVICE_CHOICES } from './zoo';

const HELP_WIDTH = 80;
/** As in @paperzoo/onnx, which is loaded only when something is exported. */
const FORMS = ['flat', 'functions', 'contrib'];
const EXECUTORS = ['wasm', 'ort', 'ort-node'];
/** A command's name or filter, which may be left out, and what follows it: a file, or a list of them. */
type Arguments = [first: string | undefined, rest: never];

/**
 * Parses a command line and runs its command; the code of each is imported only when it runs. Resolves to the exit code.
 * @throws UsageError for what cannot be parsed, and whatever the command throws
 */
export async function runProgram(args: readonly string[], context: Context): Promise<number> {
  let code = 0;
  const program = new Command('paperzoo')
    .description('Papers as packages: list models, run and train them, measure them, check what their papers claim.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .addHelpText('after', EXAMPLES['paperzoo']!);
  const add = (name: string, summary: string): Command => {
    const command = program.command(name).description(summary).helpOption('-h, --help', 'show help');
    command.addHelpText('after', EXAMPLES[command.name()]!);
    return common(command, context);
  };
  /** What commander hands to an action: arguments, own options, the command. */
  const run =
    (action: (args: Arguments, options: never) => Promise<number | void>) =>
    async (...given: unknown[]) => {
      const command = given.at(-1) as Command;
      code = (await action(given.slice(0, -2) as unknown as Arguments, command.optsWithGlobals() as never)) ?? 0;
    };

  add('list [glob]', 'models of all plugins, offline')
    .option('--pretrained', 'only those with published weights')
    .action(run(async ([glob], options) => (await import('./commands/list')).list(context, glob, options)));

  add('info <name>', 'a model: paper, licence, counted work, kernels per device; or what a model file holds')
    .addOption(device('only this device; default: all of them'))
    .option('--img-size <n>', 'side of the input image', whole(1))
    .action(run(async ([name], options) => (await import('./commands/info')).info(context, name!, options)));

  add('run <name> [images...]', 'classify images, or go on with a text')
    .option('-i, --image <files...>', 'image files or https addresses, as after the name')
    .option('-p, --prompt <text>', 'text to go on with')
    .option(
      '-w, --weights <source>',
      'hf:org/repo, https address, file, folder, or "random"; default: the published ones',
    )
    .addOption(device('where it runs').default('wasm'))
    .addOption(
      new Option('--executor <name>', 'what runs its graph: our device, onnxruntime-web or onnxruntime-node')
        .choices(EXECUTORS)
        .default('wasm'),
    )
    .option('-t, --threads <n>', 'threads of the wasm device or of onnxruntime', whole(1, 64), 1)
    .option('-k, --topk <n>', 'how many classes to show', whole(1), 5)
    .option('-n, --max-tokens <n>', 'how many tokens of text to add at most', whole(1), 128)
    .option('--temperature <x>', '0 takes the most probable token, 1 samples as the model says', real(0, 100), 0)
    .option('--top-p <x>', 'sample only among the most probable tokens of this share', real(1e-6, 1), 1)
    .option('--seed <n>', 'equal seeds give equal texts', whole(0), 0)
    .option('--img-size <n>', 'side of the input image', whole(1))
    .option('--revision <name>', 'branch, tag or commit on the hub')
    .option('--endpoint <url>', 'hub to ask; default: $HF_ENDPOINT, else the public one')
    .option('--cache-dir <folder>', 'where downloads are kept')
    .option('--local-files-only', 'never touch the network')
    .action(
      run(async ([name, files], options) => (await import('./commands/run')).run(context, name!, files, options)),
    );

  add('train <name>', 'train a model from fresh weights, or go on with a run')
    .requiredOption('--data <name>', 'fashion-mnist for images; moby-dick or a text file for text')
    .requiredOption('--steps <n>', 'steps of the whole run', whole(1))
    .option('--batch <n>', 'examples per step', whole(1), 32)
    .option('--lr <rate>', 'highest learning rate; default: the recipe of the task', positive)
    .option('--seed <n>', 'of weights, order and augmentation', whole(0), 0)
    .option('--length <n>', 'bytes per example of a text', whole(2), 256)
    .option('--img-size <n>', 'side of the input image', whole(1), 64)
    .option('--every <n>', 'steps between validations, samples and checkpoints', whole(1), 100)
    .option('-o, --out <folder>', 'where the run is kept; default: runs/NAME-DATA')
    .option('--resume', 'go on with the run in this folder, bit for bit')
    .option('--half', 'matrices of model.safetensors in half precision')
    .addOption(device('where it runs').default('wasm'))
    .option('-t, --threads <n>', 'threads of the wasm device', whole(1, 64), 1)
    .action(run(async ([name], options) => (await import('./commands/train')).train(context, name!, options)));

  add('eval <name>', "a model's figures on the part of a data set that training leaves out")
    .requiredOption('--data <name>', 'fashion-mnist for images; moby-dick or a text file for text')
    .option('-w, --weights <source>', 'hf:org/repo, https address, file or folder; default: the published ones')
    .option('--batch <n>', 'examples at a time', whole(1), 32)
    .option('--length <n>', 'bytes per example of a text', whole(2), 256)
    .option('--img-size <n>', 'side of the input image', whole(1))
    .addOption(device('where it runs').default('wasm'))
    .option('-t, --threads <n>', 'threads of the wasm device', whole(1, 64), 1)
    .action(run(async ([name], options) => (await import('./commands/eval')).evaluate(context, name!, options)));

  add('export <name> <file>', 'write a model as ONNX')
    .option(
      '-w, --weights <source>',
      'hf:org/repo, https address, file, folder, or "random"; default: the published ones',
    )
    .option('--graph <name>', 'only this graph of the model; default: each in a file of its own')
    .option('--opset <n>', 'version of the operator set, 17 to 21', whole(17, 21), 17)
    .addOption(new Option('--form <form>', "how the paper's ops are written").choices(FORMS).default('flat'))
    .option('--f16', 'weights in half precision; arithmetic stays in single')
    .option('--size <name=n>', 'fix a size that the file would leave open, such as N=1 (repeatable)', collect)
    .option('--external', 'weights in a file of their own, FILE.data')
    .option('--force', 'replace files that exist')
    .option('--seed <n>', 'of random weights', whole(0), 0)
    .option('--img-size <n>', 'side of the input image', whole(1))
    .option('--revision <name>', 'branch, tag or commit on the hub')
    .option('--endpoint <url>', 'hub to ask; default: $HF_ENDPOINT, else the public one')
    .option('--cache-dir <folder>', 'where downloads are kept')
    .option('--local-files-only', 'never touch the network')
    .action(
      run(async ([name, file], options) =>
        (await import('./commands/export')).exportCommand(context, name!, file, options),
      ),
    );

  add('bench [filter]', 'measure this machine: ours and its peers, interleaved')
    .addOption(new Option('--quick', 'the short suite (default)').conflicts('full'))
    .option('--full', 'the whole suite, longer samples')
    .option('-t, --threads <n>', 'only cases with this many threads', whole(1, 64))
    .option('--open', 'bench webgpu: print the address of its page, for your own browser to open')
    .option('-o, --out <folder>', 'where the JSON and the report go; default: benchmarks/results')
    .action(run(async ([filter], options) => (await import('./commands/bench')).bench(context, filter, options)));

  add('claims [plugin]', "check the papers' claims here")
    .option('--only <id>', 'only the claim with this id (repeatable)', collect)
    .addOption(device('where they are measured').default('wasm'))
    .action(run(async ([plugin], options) => (await import('./commands/claims')).claims(context, plugin, options)));

  add('doctor', 'what this machine can do, and whether the devices compute correctly').action(
    run(async (_args, options) => (await import('./commands/doctor')).doctor(context, options)),
  );

  add('check-browser', 'a page that checks every op in your own browser, graphics adapter included')
    .option('--port <n>', 'where it is served; default: any free port', whole(1, 65535))
    .option('--run', 'run it in a headless Chromium or Chrome instead; the exit code is 1 when a check fails')
    .option('--only <names>', 'ops, models or plugins, separated by commas')
    .option('--devices <names>', 'cpu, wasm, wasm ×2, webgpu, gpujs webgpu, gpujs webgl2, separated by commas')
    .addOption(new Option('--sizes <n>', 'generated sizes per op and device; default: 3').argParser(whole(0)))
    .addOption(new Option('--all', 'all generated sizes: minutes to an hour').conflicts('sizes'))
    .option('-o, --out <file>', 'with --run: keep the report, as JSON')
    .action(run(async (_args, options) => (await import('./commands/check-browser')).checkBrowser(context, options)));

  add('demo', 'classify three sample images, then run the quick suite').action(
    run(async (_args, options) => (await import('./commands/demo')).demo(context, options)),
  );

  quiet(program, context);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    if (error.code === 'commander.help')
      throw new UsageError('No command was given.', { remedy: 'See: paperzoo --help' });
    throw usageError(error);
  }
  return code;
}

/** Options of every command. */
const common = (command: Command, { terminal }: Context): Command =>
  command
    .option('--plugin <name>', 'also use this plugin: a package, folder or file (repeatable)', collect)
    .option('--json', 'one JSON document on stdout, nothing else')
    .option('--debug', 'stack traces with errors')
    .configureHelp({ helpWidth: Math.min(terminal.width, HELP_WIDTH) });

/** Errors are thrown instead of printed, so that all of them take one way out. */
function quiet(program: Command, { terminal }: Context): void {
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .configureHelp({ helpWidth: Math.min(terminal.width, HELP_WIDTH), sortSubcommands: false })
      .configureOutput({
        outputError: () => undefined,
        writeErr: (text) => terminal.note(text.trimEnd()),
        getOutHasColors: () => terminal.colors.isColorSupported,
        getErrHasColors: () => terminal.errorColors.isColorSupported,
      });
  }
}

/** `error: unknown command 'lst'\n(Did you mean list?)`, with the second line as the remedy. */
function usageError({ message }: CommanderError): UsageError {
  const [first, second] = message.replace(/^error: /, '').split('\n');
  const sentence = first!.charAt(0).toUpperCase() + first!.slice(1).replace(/\.?$/, '.');
  return new UsageError(sentence, {
    remedy: second ? second.replace(/^\(|\)$/g, '') : 'See: paperzoo --help',
  });
}

const device = (text: string) => new Option('-d, --device <name>', text).choices(DEVICE_CHOICES);

const collect = (value: string, all: string[] = []): string[] => [...all, value];

const positive = (text: string): number => {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
};

const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`It must be a whole number ${range}.`);
  };

const real =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
  };
