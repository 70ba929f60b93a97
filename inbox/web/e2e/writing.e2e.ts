// Drafts and summaries in a real browser, over the real binary and a chat model on this machine. With SHOTS set to a folder, as
// pictures to look at.
import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBrowser, openPage, type Watched } from './browser';
import { ChatModel } from './chatModel';
import { Node } from './node';

const shots = process.env.SHOTS;

let browser: Browser;
let model: ChatModel;
let usher: Node;
let page: Watched;

beforeAll(async () => {
  [browser, model] = await Promise.all([openBrowser(), ChatModel.start()]);
  usher = await Node.start({ OPENAI_BASE_URL: model.url, USHER_CHAT_MODEL: 'chat-small' });
  page = await openPage(browser, { viewport: { width: 1440, height: 900 } });
  await page.goto(usher.link);
  await page.getByRole('button', { name: 'Later' }).click();
  await page.goto(`${usher.url}/inbox/all`);
  await page.locator('[data-row]').first().waitFor();
  if (shots) mkdirSync(shots, { recursive: true });
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await usher?.stop();
  await model?.stop();
});
beforeEach(async () => {
  model.mood = 'well';
  await page.goto(`${usher.url}/inbox/all`);
  await page.locator('[data-row]').first().click();
  await page.getByRole('log').waitFor();
  await page.evaluate(() =>
    localStorage.removeItem(`usher.draft.${location.pathname.split('/').at(-1)}.reply`),
  );
  await page.reload();
  await page.getByRole('button', { name: 'Have a reply drafted' }).waitFor();
});

const field = () => page.getByRole('textbox', { name: 'Reply' });
const shot = (name: string) =>
  shots ? page.screenshot({ path: `${shots}/writing-${name}.png` }) : undefined;

describe('a draft', () => {
  it('comes below what was typed, with its gaps, and personal data stays here', async () => {
    const email = await page.locator('a[href^="mailto:"]').first().textContent({ timeout: 2000 });
    await field().fill('Good morning!');
    await field().press('Escape');
    await page.keyboard.press('d');
    await page.getByText('Draft by chat-small.').waitFor();
    expect(await field().inputValue()).toMatch(
      /^Good morning!\n\nHello,\n\nthank you[\s\S]*\[delivery date\]\. See \[link\]\.$/,
    );
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
    await page.getByText('Fill in [delivery date], [link]').waitFor();
    const told = model.told.at(-1) ?? '';
    expect(told).toContain('"by":"customer"');
    if (email) expect(told).not.toContain(email);
    await shot('draft');
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await field().inputValue()).toBe('Good morning!');
    expect(page.complaints).toEqual([]);
  });

  it('can be cancelled while somebody goes on typing', async () => {
    model.mood = 'slow';
    await page.getByRole('button', { name: 'Have a reply drafted' }).click();
    await page.getByText('chat-small is drafting a reply').waitFor();
    await field().fill('I looked it up myself.');
    await shot('busy');
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByText('chat-small is drafting a reply').waitFor({ state: 'detached' });
    expect(await field().inputValue()).toBe('I looked it up myself.');
  });

  it('that the model cannot give is told plainly, and what was typed stays', async () => {
    model.mood = 'broken';
    await field().fill('Hello,');
    await page.getByRole('button', { name: 'Have a reply drafted' }).click();
    await page.getByRole('alert').getByText('the server answered 500').waitFor();
    await shot('failed');
    expect(await field().inputValue()).toBe('Hello,');
    await page.getByRole('button', { name: 'Dismiss' }).click();
  });
});

describe('a summary', () => {
  it('says in a few lines what is wanted, tried and open', async () => {
    await page.getByRole('button', { name: 'Sum up' }).click();
    await page.getByText('Ask the carrier where the parcel is.').waitFor();
    await page.getByText('Written by chat-small').waitFor();
    await shot('summary');
  });
});

describe('the shortcuts', () => {
  it('name the one that drafts', async () => {
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Have a reply drafted').waitFor();
    await page.keyboard.press('Escape');
  });
});

describe('every size and theme', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 390]) {
      it(`${colorScheme} at ${width} px`, async () => {
        await page.setViewportSize({ width, height: 844 });
        await page.emulateMedia({ colorScheme });
        await page.getByRole('button', { name: 'Have a reply drafted' }).click();
        await page.getByText('Draft by chat-small.').waitFor();
        await shot(`draft-${colorScheme}-${width}`);
        if (width < 1440) await page.getByRole('button', { name: 'Show the customer' }).click();
        await page
          .getByText('Written by chat-small')
          .or(page.getByRole('button', { name: 'Sum up' }))
          .first()
          .waitFor();
        const ask = page.getByRole('button', { name: 'Sum up', exact: true });
        if (await ask.isVisible()) await ask.click();
        await page.getByText('Written by chat-small').waitFor();
        await shot(`summary-${colorScheme}-${width}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(wide).toBeLessThanOrEqual(0);
      });
    }
  }
});
