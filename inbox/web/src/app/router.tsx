import { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Link,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { ApiError, whenSignedOut } from '@/api/client';
import { keys, meQuery } from '@/api/queries';
import type { View } from '@/api/shapes';
import { Frame } from '@/features/frame/Frame';
import { belongTo } from '@/features/signin/belongings';
import { Failed } from '@/parts/states';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 20_000,
      retry: (count, error) => error instanceof ApiError && error.retryable && count < 2,
      // The live connection says what changed; a focus is no news.
      refetchOnWindowFocus: false,
      // A browser that believes to be offline still reaches a local Usher.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

export const views = ['mine', 'queue', 'all', 'waiting', 'resolved'] as const;
const isView = (v: string): v is View => (views as readonly string[]).includes(v);

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Outlet,
  errorComponent: ({ error, reset }) => (
    <Failed what="This page could not be shown" error={error} onRetry={reset} />
  ),
  notFoundComponent: () => (
    <Failed
      what="There is no such page"
      error={new Error('The address may be old or mistyped.')}
      action={<Link to="/">Go to the inbox</Link>}
    />
  ),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (s: Record<string, unknown>): { back?: string; token?: string } => ({
    ...(typeof s.back === 'string' && s.back.startsWith('/') && !s.back.startsWith('//') && { back: s.back }),
    ...(typeof s.token === 'string' && s.token && { token: s.token }),
  }),
  component: lazyRouteComponent(() => import('@/features/signin/SignInPage'), 'SignInPage'),
});

/** Everything but the sign-in page needs an agent. */
const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  component: Frame,
  beforeLoad: async ({ context, location }) => {
    try {
      const me = await context.queries.ensureQueryData(meQuery);
      belongTo(me.id);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { back: location.href } });
      }
      throw error;
    }
  },
});

const toMine = () => {
  throw redirect({ to: '/inbox/$view', params: { view: 'mine' } });
};
const home = createRoute({ getParentRoute: () => app, path: '/', beforeLoad: toMine });
const anyInbox = createRoute({ getParentRoute: () => app, path: '/inbox', beforeLoad: toMine });

type InboxSearch = { team?: string; q?: string };
const text = (v: unknown) => (typeof v === 'string' && v ? v : undefined);

const inbox = createRoute({
  getParentRoute: () => app,
  path: '/inbox/$view',
  params: {
    parse: ({ view }) => ({ view: isView(view) ? view : ('mine' as View) }),
    stringify: ({ view }) => ({ view }),
  },
  validateSearch: (s: Record<string, unknown>): InboxSearch => {
    const team = text(s.team);
    const q = text(s.q);
    return { ...(team && { team }), ...(q && { q }) };
  },
  component: lazyRouteComponent(() => import('@/features/frame/InboxPage'), 'InboxPage'),
});

const thread = createRoute({ getParentRoute: () => inbox, path: '$conversation' });

// Where other pages and messages point to a conversation, whatever view it is in.
const conversation = createRoute({
  getParentRoute: () => app,
  path: '/conversations/$conversation',
  beforeLoad: ({ params }) => {
    throw redirect({
      to: '/inbox/$view/$conversation',
      params: { view: 'all', conversation: params.conversation },
    });
  },
});

const page = <P extends string>(path: P, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => app, path, component });

const pages = [
  page(
    '/thresholds',
    lazyRouteComponent(() => import('@/features/thresholds/ThresholdsPage'), 'ThresholdsPage'),
  ),
  page(
    '/label',
    lazyRouteComponent(() => import('@/features/label/LabelPage'), 'LabelPage'),
  ),
  page(
    '/templates',
    lazyRouteComponent(() => import('@/features/templates/TemplatesPage'), 'TemplatesPage'),
  ),
  page(
    '/people',
    lazyRouteComponent(() => import('@/features/people/PeoplePage'), 'PeoplePage'),
  ),
  page(
    '/settings',
    lazyRouteComponent(() => import('@/features/settings/SettingsPage'), 'SettingsPage'),
  ),
  page(
    '/tokens',
    lazyRouteComponent(() => import('@/features/tokens/TokensPage'), 'TokensPage'),
  ),
] as const;

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    app.addChildren([home, anyInbox, inbox.addChildren([thread]), conversation, ...pages]),
  ]),
  context: { queries: queryClient },
  defaultPreload: 'intent',
});

whenSignedOut(() => {
  if (router.state.location.pathname === '/sign-in') return;
  queryClient.removeQueries({ queryKey: keys.me });
  void router.navigate({ to: '/sign-in', search: { back: router.state.location.href } });
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
