import { Page } from '@/parts/Page';

export function PeoplePage() {
  return <Page title="People">{null}</Page>;
}
