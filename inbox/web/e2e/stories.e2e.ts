// The main line, told end to end: a customer's message becomes an answer, or lands in front of the right person. In a real
// browser, on the built binary with its own PostgreSQL and NATS.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, openPage, type Watched } from './browser';
import { Node } from './node';

const shots = process.env.SHOTS;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const desk = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let browser: Browser;
let usher: Node;
let agent: Watched;

beforeAll(async () => {
  [browser, usher] = await Promise.all([openBrowser(), Node.start()]);
  if (shots) mkdirSync(shots, { recursive: true });
  agent = await openPage(browser, desk);
  await agent.goto(usher.link);
  await agent.getByRole('button', { name: 'Later' }).click();
  await agent.goto(`${usher.url}/inbox/mine`);
  await agent.locator('[data-row]').first().waitFor();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await usher?.stop();
});

/** The customer page with the chat open, as somebody new every time unless the page keeps who it was. */
async function openChat(options = desk): Promise<Watched> {
  const page = await openPage(browser, options);
  await page.goto(`${usher.url}/customer`);
  await page.getByRole('button', { name: /^Open chat/ }).click();
  await chat(page).waitFor();
  return page;
}

const chat = (page: Page) => page.getByRole('textbox', { name: 'Message' });
const messages = (page: Page) => page.getByRole('log', { name: 'Messages' });

async function write(page: Page, text: string): Promise<void> {
  await chat(page).fill(text);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
}

async function look(page: Watched, name: string): Promise<void> {
  if (!shots) return;
  const size = page.viewportSize()?.width;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await calm(page);
    await page.screenshot({ path: `${shots}/${name}-${size}-${colorScheme}.png` });
  }
  await page.emulateMedia({ colorScheme: null });
  await calm(page);
}

/** Waits until the page has taken its colours and nothing moves any more. */
async function calm(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    for (let still = 0; still < 5; ) {
      await frame();
      still = document.getAnimations().some((a) => a.playState === 'running') ? 0 : still + 1;
    }
  });
}

/** What axe finds of WCAG 2.2 A and AA. */
async function breaches(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const result = await page.evaluate(() =>
    // biome-ignore lint/suspicious/noExplicitAny: the injected script has no types here
    (globalThis as any).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    }),
  );
  return result.violations.map(
    (v: { id: string; nodes: { html: string }[] }) => `${v.id}: ${v.nodes[0]?.html}`,
  );
}

describe('a question with a standard answer', () => {
  it('stays in its frame with a long history behind it', async () => {
    const customer = await openChat();
    const panel = customer.locator('section.panel');
    await panel.getByText('Today').or(panel.locator('.day').first()).first().waitFor();
    const moved = await panel.evaluate((e) => {
      e.scrollTop = 1_000;
      return [e.scrollTop, e.scrollHeight - e.clientHeight];
    });
    expect(moved).toEqual([0, 0]);
    await customer.context().close();
  });
  it('is answered at once with the state of the order, and a yes ends it', async () => {
    const customer = await openChat();
    await write(customer, 'where is my order 10234?');
    const answer = messages(customer)
      .getByText(/your order 10234/i)
      .first();
    await answer.waitFor();
    await messages(customer).getByText('Did that help?').first().waitFor();
    await look(customer, 'answered');
    expect(await breaches(customer)).toEqual([]);
    await customer.getByRole('button', { name: 'Yes, thank you' }).last().click();
    await agent.goto(`${usher.url}/inbox/resolved`);
    const row = agent.getByRole('listitem').filter({ hasText: 'Yes, thank you' }).first();
    await row.waitFor();
    await row.locator('[data-row]').click();
    await agent.getByText('Automatic', { exact: true }).first().waitFor();
    await look(agent, 'resolved');
    expect(customer.complaints).toEqual([]);
    await customer.context().close();
  });
});

describe('an urgent message', () => {
  it('is live at the top of the right agent within a second, says why, and the reply reaches the customer', async () => {
    await agent.goto(`${usher.url}/inbox/mine`);
    await agent.locator('[data-row]').first().waitFor();
    const customer = await openChat();
    const text = 'this is the third time I ask, I want my money back NOW';
    await write(customer, text);
    const sent = Date.now();
    const first = agent.getByRole('listitem').first();
    await expect
      .poll(() => first.textContent(), { timeout: 5_000, interval: 20 })
      .toContain('this is the third time');
    const took = Date.now() - sent;
    console.log(`the urgent message was on the agent's screen ${took} ms after it was sent`);
    await first
      .getByText('Urgent', { exact: false })
      .or(first.getByLabel(/urgent/i))
      .or(first.getByTitle(/urgent/i))
      .first()
      .waitFor();
    await first.locator('[data-row]').click();
    await messages(agent).getByText(text).waitFor();
    await look(agent, 'urgent');
    await agent
      .getByRole('button', { name: /^Why here\?/ })
      .first()
      .click();
    await agent.getByText('Understood').first().waitFor();
    await agent.getByText('Assigned').first().waitFor();
    await calm(agent);
    await look(agent, 'why');
    expect(await breaches(agent)).toEqual([]);
    await agent.keyboard.press('Escape');
    const field = agent.getByRole('textbox', { name: 'Reply' });
    await field.fill('I am sorry. Your money is on its way as of now.');
    await field.press('Control+Enter');
    await messages(customer).getByText('Your money is on its way').waitFor();
    await look(customer, 'replied');
    expect(customer.complaints).toEqual([]);
    await customer.context().close();
  });
});

describe('a lost server', () => {
  it('loses nothing: what was written meanwhile is sent once it is back', async () => {
    const customer = await openChat(phone);
    await write(customer, 'hello, the lamp that I got flickers');
    await expect.poll(() => messages(customer).textContent()).toContain('flickers');
    await usher.kill();
    await write(customer, 'it is order 10240, bought in May');
    await messages(customer).getByText('bought in May').waitFor();
    await usher.up();
    const again = await openPage(browser, desk);
    await again.goto(usher.linkFor('you@usher.local'));
    await again.getByRole('button', { name: 'Later' }).click();
    await again.goto(`${usher.url}/inbox/all`);
    await again
      .getByRole('button', { name: /search/i })
      .first()
      .click();
    await again.getByRole('searchbox').fill('flickers');
    await again.locator('[data-row]').first().click();
    await messages(again).getByText('flickers').waitFor();
    await messages(again).getByText('bought in May').waitFor({ timeout: 30_000 });
    expect(await messages(again).getByText('bought in May').count()).toBe(1);
    await look(customer, 'phone');
    await again.context().close();
    await customer.context().close();
  });
});

describe('two agents', () => {
  it('who take the same conversation: one has it, the other is told who', async () => {
    const customer = await openChat();
    await write(
      customer,
      'can somebody look at invoice 2024-118, the address on it is the wrong one and I need a person',
    );
    const emails = ['you@usher.local', 'nadia@usher.local'];
    const pages = await Promise.all(
      emails.map(async (email) => {
        const page = await openPage(browser, desk);
        await page.goto(usher.linkFor(email));
        await page.getByRole('button', { name: 'Later' }).click();
        return page;
      }),
    );
    const target = await queued();
    await Promise.all(pages.map((p) => p.goto(`${usher.url}/inbox/all/${target}`)));
    await Promise.all(pages.map((p) => messages(p).waitFor()));
    await Promise.all(pages.map((p) => p.keyboard.press('a')));
    await expect
      .poll(
        async () =>
          (await Promise.all(pages.map((p) => p.getByText(/ has it/).count()))).filter((n) => n > 0).length,
      )
      .toBe(1);
    const owner = await api<{ agent: { name: string } | null }>(`/api/v1/conversations/${target}`);
    expect(owner.agent).not.toBeNull();
    await Promise.all(pages.map((p) => p.context().close()));
    await customer.context().close();
  });
});

/** Asks the API as the first agent. */
async function api<T>(path: string): Promise<T> {
  return agent.evaluate(async (p) => {
    const answer = await fetch(p);
    return answer.json();
  }, path) as Promise<T>;
}

/** A conversation that waits in a queue. */
async function queued(): Promise<string> {
  const page = await api<{ items: { id: string }[] }>('/api/v1/conversations?view=queue');
  const first = page.items[0];
  if (!first) throw new Error('nothing waits in a queue');
  return first.id;
}
