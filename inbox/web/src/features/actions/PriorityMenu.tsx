import { Menu } from '@mantine/core';
import { Check, ChevronDown, ChevronsUp, ChevronUp, Equal } from 'lucide-react';
import type { Conversation, Priority } from '@/api/shapes';
import { IconButton } from '@/parts/IconButton';
import { useActions } from './actions';

const priorities: Priority[] = ['urgent', 'high', 'normal', 'low'];
const icons = { urgent: ChevronsUp, high: ChevronUp, normal: Equal, low: ChevronDown };
const colours = { urgent: 'var(--danger)', high: 'var(--warn)', normal: 'var(--icon)', low: 'var(--icon)' };

export function PriorityMenu({ conversation }: { conversation: Conversation }) {
  const actions = useActions();
  const now = conversation.priority;
  return (
    <Menu position="bottom-end" width={160}>
      <Menu.Target>
        <IconButton icon={icons[now]} label={`Priority: ${now}`} c={colours[now]} />
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
