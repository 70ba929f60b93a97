import { Page } from '@/parts/Page';

export function TemplatesPage() {
  return <Page title="Templates">{null}</Page>;
}
