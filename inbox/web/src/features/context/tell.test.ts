import { describe, expect, it } from 'vitest';
import { attributesOf, money, tellEvent } from './tell';

const tell = (name: string, properties: unknown) => tellEvent({ name, properties }, 'en-GB');

describe('an event in words', () => {
  it('names an order with its state, carrier, items and arrival', () => {
    const properties = {
      order_id: '10234',
      status: 'out_for_delivery',
      carrier: 'DHL',
      tracking: 'JD0149',
      eta: '2026-03-04',
      items: ['Kettle', 'Mug'],
    };
    expect(tell('order_updated', properties)).toEqual({
      title: 'Order 10234',
      facts: ['out for delivery', 'DHL'],
      more: ['Kettle, Mug', 'tracking JD0149', 'expected 4 Mar'],
    });
  });
  it('leaves out what is not known of it', () => {
    expect(tell('order_updated', { order_id: 7 })).toEqual({ title: 'Order 7', facts: [], more: [] });
    expect(tell('order_updated', {}).title).toBe('Order');
  });
  it('names a refund with its amount', () => {
    const told = tell('refund_updated', { order_id: '10234', status: 'paid', amount: 39.9, currency: 'EUR' });
    expect(told).toEqual({ title: 'Refund for order 10234', facts: ['paid', '€39.90'], more: [] });
    expect(tell('refund_updated', {}).title).toBe('Refund');
  });
  it('reads any other event by its name and plain properties', () => {
    const told = tell('plan_changed', {
      from: 'free',
      to: 'pro_plus',
      trial: false,
      nested: { a: 1 },
      seats: 4,
    });
    expect(told).toEqual({
      title: 'Plan changed',
      facts: ['from free', 'to pro plus', 'trial no'],
      more: ['seats 4'],
    });
  });
  it('survives properties of another shape', () => {
    expect(tell('seen', null)).toEqual({ title: 'Seen', facts: [], more: [] });
    expect(tell('order_updated', 'text').title).toBe('Order');
  });
});

describe('an amount', () => {
  it.each([
    [39.9, 'EUR', '€39.90'],
    ['12', 'USD', 'US$12.00'],
    [12, 'coins', '12 coins'],
    [12, undefined, '12'],
    ['', 'EUR', ''],
    [undefined, 'EUR', ''],
  ])('%s %s', (amount, currency, shown) => {
    expect(money(amount, currency, 'en-GB')).toBe(shown);
  });
});

describe('attributes', () => {
  it('are shown by readable names, without what is no plain value', () => {
    expect(
      attributesOf({ plan: 'pro', last_login: '', vip: true, tags: ['a', 'b'], raw: { x: 1 }, none: null }),
    ).toEqual([
      ['Plan', 'pro'],
      ['Vip', 'yes'],
      ['Tags', 'a, b'],
    ]);
    expect(attributesOf(null)).toEqual([]);
  });
});
