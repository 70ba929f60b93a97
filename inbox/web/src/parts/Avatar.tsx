import { Globe, type LucideIcon, Mail, MessageCircle, Phone, Plug, Send } from 'lucide-react';
import type { CSSProperties } from 'react';
import type { Presence } from '@/api/shapes';
import styles from './Avatar.module.css';
import { channelName, initials } from './words';

const channelIcons: Record<string, LucideIcon> = {
  webchat: MessageCircle,
  api: Plug,
  email: Mail,
  sms: Phone,
  whatsapp: Phone,
  telegram: Send,
};

type Props = {
  name: string;
  size?: number;
  channel?: string | undefined;
  presence?: Presence | 'unknown' | undefined;
};

/** A person's initials, with the channel or the presence as a badge. The name stands beside it, so it is silent. */
export function Avatar({ name, size = 32, channel, presence }: Props) {
  const Icon = channel ? (channelIcons[channel] ?? Globe) : undefined;
  return (
    <span
      className={styles.avatar}
      style={{ '--size': `${size}px` } as CSSProperties}
      aria-hidden="true"
      title={channel && channelName(channel)}
      data-initials={initials(name)}
    >
      {Icon && (
        <span className={styles.badge}>
          <Icon size={11} strokeWidth={2.2} />
        </span>
      )}
      {presence && <span className={styles.presence} data-presence={presence} />}
    </span>
  );
}
