import { Button, Checkbox, NativeSelect, Switch, Textarea, TextInput } from '@mantine/core';
import { Check, Pencil } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { PriorityMark } from '@/features/actions/PriorityMark';
import { ConfidenceBar } from '@/features/why/ConfidenceBar';
import { Avatar } from '@/parts/Avatar';
import { Chip } from '@/parts/Chip';
import { IconButton } from '@/parts/IconButton';
import { Segments } from '@/parts/Segments';
import { Bone, Empty, Failed } from '@/parts/states';
import styles from './Tokens.module.css';

/** Each part in each state it can be in. */
export function Components() {
  return (
    <div className={styles.parts}>
      <Buttons />
      <Marks />
      <People />
      <Fields />
      <Switches />
      <Confidence />
      <States />
    </div>
  );
}

function Buttons() {
  return (
    <Part name="Buttons">
      <Button>Default</Button>
      <Button variant="filled">Filled</Button>
      <Button variant="light">Light</Button>
      <Button variant="subtle">Subtle</Button>
      <Button color="danger">Danger</Button>
      <Button disabled>Disabled</Button>
      <Button variant="filled" loading>
        Loading
      </Button>
      <IconButton icon={Pencil} label="With a tooltip" shortcut="r" />
    </Part>
  );
}

function Marks() {
  return (
    <Part name="Chips and marks">
      <Chip>plain</Chip>
      <Chip tone="accent">accent</Chip>
      <Chip tone="ok">ok</Chip>
      <Chip tone="warn">warn</Chip>
      <Chip tone="danger">danger</Chip>
      <PriorityMark priority="urgent" />
      <PriorityMark priority="high" />
    </Part>
  );
}

function People() {
  return (
    <Part name="People">
      <Avatar name="Ana Silva" channel="webchat" />
      <Avatar name="Ben Okafor" presence="online" />
      <Avatar name="Noor Haddad" presence="away" />
      <Avatar name="Tomás Rey" presence="offline" />
      <Avatar name="Ines Carvalho" presence="unknown" />
      <Avatar name="Ana Silva" size={40} channel="email" />
    </Part>
  );
}

function Fields() {
  return (
    <Part name="Fields">
      <TextInput label="Normal" placeholder="Placeholder" />
      <TextInput label="Wrong" defaultValue="anna@" error="Write it like anna@example.com." />
      <TextInput label="Disabled" defaultValue="Not now" disabled />
      <NativeSelect label="Choice" data={['One', 'Two']} />
      <Textarea label="Long" placeholder="More room" />
    </Part>
  );
}

function Switches() {
  const [choice, setChoice] = useState<'one' | 'two'>('one');
  return (
    <Part name="Switches">
      <Switch label="On" defaultChecked />
      <Switch label="Off" />
      <Checkbox label="Checked" defaultChecked icon={({ className }) => <Check className={className} />} />
      <Segments
        label="Segments"
        value={choice}
        onChange={setChoice}
        data={[
          { value: 'one', label: 'One' },
          { value: 'two', label: 'Two' },
        ]}
      />
    </Part>
  );
}

function Confidence() {
  return (
    <Part name="Confidence">
      <span className={styles.wide}>
        <ConfidenceBar confidence={0.94} threshold={0.7} />
      </span>
      <span className={styles.wide}>
        <ConfidenceBar confidence={0.52} threshold={0.8} />
      </span>
    </Part>
  );
}

function States() {
  return (
    <Part name="States">
      <div className={styles.state}>
        <Bone width={180} height={16} />
        <Bone height={64} />
      </div>
      <div className={styles.state}>
        <Empty title="Nothing waits" action={<Button>Look at all</Button>}>
          New conversations come in by themselves.
        </Empty>
      </div>
      <div className={styles.state}>
        <Failed
          what="The list cannot be shown"
          error={new Error('Usher cannot be reached. Nothing was lost.')}
          onRetry={() => {}}
        />
      </div>
    </Part>
  );
}

function Part({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.group}>
      <h3>{name}</h3>
      <div className={styles.row}>{children}</div>
    </div>
  );
}
