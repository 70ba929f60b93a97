import { type ComponentPropsWithoutRef, forwardRef } from 'react';
import styles from './CodeEditor.module.css';

type Props = Omit<ComponentPropsWithoutRef<'textarea'>, 'value' | 'onChange' | 'rows' | 'wrap'> & {
  label: string;
  value: string;
  onChange: (text: string) => void;
  /** Lines that something is wrong with. */
  wrong?: readonly number[] | undefined;
};

/** A plain text field with line numbers, for documents whose problems are told by line. */
export const CodeEditor = forwardRef<HTMLTextAreaElement, Props>(function CodeEditor(
  { label, value, onChange, wrong, className, ...rest },
  ref,
) {
  const lines = value.split('\n').length;
  const bad = new Set(wrong);
  return (
    <div className={`${styles.editor} ${className ?? ''}`} data-wrong={bad.size > 0 || undefined}>
      <div className={styles.numbers} aria-hidden="true">
        {Array.from({ length: lines }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line number is its place
          <span key={i} data-wrong={bad.has(i + 1) || undefined}>
            {i + 1}
          </span>
        ))}
      </div>
      <textarea
        ref={ref}
        aria-label={label}
        className={styles.text}
        value={value}
        rows={lines}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        onChange={(e) => onChange(e.currentTarget.value)}
        {...rest}
      />
    </div>
  );
});

/** Puts the cursor on a line and selects it. */
export function showLine(field: HTMLTextAreaElement | null, line: number) {
  if (!field) return;
  const lines = field.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, l) => sum + l.length + 1, 0);
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  const box = field.parentElement;
  if (box) box.scrollTop = (line - 1) * (field.scrollHeight / lines.length) - box.clientHeight / 2;
}
