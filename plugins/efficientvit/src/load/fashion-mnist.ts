import { ModelError, type ModelCard, type Zoo } from '@paperzoo/core';
import { loadEfficientViT, type EfficientViTModel, type EfficientViTOptions } from './efficientvit';

/** Loads the model that was trained on Fashion-MNIST, from the package of its weights unless the options name others. */
export async function loadFashionMnist(
  zoo: Zoo,
  card: ModelCard,
  options: EfficientViTOptions,
): Promise<EfficientViTModel> {
  const { labels, ...config } = card.config as EfficientViTOptions;
  const weights = options.weights ?? (await packaged(card));
  // Whoever asks for other classes, or for none, has no use for the names of these.
  const other = options.numClasses !== undefined || options.featuresOnly || options.globalPool === '';
  const classes = other ? {} : { numClasses: config.numClasses, labels };
  return loadEfficientViT(zoo, { ...card, config }, { imgSize: config.imgSize, ...classes, ...options, weights });
}

async function packaged({ name, package: from }: ModelCard): Promise<string> {
  // The name is written out because bundlers follow only what they can read.
  const { weights } = await import('@paperzoo/weights-efficientvit-fashion-mnist').catch((cause: unknown) => {
    throw new ModelError(`The weights of ${name} are the package ${from}, which is not installed.`, {
      argument: 'weights',
      remedy: `Install it (npm install ${from}), or pass { weights } with a file or an address.`,
      cause,
    });
  });
  return weights;
}
