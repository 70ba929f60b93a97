import { act, renderHook } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { keys } from '@/api/queries';
import { keepDraft, readDraft } from '@/features/composer/drafts';
import { useUnsaved } from '@/parts/unsaved';
import { me, uuid } from '@/test/shapes';
import { queryClient, router } from './router';

/** What signing in does: nothing of the one before is cached, and the way leads into the app. */
async function arrive(agent: string) {
  queryClient.clear();
  queryClient.setQueryData(keys.me, me({ id: agent }));
  await act(() => router.navigate({ to: '/inbox/$view', params: { view: 'mine' } }));
  await act(() => router.navigate({ to: '/sign-in' }));
}

describe('after a sign-in that expired', () => {
  it.each([
    ['the same agent finds what they left', uuid(500), 'Half a sen'],
    ['another agent finds nothing of it', uuid(501), undefined],
  ])('%s', async (_, next, found) => {
    await arrive(uuid(500));
    const unsaved = renderHook(() => useUnsaved<string>('template greeting'));
    act(() => unsaved.result.current[1]('Half a sen'));
    keepDraft(uuid(1), 'reply', { text: 'Half a sen' });
    await arrive(next);
    expect(unsaved.result.current[0]).toBe(found);
    expect(readDraft(uuid(1), 'reply').text).toBe(found ?? '');
  });
});
