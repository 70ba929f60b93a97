import { type CSSProperties, useEffect, useState } from 'react';
import { percent } from '@/parts/words';
import { readThreshold, showThreshold } from './figures';
import styles from './Rows.module.css';

type Props = { name: string; live: number; value: number; ops: boolean; onChange: (share: number) => void };

/** A threshold as a slider and a number; a mark shows where the live one is. Those who may not change it see it alone. */
export function ThresholdField({ name, live, value, ops, onChange }: Props) {
  const [typed, setTyped] = useState(showThreshold(value));
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    setTyped(showThreshold(value));
    setWrong(false);
  }, [value]);
  const place = { '--live': live, '--value': value } as CSSProperties;
  if (!ops) {
    return (
      <span className={styles.field} style={place}>
        <span className={styles.fixed} aria-hidden="true" />
        <span className={`${styles.percent} tabular`}>{percent(value)}</span>
      </span>
    );
  }
  const type = (text: string) => {
    setTyped(text);
    const share = readThreshold(text);
    setWrong(share === undefined);
    if (share !== undefined && showThreshold(share) === text.trim()) onChange(share);
  };
  const settle = () => {
    const share = readThreshold(typed);
    if (share === undefined) setTyped(showThreshold(value));
    else onChange(share);
    setWrong(false);
  };
  return (
    <span className={styles.field} style={place}>
      <span className={styles.sliderBox}>
        <input
          type="range"
          className={styles.slider}
          min={1}
          max={100}
          step={1}
          value={value * 100}
          aria-label={`${name}: answers alone from`}
          aria-valuetext={percent(value)}
          onChange={(e) => onChange(Number(e.currentTarget.value) / 100)}
        />
        <span className={styles.liveMark} title={`Live: ${percent(live)}`} aria-hidden="true" />
      </span>
      <span className={styles.typed} data-wrong={wrong || undefined}>
        <input
          className="tabular"
          inputMode="decimal"
          value={typed}
          aria-label={`${name}: answers alone from, in percent`}
          aria-invalid={wrong || undefined}
          title={wrong ? 'Give a number above 0 and up to 100' : undefined}
          onChange={(e) => type(e.currentTarget.value)}
          onBlur={settle}
          onKeyDown={(e) => e.key === 'Enter' && settle()}
        />
        <span aria-hidden="true">%</span>
      </span>
    </span>
  );
}
