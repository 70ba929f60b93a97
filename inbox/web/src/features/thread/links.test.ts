import { describe, expect, it } from 'vitest';
import { cutAtLinks } from './links';

describe('links in texts', () => {
  it('end before the full stop and the bracket', () => {
    expect(cutAtLinks('See (https://shop.example/o/1?x=2). Thanks')).toEqual([
      { text: 'See (' },
      { text: 'https://shop.example/o/1?x=2', href: 'https://shop.example/o/1?x=2' },
      { text: '). Thanks' },
    ]);
  });
  it('are never made of other schemes', () => {
    expect(cutAtLinks('javascript:alert(1) ftp://x.example')).toEqual([
      { text: 'javascript:alert(1) ftp://x.example' },
    ]);
  });
});
