import { NativeSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ApiError } from '@/api/client';
import { listQuery, previewQuery } from '@/api/queries';
import type { Previewed } from '@/api/shapes';
import { Bone } from '@/parts/states';
import { contactName, languageName } from '@/parts/words';
import styles from './Templates.module.css';
import { problemsOf } from './templates';

const pause = 350;

type Props = { name: string; language: string; body: string; watch: boolean };

/** How the text reads, for the customer of a recent conversation or for nobody in particular. */
export function Preview({ name, language, body, watch }: Props) {
  const [conversation, setConversation] = useState('');
  const recent = useInfiniteQuery(listQuery({ view: 'all' }));
  const asked = useMemo(() => ({ language, body }), [language, body]);
  const [settled] = useDebouncedValue(asked, pause); // together: a text is never tried in the language of another
  const preview = useQuery({
    ...previewQuery(name, settled.language, settled.body, conversation),
    enabled: settled.body.trim() !== '',
    placeholderData: keepPreviousData,
    retry: false,
  });
  const choices = (recent.data?.pages[0]?.items ?? []).slice(0, 20).map((c) => ({
    value: c.id,
    label: `${contactName(c.contact)}: ${c.preview}`.slice(0, 70),
  }));
  return (
    <section className={styles.preview} aria-label="Preview">
      <NativeSelect
        label="How it reads for"
        value={conversation}
        onChange={(e) => setConversation(e.currentTarget.value)}
        data={[{ value: '', label: 'Nobody in particular' }, ...choices]}
      />
      <div
        className={styles.paper}
        aria-live="polite"
        data-old={asked !== settled || preview.isFetching || undefined}
      >
        {settled.body.trim() === '' ? (
          <p className={styles.hint}>Write something, and it shows here as the customer would read it.</p>
        ) : preview.isError ? (
          <Trouble error={preview.error} />
        ) : preview.data ? (
          <>
            <p className={styles.bubble} lang={preview.data.language}>
              {preview.data.text}
            </p>
            {watch && <Help help={preview.data.help} language={preview.data.language} />}
          </>
        ) : (
          <Bone height={120} />
        )}
      </div>
    </section>
  );
}

type HelpProps = { help: Previewed['help']; language: string };

/** How an automatic answer ends in the language of its text. */
function Help({ help, language }: HelpProps) {
  if (!help) {
    return (
      <p className={styles.hint}>
        Whether it helped is not asked in {languageName(language)}; silence resolves it all the same.
      </p>
    );
  }
  return (
    <p className={styles.helped} lang={language}>
      {help.question}
      <span>{help.yes}</span>
      <span>{help.no}</span>
    </p>
  );
}

function Trouble({ error }: { error: Error }) {
  return (
    <div className={styles.trouble}>
      {problemsOf(error).map((p) => (
        <p key={`${p.line} ${p.message}`}>
          {p.line > 0 && <b>Line {p.line}: </b>}
          {p.message}
        </p>
      ))}
      {error instanceof ApiError && error.retryable && (
        <p className={styles.hint}>Change the text to try again.</p>
      )}
    </div>
  );
}
