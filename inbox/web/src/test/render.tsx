// Renders a part as it stands in the app: with theme, caches and addresses, and an API that answers what the test says.
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import { Toasts } from '@/parts/Toasts';

export type Call = { method: string; path: string; body: unknown; headers: Headers };
type Answer = { status?: number; body?: unknown };

/** An API that answers by `METHOD path`; what it does not know is 404. The calls made are kept in order. */
export function stubApi(answers: Record<string, Answer | ((call: Call) => Answer)>): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname;
    const text = request.method === 'GET' ? '' : await request.text();
    const call = {
      method: request.method,
      path,
      body: text ? JSON.parse(text) : undefined,
      headers: request.headers,
    };
    calls.push(call);
    const known = answers[`${call.method} ${path}`] ?? {
      status: 404,
      body: { detail: 'there is no such thing' },
    };
    const { status = 200, body } = typeof known === 'function' ? known(call) : known;
    const json = { 'Content-Type': 'application/json' };
    return new Response(status === 204 ? null : JSON.stringify(body), { status, headers: json });
  });
  return calls;
}

/** Shows a part at an address, and waits until it is there. */
export async function show(part: ReactNode, at = '/') {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: 'always' } } });
  const root = createRootRoute();
  const page = createRoute({
    getParentRoute: () => root,
    path: at.split('?')[0] ?? '/',
    component: () => <div data-testid="shown">{part}</div>,
  });
  const home = createRoute({ getParentRoute: () => root, path: '/home', component: () => <p>Home</p> });
  const router = createRouter({
    routeTree: root.addChildren([page, home]),
    history: createMemoryHistory({ initialEntries: [at] }),
    defaultNotFoundComponent: () => <p>Elsewhere</p>,
  });
  render(
    <MantineProvider env="test" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queries}>
        {/* biome-ignore lint/suspicious/noExplicitAny: the app's router is the registered one */}
        <RouterProvider router={router as any} />
        <Toasts />
      </QueryClientProvider>
    </MantineProvider>,
  );
  await screen.findByTestId('shown');
  return { queries, router };
}
