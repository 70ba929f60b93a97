import { Page } from '@/parts/Page';

export function ThresholdsPage() {
  return <Page title="Thresholds">{null}</Page>;
}
