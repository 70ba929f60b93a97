import { useQuery } from '@tanstack/react-query';
import { ChevronDown, Waypoints } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useId, useState } from 'react';
import { contextQuery, intentsQuery } from '@/api/queries';
import type { Context, Conversation } from '@/api/shapes';
import { CaseList } from '@/features/why/CaseList';
import { Avatar } from '@/parts/Avatar';
import { Chip } from '@/parts/Chip';
import { Bone, Failed } from '@/parts/states';
import { contactName, intentName, percent } from '@/parts/words';
import styles from './ContextPanel.module.css';
import { Events } from './Events';
import { History } from './History';
import { Summary } from './Summary';
import { attributesOf } from './tell';

const WhyHere = lazy(() => import('@/features/why/WhyHere').then((m) => ({ default: m.WhyHere })));

/** What stands beside a conversation: why it is here, who the customer is, what they did, and what resembles it. */
export function ContextPanel({ conversation }: { conversation: Conversation }) {
  const context = useQuery(contextQuery(conversation.id));
  return (
    <div className={styles.panel}>
      <Who conversation={conversation} detail={context.data?.contact} />
      <Why key={conversation.id} conversation={conversation} />
      <Summary conversation={conversation} />
      {context.isPending && <Loading />}
      {context.isError && (
        <Failed
          what="The customer's details cannot be shown"
          error={context.error}
          onRetry={() => void context.refetch()}
        />
      )}
      {context.data && <Beside conversation={conversation} context={context.data} />}
    </div>
  );
}

function Who({
  conversation: c,
  detail,
}: {
  conversation: Conversation;
  detail: Context['contact'] | undefined;
}) {
  const name = contactName(c.contact);
  const since =
    detail && new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(new Date(detail.created_at));
  return (
    <header className={styles.who}>
      <Avatar name={name} size={40} channel={c.channel} />
      <div className={styles.names}>
        <h3 className={styles.name}>{name}</h3>
        {c.contact.email ? (
          <a className={styles.email} href={`mailto:${c.contact.email}`}>
            {c.contact.email}
          </a>
        ) : (
          <span className={styles.muted}>No e-mail address known</span>
        )}
      </div>
      <p className={styles.kind}>
        <Chip tone={c.contact.type === 'vip' ? 'accent' : 'plain'}>
          {c.contact.type === 'vip' ? 'VIP' : c.contact.type.replaceAll('_', ' ')}
        </Chip>
        {since && <span className={styles.muted}>known since {since}</span>}
      </p>
    </header>
  );
}

/** One line that says why it is here, and unfolds the whole story. */
function Why({ conversation: c }: { conversation: Conversation }) {
  const catalogue = useQuery(intentsQuery).data;
  const [open, setOpen] = useState(false);
  const id = useId();
  if (!c.decision_id) return null;
  return (
    <section className={styles.why} data-degraded={c.degraded || undefined}>
      <button
        type="button"
        className={styles.whyLine}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        <Waypoints className={styles.whyIcon} size={17} aria-hidden="true" />
        <span>
          <span className={styles.whyName}>
            Why here?
            {c.intent && (
              <span className="tabular">
                {' '}
                {intentName(c.intent, catalogue)}
                {c.confidence > 0 && `, ${percent(c.confidence)}`}
              </span>
            )}
          </span>
          {!open && <span className={styles.whyReason}>{c.reason}</span>}
        </span>
        <ChevronDown className={styles.chevron} size={16} aria-hidden="true" />
      </button>
      {open && (
        <div id={id} className={styles.story}>
          <Suspense fallback={<Bone height={240} />}>
            <WhyHere conversation={c} />
          </Suspense>
        </div>
      )}
    </section>
  );
}

function Beside({ conversation, context }: { conversation: Conversation; context: Context }) {
  const catalogue = useQuery(intentsQuery).data;
  const attributes = attributesOf(context.contact.attributes);
  if (context.contact.external_id) attributes.push(['Your id', context.contact.external_id]);
  return (
    <>
      {attributes.length > 0 && (
        <Section title="Details">
          <dl className={styles.details}>
            {attributes.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </Section>
      )}
      <Section title="Orders and events" count={context.events.length}>
        <Events events={context.events} />
      </Section>
      <Section title="Earlier conversations" count={context.history.length}>
        <History past={context.history} now={conversation.id} catalogue={catalogue} />
      </Section>
      <Section title="Similar cases" count={context.similar.length}>
        {context.similar.length > 0 ? (
          <CaseList cases={context.similar.slice(0, 3)} catalogue={catalogue} />
        ) : (
          <p className={styles.muted}>No resolved conversation resembles this one yet.</p>
        )}
      </Section>
    </>
  );
}

function Section({ title, count, children }: { title: string; count?: number; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3 className={styles.title}>
        {title}
        {!!count && <span className={`${styles.count} tabular`}>{count}</span>}
      </h3>
      {children}
    </section>
  );
}

function Loading() {
  return (
    <div className={styles.loading} role="status" aria-label="Loading">
      {[120, 160, 96].map((height) => (
        <div key={height}>
          <Bone width={110} height={12} />
          <Bone height={height} />
        </div>
      ))}
    </div>
  );
}
