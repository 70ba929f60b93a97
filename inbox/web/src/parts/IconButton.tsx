import { ActionIcon, type ActionIconProps, Tooltip } from '@mantine/core';
import type { LucideIcon } from 'lucide-react';
import { type ComponentPropsWithoutRef, forwardRef } from 'react';

type Props = Omit<ActionIconProps, 'children'> &
  Omit<ComponentPropsWithoutRef<'button'>, keyof ActionIconProps> & {
    icon: LucideIcon;
    /** What it does; read out and shown on hover and focus. */
    label: string;
    /** The key that does the same, shown beside the label. */
    shortcut?: string;
  };

export const IconButton = forwardRef<HTMLButtonElement, Props>(function IconButton(
  { icon: Icon, label, shortcut, ...rest },
  ref,
) {
  return (
    <Tooltip label={shortcut ? `${label} (${shortcut})` : label}>
      <ActionIcon ref={ref} aria-label={label} {...rest}>
        <Icon size={17} strokeWidth={1.75} aria-hidden="true" />
      </ActionIcon>
    </Tooltip>
  );
});
