import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Chat } from '../chat';
import { entry, FakeSocket } from '../test/socket';
import { Widget } from './widget';

let chat: Chat;
let widget: Widget;

const shadow = () => document.querySelector('[data-usher]')!.shadowRoot!;
const find = <T extends HTMLElement>(selector: string) => shadow().querySelector<T>(selector)!;
const settled = () => new Promise<void>((done) => queueMicrotask(done));

beforeEach(() => {
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => {} }));
  FakeSocket.all = [];
  localStorage.clear();
  document.body.innerHTML = '';
  chat = new Chat({ url: 'ws://usher', inbox: 'web', storage: localStorage, changed: () => widget.render() });
  widget = new Widget(chat, { side: 'right', offset: 20, theme: '', font: '', launcher: true });
});

afterEach(() => {
  chat.stop();
  vi.unstubAllGlobals();
});

test('it connects at the first opening, not before', () => {
  expect(FakeSocket.all).toHaveLength(0);
  find('.launcher').click();
  expect(FakeSocket.all).toHaveLength(1);
});

test('opening puts the focus into the input, Escape gives it back', () => {
  find('.launcher').click();
  expect(find('[role=dialog]').hidden).toBe(false);
  expect(shadow().activeElement).toBe(find('textarea'));
  expect(find('.launcher').getAttribute('aria-expanded')).toBe('true');
  find('textarea').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  expect(find('[role=dialog]').hidden).toBe(true);
  expect(shadow().activeElement).toBe(find('.launcher'));
});

test('a draft waits in the input for the person to send, open or not', () => {
  widget.open('Where is my order?');
  FakeSocket.last.welcome();
  expect(find<HTMLTextAreaElement>('textarea').value).toBe('Where is my order?');
  widget.open('Can I return it?');
  expect(find<HTMLTextAreaElement>('textarea').value).toBe('Can I return it?');
  expect(FakeSocket.last.messages()).toHaveLength(0);
});

test('Enter sends, Shift+Enter does not', async () => {
  widget.open();
  FakeSocket.last.welcome();
  const input = find<HTMLTextAreaElement>('textarea');
  input.value = 'hello';
  input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', shiftKey: true, cancelable: true }));
  expect(FakeSocket.last.messages()).toHaveLength(0);
  input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', cancelable: true }));
  expect(FakeSocket.last.messages()).toHaveLength(1);
  expect(input.value).toBe('');
  await settled();
  expect(find('.bubble').textContent).toBe('hello');
});

test('markup in a message is text', async () => {
  widget.open();
  FakeSocket.last.welcome([entry(1, { text: '<img src=x onerror=alert(1)> https://a.example' })]);
  await settled();
  expect(shadow().querySelector('img')).toBeNull();
  const link = find<HTMLAnchorElement>('.bubble a');
  expect(link.rel).toContain('noopener');
  expect(link.target).toBe('_blank');
});

test('a button answers, then all are disabled and the chosen one is marked', async () => {
  widget.open();
  FakeSocket.last.welcome(
    [
      entry(1, {
        author: 'automatic',
        choices: [
          { value: 'yes', label: 'Yes' },
          { value: 'no', label: 'No' },
        ],
      }),
    ],
    'waiting',
  );
  await settled();
  expect(find('.by').textContent).toContain('Automatic');
  const [yes, no] = [...shadow().querySelectorAll<HTMLButtonElement>('.choice')];
  expect([yes!.disabled, no!.disabled]).toEqual([false, false]);
  no!.click();
  await settled();
  expect(FakeSocket.last.messages()[0]).toMatchObject({ text: 'No', choice: 'no', answers: 'e1' });
  const after = [...shadow().querySelectorAll<HTMLButtonElement>('.choice')];
  expect(after.map((b) => [b.disabled, b.getAttribute('aria-pressed')])).toEqual([
    [true, 'false'],
    [true, 'true'],
  ]);
});

test('news while closed is counted on the launcher and told', async () => {
  chat.connect();
  FakeSocket.last.welcome();
  FakeSocket.last.say({ type: 'entry', entry: entry(1) });
  await settled();
  expect(find('.badge').textContent).toBe('1');
  expect(find('.launcher').getAttribute('aria-label')).toBe('Open chat, 1 new message');
  expect(find('[role=status].sr').textContent).toBe('1 new message from Acme');
  widget.open();
  expect(find('.badge').hidden).toBe(true);
});

test('without a connection it says so and typing goes on', async () => {
  widget.open();
  FakeSocket.last.welcome();
  FakeSocket.last.end();
  await settled();
  expect(find('.banner').hidden).toBe(true); // it may be back in a moment
  expect(find('.here').textContent).toContain('here');
  await vi.waitFor(() => expect(find('.banner').hidden).toBe(false), { timeout: 3000 });
  expect(find('.banner').textContent).toContain('kept');
  expect(find('.here').textContent).toBe('');
  expect(find<HTMLTextAreaElement>('textarea').disabled).toBe(false);
});

test('what was said is not drawn again, so that screen readers do not repeat it', async () => {
  widget.open();
  FakeSocket.last.welcome();
  chat.say('hello');
  await settled();
  const bubble = find('.bubble');
  expect(find('.state').textContent).toBe('Sending');
  const { id } = FakeSocket.last.messages()[0]!;
  FakeSocket.last.say({ type: 'accepted', id, message_id: 'm1', conversation: 'c1', seq: 1 });
  await settled();
  expect(find('.state').textContent).toBe('Sent');
  FakeSocket.last.say({ type: 'entry', entry: entry(2) });
  await settled();
  expect(shadow().querySelectorAll('.message')).toHaveLength(2);
  expect(find('.bubble')).toBe(bubble);
});

test('a refused page keeps the keyboard inside, so that Escape still closes', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  widget.open();
  FakeSocket.last.open();
  FakeSocket.last.say({ type: 'refused', field: 'origin', remedy: 'may not talk to this inbox' });
  FakeSocket.last.end(4403);
  await settled();
  expect(find('.banner').textContent).toContain('another way');
  expect(shadow().activeElement).toBe(find('[role=dialog]'));
});

test('a refused message says why and can be removed', async () => {
  widget.open();
  FakeSocket.last.welcome();
  chat.say('hello');
  FakeSocket.last.say({
    type: 'refused',
    id: FakeSocket.last.messages()[0]!.id,
    field: 'text',
    remedy: 'is odd',
  });
  await settled();
  expect(find('.failed').textContent).toContain('Not sent. Text is odd.');
  [...shadow().querySelectorAll<HTMLButtonElement>('.plain')]
    .find((b) => b.textContent === 'Remove')!
    .click();
  await settled();
  expect(shadow().querySelector('.message')).toBeNull();
});
