import { useId } from 'react';
import styles from './Segments.module.css';

type Props<T extends string> = {
  label: string;
  value: T;
  onChange: (value: T) => void;
  data: readonly { value: T; label: string }[];
};

/** One of a few choices, all in sight: radio buttons in one strip. */
export function Segments<T extends string>({ label, value, onChange, data }: Props<T>) {
  const name = useId();
  return (
    <fieldset className={styles.segments}>
      <legend className="unseen">{label}</legend>
      {data.map((d) => (
        <label key={d.value} className={styles.segment}>
          <input
            type="radio"
            name={name}
            value={d.value}
            checked={d.value === value}
            onChange={() => onChange(d.value)}
          />
          {d.label}
        </label>
      ))}
    </fieldset>
  );
}
