// Names and numbers as people read them.

/** An intent's name for a chip: the catalogue's, or its id with blanks. */
export function intentName(
  id: string,
  catalogue: readonly { id: string; name: string }[] | undefined,
): string {
  if (id === 'oos') return 'out of scope';
  return catalogue?.find((i) => i.id === id)?.name ?? id.replaceAll('_', ' ');
}

/** 0.943 as `94 %`. What is not quite all or nothing does not read as if it were. */
export function percent(share: number): string {
  if (share > 0 && share < 0.005) return '<\u202f1\u202f%';
  if (share < 1 && share >= 0.995) return '>\u202f99\u202f%';
  return `${Math.round(share * 100)}\u202f%`;
}

/** The first letters of the first and last name, or of the address. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  if (words.length === 0) return '?';
  const first = [...words[0]!][0] ?? '?';
  const last = words.length > 1 ? ([...words.at(-1)!][0] ?? '') : '';
  return (first + last).toUpperCase();
}

/** What a contact is called, from the most to the least we know. */
export function contactName(c: { name: string; email: string; external_id: string; id: string }): string {
  return c.name || c.email || c.external_id || `Visitor ${c.id.slice(-4)}`;
}

const channelNames: Record<string, string> = {
  webchat: 'Web chat',
  api: 'API',
  email: 'E-mail',
  sms: 'Text message',
  whatsapp: 'WhatsApp',
  telegram: 'Telegram',
  slack: 'Slack',
};
export const channelName = (channel: string): string => channelNames[channel] ?? channel;

/** A language's English name; `not clear` for what is too short to tell. */
export function languageName(code: string): string {
  if (!code || code === 'und') return 'not clear';
  try {
    return new Intl.DisplayNames('en', { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** A message of the server as a sentence on its own. */
export const sentence = (text: string): string => (text ? text[0]!.toUpperCase() + text.slice(1) : text);
