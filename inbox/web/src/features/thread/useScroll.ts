import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Nearer than this to the end, the thread follows what comes in. */
const near = 120;
/** Nearer than this to the start, earlier entries are fetched. */
const nearStart = 240;

type Options = {
  /** Sequence of the first entry shown; it falls when earlier ones are put before it. */
  first: number;
  /** Changes with what stands at the end. */
  last: string;
  onStart: () => void;
};

/** Scrolls a thread as a reader expects: opens at the new mark or the end, follows only a reader who is at the end. */
export function useScroll({ first, last, onStart }: Options) {
  const ref = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const was = useRef({ first: 0, height: 0, opened: false, atEnd: true });

  const toEnd = useCallback(() => {
    const el = ref.current;
    if (el) el.scrollTop = el.scrollHeight;
  }, []);

  const onScroll = useCallback(() => {
    const el = ref.current;
    if (!el) return;
    const end = el.scrollHeight - el.scrollTop - el.clientHeight < near;
    was.current.atEnd = end;
    setAtEnd(end);
    if (el.scrollTop < nearStart) onStart();
  }, [onStart]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: last says that there is something new at the end
  useLayoutEffect(() => {
    const el = ref.current;
    if (!el || first === 0) return;
    const w = was.current;
    if (!w.opened) {
      w.opened = true;
      const mark = el.querySelector<HTMLElement>('[data-new]');
      if (mark) el.scrollTop = mark.offsetTop - el.clientHeight / 3;
      else toEnd();
    } else if (first < w.first) {
      el.scrollTop += el.scrollHeight - w.height; // earlier entries came above; what is read stays where it is
    } else if (w.atEnd) {
      toEnd();
    }
    w.first = first;
    w.height = el.scrollHeight;
  }, [first, last, toEnd]);

  // The composer grows and panes are dragged: who was at the end stays there.
  useEffect(() => {
    const el = ref.current;
    if (!el) return;
    const observer = new ResizeObserver(() => was.current.atEnd && toEnd());
    observer.observe(el);
    return () => observer.disconnect();
  }, [toEnd]);

  return { ref, atEnd, toEnd, onScroll };
}
