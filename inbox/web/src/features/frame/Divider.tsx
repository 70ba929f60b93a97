import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { defaults, usePreference } from '@/app/preferences';
import styles from './Divider.module.css';

type Width = 'viewsWidth' | 'listWidth' | 'contextWidth';
type Props = {
  name: Width;
  label: string;
  min: number;
  max: number /** The pane lies right of it. */;
  right?: boolean;
};

const step = 16;

/** A line between two panes: drag it, or focus it and use the arrows; a double click takes the width back. */
export function Divider({ name, label, min, max, right = false }: Props) {
  const [width, setWidth] = usePreference(name);
  const [dragged, setDragged] = useState(false);
  const from = useRef({ x: 0, width });
  const set = (w: number) => setWidth(Math.round(Math.min(max, Math.max(min, w))));
  const sign = right ? -1 : 1;
  const onKey = (e: KeyboardEvent) => {
    if (e.key !== 'ArrowLeft' && e.key !== 'ArrowRight') return;
    e.preventDefault();
    set(width + sign * (e.key === 'ArrowRight' ? step : -step));
  };
  const onDown = (e: PointerEvent<HTMLDivElement>) => {
    e.currentTarget.setPointerCapture(e.pointerId);
    from.current = { x: e.clientX, width };
    setDragged(true);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves is a widget, hr is not
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      className={styles.divider}
      data-dragged={dragged || undefined}
      onKeyDown={onKey}
      onDoubleClick={() => set(defaults[name])}
      onPointerDown={onDown}
      onPointerMove={(e) => dragged && set(from.current.width + sign * (e.clientX - from.current.x))}
      onPointerUp={() => setDragged(false)}
      onPointerCancel={() => setDragged(false)}
    />
  );
}
