import type { ReactNode } from 'react';
import { useScheme } from '@/app/preferences';
import { Page } from '@/parts/Page';
import { contrast, shapes, texts, tokensOf } from '@/styles/contrast';
import css from '@/styles/tokens.css?raw';
import { Components } from './Components';
import styles from './Tokens.module.css';

const colours: [string, string[]][] = [
  ['Surfaces', ['--surface-0', '--surface-1', '--surface-2', '--surface-hover']],
  ['Text and icons', ['--text-strong', '--text', '--text-muted', '--icon']],
  ['Borders', ['--border', '--border-strong']],
  ['Accent', ['--accent', '--accent-hover', '--on-accent', '--accent-quiet']],
  ['Thread', ['--inbound', '--outbound', '--note', '--note-border', '--automatic', '--automatic-line']],
  ['Status', ['--danger', '--danger-quiet', '--warn', '--warn-quiet', '--ok', '--ok-quiet']],
  ['Comparing', ['--before', '--after']],
];
const types: [string, string][] = [
  ['--type-meta', 'Meta: times, hints, chips'],
  ['--type-body', 'Lists and controls'],
  ['--type-thread', 'The thread'],
  ['--type-title', 'Titles'],
  ['--type-page', 'Figures and pages'],
];
const spaces = ['--s1', '--s2', '--s3', '--s4', '--s6', '--s8'];
const radii = ['--radius', '--radius-card', '--radius-full'];
const measures = ['--header', '--nav', '--row', '--control', '--target', '--measure', '--quick'];

type Tokens = ReadonlyMap<string, string>;

/** Every token of the inbox as it is in the theme of now, and the components' states made of them. */
export function TokensPage() {
  const scheme = useScheme();
  const tokens = tokensOf(css, scheme);
  return (
    <Page title="Tokens">
      <div className={styles.tokens}>
        <p className={styles.lead}>
          Colours by role, measures and the parts made of them, as they are in the {scheme} theme. Components
          take their values from here and from nowhere else.
        </p>
        <Section title="Colour">
          {colours.map(([name, roles]) => (
            <div key={name} className={styles.group}>
              <h3>{name}</h3>
              <ul className={styles.swatches}>
                {roles.map((t) => (
                  <Swatch key={t} token={t} tokens={tokens} />
                ))}
              </ul>
            </div>
          ))}
        </Section>
        <Section title="Contrast: can it be read, and seen?">
          <Contrasts what="Text, 4.5 at least" pairs={texts} least={4.5} tokens={tokens} />
          <Contrasts what="Icons and edges, 3 at least" pairs={shapes} least={3} tokens={tokens} />
        </Section>
        <Section title="Type">
          {types.map(([token, use]) => (
            <p key={token} className={styles.type} style={{ fontSize: `var(${token})` }}>
              {use}. Order 10234 was shipped, 94{'\u202f'}% sure.
              <Value token={token} tokens={tokens} />
            </p>
          ))}
        </Section>
        <Section title="Space and radius">
          <div className={styles.row}>
            {spaces.map((t) => (
              <span key={t} className={styles.measure}>
                <span className={styles.space} style={{ width: `var(${t})` }} />
                <Value token={t} tokens={tokens} />
              </span>
            ))}
          </div>
          <div className={styles.row}>
            {radii.map((t) => (
              <span key={t} className={styles.measure}>
                <span className={styles.corner} style={{ borderRadius: `var(${t})` }} />
                <Value token={t} tokens={tokens} />
              </span>
            ))}
          </div>
        </Section>
        <Section title="Measures">
          <ul className={styles.row}>
            {measures.map((t) => (
              <li key={t}>
                <Value token={t} tokens={tokens} />
              </li>
            ))}
          </ul>
        </Section>
        <Section title="Parts and their states">
          <Components />
        </Section>
      </div>
    </Page>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

const Value = ({ token, tokens }: { token: string; tokens: Tokens }) => (
  <code className={styles.value}>
    {token.slice(2)} <span>{tokens.get(token)}</span>
  </code>
);

function Swatch({ token, tokens }: { token: string; tokens: Tokens }) {
  return (
    <li className={styles.swatch}>
      <span className={styles.colour} style={{ background: `var(${token})` }} />
      <Value token={token} tokens={tokens} />
    </li>
  );
}

type ContrastsProps = { what: string; pairs: typeof texts; least: number; tokens: Tokens };

function Contrasts({ what, pairs, least, tokens }: ContrastsProps) {
  return (
    <div className={styles.group}>
      <h3>{what}</h3>
      <ul className={styles.pairs}>
        {pairs.flatMap(([fg, grounds]) =>
          grounds.map((bg) => (
            <Pair
              key={fg + bg}
              fg={fg}
              bg={bg}
              least={least}
              ratio={contrast(tokens.get(fg) ?? '', tokens.get(bg) ?? '')}
            />
          )),
        )}
      </ul>
    </div>
  );
}

type PairProps = { fg: string; bg: string; least: number; ratio: number | undefined };

function Pair({ fg, bg, least, ratio }: PairProps) {
  const enough = ratio !== undefined && ratio >= least;
  return (
    <li className={styles.pair} title={`${fg.slice(2)} on ${bg.slice(2)}`}>
      <span
        className={styles.sample}
        style={{ color: `var(${fg})`, background: `var(${bg})` }}
        aria-hidden="true"
      >
        {least === 4.5 ? 'Aa' : <span className={styles.shape} />}
      </span>
      <span className={styles.pairName}>
        {fg.slice(2)} <span>on {bg.slice(2)}</span>
      </span>
      <span className="tabular" data-enough={enough}>
        {ratio === undefined ? 'not known' : `${ratio.toFixed(1)}${enough ? '' : ', too little'}`}
      </span>
    </li>
  );
}
