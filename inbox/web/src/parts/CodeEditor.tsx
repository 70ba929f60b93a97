import { type ComponentPropsWithoutRef, Fragment, forwardRef } from 'react';
import styles from './CodeEditor.module.css';

type Props = Omit<ComponentPropsWithoutRef<'textarea'>, 'value' | 'onChange' | 'rows'> & {
  label: string;
  value: string;
  onChange: (text: string) => void;
  /** Lines that something is wrong with. */
  wrong?: readonly number[] | undefined;
};

/**
 * A plain text field with line numbers, for documents whose problems are told by line. Long lines wrap: under the field
 * each line is drawn again, unseen, so that its number stands where it begins and the field is as high as its text.
 */
export const CodeEditor = forwardRef<HTMLTextAreaElement, Props>(function CodeEditor(
  { label, value, onChange, wrong, className, ...rest },
  ref,
) {
  const bad = new Set(wrong);
  return (
    <div className={`${styles.editor} ${className ?? ''}`} data-wrong={bad.size > 0 || undefined}>
      <div className={styles.lines}>
        {value.split('\n').map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line number is its place
          <Fragment key={i}>
            <span className={styles.number} aria-hidden="true" data-wrong={bad.has(i + 1) || undefined}>
              {i + 1}
            </span>
            <span className={styles.line} aria-hidden="true" data-line={i + 1} data-text={line} />
          </Fragment>
        ))}
        <textarea
          ref={ref}
          aria-label={label}
          className={styles.text}
          value={value}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          onChange={(e) => onChange(e.currentTarget.value)}
          {...rest}
        />
      </div>
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
  const drawn = field.parentElement?.querySelector(`[data-line="${line}"]`);
  drawn?.scrollIntoView({ block: 'center' });
}
