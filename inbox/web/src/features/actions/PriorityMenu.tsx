import { Button, Menu } from '@mantine/core';
import { Check, ChevronDown } from 'lucide-react';
import type { Conversation, Priority } from '@/api/shapes';
import { useActions } from './actions';
import { PriorityMark } from './PriorityMark';

const priorities: Priority[] = ['urgent', 'high', 'normal', 'low'];

export function PriorityMenu({ conversation }: { conversation: Conversation }) {
  const actions = useActions();
  const now = conversation.priority;
  return (
    <Menu position="bottom-end" width={160}>
      <Menu.Target>
        <Button
          variant="subtle"
          leftSection={<PriorityMark priority={now} />}
          rightSection={<ChevronDown size={14} aria-hidden="true" />}
          aria-label={`Priority: ${now}. Change it`}
        >
          {now[0]?.toUpperCase() + now.slice(1)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {priorities.map((p) => (
          <Menu.Item
            key={p}
            disabled={actions.busy}
            rightSection={p === now && <Check size={14} aria-label="now" />}
            onClick={() => p !== now && void actions.priority(conversation, p)}
          >
            {p[0]?.toUpperCase() + p.slice(1)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
