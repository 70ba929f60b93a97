// What a contact did elsewhere, as people say it.
import type { Context } from '@/api/shapes';

type TrackedEvent = Context['events'][number];
type Properties = Record<string, unknown>;

export type Told = { title: string; facts: string[]; more: string[] };

const scalar = (v: unknown): string =>
  typeof v === 'string'
    ? v.trim()
    : typeof v === 'number'
      ? String(v)
      : typeof v === 'boolean'
        ? v
          ? 'yes'
          : 'no'
        : '';

/** `out_for_delivery` as `out for delivery`. */
export const plain = (words: string): string => words.replaceAll(/[_.]+/g, ' ').trim();
const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

function day(v: unknown, locale?: string): string {
  const text = scalar(v);
  const at = /^\d{4}-\d{2}-\d{2}/.test(text)
    ? new Date(text.length === 10 ? `${text}T12:00:00` : text)
    : undefined;
  if (!at || Number.isNaN(at.getTime())) return text;
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }).format(at);
}

/** An amount with its currency: `€39.90`, or the plain number when the currency is not one. */
export function money(amount: unknown, currency: unknown, locale?: string): string {
  const n = typeof amount === 'string' && amount.trim() ? Number(amount) : amount;
  if (typeof n !== 'number' || Number.isNaN(n)) return scalar(amount);
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency: scalar(currency) }).format(n);
  } catch {
    return [scalar(amount), scalar(currency)].filter(Boolean).join(' ');
  }
}

const words = (...parts: string[]) => parts.filter(Boolean);

function order(p: Properties, locale?: string): Told {
  const items = Array.isArray(p.items) ? p.items.map(scalar).filter(Boolean) : [];
  return {
    title: `Order ${scalar(p.order_id)}`.trim(),
    facts: words(plain(scalar(p.status)), scalar(p.carrier)),
    more: words(
      items.join(', '),
      scalar(p.tracking) && `tracking ${scalar(p.tracking)}`,
      scalar(p.eta) && `expected ${day(p.eta, locale)}`,
    ),
  };
}

function refund(p: Properties, locale?: string): Told {
  return {
    title: scalar(p.order_id) ? `Refund for order ${scalar(p.order_id)}` : 'Refund',
    facts: words(plain(scalar(p.status)), money(p.amount, p.currency, locale)),
    more: [],
  };
}

function other(name: string, p: Properties): Told {
  const facts = Object.entries(p).flatMap(([key, v]) =>
    scalar(v) ? [`${plain(key)} ${plain(scalar(v))}`] : [],
  );
  return { title: capital(plain(name)), facts: facts.slice(0, 3), more: facts.slice(3, 6) };
}

/** An event in words: what it is about, the facts of it, and what else is known. */
export function tellEvent(
  { name, properties }: Pick<TrackedEvent, 'name' | 'properties'>,
  locale?: string,
): Told {
  const p = typeof properties === 'object' && properties !== null ? (properties as Properties) : {};
  if (name === 'order_updated') return order(p, locale);
  if (name === 'refund_updated') return refund(p, locale);
  return other(name, p);
}

/** A contact's attributes as name and value; what is no plain value is left out. */
export function attributesOf(attributes: unknown): [string, string][] {
  if (typeof attributes !== 'object' || attributes === null) return [];
  return Object.entries(attributes as Properties).flatMap(([key, v]) => {
    const value = Array.isArray(v) ? v.map(scalar).filter(Boolean).join(', ') : scalar(v);
    return value ? [[capital(plain(key)), value] as [string, string]] : [];
  });
}
