import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { show, stubApi } from '@/test/render';
import { me } from '@/test/shapes';
import { TemplatesPage } from './TemplatesPage';

const greeting = {
  name: 'greeting',
  title: 'Greeting',
  version: 2,
  watch: false,
  language: 'en',
  body: 'Hello!',
  texts: {} as Record<string, string>,
};
const save = 'PUT /api/v1/templates/greeting';
const reads = (role: 'ops' | 'agent') => ({
  'GET /api/v1/me': { body: me({ role }) },
  'GET /api/v1/templates': { body: { items: [greeting] } },
  'GET /api/v1/template-variables': {
    body: { items: [{ name: 'contact.first_name', description: 'The first name' }] },
  },
  'GET /api/v1/conversations': { body: { items: [], next_cursor: '' } },
  'GET /api/v1/thresholds': { body: { days: 30, version: 1, hash: '', items: [] } },
  'POST /api/v1/templates/greeting/preview': { body: { text: 'Hello Ana!', language: 'en', help: null } },
});

describe('standard answers', () => {
  it('show how they read', async () => {
    stubApi(reads('agent'));
    await show(<TemplatesPage />);
    expect(await screen.findByText('Hello Ana!')).toBeInTheDocument();
    expect(screen.getByText(/People with the ops role can change it/)).toBeInTheDocument();
    expect(screen.getByLabelText('Text')).toHaveAttribute('readonly');
  });
  it('are saved as a new version', async () => {
    const calls = stubApi({
      ...reads('ops'),
      [save]: ({ body }) => ({ body: { ...greeting, ...(body as object), version: 3 } }),
    });
    await show(<TemplatesPage />);
    fireEvent.change(await screen.findByLabelText('Text'), { target: { value: 'Good day!' } });
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('Saved as version 3.')).toBeInTheDocument();
    expect(calls.find((c) => c.method === 'PUT')?.body).toEqual({
      title: 'Greeting',
      language: 'en',
      body: 'Good day!',
      texts: {},
      watch: false,
    });
    expect(calls.find((c) => c.method === 'PUT')?.headers.get('If-Match')).toBe('"2"');
    await waitFor(() => expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled());
  });
  it('are refused with the line that is wrong, and the text stays', async () => {
    const refusal = {
      detail: 'line 1',
      errors: [{ location: 'body.yaml', message: 'no variable x', value: 1 }],
    };
    stubApi({ ...reads('ops'), [save]: { status: 422, body: refusal } });
    await show(<TemplatesPage />);
    fireEvent.change(await screen.findByLabelText('Text'), { target: { value: '{{ x }}' } });
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByRole('button', { name: 'Line 1' })).toBeInTheDocument();
    expect(screen.getByLabelText('Text')).toHaveValue('{{ x }}');
  });
  it('take a variable where the cursor is', async () => {
    stubApi(reads('ops'));
    await show(<TemplatesPage />);
    const text = (await screen.findByLabelText('Text')) as HTMLTextAreaElement;
    text.setSelectionRange(5, 5);
    await userEvent.click(await screen.findByText('contact.first_name'));
    expect(text).toHaveValue('Hello{{ contact.first_name }}!');
  });
  it('keep what was not saved while other pages are looked at, and ask before the tab goes', async () => {
    stubApi(reads('ops'));
    const first = await show(<TemplatesPage />);
    fireEvent.change(await screen.findByLabelText('Text'), { target: { value: 'Half a sen' } });
    expect(screen.getByText(', not saved')).toBeInTheDocument();
    expect(dispatchEvent(new Event('beforeunload', { cancelable: true }))).toBe(false);
    await act(() => first.router.navigate({ to: '/settings' }));
    await act(() => first.router.navigate({ to: '/' }));
    expect(await screen.findByLabelText('Text')).toHaveValue('Half a sen');
    await userEvent.click(screen.getByRole('button', { name: 'Back to the saved one' }));
    expect(screen.getByLabelText('Text')).toHaveValue('Hello!');
    expect(dispatchEvent(new Event('beforeunload', { cancelable: true }))).toBe(true);
  });
  it('say when somebody saved another version, and are not saved over one that was not shown', async () => {
    let held = greeting;
    stubApi({
      ...reads('ops'),
      'GET /api/v1/templates': () => ({ body: { items: [held] } }),
      [save]: ({ body, headers }) =>
        headers.get('If-Match') === `"${held.version}"`
          ? { body: { ...greeting, ...(body as object), version: 4 } }
          : { status: 412, body: { detail: 'somebody saved another version meanwhile' } },
    });
    await show(<TemplatesPage />);
    fireEvent.change(await screen.findByLabelText('Text'), { target: { value: 'Mine!' } });
    expect(screen.queryByRole('alert')).toBeNull();
    held = { ...greeting, version: 3, body: 'Theirs!' };
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText(/Version 3 was saved after you began with version 2/)).toBeInTheDocument();
    expect(screen.queryByText('Saved as version 4.')).toBeNull();
    expect(screen.getByLabelText('Text')).toHaveValue('Mine!');
    await userEvent.click(screen.getByRole('button', { name: 'Compare' }));
    expect(screen.getByRole('list', { name: 'Comparison' })).toHaveTextContent(/savedTheirs!.*yoursMine!/);
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('Saved as version 4.')).toBeInTheDocument();
  });
  it('have a text for each language, which can be added, made the default and removed', async () => {
    const calls = stubApi({
      ...reads('ops'),
      [save]: ({ body }) => ({ body: { ...greeting, ...(body as object), version: 3 } }),
    });
    await show(<TemplatesPage />);
    await userEvent.selectOptions(await screen.findByLabelText('Add a language'), 'German');
    expect(screen.getByRole('tab', { name: 'German', selected: true })).toBeInTheDocument();
    expect(screen.getByLabelText('Text')).toHaveAttribute('lang', 'de');
    fireEvent.change(screen.getByLabelText('Text'), { target: { value: 'Hallo!' } });
    await userEvent.click(screen.getByRole('button', { name: 'Make it the default' }));
    await userEvent.selectOptions(screen.getByLabelText('Add a language'), 'French');
    await userEvent.click(screen.getByRole('button', { name: 'Remove French' }));
    await userEvent.click(screen.getByRole('tab', { name: 'English' }));
    expect(screen.getByLabelText('Text')).toHaveValue('Hello!');
    await userEvent.selectOptions(screen.getByLabelText('Language of this text'), 'Dutch');
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('Saved as version 3.')).toBeInTheDocument();
    expect(calls.find((c) => c.method === 'PUT')?.body).toMatchObject({
      language: 'de',
      body: 'Hallo!',
      texts: { nl: 'Hello!' },
    });
  });
  it('are walked through by keyboard, language by language', async () => {
    stubApi({
      ...reads('ops'),
      'GET /api/v1/templates': { body: { items: [{ ...greeting, texts: { de: 'Hallo!' } }] } },
    });
    await show(<TemplatesPage />);
    (await screen.findByRole('tab', { name: /^English.*default$/ })).focus();
    await userEvent.keyboard('{ArrowRight}{Enter}');
    expect(screen.getByRole('tab', { name: 'German', selected: true })).toHaveFocus();
    expect(screen.getByLabelText('Text')).toHaveValue('Hallo!');
  });
  it('open the text that is wrong', async () => {
    const refusal = {
      detail: 'text in de',
      errors: [{ location: 'body.texts.de', message: 'no variable x', value: 2 }],
    };
    stubApi({
      ...reads('ops'),
      'GET /api/v1/templates': { body: { items: [{ ...greeting, texts: { de: 'Hallo!\n{{ x }}' } }] } },
      [save]: { status: 422, body: refusal },
    });
    await show(<TemplatesPage />);
    fireEvent.change(await screen.findByLabelText('Title'), { target: { value: 'Hi' } });
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByRole('button', { name: 'Line 2' })).toBeInTheDocument();
    expect(screen.getByRole('tab', { name: /^German.*wrong$/, selected: true })).toBeInTheDocument();
    await userEvent.click(screen.getByRole('tab', { name: /^English.*default$/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Show what is wrong in German' }));
    expect(screen.getByLabelText('Text')).toHaveValue('Hallo!\n{{ x }}');
  });
  it('give way to another version when the person goes back to it', async () => {
    let held = greeting;
    stubApi({ ...reads('ops'), 'GET /api/v1/templates': () => ({ body: { items: [held] } }) });
    const { queries } = await show(<TemplatesPage />);
    fireEvent.change(await screen.findByLabelText('Text'), { target: { value: 'Mine!' } });
    held = { ...greeting, version: 3, body: 'Theirs!' };
    await act(() => queries.invalidateQueries());
    expect(await screen.findByRole('alert')).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Back to the saved one' }));
    expect(screen.getByLabelText('Text')).toHaveValue('Theirs!');
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
