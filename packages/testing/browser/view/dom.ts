/** A new element inside of `parent`. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  parent: Element,
  text = '',
  attributes: Readonly<Record<string, string>> = {},
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  parent.append(element);
  return element;
}

/** The page's own element of this id. */
export const by = <E extends HTMLElement = HTMLElement>(id: string): E => document.getElementById(id) as E;
