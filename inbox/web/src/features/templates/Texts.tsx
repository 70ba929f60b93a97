import { Button, NativeSelect, Tabs } from '@mantine/core';
import { type ReactNode, type RefObject, useId } from 'react';
import { CodeEditor } from '@/parts/CodeEditor';
import { languageCodes } from '@/parts/languages';
import { toast } from '@/parts/toasts';
import { languageName } from '@/parts/words';
import styles from './Templates.module.css';
import {
  type Content,
  inLanguage,
  languagesOf,
  type TextProblem,
  textIn,
  withDefault,
  withoutText,
  withText,
} from './templates';

type Props = {
  content: Content;
  /** The language whose text is open. */
  shown: string;
  onShow: (language: string) => void;
  onChange: (content: Content) => void;
  ops: boolean;
  field: RefObject<HTMLTextAreaElement | null>;
  problems: readonly TextProblem[];
  /** What is said right under the text. */
  children: ReactNode;
};

const choices = (codes: readonly string[]) =>
  codes
    .map((value) => ({ value, label: languageName(value) }))
    .sort((a, b) => a.label.localeCompare(b.label));

/** The texts of an answer, one at a time: a tab for each language, and what can be done with them. */
export function Texts({ content, shown, onShow, onChange, ops, field, problems, children }: Props) {
  const languages = languagesOf(content);
  const free = languageCodes.filter((l) => !languages.includes(l));
  const wrong = (l: string) => problems.some((p) => p.language === l);
  return (
    <Tabs
      value={shown}
      onChange={(l) => l && onShow(l)}
      activateTabWithKeyboard={false}
      keepMounted={false}
      className={styles.texts}
    >
      <div className={styles.languages}>
        <Tabs.List aria-label="Languages">
          {languages.map((l) => (
            <Tabs.Tab key={l} value={l}>
              {languageName(l)}
              {l === content.language && languages.length > 1 && (
                <span className={styles.hint}>, default</span>
              )}
              {wrong(l) && <span className={styles.wrong}>, wrong</span>}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {ops && (
          <NativeSelect
            aria-label="Add a language"
            value=""
            data={[{ value: '', label: 'Add a language' }, ...choices(free)]}
            onChange={(e) => {
              const l = e.currentTarget.value;
              if (!l) return;
              onChange(withText(content, l, ''));
              onShow(l);
            }}
          />
        )}
      </div>
      <Tabs.Panel value={shown} className={styles.text}>
        <CodeEditor
          ref={field}
          label="Text"
          lang={shown}
          className={styles.body}
          readOnly={!ops}
          value={textIn(content, shown)}
          onChange={(text) => onChange(withText(content, shown, text))}
          wrong={problems.filter((p) => p.language === shown).map((p) => p.line)}
        />
        {children}
        <About content={content} shown={shown} free={free} ops={ops} onShow={onShow} onChange={onChange} />
      </Tabs.Panel>
    </Tabs>
  );
}

type AboutProps = Pick<Props, 'content' | 'shown' | 'ops' | 'onShow' | 'onChange'> & {
  free: readonly string[];
};

/** Who gets the open text, and changing its language, its place and whether it is there at all. */
function About({ content, shown, free, ops, onShow, onChange }: AboutProps) {
  const hint = useId();
  const isDefault = shown === content.language;
  const name = languageName(shown);
  return (
    <div className={styles.about}>
      <p className={styles.hint} id={hint}>
        {isDefault
          ? `For contacts who write in ${name}, and for those whose language is not known. Who writes in a language without a text goes to people.`
          : `For contacts who write in ${name}, if the policy lists that language and the model has examples in it.`}
      </p>
      {ops && (
        <div className={styles.actions}>
          <NativeSelect
            label="Language of this text"
            aria-describedby={hint}
            value={shown}
            data={choices([shown, ...free])}
            onChange={(e) => {
              const to = e.currentTarget.value;
              onChange(inLanguage(content, shown, to));
              onShow(to);
            }}
          />
          {!isDefault && (
            <>
              <Button
                disabled={textIn(content, shown).trim() === ''}
                onClick={() => onChange(withDefault(content, shown))}
              >
                Make it the default
              </Button>
              <Button
                onClick={() => {
                  onChange(withoutText(content, shown));
                  onShow(content.language);
                  toast(`The ${name} text is gone.`, {
                    action: {
                      label: 'Undo',
                      run: () => {
                        onChange(content);
                        onShow(shown);
                      },
                    },
                  });
                }}
              >
                Remove {name}
              </Button>
            </>
          )}
        </div>
      )}
    </div>
  );
}
