// Every screen at a desk and on a phone, light and dark: without errors, without breaches of WCAG that axe knows, and,
// with SHOTS set to a folder, as pictures to look at.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAlone } from './alone';
import { openBrowser, openPage, type Watched } from './browser';

const shots = process.env.SHOTS;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
let usher: Awaited<ReturnType<typeof startAlone>>;

beforeAll(async () => {
  [browser, usher] = await Promise.all([openBrowser(), startAlone()]);
  if (shots) mkdirSync(shots, { recursive: true });
});
afterAll(async () => {
  await browser?.close();
  await usher?.stop();
});

const marta = '01931000-0000-7000-8000-000000001000';

type Screen = {
  name: string;
  path: string;
  ready: string;
  /** What to do before looking. */
  act?: (page: Watched) => Promise<unknown>;
};

const thread = `/inbox/mine/${marta}`;
const press = (key: string, show: string) => async (page: Watched) => {
  await page.keyboard.press(key);
  await page.locator(show).first().waitFor();
};

const screens: Screen[] = [
  { name: 'list', path: '/inbox/mine', ready: '[data-row]' },
  { name: 'thread', path: `/inbox/mine/${marta}`, ready: '[role=log] article' },
  { name: 'all', path: `/inbox/all/${marta}`, ready: '[role=log] article' },
  {
    name: 'why',
    path: thread,
    ready: '[role=log] article',
    act: press('w', '[role=dialog] >> text=Understood'),
  },
  { name: 'hand-over', path: thread, ready: '[role=log] article', act: press('h', '[role=dialog]') },
  { name: 'help', path: '/inbox/mine', ready: '[data-row]', act: press('?', '[role=dialog]') },
  {
    name: 'note',
    path: thread,
    ready: '[role=log] article',
    act: press('n', 'textarea[aria-label=Note]'),
  },
  {
    name: 'template',
    path: thread,
    ready: '[role=log] article',
    act: press('#', 'text=Where an order is'),
  },
  {
    name: 'my-menu',
    path: '/inbox/mine',
    ready: '[data-row]',
    act: async (page) => {
      await page.getByRole('button', { name: 'Your menu' }).click();
      await page.getByRole('menu').waitFor();
    },
  },
  { name: 'nothing-found', path: '/inbox/mine?q=zebra', ready: 'text=Nothing found' },
  { name: 'thresholds', path: '/thresholds', ready: 'h1' },
  { name: 'templates', path: '/templates', ready: 'h1' },
  {
    name: 'template-texts',
    path: '/templates',
    ready: 'nav li',
    act: async (page) => {
      await page.getByRole('button', { name: /^Where an order is/ }).click();
      await page.getByRole('tab', { name: 'German' }).click();
      await page.locator('[aria-live]:not([data-old]) >> text=Hallo Marta').waitFor();
    },
  },
  { name: 'label', path: '/label', ready: 'ol li' },
  { name: 'people', path: '/people', ready: 'h1' },
  { name: 'settings', path: '/settings', ready: 'h1' },
  { name: 'tokens', path: '/tokens', ready: 'h1' },
  { name: 'sign-in', path: '/sign-in', ready: '#root > *' },
];

const looks = [
  { name: 'desk-light', viewport: { width: 1440, height: 900 }, colorScheme: 'light' as const },
  { name: 'desk-dark', viewport: { width: 1440, height: 900 }, colorScheme: 'dark' as const },
  {
    name: 'phone-light',
    viewport: { width: 390, height: 844 },
    colorScheme: 'light' as const,
    hasTouch: true,
  },
  { name: 'phone-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' as const, hasTouch: true },
];

describe.each(looks)('at $name', ({ name: look, ...options }) => {
  let page: Watched;
  beforeAll(async () => {
    page = await openPage(browser, options);
  });
  afterAll(() => page?.context().close());

  it.each(screens)('$name holds', async ({ name, path, ready, act }) => {
    page.complaints.length = 0;
    await page.goto(usher.url + path);
    await page.locator(ready).first().waitFor();
    await page.waitForLoadState('networkidle');
    await act?.(page);
    await settle(page);
    if (shots) await page.screenshot({ path: `${shots}/${name}-${look}.png` });
    expect(await breaches(page)).toEqual([]);
    expect(page.complaints).toEqual([]);
    const beyond = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      return { x: scrollWidth - innerWidth, y: scrollHeight - innerHeight };
    });
    expect(beyond.x, 'the page scrolls sideways').toBeLessThanOrEqual(0);
    expect(beyond.y, 'the page scrolls as a whole').toBeLessThanOrEqual(0);
  });
});

/** Waits for what moves to come to rest; what moves for ever does not count. */
const settle = (page: Watched) =>
  page.evaluate(() => {
    const ends = (a: Animation) => a.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY;
    return Promise.allSettled(
      document
        .getAnimations()
        .filter(ends)
        .map((a) => a.finished),
    );
  });

/** What axe finds against WCAG 2.2 A and AA, one line each. */
async function breaches(page: Watched): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (o: object) => Promise<AxeResult> } };
    const found = await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
    return found.violations.flatMap((v) =>
      v.nodes.slice(0, 3).map((n) => `${v.id}: ${n.target.join(' ')} ${n.failureSummary}`),
    );
  });
}

type AxeResult = { violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[] };
