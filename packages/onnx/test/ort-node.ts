import { onnxRunner, onnxWriter, type ConformOnnxOptions } from '@paperzoo/testing';
import * as ort from 'onnxruntime-node';
import { exportOnnx, type ExportOptions } from '../src/index';

/** Runs a file on onnxruntime-node; outputs by name. */
export const run: ConformOnnxOptions['run'] = onnxRunner(ort);

/** As `conformOnnx` wants it. */
export const writer = (options: ExportOptions = {}) => onnxWriter(exportOnnx, options);
