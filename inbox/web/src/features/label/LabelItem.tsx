import { NativeSelect } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { Intent, NextLabel } from '@/api/shapes';
import { sentence } from '@/features/why/words';
import { Age } from '@/parts/Age';
import { intentName, percent } from '@/parts/words';
import styles from './LabelPage.module.css';
import { choices, noneFits } from './label';

type Props = {
  item: NextLabel;
  current: boolean;
  label: string | undefined;
  catalogue: readonly Intent[] | undefined;
  onFocus: () => void;
  onLabel: (intent: string) => void;
};

/** A message with what the classifier takes it for; the one that is current has the keys. */
export function LabelItem({ item, current, label, catalogue, onFocus, onLabel }: Props) {
  const ref = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (current) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  const name = (id: string) => sentence(intentName(id, catalogue));
  const readings = choices(item);
  const offered = [...readings.map((r) => r.intent), noneFits];
  const others = (catalogue ?? []).filter((i) => !offered.includes(i.id));
  return (
    <li
      ref={ref}
      className={styles.item}
      aria-current={current || undefined}
      data-labelled={!!label}
      onFocus={onFocus}
    >
      <p className={styles.text}>{item.text}</p>
      <div className={styles.choices}>
        {readings.map((r, n) => (
          <Choice
            key={r.intent}
            shortcut={String(n + 1)}
            chosen={label === r.intent}
            onChoose={() => onLabel(r.intent)}
          >
            {name(r.intent)} <span className={styles.chance}>{percent(r.chance)}</span>
          </Choice>
        ))}
        <Choice shortcut="0" chosen={label === noneFits} onChoose={() => onLabel(noneFits)}>
          None of these fits <span className={styles.chance}>{percent(item.none_fits)}</span>
        </Choice>
        <NativeSelect
          id={`other-${item.decision_id}`}
          aria-label="Another intent"
          value={label && !offered.includes(label) ? label : ''}
          onChange={(e) => {
            const chosen = e.currentTarget.value;
            if (!chosen) return;
            e.currentTarget.blur(); // so that the keys work on
            onLabel(chosen);
          }}
          data={[
            { value: '', label: 'Another intent' },
            ...others.map((i) => ({ value: i.id, label: i.name })),
          ]}
        />
        <span className={styles.rest}>
          <Age at={item.created_at} />
          <Link to="/conversations/$conversation" params={{ conversation: item.conversation_id }}>
            Conversation
          </Link>
        </span>
      </div>
    </li>
  );
}

function Choice(props: {
  shortcut: string;
  chosen: boolean;
  onChoose: () => void;
  children: React.ReactNode;
}) {
  return (
    <button type="button" className={styles.choice} aria-pressed={props.chosen} onClick={props.onChoose}>
      <span className={styles.key} aria-hidden="true">
        {props.shortcut}
      </span>
      <span>{props.children}</span>
    </button>
  );
}
