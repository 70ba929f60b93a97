type Child = Node | string | undefined;
type Attributes = Record<string, string | boolean | undefined>;

/** el makes an element. Text goes in as text, never as markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(node, name, value);
  node.append(...children.filter((c) => c !== undefined));
  return node;
}

/** set writes an attribute; false and undefined take it away. Nothing is written that is there already. */
export function set(node: Element, name: string, value: string | boolean | undefined): void {
  if (value === undefined || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value === true ? '' : value))
    node.setAttribute(name, value === true ? '' : value);
}

/** write sets a text when it differs, so that screen readers do not hear the same again. */
export function write(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

const shapes = {
  chat: 'M4 5.5h16v11H11l-4 3.5v-3.5H4z',
  close: 'M6 6l12 12M18 6L6 18',
  down: 'M6 9.5l6 6 6-6',
  send: 'M12 19V5M6 11l6-6 6 6',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  clock: 'M12 7v5l3 2M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z',
  alert: 'M12 7.5v5.5M12 16.2v.3M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z',
  flash: 'M13 3.5L5.5 13.5H12l-1 7 7.5-10H12z',
  cloud: 'M4 4l16 16M9 6.6A6 6 0 0 1 17.6 11 4 4 0 0 1 20 17M7 9.5A4.5 4.5 0 0 0 7.500 18H16',
};

export type Icon = keyof typeof shapes;

/** icon is a line drawing in the colour of the text around it; screen readers pass it by. */
export function icon(name: Icon, size = 20): SVGSVGElement {
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  for (const [k, v] of Object.entries({
    viewBox: '0 0 24 24',
    width: String(size),
    height: String(size),
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': '1.75',
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'aria-hidden': 'true',
  })) {
    svg.setAttribute(k, v);
  }
  const path = document.createElementNS(ns, 'path');
  path.setAttribute('d', shapes[name]);
  svg.append(path);
  return svg;
}
