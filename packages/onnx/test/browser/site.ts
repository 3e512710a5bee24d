import { openPage as open } from '../../../../tools/lib/browser.mjs';
import { ortFile } from '../../../../tools/lib/ort-files.mjs';

/** A page that has loaded the program, with onnxruntime-web's files beside it. */
export const openPage = () => open(new URL('./page.ts', import.meta.url), { pages: { '/': {} }, files: ortFile });
