// What an agent does all day, by keyboard and mouse, in a real browser over the in-memory Usher.
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startAlone } from './alone';
import { openBrowser, openPage, type Watched } from './browser';

let browser: Browser;
let usher: Awaited<ReturnType<typeof startAlone>>;
let page: Watched;

beforeAll(async () => {
  [browser, usher] = await Promise.all([openBrowser(), startAlone()]);
});
afterAll(async () => {
  await browser?.close();
  await usher?.stop();
});
beforeEach(async () => {
  await fetch(`${usher.url}/begin`);
  page = await openPage(browser, { viewport: { width: 1440, height: 900 } });
  await page.goto(`${usher.url}/inbox/mine`);
  await page.locator('[data-row]').first().waitFor();
});
afterEach(() => page.context().close());

const title = () => page.getByRole('main').getByRole('heading').first();
const log = () => page.getByRole('log');
const waitFor = (text: string) => page.getByText(text, { exact: false }).first().waitFor();

describe('the list', () => {
  it('goes by j and k, and the selected row has the mark', async () => {
    await page.keyboard.press('j');
    await page.getByRole('heading', { name: 'Marta Lindqvist' }).first().waitFor();
    await page.keyboard.press('j');
    await page.getByRole('main').getByRole('heading', { name: 'Jonas Feld' }).waitFor();
    expect(await page.locator('[data-row][aria-current=page]').textContent()).toContain('Jonas Feld');
    await page.keyboard.press('k');
    await page.getByRole('main').getByRole('heading', { name: 'Marta Lindqvist' }).waitFor();
    expect(page.complaints).toEqual([]);
  });

  it('searches with / and gives the list back with Escape', async () => {
    await page.keyboard.press('/');
    await page.getByRole('searchbox').fill('priya');
    await page.locator('[data-row]').nth(1).waitFor({ state: 'detached' });
    expect(await page.locator('[data-row]').allTextContents()).toEqual([
      expect.stringContaining('Priya Raman'),
    ]);
    await page.keyboard.press('Escape');
    await page.locator('[data-row]').nth(1).waitFor();
  });

  it('holds only the rows on the screen, and fetches more while scrolling', async () => {
    await page.goto(`${usher.url}/inbox/all`);
    await page.locator('[data-row]').first().waitFor();
    expect(await page.locator('[data-row]').count()).toBeLessThan(40);
    const scroller = page.getByRole('list').locator('..');
    await scroller.evaluate((el) => el.scrollTo(0, el.scrollHeight));
    await page.locator('[role=listitem]:not([aria-setsize="50"])').first().waitFor();
  });
});

describe('a conversation', () => {
  it('is answered with Ctrl Enter, and keeps what was typed over a reload until then', async () => {
    await page.keyboard.press('j');
    await title().waitFor();
    await page.keyboard.press('r');
    const field = page.getByRole('textbox', { name: 'Reply' });
    await field.fill('It left this morning.');
    await page.reload();
    await field.waitFor();
    expect(await field.inputValue()).toBe('It left this morning.');
    await field.press('Control+Enter');
    await log().getByText('It left this morning.').waitFor();
    expect(await field.inputValue()).toBe('');
    // It is the customer's turn now, so it is no more among mine.
    await page.locator('[data-row]', { hasText: 'Marta' }).waitFor({ state: 'detached' });
  });

  it('is resolved with e, and undone from the message about it', async () => {
    await page.goto(`${usher.url}/inbox/all`);
    await page.locator('[data-row]', { hasText: 'Tomasz' }).click();
    await log().waitFor();
    await page.keyboard.press('e');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('reopened it').waitFor();
    await page.locator('[data-row]', { hasText: 'Tomasz' }).waitFor();
  });

  it('takes notes that say who sees them', async () => {
    await page.keyboard.press('j');
    await log().waitFor();
    await page.keyboard.press('n');
    await page.getByRole('textbox', { name: 'Note' }).fill('Careful with this one.');
    await page.keyboard.press('Control+Enter');
    await waitFor('Careful with this one.');
    await waitFor('only your team sees this');
  });

  it('gets a standard answer as it reads here, by # in an empty reply', async () => {
    await page.keyboard.press('j');
    await log().waitFor();
    await page.keyboard.press('r');
    await page.getByRole('textbox', { name: 'Reply' }).press('#');
    await page.getByRole('textbox', { name: 'Search standard answers' }).fill('order is');
    await page.getByText('Your order 10234 was shipped').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Reply' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Reply' }).inputValue()).toContain(
      'Your order 10234 was shipped',
    );
  });

  it('is handed over by name', async () => {
    await page.locator('[data-row]', { hasText: 'Jonas' }).click();
    await log().waitFor();
    await page.keyboard.press('h');
    const dialog = page.getByRole('dialog');
    await dialog.getByPlaceholder('Search people and teams').fill('cleo');
    await dialog.getByText('Cleo Marchetti').click();
    await dialog.getByRole('button', { name: 'Hand over' }).click();
    await page.getByText('handed it over to Cleo Marchetti').waitFor();
    await page.locator('[data-row]', { hasText: 'Jonas' }).waitFor({ state: 'detached' });
  });

  it('says plainly when somebody was faster', async () => {
    await page.route('**/take', (route) =>
      route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        body: '{"detail":"Cleo Marchetti has it"}',
      }),
    );
    await page.goto(`${usher.url}/inbox/queue`);
    await page.locator('[data-row]').first().click();
    await log().waitFor();
    await page.keyboard.press('a');
    await waitFor('Cleo Marchetti has it');
  });
});

describe('live', () => {
  const jonas = '01931000-0000-7000-8000-000000001001';
  const receive = (text: string) =>
    fetch(`${usher.url}/receive?conversation=${jonas}&text=${encodeURIComponent(text)}`);

  it('a message appears in the open conversation and in its row', async () => {
    await page.goto(`${usher.url}/inbox/mine/${jonas}`);
    await log().waitFor();
    await receive('It was with the neighbour after all.');
    await log().getByText('It was with the neighbour after all.').waitFor();
    await page.locator('[role=listitem]', { hasText: 'with the neighbour' }).waitFor();
    expect(page.complaints).toEqual([]);
  });

  it('what became urgent is announced and stands first', async () => {
    await receive('I WANT MY MONEY BACK NOW');
    await page
      .locator('[aria-live=assertive]', { hasText: 'Urgent: Jonas Feld' })
      .waitFor({ state: 'attached' });
    await page.locator('[role=listitem]', { hasText: 'MONEY BACK' }).waitFor();
    expect(page.complaints).toEqual([]);
  });
});

describe('without a connection', () => {
  it('a reply waits, says so, and goes out by itself', async () => {
    await page.locator('[data-row]', { hasText: 'Priya' }).click();
    await log().waitFor();
    await page.context().setOffline(true);
    await page.getByRole('textbox', { name: 'Reply' }).fill('Here they are.');
    await page.keyboard.press('Control+Enter');
    await waitFor('Goes out when the connection is back');
    await page.context().setOffline(false);
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.getByText('Goes out when the connection is back').waitFor({ state: 'detached' });
    await log().getByText('Here they are.').waitFor();
  });

  it('a reply that was refused is kept, with the reason and two ways on', async () => {
    await page.route('**/replies', (route) =>
      route.fulfill({
        status: 422,
        contentType: 'application/problem+json',
        body: '{"detail":"text: is too long"}',
      }),
    );
    await page.keyboard.press('j');
    await page.getByRole('textbox', { name: 'Reply' }).fill('Too much.');
    await page.keyboard.press('Control+Enter');
    await waitFor('Not sent. Text: is too long');
    await page.unroute('**/replies');
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByText('Not sent').waitFor({ state: 'detached' });
    await log().getByText('Too much.').waitFor();
  });
});

describe('shortcuts', () => {
  it('are listed by ?, and can be switched off', async () => {
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Next conversation').waitFor();
    await dialog.getByRole('switch', { name: 'Single keys work' }).click();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.keyboard.press('j');
    expect(await page.getByText('No conversation is open').isVisible()).toBe(true);
  });
});
