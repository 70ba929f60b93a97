import { useQuery } from '@tanstack/react-query';
import { MessageSquareQuote } from 'lucide-react';
import type { CSSProperties } from 'react';
import { utteranceQuery } from '@/api/queries';
import type { Conversation, Decision, Intent } from '@/api/shapes';
import { Chip } from '@/parts/Chip';
import { Bone } from '@/parts/states';
import { intentName, percent } from '@/parts/words';
import { Step } from '../Step';
import {
  entityKind,
  languageLine,
  listWords,
  markWords,
  type Piece,
  sentence,
  signalsOf,
  understoodLine,
} from '../words';
import styles from './Understood.module.css';

type Props = { d: Decision; conversation: Conversation; catalogue: readonly Intent[] | undefined };

const shownIntents = 3;

export function UnderstoodStep({ d, conversation, catalogue }: Props) {
  const p = d.prediction;
  const signals = signalsOf(p);
  return (
    <Step
      name="Understood"
      icon={MessageSquareQuote}
      line={understoodLine(d, catalogue)}
      tone={d.degraded ? 'stopped' : 'plain'}
      open
    >
      {p.degraded && <p className={styles.degraded}>Worth less than usual: {p.degraded}.</p>}
      {p.shallow && <p className={styles.degraded}>Read by its wording alone: {p.shallow}.</p>}
      <Utterance conversation={conversation} d={d} />
      <Ranking d={d} catalogue={catalogue} />
      <ul className={styles.facts} aria-label="What else it says">
        {signals.map((s) => (
          <li key={s}>
            <Chip tone="warn">{sentence(s)}</Chip>
          </li>
        ))}
        {p.signals.several &&
          (p.asks ?? []).map((a, i) => (
            <li key={`ask ${a.start}`}>
              <Chip>
                {i + 1}. {intentName(a.intent, catalogue)}
              </Chip>
            </li>
          ))}
        {(p.entities ?? []).map((e) => (
          <li key={`${e.kind} ${e.start}`}>
            <Chip title={entityKind(e.kind)}>
              {entityKind(e.kind)} <b className="tabular">{e.value}</b>
            </Chip>
          </li>
        ))}
        <li>
          <Chip>Language {languageLine(d)}</Chip>
        </li>
        {p.fused && (
          <li>
            <Chip title="Its meaning as a whole was compared, beside its words">Wording and meaning</Chip>
          </li>
        )}
      </ul>
    </Step>
  );
}

/** The message with the words that mattered marked; the words alone when the message is out of reach. */
function Utterance({ conversation, d }: { conversation: Conversation; d: Decision }) {
  const { data: text, isPending } = useQuery(utteranceQuery(conversation.id, d.message_id));
  const words = (d.prediction.words ?? []).filter((w) => w.weight > 0);
  if (isPending) return <Bone height={58} />;
  if (!text && words.length === 0) return null;
  return (
    <figure className={styles.utterance}>
      <blockquote className={styles.text} data-alone={text ? undefined : true}>
        <Marked pieces={text ? markWords(text, words) : words} />
      </blockquote>
      {words.length > 0 && (
        <figcaption className={styles.caption}>
          <span className="unseen">{`${listWords(words.map((w) => `“${w.text}”`))}: `}</span>
          {text ? 'Marked words mattered most' : 'These words mattered most'}
        </figcaption>
      )}
    </figure>
  );
}

function Marked({ pieces }: { pieces: readonly Piece[] }) {
  const most = Math.max(...pieces.map((p) => p.weight), 0);
  return pieces.map((piece, i) =>
    piece.weight > 0 ? (
      <mark
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never move
        key={i}
        className={styles.word}
        style={{ '--weight': `${Math.round(12 + 33 * (piece.weight / most))}%` } as CSSProperties}
      >
        {piece.text}
      </mark>
    ) : (
      piece.text
    ),
  );
}

function Ranking({ d, catalogue }: Omit<Props, 'conversation'>) {
  const ranked = (d.prediction.ranked ?? []).slice(0, shownIntents);
  if (ranked.length === 0) return null;
  return (
    <ol className={styles.ranking} aria-label="Most likely intents">
      {ranked.map((r, i) => (
        <Bar
          key={r.intent}
          name={sentence(intentName(r.intent, catalogue))}
          share={r.confidence}
          tone={i === 0 ? 'first' : 'other'}
        />
      ))}
      <Bar name="None of them fits" share={d.prediction.oos} tone="none" />
    </ol>
  );
}

function Bar({ name, share, tone }: { name: string; share: number; tone: 'first' | 'other' | 'none' }) {
  return (
    <li className={styles.bar} data-tone={tone}>
      <span className={styles.intent}>{name}</span>
      <span className={styles.track} aria-hidden="true">
        <span className={styles.fill} style={{ width: `${share * 100}%` }} />
      </span>
      <span className={`${styles.share} tabular`}>{percent(share)}</span>
    </li>
  );
}
