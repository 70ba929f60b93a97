import { Modal, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { chatModelQuery } from '@/api/queries';
import { usePreference } from '@/app/preferences';
import { shortcuts } from './keymap';
import styles from './ShortcutHelp.module.css';

const send = /Mac|iP(hone|ad)/.test(navigator.userAgent) ? '⌘ Enter' : 'Ctrl Enter';
const groups = [...new Set(shortcuts.map((s) => s.group))];

/** All shortcuts, and the switch that turns the single keys off. */
export function ShortcutHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [on, setOn] = usePreference('shortcuts');
  const drafts = Boolean(useQuery({ ...chatModelQuery, enabled: opened }).data);
  return (
    <Modal opened={opened} onClose={onClose} title="Shortcuts" size="lg">
      <div className={styles.groups}>
        {groups.map((group) => (
          <section key={group} className={styles.group}>
            <h3>{group}</h3>
            <dl>
              {shortcuts
                .filter((s) => s.group === group && (s.id !== 'draft' || drafts))
                .map((s) => (
                  <Line key={s.id} label={s.label} keys={s.keys} />
                ))}
              {group === 'Conversation' && <Line label="Send" keys={send.split(' ')} />}
            </dl>
          </section>
        ))}
      </div>
      <Switch
        checked={on === 'on'}
        onChange={(e) => setOn(e.currentTarget.checked ? 'on' : 'off')}
        label="Single keys work"
        description="Switch them off if you speak to your computer or press keys by accident. Ctrl Enter always sends."
      />
    </Modal>
  );
}

function Line({ label, keys }: { label: string; keys: readonly string[] }) {
  return (
    <div className={styles.line}>
      <dt>{label}</dt>
      <dd>
        {keys.map((k, i) => (
          <span key={k}>
            {i > 0 && ' '}
            <kbd>{k}</kbd>
          </span>
        ))}
      </dd>
    </div>
  );
}
