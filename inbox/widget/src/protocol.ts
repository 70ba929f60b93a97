// The frames of channels/webchat; its doc.go is the contract.

export interface Choice {
  value: string;
  label: string;
}

export interface Entry {
  id: string;
  conversation: string;
  seq: number;
  author: 'contact' | 'agent' | 'automatic';
  name?: string;
  text: string;
  choices?: Choice[];
  client_id?: string;
  choice?: string;
  answers?: string;
  at: string;
}

export interface People {
  online: number;
  away: boolean;
  words: string;
}

export interface Welcome {
  type: 'welcome';
  visitor?: string;
  company: string;
  greeting?: string;
  accent?: string;
  conversation?: string;
  status?: string;
  entries: Entry[];
  people: People;
}

export type ServerFrame =
  | Welcome
  | { type: 'accepted'; id: string; message_id: string; conversation: string; seq: number }
  | { type: 'refused'; id?: string; field: string; remedy: string; retry?: number }
  | { type: 'entry'; entry: Entry }
  | { type: 'status'; conversation: string; status: string }
  | { type: 'people'; people: People }
  | { type: 'pong' };

export interface User {
  id: string;
  hash: string;
  name?: string;
  email?: string;
}

export type BrowserFrame =
  | { type: 'hello'; inbox: string; visitor?: string; user?: User }
  | { type: 'message'; id: string; text: string; choice?: string; answers?: string }
  | { type: 'seen'; conversation: string; seq: number; state: 'delivered' | 'read' }
  | { type: 'ping' };

/** Longest text of one message, in bytes of UTF-8. */
export const maxText = 65536;

/** parseFrame returns undefined for what is not a frame; unknown types are left to the reader to skip. */
export function parseFrame(data: unknown): ServerFrame | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const frame: unknown = JSON.parse(data);
    const typed = typeof frame === 'object' && frame !== null && 'type' in frame;
    return typed ? (frame as ServerFrame) : undefined;
  } catch {
    return undefined;
  }
}

export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** clean takes out what no database keeps: NUL, other control characters and halves of characters. */
export function clean(text: string): string {
  return (
    text
      .replace(/\r\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what goes out
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
      .replace(/[\ud800-\udfff]/gu, '')
      .trim()
  );
}

/** newID is an id for a message that no other of this visitor has. */
export function newID(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}
