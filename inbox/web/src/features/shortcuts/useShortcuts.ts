import { useEffect, useRef } from 'react';
import { readPreference } from '@/app/preferences';
import { type Prefix, read, type ShortcutId } from './keymap';

type Handlers = Partial<Record<ShortcutId, () => void>>;

const stack: { current: Handlers }[] = [];

/** Answers shortcuts while the component is shown. Of two that answer the same one, the later shown wins. */
export function useShortcuts(handlers: Handlers) {
  const ref = useRef(handlers);
  useEffect(() => {
    ref.current = handlers;
  });
  useEffect(() => {
    stack.push(ref);
    return () => {
      stack.splice(stack.indexOf(ref), 1);
    };
  }, []);
}

function run(id: ShortcutId): boolean {
  for (const { current } of [...stack].reverse()) {
    const handle = current[id];
    if (handle) {
      handle();
      return true;
    }
  }
  return false;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** True while a dialog or a menu has the keyboard. */
const isTaken = () => document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]') !== null;

/** Listens for the keys; used once, in the frame. */
export function useShortcutKeys() {
  useEffect(() => {
    let prefix: Prefix;
    const onKey = (e: KeyboardEvent) => {
      if (e.defaultPrevented || e.isComposing || readPreference('shortcuts') === 'off' || isTaken()) return;
      const found = read(
        {
          key: e.key,
          ctrlKey: e.ctrlKey,
          metaKey: e.metaKey,
          altKey: e.altKey,
          typing: isTyping(e.target),
        },
        prefix,
        e.timeStamp,
      );
      prefix = found.prefix;
      if (found.id && run(found.id)) e.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
