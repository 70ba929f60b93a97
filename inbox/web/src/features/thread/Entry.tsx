import { Check, CheckCheck, Clock, Lock, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import type { Message } from '@/api/shapes';
import { clock, exact } from '@/parts/time';
import { percent } from '@/parts/words';
import styles from './Entry.module.css';
import { cutAtLinks } from './links';

type Props = {
  message: Message;
  contact: string;
  goesOn: boolean;
  /** The button under it that the contact pressed. */
  chosen: string | undefined;
  /** It was called wrong already. */
  wrong: boolean;
  onWrong: (decision: string) => void;
};

/** One message: the customer's left, the company's right. */
export const Entry = memo(function Entry({ message: m, contact, goesOn, chosen, wrong, onWrong }: Props) {
  const automatic = m.author === 'automatic';
  return (
    <article
      className={styles.entry}
      data-side={m.kind === 'inbound' ? 'left' : 'right'}
      data-kind={automatic ? 'automatic' : m.kind}
      data-goes-on={goesOn || undefined}
      data-seq={m.seq}
    >
      {!goesOn && <Head message={m} contact={contact} />}
      <Body text={m.text} />
      <Choices message={m} chosen={chosen} />
      {m.kind === 'outbound' && (
        <div className={styles.foot}>
          {automatic && m.decision_id && <Wrong decision={m.decision_id} wrong={wrong} onWrong={onWrong} />}
          <Delivery delivery={m.delivery} />
        </div>
      )}
    </article>
  );
});

function Head({ message: m, contact }: { message: Message; contact: string }) {
  const time = (
    <time dateTime={m.created_at} title={exact(m.created_at)} className="tabular">
      {clock(m.created_at)}
    </time>
  );
  if (m.kind === 'note') {
    return (
      <header className={styles.head}>
        <Lock size={12} aria-hidden="true" />
        <span>
          Note by <strong>{m.author_name}</strong>, only your team sees this
        </span>
        {time}
      </header>
    );
  }
  if (m.author === 'automatic') {
    return (
      <header className={styles.head}>
        <strong className={styles.automatic}>Automatic</strong>
        {m.confidence > 0 && <span className="tabular">{percent(m.confidence)} sure</span>}
        {m.payload.template && <span>· {m.payload.template.replaceAll('_', ' ')}</span>}
        {time}
      </header>
    );
  }
  return (
    <header className={styles.head}>
      <strong>{m.kind === 'inbound' ? contact : m.author_name}</strong>
      {time}
    </header>
  );
}

export function Body({ text }: { text: string }) {
  return (
    <div className={styles.body}>
      {cutAtLinks(text).map((p, i) =>
        p.href ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text do not move
          <a key={i} href={p.href} target="_blank" rel="noopener noreferrer nofollow">
            {p.text}
          </a>
        ) : (
          p.text
        ),
      )}
    </div>
  );
}

function Choices({ message: m, chosen }: { message: Message; chosen: string | undefined }) {
  if (!m.payload.choices?.length) return null;
  return (
    <div className={styles.choices}>
      {m.payload.choices.map((c) => (
        <span key={c.value} className={styles.choice} data-chosen={c.value === chosen || undefined}>
          {c.value === chosen && <Check size={12} aria-label="chosen:" />}
          {c.label}
        </span>
      ))}
    </div>
  );
}

type WrongProps = { decision: string; wrong: boolean; onWrong: (decision: string) => void };

function Wrong({ decision, wrong, onWrong }: WrongProps) {
  if (wrong) return <span className={styles.failed}>Noted as wrong</span>;
  return (
    <button type="button" className={styles.wrong} onClick={() => onWrong(decision)}>
      Wrong answer
    </button>
  );
}

const deliveries: Record<string, { icon: typeof Check; text: string }> = {
  pending: { icon: Clock, text: 'On its way' },
  sent: { icon: Check, text: 'Sent' },
  delivered: { icon: CheckCheck, text: 'Delivered' },
  read: { icon: CheckCheck, text: 'Read' },
  failed: { icon: TriangleAlert, text: 'Not delivered' },
};

function Delivery({ delivery }: { delivery: string }) {
  const d = deliveries[delivery];
  if (!d) return null;
  const Icon = d.icon;
  return (
    <span className={styles.mark} data-delivery={delivery} title={d.text}>
      <Icon size={13} aria-hidden="true" />
      <span className={delivery === 'failed' ? '' : 'unseen'}>{d.text}</span>
    </span>
  );
}
