export function Thread(_: { id: string; contextOpen: boolean; onToggleContext: () => void }) {
  return null;
}
